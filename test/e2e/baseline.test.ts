/** Do the organisation's gates and limits bind its repositories, wherever its policy stands and whatever becomes of it? */

import { describe, expect, it } from 'vitest';
import { ask, shownRequest } from '../support/asking.ts';
import { baseline } from '../support/baseline.ts';
import { deploy, deployCheck } from '../support/deploying.ts';
import { access, gates, MAIN_GATE, SHIFT_RULE } from '../support/policies.ts';
import { useStage } from '../support/scene.ts';

const stage = useStage();

const AUDIT = gates('{ name: audit, on: merge, branches: ["main"], approvals: [{ from: [security] }] }');

describe("an organisation's policy", () => {
  it.each(['.github-private', '.github'])("gates besides the repository's own: in %s", async (name) => {
    const scene = stage.scene(gates(MAIN_GATE));
    await baseline(scene, name, AUDIT);
    const pull = scene.open();
    await scene.held(pull.sha);
    expect(scene.check(pull.sha).summary).toContain('`org:audit`');
    await scene.tell('ana', pull.number, '/approve');
    expect(scene.check(pull.sha).status).toBe('in_progress');
    await scene.tell('sam', pull.number, '/approve');
    await scene.passed(pull.sha);
  });

  it('is not told as gone by the check on a pull request that changes the repository’s own', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    await baseline(scene, '.github', AUDIT);
    const changed = gates(MAIN_GATE).replace('gates:', '# the same\ngates:');
    const pull = scene.open({ files: { '.jit-policy.yml': changed } });
    await scene.passed(pull.sha, 'jit/policy');
    expect(scene.check(pull.sha, 'jit/policy').title).toBe('Means the same as before');
  });

  it('gates a repository without a policy, and leaves its deployments alone', async () => {
    const scene = stage.scene(null);
    await baseline(scene, '.github', AUDIT);
    const pull = scene.open();
    await scene.held(pull.sha);
    await scene.tell('sam', pull.number, '/approve');
    await scene.passed(pull.sha);
    const { sha } = deploy(scene, { environment: 'preview' });
    await scene.stage.settled();
    expect(scene.github.see.check(scene.repo, sha, deployCheck('preview'))).toBeNull();
  });

  it('is taken from .github-private where both have one', async () => {
    const scene = stage.scene(null);
    await baseline(scene, '.github', AUDIT);
    await baseline(scene, '.github-private', gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    expect(scene.check(pull.sha).summary).toContain('`org:main`');
    expect(scene.check(pull.sha).summary).not.toContain('audit');
  });

  it('holds everything while it has errors, and the push that repairs it lets go on', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    await baseline(scene, '.github-private', 'version: 2\n');
    const pull = scene.open();
    await scene.held(pull.sha);
    expect(scene.check(pull.sha).summary).toContain('.github-private');
    scene.as('olga').editFile(`${scene.org}/.github-private`, 'main', '.jit-policy.yml', AUDIT);
    await scene.until('both gates to hold', () => scene.check(pull.sha).title.includes('0 of 2'));
  });

  it('that is pushed later holds what had passed', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    await baseline(scene, '.github', null);
    const pull = scene.open();
    await scene.held(pull.sha);
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
    scene.as('olga').editFile(`${scene.org}/.github`, 'main', '.jit-policy.yml', AUDIT);
    await scene.held(pull.sha);
    expect(scene.as('ben').merge(scene.repo, pull.number).ok).toBe(false);
  });

  it('limits what the repository gives', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    await baseline(scene, '.github', 'version: 1\nlimits: { roles: [triage], max-duration: 2h }\n');
    const denied = ask(scene, 'erin', { role: 'push' });
    await scene.until('the refusal', () => scene.spoken(denied).some((text) => text.includes('`triage`')));
    const asked = ask(scene, 'erin', { role: 'triage', duration: '1h' });
    expect(await shownRequest(scene, asked)).toContain('waits for approval');
  });

  it('costs nothing that GitHub counts, once it is known', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    await baseline(scene, '.github-private', AUDIT);
    const pull = scene.open();
    await scene.held(pull.sha);
    await scene.stage.settled();
    const before = scene.github.calls.length;
    await scene.tell('ana', pull.number, '/approve');
    const counted = scene.github.calls
      .slice(before)
      .filter(({ path, status }) => path.includes('github-private') && status !== 304);
    expect(counted).toEqual([]);
  });
});
