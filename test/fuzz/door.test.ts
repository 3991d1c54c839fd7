/** What comes of real webhooks that were tampered with and signed all the same? They are kept, and let nothing go. */

import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rewrite } from '../door/rewrite.ts';
import { EXAMPLES } from '../support/example.ts';
import { access, gates, MAIN_GATE, PRODUCTION_GATE, SHIFT_RULE } from '../support/policies.ts';
import { useStage } from '../support/scene.ts';
import { postWebhook } from '../support/webhook.ts';
import { mutated } from './mutate.ts';

const RUNS = Number(process.env['FUZZ_DOOR_RUNS'] ?? 100);
const LONG = 600_000;
const POLICY = `${gates(MAIN_GATE, PRODUCTION_GATE)}${access(SHIFT_RULE).slice(access(SHIFT_RULE).indexOf('access:'))}`;

/** What is left of a payload; a webhook's body is an object, or the door refuses it. */
function bodyOf(value: unknown): object {
  const payload = typeof value === 'object' && value !== null && 'payload' in value ? value.payload : null;
  return typeof payload === 'object' && payload !== null && !Array.isArray(payload) ? payload : {};
}

const { scene, current } = useStage();
const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);
beforeAll(() => void process.on('unhandledRejection', note));
afterAll(() => void process.off('unhandledRejection', note));

it('keeps each of them, and neither crashes nor lets anything go', { timeout: LONG }, async () => {
  const play = scene(POLICY);
  const { github, repo, org } = play;
  const pull = play.open();
  await play.held(pull.sha);
  const run = play.as('ben').startRun(repo, { branch: 'main', environment: 'production' });
  await play.stage.settled();
  const installation = [...github.world.installations.values()].find(({ account }) => account.login === org);
  const repository = [...github.world.repos.values()].find(({ owner, name }) => owner.login === org && name === 'shop');
  const ana = [...github.world.accounts.values()].find(({ login }) => login === 'ana');
  if (installation === undefined || repository === undefined || ana === undefined)
    throw new Error('the stage is not set');
  const before = github.see.collaborators(repo);
  const scenery = {
    installation: installation.id,
    repository: { id: repository.id, owner: org, name: 'shop' },
    // An approver of everything that waits here.
    person: { id: ana.id, login: 'ana' },
    number: pull.number,
    sha: pull.sha,
    environment: 'production',
    callback: `${github.url}/repos/${repo}/actions/runs/${run}/deployment_protection_rule`,
  };
  // An approving review or comment by an approver would be a vote, and rightly so.
  const real = EXAMPLES.filter(({ name }) => name !== 'pull_request_review').flatMap(({ name, examples }) =>
    examples.map((payload) => ({ name, payload: rewrite(payload, scenery) })),
  );
  for (const { of, value } of fc.sample(mutated(real), RUNS)) {
    // Without a whole installation Probot itself refuses it, with 500 and before anything is kept.
    const body = { ...bodyOf(value), installation: { id: installation.id } };
    const { status, text } = await postWebhook(play.stage, of.name, body);
    // Probot refuses what has no shape at all before anything is kept.
    expect([200, 202, 400], `${of.name}: ${text}: ${JSON.stringify(body).slice(0, 600)}`).toContain(status);
  }
  await play.until('every job to be tried', async () => {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int4 as count from pgboss.job where state in ('created', 'active')
      and (name <> 'timer' or start_after <= now())`.execute(current().database.db);
    return rows[0]?.count === 0;
  });
  expect(unhandled).toEqual([]);
  expect(github.see.check(repo, pull.sha, 'jit/merge')?.conclusion ?? null).not.toBe('success');
  const states = github.see.run(repo, run).jobs.flatMap(({ rules }) => rules.map(({ state }) => state));
  expect(states).not.toContain('approved');
  expect(github.see.collaborators(repo)).toEqual(before);
  expect(github.see.invitations(repo)).toEqual([]);
  const { rows: votes } = await sql`select source_id from vote`.execute(current().database.db);
  expect(votes).toEqual([]);
});
