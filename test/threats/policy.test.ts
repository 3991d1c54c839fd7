/** Attacks on the policy: to change, confuse or overload what decides, so that it asks for less. */

import { describe, expect, it } from 'vitest';
import { access, gates, MAIN_GATE, SHIFT_RULE } from '../support/policies.ts';
import { ask, directRole, requestCount } from '../support/asking.ts';
import { useStage, type Scene } from '../support/scene.ts';
import { nothingGivenAway, staysHeld } from './support.ts';

const stage = useStage();

const NO_GATES = 'version: 1\ngroups:\n  anyone: { users: [eve] }\ngates: []\n';

const headOf = (scene: Scene, number: number) => ({
  number,
  sha: scene.github.see.pull(scene.repo, number).headSha,
});

const pullWith = (scene: Scene, files: Readonly<Record<string, string | null>>) => {
  scene.as('ben').push(scene.repo, { branch: 'evil', files });
  return headOf(scene, scene.as('ben').openPull(scene.repo, { head: 'evil' }));
};

describe('a pull request that changes what it is judged by', () => {
  it.each([
    ['takes the gates out of the policy', { '.jit-policy.yml': NO_GATES }],
    ['deletes the policy', { '.jit-policy.yml': null }],
    ['puts another policy where it would come first', { '.github/.jit-policy.yml': NO_GATES, '.jit-policy.yml': null }],
  ])('%s, and is held by the one of the default branch', async (_name, files) => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = pullWith(scene, files);
    await scene.held(pull.sha);
    await staysHeld(scene, pull);
    await nothingGivenAway(scene);
  });

  it('names a friend in CODEOWNERS, who is not asked', async () => {
    const scene = stage.scene(gates('{ name: main, on: merge, branches: ["main"], approvals: [{ from: [owners] }] }'), {
      files: { '.github/CODEOWNERS': '* @ana\n' },
    });
    const pull = pullWith(scene, { '.github/CODEOWNERS': '* @erin\n', 'src/evil.ts': 'evil' });
    await scene.held(pull.sha);
    const answer = await scene.tell('erin', pull.number, '/approve');
    expect(answer.reaction).toBe('confused');
    expect(answer.words).toContain('ana');
    await staysHeld(scene, pull);
    await nothingGivenAway(scene);
  });

  it('goes to a branch that has a laxer policy of its own', async () => {
    const scene = stage.scene(gates('{ name: all, on: merge, branches: ["**"], approvals: [{ from: [release] }] }'));
    scene.as('ben').push(scene.repo, { branch: 'lax', files: { '.jit-policy.yml': NO_GATES } });
    scene.github.protectBranch(scene.repo, 'lax', {
      requiredChecks: [{ name: 'jit/merge', appId: scene.github.appId }],
    });
    const pull = scene.open({ base: 'lax', from: 'lax' });
    await scene.held(pull.sha);
    await staysHeld(scene, pull);
    await nothingGivenAway(scene);
  });
});

describe('a policy that the app can not read', () => {
  it.each<[string, Readonly<Record<string, string | null>>]>([
    ['is empty', { '.jit-policy.yml': '' }],
    ['is binary', { '.jit-policy.yml': '\u0000\u0001\uFFFD\u0000' }],
    [
      'names its groups like parts of JavaScript',
      { '.jit-policy.yml': gates('{ name: main, on: merge, branches: ["main"], approvals: [{ from: [__proto__] }] }') },
    ],
    [
      'asks a group that it does not have',
      {
        '.jit-policy.yml': gates('{ name: main, on: merge, branches: ["main"], approvals: [{ from: [constructor] }] }'),
      },
    ],
    [
      'counts to nothing',
      {
        '.jit-policy.yml': gates(
          '{ name: main, on: merge, branches: ["main"], approvals: [{ from: [release], count: 0 }] }',
        ),
      },
    ],
    ['asks nobody', { '.jit-policy.yml': gates('{ name: main, on: merge, branches: ["main"], approvals: [] }') }],
    [
      'calls a gate what means every request',
      { '.jit-policy.yml': gates(MAIN_GATE.replace('name: main', 'name: all')) },
    ],
    [
      'names a gate twice',
      {
        '.jit-policy.yml': gates(
          MAIN_GATE,
          '{ name: main, on: merge, branches: ["x"], approvals: [{ from: [release] }] }',
        ),
      },
    ],
    ['repeats a key', { '.jit-policy.yml': `${gates(MAIN_GATE)}gates: []\n` }],
    [
      'names a team by a path',
      { '.jit-policy.yml': gates(MAIN_GATE).replace('teams: [release]', 'teams: ["../../evil/teams/release"]') },
    ],
    [
      'names a team in look-alike letters',
      { '.jit-policy.yml': gates(MAIN_GATE).replace('teams: [release]', 'teams: ["rеlease"]') },
    ],
    [
      'names a team of another organisation',
      { '.jit-policy.yml': gates(MAIN_GATE).replace('teams: [release]', 'teams: ["octo/release"]') },
    ],
    [
      'is a bomb of aliases',
      {
        '.jit-policy.yml': `a: &a [x,x,x,x,x,x,x,x]\n${'bcdefghij'
          .split('')
          .map(
            (name, at) =>
              `${name}: &${name} [${Array.from({ length: 8 }, () => `*${'abcdefghij'[at] ?? 'a'}`).join(',')}]\n`,
          )
          .join('')}`,
      },
    ],
    [
      'is a bomb of braces',
      {
        '.jit-policy.yml': gates(
          `{ name: main, on: merge, branches: ["${'{a,b}'.repeat(24)}"], approvals: [{ from: [release] }] }`,
        ),
      },
    ],
    [
      'is a bomb of stars',
      {
        '.jit-policy.yml': gates(
          `{ name: main, on: merge, branches: ["${'*(a|*(b|'.repeat(2_000)}"], approvals: [{ from: [release] }] }`,
        ),
      },
    ],
  ])('%s: everything is held, and the check says why', async (_name, files) => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    scene.as('olga').push(scene.repo, { branch: 'main', files });
    await scene.until(
      'the check to tell of the policy',
      () => /policy/u.test(scene.check(pull.sha).title),
      () => scene.check(pull.sha),
    );
    const before = performance.now();
    await scene.tell('ana', pull.number, '/approve');
    expect(performance.now() - before).toBeLessThan(20_000);
    await staysHeld(scene, pull);
    await nothingGivenAway(scene);
  });
});

