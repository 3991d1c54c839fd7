/** Which run, which attempt of it and which of its jobs is answered, and what becomes of runs that nobody told of? */

import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { deploy, deployCheck, ownIssue, ruleOf } from '../support/deploying.ts';
import { gates, PRODUCTION_GATE } from '../support/policies.ts';
import { useStage, type Scene } from '../support/scene.ts';
import { repoNamed } from '../support/github/world/find.ts';
import { altered, audited, nothingGivenAway, post, sent } from '../threats/support.ts';

const stage = useStage();

const PRODUCTION = deployCheck();

async function waiting(scene: Scene, more: Parameters<typeof deploy>[1] = {}) {
  const deployment = deploy(scene, more);
  await scene.held(deployment.sha, PRODUCTION);
  const issue = await ownIssue(scene);
  await stage.current().settled();
  return { ...deployment, issue };
}

/** Starts a run whose webhooks never arrive. */
async function unheard(scene: Scene, more: Parameters<typeof deploy>[1] = {}) {
  await stage.current().settled();
  scene.github.webhooks.pause();
  const deployment = deploy(scene, more);
  scene.github.webhooks.resume(() => []);
  return deployment;
}

const jobsOf = (scene: Scene, run: number) => scene.github.see.run(scene.repo, run).jobs;
const rules = (scene: Scene, run: number) => jobsOf(scene, run).map((job) => job.rules[0]?.state);
const newIssue = async (scene: Scene, after: number) =>
  await scene.until(
    'a new issue',
    () => scene.github.see.issues(scene.repo).find(({ number }) => number > after)?.number,
  );

describe('a comment that was typed before the run was started again', () => {
  it('does not count for the new attempt, whose webhook tells of the time of the first', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const { run, issue } = await waiting(scene);
    const { payload } = sent(scene, 'deployment_protection_rule');
    scene.as('ben').cancelRun(scene.repo, run);
    await scene.until('the run to end', () => scene.github.see.run(scene.repo, run).status === 'completed');
    await stage.current().settled();
    scene.github.clock.advance(60_000);
    // Typed while nothing waits, heard of when the new attempt waits.
    scene.github.webhooks.pause();
    const comment = scene.as('ana').comment(scene.repo, issue, '/approve production');
    scene.github.webhooks.resume(() => []);
    scene.github.clock.advance(60_000);
    scene.github.webhooks.pause();
    scene.as('sam').rerun(scene.repo, run);
    scene.github.webhooks.resume(() => []);
    // All that arrives is the rule of the first attempt, which was on its way for long.
    await post(stage.current(), 'deployment_protection_rule', payload);
    const second = await newIssue(scene, issue);
    await stage.current().settled();
    const typed = scene.github.deliveries.find(
      ({ event, payload }) => event === 'issue_comment' && (payload['comment'] as { id: number }).id === comment,
    );
    await post(stage.current(), 'issue_comment', altered(typed?.payload ?? {}, { issue: { number: second } }));
    await stage.current().settled();
    expect(scene.github.see.reactions(scene.repo, comment)).toMatchObject([{ content: 'confused' }]);
    expect(ruleOf(scene, run).state).toBe('waiting');
    await nothingGivenAway(scene);
    expect((await scene.tell('ana', second, '/approve')).reaction).toBe('rocket');
    await scene.until('the release', () => ruleOf(scene, run).state === 'approved');
  });
});

describe('an answer to the attempt before', () => {
  /** The end of the first attempt is not told of, and neither is the beginning of the second. */
  async function rerunUnheard(scene: Scene, run: number): Promise<void> {
    scene.github.webhooks.pause();
    scene.as('ben').cancelRun(scene.repo, run);
    scene.as('ben').rerun(scene.repo, run);
    scene.github.webhooks.resume(() => []);
    expect(scene.github.see.run(scene.repo, run).attempt).toBe(2);
  }

  it('does not reject the one that waits now', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const { run, issue, sha } = await waiting(scene);
    await rerunUnheard(scene, run);
    await scene.tell('ana', issue, '/deny: not this one');
    await scene.failed(sha, PRODUCTION);
    await stage.current().settled();
    expect(ruleOf(scene, run).state).toBe('waiting');
  });

  it('does not report on the one that waits now, and ends what it was about', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE.replace('[release] }', '[release], count: 2 }')));
    const { run, issue, sha } = await waiting(scene);
    await rerunUnheard(scene, run);
    await scene.tell('ana', issue, '/approve');
    await scene.failed(sha, PRODUCTION);
    await stage.current().settled();
    expect(ruleOf(scene, run)).toMatchObject({ state: 'waiting', reports: [] });
    expect((await scene.tell('rita', issue, '/approve')).reaction).toBe('confused');
  });

  it('ends by itself when the next attempt asks, though nobody told that the first was over', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const { run, issue } = await waiting(scene);
    scene.github.webhooks.pause();
    scene.as('ben').cancelRun(scene.repo, run);
    scene.as('ben').rerun(scene.repo, run);
    scene.github.webhooks.resume((held) => held.filter(({ event }) => event !== 'workflow_run'));
    const second = await newIssue(scene, issue);
    await stage.current().settled();
    expect(scene.github.see.issue(scene.repo, issue).state).toBe('closed');
    expect((await scene.tell('ana', issue, '/approve')).words).toContain('started again');
    expect((await scene.tell('ana', second, '/approve')).reaction).toBe('rocket');
    await scene.until('the release', () => ruleOf(scene, run).state === 'approved');
  });
});

