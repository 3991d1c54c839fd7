/** What becomes of open requests when the policy on the default branch changes, breaks, goes away or can't be read. */

import { describe, expect, it } from 'vitest';
import { access, gates, MAIN_GATE, SHIFT_RULE } from '../support/policies.ts';
import { useStage } from '../support/scene.ts';

const stage = useStage();

const TWO = gates('{ name: main, on: merge, branches: ["main"], approvals: [{ from: [release], count: 2 }] }');

/** Markdown as it is read: without the escapes. */
const plain = (markdown: string): string => markdown.replaceAll('&#8203;', '').replaceAll('\\', '');

describe('a change of the policy on the default branch', () => {
  it('that asks for more holds what was approved under the old one, and keeps the votes', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
    scene.setPolicy(TWO);
    await scene.held(pull.sha);
    expect(scene.check(pull.sha).title).toContain('1 of 2');
    expect(scene.as('ben').merge(scene.repo, pull.number).ok).toBe(false);
    await scene.tell('rita', pull.number, '/approve');
    await scene.passed(pull.sha);
  });

  it('that asks for less releases what then has enough', async () => {
    const scene = stage.scene(TWO);
    const pull = scene.open();
    await scene.held(pull.sha);
    await scene.tell('ana', pull.number, '/approve');
    expect(scene.check(pull.sha).title).toContain('1 of 2');
    scene.setPolicy(gates(MAIN_GATE));
    await scene.passed(pull.sha);
  });

  it('that takes the gate away lets the merge go on', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    scene.setPolicy(access(SHIFT_RULE));
    await scene.passed(pull.sha);
    expect(scene.as('ben').merge(scene.repo, pull.number)).toMatchObject({ ok: true });
  });

  it('that brings a gate holds the pull requests that are open already', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const pull = scene.open();
    await stage.current().settled();
    expect(scene.github.see.checks(scene.repo, pull.sha)).toEqual([]);
    scene.setPolicy(gates(MAIN_GATE));
    await scene.held(pull.sha);
  });

  it('that has errors holds everything and shows them with their lines, until a push repairs it', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
    scene.setPolicy(
      'version: 1\ngates:\n  - { name: main, on: merge, branchs: ["main"], approvals: [{ from: [release] }] }\n',
    );
    await scene.held(pull.sha);
    expect(scene.check(pull.sha).title).toContain('errors');
    expect(plain(scene.check(pull.sha).summary)).toMatch(/\.jit-policy\.yml:3:\d+/u);
    expect(scene.check(pull.sha).summary).toContain('branchs');
    const answer = await scene.tell('rita', pull.number, '/approve');
    expect(answer.reaction).toBe('confused');
    expect(answer.words).toContain('policy');
    const other = scene.open();
    await scene.held(other.sha);
    scene.setPolicy(gates(MAIN_GATE));
    await scene.passed(pull.sha);
    await scene.until('the other to wait for its own approval', () => scene.check(other.sha).title.includes('0 of 1'));
  });

  it('that is deleted lets merges go on', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    scene.setPolicy(null);
    await scene.passed(pull.sha);
  });

  it('is noticed at the next look though no webhook told of it', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    scene.github.webhooks.loseNext(1, 'push');
    scene.setPolicy(TWO);
    await scene.tell('ana', pull.number, '/approve');
    expect(scene.check(pull.sha)).toMatchObject({ status: 'in_progress' });
    expect(scene.check(pull.sha).title).toContain('1 of 2');
  });
});

describe('a pull request that changes the policy', () => {
  it('is held by the policy of the default branch all the same', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open({ files: { '.jit-policy.yml': 'version: 1\n' } });
    await scene.held(pull.sha);
    await stage.current().settled();
    expect(scene.check(pull.sha).title).toContain('0 of 1');
    expect(scene.as('ben').merge(scene.repo, pull.number).ok).toBe(false);
  });

  it('to a branch with a laxer policy of its own is held by that of the default branch', async () => {
    const scene = stage.scene(gates('{ name: all, on: merge, branches: ["**"], approvals: [{ from: [release] }] }'));
    scene.as('ben').push(scene.repo, { branch: 'lax', files: { '.jit-policy.yml': 'version: 1\n' } });
    const pull = scene.open({ base: 'lax', from: 'lax' });
    await scene.held(pull.sha);
  });
});

describe('a policy that can not be read', () => {
  it('holds the merge, and the hold goes on by itself when GitHub is back', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const back = scene.github.faults.add({ kind: 'status', status: 500, path: `${scene.repo}/contents/`, times: 1000 });
    const pull = scene.open();
    await scene.held(pull.sha);
    expect(scene.check(pull.sha).title).toContain('could not be read');
    expect(scene.as('ben').merge(scene.repo, pull.number).ok).toBe(false);
    back();
    await scene.until('the hold by the gate', () => scene.check(pull.sha).title.includes('0 of 1'));
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
  });

  it('counts no vote until it can', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    await stage.current().settled();
    const back = scene.github.faults.add({ kind: 'status', status: 500, path: `${scene.repo}/contents/`, times: 1000 });
    const failing = scene.github.calls.length;
    const comment = scene.say('ana', pull.number, '/approve');
    await scene.until('the policy to be asked for', () =>
      scene.github.calls.slice(failing).some(({ path, status }) => path.includes('/contents/') && status === 500),
    );
    expect(scene.check(pull.sha).status).toBe('in_progress');
    back();
    expect((await scene.answer(pull.number, comment)).reaction).toBe('rocket');
    expect(scene.check(pull.sha).conclusion).toBe('success');
  });
});