describe('a policy that is no file to read', () => {
  it.each<[string, Readonly<Record<string, string | null>>]>([
    ['a directory', { '.jit-policy.yml': null, '.jit-policy.yml/a.txt': 'a' }],
    ['larger than anything that is read', { '.jit-policy.yml': `version: 1\n# ${'x'.repeat(3_300_000)}\n` }],
  ])('but %s: everything is held until it is repaired, and no vote counts', async (_name, files) => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    scene.as('olga').push(scene.repo, { branch: 'main', files });
    await scene.until('the check to tell of it', () => scene.check(pull.sha).title.includes('policy'));
    // Work on it is tried again for as long as the file stays like this, so there is no end of it to wait for.
    const comment = scene.say('ana', pull.number, '/approve');
    await scene.until('an answer', () =>
      scene.github.see.reactions(scene.repo, comment).some(({ content }) => content === 'confused'),
    );
    expect(scene.check(pull.sha).status).toBe('in_progress');
    expect(scene.as('ben').merge(scene.repo, pull.number).ok).toBe(false);
    scene.as('olga').push(scene.repo, {
      branch: 'main',
      files: { '.jit-policy.yml/a.txt': null, '.jit-policy.yml': gates(MAIN_GATE) },
    });
    await scene.until('the hold under the repaired policy', () => scene.check(pull.sha).title.includes('0 of 1'));
    await staysHeld(scene, pull);
    await nothingGivenAway(scene);
  });
});

describe('a policy that changes while somebody approves', () => {
  it('no longer asks the approver: the vote does not count, though the push of it was not told of yet', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    scene.github.clock.advance(2000);
    await scene.delayed('push', () => {
      scene.setPolicy(gates('{ name: main, on: merge, branches: ["main"], approvals: [{ from: [security] }] }'));
      scene.as('ana').comment(scene.repo, pull.number, '/approve');
    });
    await staysHeld(scene, pull);
    await nothingGivenAway(scene);
    expect(scene.check(pull.sha).summary).toContain('`sam`');
  });

  it('gives the name of a rule to a laxer one: what was asked under the old one is decided by the new one', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = ask(scene, 'erin', { role: 'push', duration: '8h' });
    await stage.current().settled();
    scene.setPolicy(access(SHIFT_RULE.replace('roles: [triage, push]', 'roles: [triage]')));
    await stage.current().settled();
    await scene.tell('mia', issue, '/approve');
    await stage.current().settled();
    expect(directRole(scene, 'erin')).toBeNull();
    await nothingGivenAway(scene);
  });

  it('names two rules alike: no request is opened under either', async () => {
    const scene = stage.scene(
      access(
        SHIFT_RULE,
        '{ name: shift, roles: [admin], requesters: [engineers], max-duration: 8h, default-duration: 1h, approvals: [{ from: [engineers] }] }',
      ),
    );
    const issue = ask(scene, 'erin', { role: 'admin' });
    await stage.current().settled();
    expect(await requestCount(scene)).toBe(0);
    await scene.tell('emil', issue, '/approve');
    expect(directRole(scene, 'erin')).toBeNull();
    await nothingGivenAway(scene);
  });
});
