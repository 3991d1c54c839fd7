/** The check `jit/policy`: what a pull request that touches the policy would mean, as people and GitHub show it. */

import { describe, expect, it } from 'vitest';
import { granted } from '../support/asking.ts';
import { access, gates, MAIN_GATE, SHIFT_RULE } from '../support/policies.ts';
import { useStage } from '../support/scene.ts';

const stage = useStage();
const POLICY = 'jit/policy';
const TWO = gates('{ name: main, on: merge, branches: ["main"], approvals: [{ from: [release], count: 2 }] }');
const CASES = (verdict: string): string => `version: 1
facts: { teams: { release: [ana, rita] } }
cases:
  - { name: one is enough, merge: { into: main, by: ben }, votes: [ana], expect: ${verdict} }
`;

describe('a pull request that touches the policy', () => {
  it('is told what it weakens, while the old policy holds it', async () => {
    const scene = stage.scene(TWO);
    const pull = scene.open({
      files: { '.jit-policy.yml': gates(MAIN_GATE), '.jit-policy.test.yml': CASES('approved') },
    });
    await scene.passed(pull.sha, POLICY);
    const check = scene.check(pull.sha, POLICY);
    expect(check.title).toBe('Weaker in 1 way');
    expect(check.text).toContain('it takes 1 approval from release instead of 2');
    expect(check.summary).toContain('1 of 1 case of its tests pass');
    await scene.tell('ana', pull.number, '/approve');
    expect(scene.check(pull.sha).title).toContain('1 of 2');
    expect(scene.as('ben').merge(scene.repo, pull.number).ok).toBe(false);
  });

  it('fails on errors, with a remark on each line, fifty a call', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const unknown = Array.from({ length: 120 }, (_, index) => `g${index}`).join(', ');
    const pull = scene.open({ files: { '.jit-policy.yml': gates(MAIN_GATE.replace('[release]', `[${unknown}]`)) } });
    await scene.failed(pull.sha, POLICY);
    await scene.until('every remark', () => scene.check(pull.sha, POLICY).annotations.length >= 120);
    await stage.current().settled();
    const { title, annotations } = scene.check(pull.sha, POLICY);
    expect(title).toBe('120 errors');
    const errors = annotations.filter((each) => each['annotation_level'] === 'failure');
    expect(errors).toHaveLength(120);
    expect(errors[0]).toMatchObject({ path: '.jit-policy.yml', start_line: 9, title: 'unknown-group' });
    expect(new Set(errors.map((each) => each['start_column'])).size).toBe(120);
  });

  it('has each remark once, though the answer to a part of them was lost', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const unknown = Array.from({ length: 120 }, (_, index) => `g${index}`).join(', ');
    scene.github.faults.add({ kind: 'drop-after', method: 'PATCH', path: `${scene.org}/shop/check-runs`, times: 1 });
    const pull = scene.open({ files: { '.jit-policy.yml': gates(MAIN_GATE.replace('[release]', `[${unknown}]`)) } });
    await scene.until(
      'every remark',
      () => (scene.github.see.check(scene.repo, pull.sha, POLICY)?.annotations.length ?? 0) >= 120,
    );
    await stage.current().settled();
    const { annotations } = scene.check(pull.sha, POLICY);
    const errors = annotations.filter((each) => each['annotation_level'] === 'failure');
    expect(errors).toHaveLength(120);
    expect(new Set(errors.map((each) => each['start_column'])).size).toBe(120);
    expect(scene.github.see.checks(scene.repo, pull.sha).filter(({ name }) => name === POLICY)).toHaveLength(1);
  });

  it('is told which requests of the past would have gone another way', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const before = scene.open();
    await scene.held(before.sha);
    await scene.tell('ana', before.number, '/approve');
    await scene.passed(before.sha);
    scene.as('ben').merge(scene.repo, before.number);
    await stage.current().settled();
    const pull = scene.open({ files: { '.jit-policy.yml': TWO } });
    await scene.passed(pull.sha, POLICY);
    const { summary, text } = scene.check(pull.sha, POLICY);
    expect(summary).toMatch(/Tried on \d requests? of the last 30 days: 1 would have gone another way/u);
    expect(text).toContain(`the merge of #${before.number} into \`main\`: was closed, would be **held**`);
  });

  it('is told whom a new limit would have refused one grant more', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    await granted(scene, 'erin', { role: 'triage' });
    await granted(scene, 'erin', { role: 'push' });
    const limited = access(SHIFT_RULE.replace('max-duration', 'max-live: 1, max-duration'));
    const pull = scene.open({ files: { '.jit-policy.yml': limited } });
    await scene.passed(pull.sha, POLICY);
    const { summary, text } = scene.check(pull.sha, POLICY);
    expect(summary).toContain('Tried on 2 requests of the last 30 days: 1 would have gone another way');
    expect(text).toContain('the role `push`');
    expect(text).toContain('was released, would be **denied** (shift: max-live of 1 was reached)');
  });

  it('fails where a case of its tests fails, and says which', async () => {
    const scene = stage.scene(TWO);
    const pull = scene.open({ files: { '.jit-policy.test.yml': CASES('approved') } });
    await scene.failed(pull.sha, POLICY);
    await stage.current().settled();
    const { title, text, annotations } = scene.check(pull.sha, POLICY);
    expect(title).toContain('1 case');
    expect(text).toContain('expected approved, got pending');
    expect(annotations.filter((each) => each['annotation_level'] === 'failure')).toMatchObject([
      { path: '.jit-policy.test.yml', start_line: 4 },
    ]);
  });

  it('from a fork is reported on as well, and nothing in it becomes a mention, a link or HTML', async () => {
    const scene = stage.scene(TWO);
    const evil = '@octo/release <img src=x> [x](https://evil.example)';
    const text = gates(MAIN_GATE.replace('name: main', `name: "${evil}"`));
    const fork = scene.github.as('eve').fork(scene.repo);
    scene.github.as('eve').push(fork, { branch: 'evil', files: { '.jit-policy.yml': text } });
    const number = scene.github.as('eve').openPull(scene.repo, { head: 'eve:evil' });
    const sha = scene.github.see.pull(scene.repo, number).headSha;
    await scene.passed(sha, POLICY);
    const check = scene.check(sha, POLICY);
    expect(check.text).toContain('evil.example');
    expect(check.text).not.toMatch(/@octo|(?<!\\)<img|(?<!\\)\[x|https:\/\/evil/u);
  });

  it('is compared anew when the policy on the default branch changes, in the run that stands', async () => {
    const scene = stage.scene(TWO);
    const pull = scene.open({ files: { '.jit-policy.yml': gates(MAIN_GATE) } });
    await scene.passed(pull.sha, POLICY);
    scene.setPolicy(gates(MAIN_GATE));
    await scene.until('another title', () => scene.check(pull.sha, POLICY).title === 'Means the same as before');
    await stage.current().settled();
    expect(scene.github.see.checks(scene.repo, pull.sha).filter(({ name }) => name === POLICY)).toHaveLength(1);
  });

  it('that removes it is told so', async () => {
    const scene = stage.scene(TWO);
    const pull = scene.open({ files: { '.jit-policy.yml': null } });
    await scene.passed(pull.sha, POLICY);
    expect(scene.check(pull.sha, POLICY).title).toBe('The policy is removed');
    expect(scene.check(pull.sha, POLICY).text).toContain('no longer held');
  });

  it('with tests that would keep the app busy is answered without them', async () => {
    const scene = stage.scene(TWO);
    const files = Array.from({ length: 400 }, (_, index) => `f${index}`).join(', ');
    const many = Array.from(
      { length: 40 },
      (_, index) => `  - { name: c${index}, merge: { into: main }, facts: { files: [${files}] }, expect: pending }\n`,
    ).join('');
    const wide = Array.from({ length: 900 }, (_, index) => `"p${index}/**"`).join(', ');
    const policy = gates(
      `{ name: main, on: merge, branches: [main], unless: { only-paths: [${wide}] }, approvals: [{ from: [release] }] }`,
    );
    const pull = scene.open({
      files: { '.jit-policy.yml': policy, '.jit-policy.test.yml': `version: 1\ncases:\n${many}` },
    });
    await scene.passed(pull.sha, POLICY);
    expect(scene.check(pull.sha, POLICY).summary).toContain('too long');
  });
});

describe('a pull request that does not touch it', () => {
  it('gets no such check', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    await stage.current().settled();
    expect(scene.github.see.checks(scene.repo, pull.sha).map(({ name }) => name)).toEqual(['jit/merge']);
  });
});
