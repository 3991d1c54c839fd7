/** Is what would pass held by those whom the policy lets hold it, and let go when they say so? */

import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { deploy, deployCheck, ownIssue, ruleOf } from '../support/deploying.ts';
import { timeGoesBy, windowAround } from '../support/passing-time.ts';
import { gates } from '../support/policies.ts';
import { useStage } from '../support/scene.ts';

const stage = useStage();

describe('a group that may disapprove', () => {
  const DISAPPROVING =
    '{ name: main, on: merge, branches: ["main"], approvals: [{ from: [release] }], disapprove: security }';

  it('takes back what passed, and lets go again', async () => {
    const scene = stage.scene(gates(DISAPPROVING));
    const pull = scene.open();
    await scene.held(pull.sha);
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
    expect((await scene.tell('sam', pull.number, '/deny: not before the audit')).reaction).toBe('-1');
    await scene.held(pull.sha);
    expect(scene.check(pull.sha).title).toBe('Held by sam: not before the audit');
    expect(scene.as('ben').merge(scene.repo, pull.number).ok).toBe(false);
    expect(await scene.tell('sam', pull.number, '/approve')).toEqual({ reaction: 'rocket', words: '' });
    await scene.passed(pull.sha);
    expect(scene.as('ben').merge(scene.repo, pull.number)).toMatchObject({ ok: true });
  });

  it('does not approve by what it says', async () => {
    const scene = stage.scene(gates(DISAPPROVING));
    const pull = scene.open();
    await scene.held(pull.sha);
    const answer = await scene.tell('sam', pull.number, '/approve');
    expect(answer.reaction).toBe('confused');
    await scene.tell('sam', pull.number, '/deny: wait');
    await scene.tell('sam', pull.number, '/approve');
    expect(scene.check(pull.sha)).toMatchObject({
      status: 'in_progress',
      title: 'Held: 0 of 1 approvals, waiting for release',
    });
  });

  it.each(['edited', 'deleted'] as const)('does not let go by what it said being %s by others', async (how) => {
    const scene = stage.scene(gates(DISAPPROVING));
    const pull = scene.open();
    await scene.held(pull.sha);
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
    const comment = scene.say('sam', pull.number, '/deny: wait');
    await scene.held(pull.sha);
    if (how === 'edited') scene.as('ben').editComment(scene.repo, comment, '/deny: just kidding');
    else scene.as('mia').deleteComment(scene.repo, comment);
    await scene.stage.settled();
    expect(scene.check(pull.sha).title).toBe('Held by sam: wait');
    expect(scene.as('ben').merge(scene.repo, pull.number).ok).toBe(false);
  });

  it('holds though others edited what it said before the app heard of it', async () => {
    const scene = stage.scene(gates(DISAPPROVING));
    const pull = scene.open();
    await scene.held(pull.sha);
    scene.github.webhooks.pause();
    const comment = scene.say('sam', pull.number, '/deny: wait');
    scene.as('ben').editComment(scene.repo, comment, 'Fine.');
    scene.github.webhooks.resume((all) => all.toReversed());
    await scene.stage.settled();
    await scene.tell('ana', pull.number, '/approve');
    expect(scene.check(pull.sha).title).toBe('Held by sam: wait');
  });

  it('lets go by deleting what it said', async () => {
    const scene = stage.scene(gates(DISAPPROVING));
    const pull = scene.open();
    await scene.held(pull.sha);
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
    const comment = scene.say('sam', pull.number, '/deny: wait');
    await scene.held(pull.sha);
    scene.as('sam').deleteComment(scene.repo, comment);
    await scene.passed(pull.sha);
  });
});

