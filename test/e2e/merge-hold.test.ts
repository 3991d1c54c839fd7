/** Is a merge held, released and denied as the policy says, from the pull request's first webhook to the merge button? */

import { describe, expect, it } from 'vitest';
import { gates, MAIN_GATE } from '../support/policies.ts';
import { useStage } from '../support/scene.ts';

const stage = useStage();

describe('a pull request into a governed branch', () => {
  it('is held from its opening, and the check names the gate, who can approve, how, and until when', async () => {
    const scene = stage.scene(
      gates('{ name: main, on: merge, branches: ["main"], timeout: 4h, approvals: [{ from: [release] }] }'),
    );
    const pull = scene.open();
    await scene.held(pull.sha);
    const { summary, title, text, app } = scene.check(pull.sha);
    expect(app).toBe(scene.github.appSlug);
    expect(title).toContain('0 of 1');
    expect(summary).toContain(`#${pull.number}`);
    expect(summary).toContain('`main`');
    expect(summary).toMatch(/`ana`.*`rita`|`rita`.*`ana`/u);
    expect(summary).not.toContain('`sam`');
    expect(summary).toContain('`/approve`');
    expect(summary).toMatch(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/u);
    expect(text).toContain('main');
    expect(scene.as('ben').merge(scene.repo, pull.number).ok).toBe(false);
  });

  it('can be merged after one who may has approved, and only then', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    expect(scene.as('ben').merge(scene.repo, pull.number).ok).toBe(false);
    const answer = await scene.tell('ana', pull.number, '/approve');
    expect(answer).toEqual({ reaction: 'rocket', words: '' });
    await scene.passed(pull.sha);
    expect(scene.check(pull.sha).summary).toContain('`ana`');
    expect(scene.as('ben').merge(scene.repo, pull.number)).toMatchObject({ ok: true });
  });

  it('is denied by one who may, with the reason in the check, and stays denied', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    const answer = await scene.tell('rita', pull.number, '/deny: the migration is missing');
    expect(answer.reaction).toBe('-1');
    await scene.failed(pull.sha);
    expect(scene.check(pull.sha).title).toContain('the migration is missing');
    expect(scene.check(pull.sha).summary).toContain('the migration is missing');
    expect(scene.check(pull.sha).summary).toContain('rita');
    const late = await scene.tell('ana', pull.number, '/approve');
    expect(late.reaction).toBe('confused');
    expect(late.words).toContain('the migration is missing');
    expect(scene.check(pull.sha).conclusion).toBe('failure');
    expect(scene.as('ben').merge(scene.repo, pull.number).ok).toBe(false);
  });
});