describe('a run that GitHub does not show', () => {
  const hidden = (scene: Scene, times: number) =>
    scene.github.faults.add({ kind: 'status', status: 404, method: 'GET', path: /\/actions\/runs\/\d+$/u, times });

  it('is held as soon as it is shown', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    await stage.current().settled();
    const shown = hidden(scene, 4);
    const { sha } = deploy(scene);
    await scene.held(sha, PRODUCTION);
    shown();
  });

  it('is told of on the rule and in the audit log after a while, and held once the sweep can read it', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    await stage.current().settled();
    const shown = hidden(scene, 1000);
    const { run, sha } = deploy(scene);
    const { db } = stage.current().database;
    await scene.until('the run to be missed', async () => {
      const { rows } = await sql<{ key: string }>`
        update surface set shown_at = shown_at - 600000
        where key like 'missing-run:%' and github_id = ${run} returning key`.execute(db);
      return rows.length > 0;
    });
    await scene.until('a word on the rule', () => ruleOf(scene, run).reports.length > 0);
    await stage.current().settled();
    expect(ruleOf(scene, run)).toMatchObject({ state: 'waiting' });
    expect(ruleOf(scene, run).reports.join()).toContain('GitHub does not show the workflow run');
    expect((await audited(scene)).filter((kind) => kind === 'deployment.unanswered')).toHaveLength(1);
    await nothingGivenAway(scene);
    shown();
    await stage.current().restart();
    await scene.held(sha, PRODUCTION);
  });
});

describe('a deployment that names another commit than its run checks out', () => {
  it('is held for good, and the rule, the log and the audit log say why', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const good = scene.github.see.branch(scene.repo, 'main');
    scene.as('ben').push(scene.repo, { branch: 'evil', files: { 'src/evil.ts': 'evil' } });
    const { run, sha } = await unheard(scene, { branch: 'evil' });
    const { payload } = sent(scene, 'deployment_protection_rule');
    await post(stage.current(), 'deployment_protection_rule', altered(payload, { deployment: { sha: good } }));
    await scene.until('a word on the rule', () => ruleOf(scene, run).reports.length > 0);
    await stage.current().settled();
    expect(ruleOf(scene, run).reports).toHaveLength(1);
    expect(ruleOf(scene, run).reports[0]).toContain(good.slice(0, 12));
    expect(ruleOf(scene, run).reports[0]).toContain(sha.slice(0, 12));
    expect(await audited(scene)).toContain('deployment.unanswered');
    // The sweep does not open what was found to say two things.
    await stage.current().restart();
    await stage.current().settled();
    expect(ruleOf(scene, run).state).toBe('waiting');
    expect(scene.github.see.check(scene.repo, sha, PRODUCTION)).toBeNull();
    await nothingGivenAway(scene);
  });
});

describe.each([
  ['one answer is for all', true],
  ['each job needs its own answer', false],
])('several jobs of one run for the same environment, where %s', (_how, forAll) => {
  it('go ahead by one approval', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    scene.github.oneAnswerForAll = forAll;
    const { run, issue, sha } = await waiting(scene, { environments: ['production', 'production', 'production'] });
    expect(rules(scene, run)).toEqual(['waiting', 'waiting', 'waiting']);
    await scene.tell('ana', issue, '/approve');
    await scene.until('all to go ahead', () => rules(scene, run).every((state) => state === 'approved'));
    await scene.passed(sha, PRODUCTION);
    await stage.current().settled();
    expect(scene.github.see.issues(scene.repo).map(({ number }) => number)).toEqual([issue]);
    scene.github.oneAnswerForAll = true;
  });

  it('are all rejected by one denial', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    scene.github.oneAnswerForAll = forAll;
    const { run, issue } = await waiting(scene, { environments: ['production', 'production'] });
    await scene.tell('ana', issue, '/deny');
    await scene.until('all to be rejected', () => rules(scene, run).every((state) => state === 'rejected'));
    scene.github.oneAnswerForAll = true;
  });
});