describe('a freeze', () => {
  const frozen = (now: number, before: number, after: number, more = ''): string =>
    gates(
      `{ name: main, on: merge, branches: ["main"], ${more}approvals: [{ from: [release] }], freeze: [${windowAround(now, before, after)}] }`,
    );

  it('holds what is approved, says until when, and lets it pass by itself at its end', async () => {
    const scene = stage.scene(null);
    scene.setPolicy(frozen(await clock(), 5, 5, 'timeout: 1h, '));
    const pull = scene.open();
    await scene.held(pull.sha);
    expect((await scene.tell('ana', pull.number, '/approve')).reaction).toBe('+1');
    expect(scene.check(pull.sha)).toMatchObject({
      status: 'in_progress',
      title: expect.stringMatching(/^Frozen until .* UTC: year end$/u) as string,
    });
    expect(scene.as('ben').merge(scene.repo, pull.number).ok).toBe(false);
    await timeGoesBy(stage.current(), 3);
    expect(scene.check(pull.sha).status).toBe('in_progress');
    await timeGoesBy(stage.current(), 2.5);
    await scene.passed(pull.sha);
    expect(scene.as('ben').merge(scene.repo, pull.number)).toMatchObject({ ok: true });
  });

  it('takes back what had passed when it begins', async () => {
    const scene = stage.scene(null);
    scene.setPolicy(frozen(await clock(), -2, 5));
    const pull = scene.open();
    await scene.held(pull.sha);
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
    await timeGoesBy(stage.current(), 3);
    await scene.held(pull.sha);
    expect(scene.as('ben').merge(scene.repo, pull.number).ok).toBe(false);
  });

  it('leaves a rule unanswered until its end, and releases then', async () => {
    const scene = stage.scene(null);
    scene.setPolicy(
      gates(
        `{ name: production, on: deployment, environments: ["production"], approvals: [{ from: [release] }], freeze: [${windowAround(await clock(), 5, 5)}] }`,
      ),
    );
    const { run, sha } = deploy(scene);
    await scene.held(sha, deployCheck());
    const issue = await ownIssue(scene);
    await scene.tell('ana', issue, '/approve');
    expect(ruleOf(scene, run).state).not.toBe('approved');
    expect(scene.check(sha, deployCheck()).title).toContain('Frozen until');
    await timeGoesBy(stage.current(), 6);
    await scene.until('the rule to be approved', () => ruleOf(scene, run).state === 'approved');
  });
});

describe('an escalation', () => {
  const ESCALATING =
    '{ name: main, on: merge, branches: ["main"], approvals: [{ from: [release] }], escalate: [{ after: 2h, to: [security] }] }';

  it('asks others once it has waited long enough, calls them, and counts what they say', async () => {
    const scene = stage.scene(gates(ESCALATING));
    const pull = scene.open();
    await scene.held(pull.sha);
    expect(scene.check(pull.sha).summary).toMatch(/From .* on `security` can approve as well/u);
    const early = await scene.tell('sam', pull.number, '/approve');
    expect(early.reaction).toBe('confused');
    await timeGoesBy(stage.current(), 3);
    await scene.until('the check to tell of it', () =>
      /Since .* `security` can approve as well/u.test(scene.check(pull.sha).summary),
    );
    const calls = scene.spoken(pull.number).filter((text) => text.includes('@sam'));
    expect(calls).toHaveLength(1);
    expect(calls[0]).not.toContain('@ana');
    expect((await scene.tell('sam', pull.number, '/approve')).reaction).toBe('rocket');
    await scene.passed(pull.sha);
  });

  it('calls nobody for what was decided in time', async () => {
    const scene = stage.scene(gates(ESCALATING));
    const pull = scene.open();
    await scene.held(pull.sha);
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
    await timeGoesBy(stage.current(), 3);
    expect(scene.spoken(pull.number).filter((text) => text.includes('@sam'))).toEqual([]);
  });
});

/** The database's clock, which the freezes of this file are written around. */
async function clock(): Promise<number> {
  const { rows } = await sql<{ now: number }>`select jit_now() as now`.execute(stage.current().database.db);
  const [row] = rows;
  if (row === undefined) throw new Error('the database did not tell the time');
  return row.now;
}