describe('which gates hold a merge', () => {
  const SPARING =
    '{ name: main, on: merge, branches: ["main"], unless: { only-paths: ["docs/**", "**/*.md"] }, approvals: [{ from: [release] }] }';

  it('spares a pull request that touches nothing but the spared paths, and says so', async () => {
    const scene = stage.scene(gates(SPARING));
    const pull = scene.open({ files: { 'docs/a.md': 'a', 'README.md': 'b' } });
    await scene.passed(pull.sha);
    expect(scene.check(pull.sha).summary).toContain('`main` does not apply');
    expect(scene.as('ben').merge(scene.repo, pull.number)).toMatchObject({ ok: true });
  });

  it('holds a pull request that touches one more path than the spared ones', async () => {
    const scene = stage.scene(gates(SPARING));
    const pull = scene.open({ files: { 'docs/a.md': 'a', 'src/a.ts': 'a' } });
    await scene.held(pull.sha);
    await stage.current().settled();
    expect(scene.check(pull.sha).status).toBe('in_progress');
  });

  it('asks every gate that matches, and one approval does not open two', async () => {
    const scene = stage.scene(
      gates(MAIN_GATE, '{ name: audit, on: merge, branches: ["**"], approvals: [{ from: [security] }] }'),
    );
    const pull = scene.open();
    await scene.held(pull.sha);
    expect(scene.check(pull.sha).summary).toContain('`audit`');
    expect(scene.check(pull.sha).summary).toContain('`main`');
    expect((await scene.tell('ana', pull.number, '/approve')).reaction).toBe('+1');
    expect(scene.check(pull.sha)).toMatchObject({
      status: 'in_progress',
      title: expect.stringContaining('1 of 2') as string,
    });
    expect((await scene.tell('sam', pull.number, '/approve')).reaction).toBe('rocket');
    await scene.passed(pull.sha);
  });

  it('asks all stages for distinct people', async () => {
    const scene = stage.scene(
      gates(
        '{ name: main, on: merge, branches: ["main"], approvals: [{ from: [release], count: 2 }, { from: [security], count: 1 }] }',
      ),
    );
    const pull = scene.open();
    await scene.held(pull.sha);
    await scene.tell('ana', pull.number, '/approve');
    await scene.tell('ana', pull.number, '/approve');
    await scene.tell('sam', pull.number, '/approve');
    expect(scene.check(pull.sha)).toMatchObject({
      status: 'in_progress',
      title: expect.stringContaining('2 of 3') as string,
    });
    await scene.tell('rita', pull.number, '/approve');
    await scene.passed(pull.sha);
  });

  it('asks a stage with a condition only where the condition is met', async () => {
    const staged =
      '{ name: main, on: merge, branches: ["main"], approvals: [{ from: [release] }, { from: [security], when: { paths: ["infra/**"] } }] }';
    const scene = stage.scene(gates(staged));
    const plain = scene.open();
    const infra = scene.open({ files: { 'infra/net.tf': 'a' } });
    await scene.held(plain.sha);
    await scene.held(infra.sha);
    await scene.tell('ana', plain.number, '/approve');
    await scene.passed(plain.sha);
    await scene.tell('ana', infra.number, '/approve');
    expect(scene.check(infra.sha).status).toBe('in_progress');
    await scene.tell('sam', infra.number, '/approve');
    await scene.passed(infra.sha);
  });

  it('evaluates labels again when one is put on or taken off', async () => {
    const scene = stage.scene(
      gates(
        '{ name: main, on: merge, branches: ["main"], unless: { labels: ["trivial"] }, approvals: [{ from: [release] }] }',
      ),
    );
    const pull = scene.open();
    await scene.held(pull.sha);
    scene.as('mia').label(scene.repo, pull.number, 'trivial');
    await scene.passed(pull.sha);
    scene.as('mia').unlabel(scene.repo, pull.number, 'trivial');
    await scene.held(pull.sha);
    expect(scene.as('ben').merge(scene.repo, pull.number).ok).toBe(false);
  });

  it('evaluates the draft state again when a draft is marked ready', async () => {
    const scene = stage.scene(
      gates(
        MAIN_GATE,
        '{ name: ready, on: merge, branches: ["main"], when: { draft: false }, approvals: [{ from: [security] }] }',
      ),
    );
    const pull = scene.open({ draft: true });
    await scene.held(pull.sha);
    expect(scene.check(pull.sha).title).toContain('0 of 1');
    scene.as('ben').markReady(scene.repo, pull.number);
    await scene.until('both gates to hold', () => scene.check(pull.sha).title.includes('0 of 2'));
  });

  it('reports nothing on a pull request into a branch that no gate covers', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    scene.as('ben').push(scene.repo, { branch: 'scratch', files: { 'a.txt': 'a' } });
    const pull = scene.open({ base: 'scratch', from: 'scratch' });
    await stage.current().settled();
    expect(scene.github.see.checks(scene.repo, pull.sha)).toEqual([]);
    expect(scene.as('ben').merge(scene.repo, pull.number)).toMatchObject({ ok: true });
  });

  it('holds every merge where the policy denies what no gate matches', async () => {
    const scene = stage.scene(
      `${gates('{ name: other, on: merge, branches: ["release"], approvals: [{ from: [release] }] }')}unmatched: { merge: deny }\n`,
    );
    const pull = scene.open();
    await scene.failed(pull.sha);
    expect(scene.check(pull.sha).summary).toContain('No gate of the policy matches');
    expect(scene.as('ben').merge(scene.repo, pull.number).ok).toBe(false);
  });

  it('gates no merge in a repository without a policy', async () => {
    const scene = stage.scene(null);
    const pull = scene.open();
    await stage.current().settled();
    expect(scene.github.see.checks(scene.repo, pull.sha)).toEqual([]);
    const answer = await scene.tell('ana', pull.number, '/approve');
    expect(answer.reaction).toBe('confused');
    expect(answer.words).toContain('Nothing waits');
  });
});
