/** Do conditions about what a pull request is and does hold and spare as they say, also when that changes? */

import { describe, expect, it } from 'vitest';
import { deploy, deployCheck, ruleOf } from '../support/deploying.ts';
import { gates } from '../support/policies.ts';
import { useStage, type Scene } from '../support/scene.ts';

const stage = useStage();

/** A gate that this condition spares. */
const sparing = (condition: string): string =>
  gates(`{ name: main, on: merge, branches: ["main"], unless: ${condition}, approvals: [{ from: [release] }] }`);

const ci = (scene: Scene, sha: string, conclusion?: 'success' | 'failure' | 'skipped'): number =>
  scene.github.reportCheck(scene.repo, sha, {
    name: 'ci / test',
    ...(conclusion === undefined ? { status: 'in_progress' } : { conclusion }),
  });

describe('what a pull request looks like', () => {
  it('is spared by its title, and held again when the title is edited', async () => {
    const scene = stage.scene(sparing('{ title: ["chore*"] }'));
    const pull = scene.open({ title: 'chore(deps): bump a/b' });
    await scene.passed(pull.sha);
    scene.as('ben').edit(scene.repo, pull.number, { title: 'feat: a new thing' });
    await scene.held(pull.sha);
    expect(scene.check(pull.sha).text).toContain('0 of 1');
  });

  it('is spared by how little it changes, and says how much it was', async () => {
    const scene = stage.scene(sparing('{ lines-changed: { max: 2 } }'));
    const small = scene.open({ files: { 'a.txt': '1\n2\n' } });
    const large = scene.open({ files: { 'b.txt': '1\n2\n3\n' } });
    await scene.passed(small.sha);
    expect(scene.check(small.sha).summary).toContain('2 lines changed');
    await scene.held(large.sha);
  });

  it('is spared where every commit is signed, and not for a moment longer', async () => {
    const scene = stage.scene(sparing('{ signed: true }'));
    scene.as('ben').push(scene.repo, { branch: 'signed', files: { 'a.txt': 'a' }, signed: true });
    const number = scene.as('ben').openPull(scene.repo, { head: 'signed' });
    await scene.passed(scene.github.see.pull(scene.repo, number).headSha);
    scene.as('ben').push(scene.repo, { branch: 'signed', files: { 'a.txt': 'b' } });
    await scene.held(scene.github.see.pull(scene.repo, number).headSha);
  });
});

describe('checks of others', () => {
  it('spare a pull request once they succeeded, and not before, nor when they failed', async () => {
    const scene = stage.scene(sparing('{ checks: ["ci / *"] }'));
    const pull = scene.open();
    await scene.held(pull.sha);
    ci(scene, pull.sha);
    await scene.stage.settled();
    expect(scene.check(pull.sha).status).toBe('in_progress');
    ci(scene, pull.sha, 'success');
    await scene.passed(pull.sha);
    expect(scene.check(pull.sha).summary).toContain('every check succeeded');
  });

  it('that are run again hold again what they let pass', async () => {
    const scene = stage.scene(sparing('{ checks: ["ci / test"] }'));
    const pull = scene.open();
    await scene.held(pull.sha);
    ci(scene, pull.sha, 'success');
    await scene.passed(pull.sha);
    // A second run of the same name, as a re-run makes it.
    scene.github.reportCheck(scene.repo, pull.sha, { name: 'ci / test', app: 'another-runner', status: 'in_progress' });
    await scene.held(pull.sha);
    scene.github.reportCheck(scene.repo, pull.sha, { name: 'ci / test', app: 'another-runner', conclusion: 'failure' });
    await scene.stage.settled();
    expect(scene.check(pull.sha).status).toBe('in_progress');
  });

  it('that were skipped did not succeed', async () => {
    const scene = stage.scene(sparing('{ checks: ["ci / test"] }'));
    const pull = scene.open();
    await scene.held(pull.sha);
    ci(scene, pull.sha, 'skipped');
    await scene.stage.settled();
    expect(scene.check(pull.sha).status).toBe('in_progress');
  });

  it('of another app than the policy names count for nothing', async () => {
    const scene = stage.scene(sparing('{ checks: [{ name: "ci / test", app: github-actions }] }'));
    const pull = scene.open();
    await scene.held(pull.sha);
    scene.github.reportCheck(scene.repo, pull.sha, { name: 'ci / test', app: 'impostor', conclusion: 'success' });
    await scene.stage.settled();
    expect(scene.check(pull.sha).status).toBe('in_progress');
    ci(scene, pull.sha, 'success');
    await scene.passed(pull.sha);
  });

  it('cost GitHub no question where the policy asks for none', async () => {
    const scene = stage.scene(sparing('{ draft: true }'));
    const pull = scene.open();
    await scene.held(pull.sha);
    await scene.stage.settled();
    const before = scene.github.calls.length;
    ci(scene, pull.sha, 'success');
    await scene.stage.settled();
    expect(scene.github.calls.length).toBe(before);
  });
});

describe('a deployment', () => {
  it('is spared by the event that started its run', async () => {
    const scene = stage.scene(
      gates(
        '{ name: production, on: deployment, environments: ["production"], unless: { event: [schedule] }, approvals: [{ from: [release] }] }',
      ),
    );
    const nightly = deploy(scene, { event: 'schedule' });
    await scene.until('the rule to be approved', () => ruleOf(scene, nightly.run).state === 'approved');
    scene.as('ben').push(scene.repo, { branch: 'main', files: { 'x.txt': 'x' } });
    const pushed = deploy(scene, { event: 'push' });
    await scene.held(pushed.sha, deployCheck());
    expect(ruleOf(scene, pushed.run).state).not.toBe('approved');
  });
});