describe('a later job of a released run for the same environment', () => {
  /** Staging waits on, so the run does not end with the first job. */
  async function released(scene: Scene) {
    const { run, sha, issue } = await waiting(scene, { environments: ['production', 'staging'] });
    const own = scene.github.see.issues(scene.repo).find(({ title }) => title.includes('production'))?.number ?? issue;
    const vote = scene.say('ana', own, '/approve');
    await scene.answer(own, vote);
    await scene.until('the first job to go ahead', () => rules(scene, run)[0] === 'approved');
    await stage.current().settled();
    return { run, sha, own, vote };
  }
  const BOTH = gates(PRODUCTION_GATE, PRODUCTION_GATE.replaceAll('production', 'staging'));

  it('goes ahead by the same approval, and the audit log tells of it', async () => {
    const scene = stage.scene(BOTH);
    const { run } = await released(scene);
    const issues = scene.github.see.issues(scene.repo).length;
    scene.as('ben').nextJob(scene.repo, run, 'production');
    await scene.until('the later job to go ahead', () => rules(scene, run).at(-1) === 'approved');
    await stage.current().settled();
    expect(scene.github.see.issues(scene.repo)).toHaveLength(issues);
    expect(rules(scene, run)).toEqual(['approved', 'waiting', 'approved']);
    expect((await audited(scene)).filter((kind) => kind === 'deployment.answered')).toHaveLength(1);
  });

  it('waits for its own approval where the approver has left the team', async () => {
    const scene = stage.scene(BOTH);
    const { run, sha } = await released(scene);
    scene.as('olga').removeFromTeam(scene.org, 'release', 'ana');
    await stage.current().settled();
    scene.as('ben').nextJob(scene.repo, run, 'production');
    await scene.held(sha, PRODUCTION);
    await stage.current().settled();
    expect(rules(scene, run).at(-1)).toBe('waiting');
  });

  it('waits for its own approval where the approving comment was edited since', async () => {
    const scene = stage.scene(BOTH);
    const { run, sha, vote } = await released(scene);
    scene.as('ana').editComment(scene.repo, vote, 'never mind');
    await stage.current().settled();
    scene.as('ben').nextJob(scene.repo, run, 'production');
    await scene.held(sha, PRODUCTION);
    await stage.current().settled();
    expect(rules(scene, run).at(-1)).toBe('waiting');
  });

  it('that no webhook told of is found by the sweep', async () => {
    const scene = stage.scene(BOTH);
    const { run } = await released(scene);
    scene.github.webhooks.pause();
    scene.as('ben').nextJob(scene.repo, run, 'production');
    scene.github.webhooks.resume(() => []);
    await stage.current().restart();
    await scene.until('the later job to go ahead', () => rules(scene, run).at(-1) === 'approved');
  });
});

describe('a run that waits and that no webhook told of', () => {
  it('is held at the next start, and released when it is approved', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const { run, sha } = await unheard(scene);
    await stage.current().restart();
    await scene.held(sha, PRODUCTION);
    const issue = await ownIssue(scene);
    await stage.current().settled();
    expect((await scene.tell('ana', issue, '/approve')).reaction).toBe('rocket');
    await scene.until('the release', () => ruleOf(scene, run).state === 'approved');
  });

  it('is held by the sweep, which asks for little and gets it for nothing while nothing changes', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const { run, sha } = await unheard(scene);
    const found = repoNamed(scene.github.world, scene.repo).runs.find(({ id }) => id === run);
    if (found === undefined) throw new Error('the run is gone');
    found.startedAt -= 3_600_000;
    const { db } = stage.current().database;
    const due = async () => await sql`delete from surface where key = 'waiting-runs'`.execute(db);
    await due();
    await stage.current().sweep();
    await scene.held(sha, PRODUCTION);
    await stage.current().settled();
    await due();
    await stage.current().sweep();
    scene.github.calls.length = 0;
    await due();
    await stage.current().sweep();
    const calls = scene.github.calls.filter(({ path }) => path.startsWith(`/repos/${scene.repo}/`));
    expect(calls.length).toBeGreaterThan(0);
    expect(calls.filter(({ status }) => status !== 304)).toEqual([]);
  });

  it('is left alone where it waits for a rule of somebody else', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const { run, sha } = await unheard(scene);
    const environment = repoNamed(scene.github.world, scene.repo).environments.get('production');
    for (const rule of environment?.rules ?? []) rule.enabled = false;
    await stage.current().restart();
    await stage.current().settled();
    expect(scene.github.see.check(scene.repo, sha, PRODUCTION)).toBeNull();
    expect(ruleOf(scene, run).state).toBe('waiting');
  });
});
