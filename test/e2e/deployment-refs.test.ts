/** Is a branch told from a tag that has the same name, and is that shown to who approves? */

import { describe, expect, it } from 'vitest';
import { deploy, deployCheck, ruleOf } from '../support/deploying.ts';
import { gates } from '../support/policies.ts';
import { useStage } from '../support/scene.ts';
import { nothingGivenAway } from '../threats/support.ts';

const stage = useStage();

const PRODUCTION = deployCheck();
const refs = (...patterns: readonly string[]): string =>
  gates(
    `{ name: production, on: deployment, environments: ["production"], refs: ${JSON.stringify(patterns)}, approvals: [{ from: [release] }] }`,
  );

describe('a gate that asks for a tag', () => {
  it('denies a branch that is called like one', async () => {
    const scene = stage.scene(refs('tag:v*', 'branch:main'));
    scene.as('ben').push(scene.repo, { branch: 'v9', files: { 'src/evil.ts': 'evil' } });
    const { run, sha } = deploy(scene, { branch: 'v9' });
    await scene.failed(sha, PRODUCTION);
    await scene.until('the rule to be rejected', () => ruleOf(scene, run).state === 'rejected');
    expect(scene.check(sha, PRODUCTION).summary).toContain('the branch `v9`');
    expect(scene.check(sha, PRODUCTION).summary).toContain('`tag:v*`');
    await nothingGivenAway(scene);
  });

  it.each(['light', 'annotated'] as const)('holds a %s tag for approval, and says that it is one', async (how) => {
    const scene = stage.scene(refs('tag:v*'));
    const main = scene.github.see.branch(scene.repo, 'main');
    if (how === 'light') scene.as('ben').pointRef(scene.repo, 'refs/tags/v9', main);
    else scene.as('ben').annotate(scene.repo, 'v9', main);
    const { run, sha } = deploy(scene, { branch: 'v9' });
    await scene.held(sha, PRODUCTION);
    expect(scene.check(sha, PRODUCTION).summary).toContain('the tag `v9`');
    expect(ruleOf(scene, run).state).toBe('waiting');
  });

  it('holds what is neither any more, since it can not be told, and nobody can approve it', async () => {
    const scene = stage.scene(refs('tag:v*'));
    const old = scene.as('ben').push(scene.repo, { branch: 'v9', files: { 'src/evil.ts': 'evil' } });
    await stage.current().settled();
    scene.github.webhooks.pause();
    const { run } = deploy(scene, { branch: 'v9' });
    // The branch is gone by the time the app asks, and a tag of its name points at what is good.
    scene.as('ben').pointRef(scene.repo, 'refs/heads/v9', null);
    scene.as('ben').pointRef(scene.repo, 'refs/tags/v9', scene.github.see.branch(scene.repo, 'main'));
    scene.github.webhooks.resume();
    await scene.held(old, PRODUCTION);
    await stage.current().settled();
    expect(scene.check(old, PRODUCTION).summary).toContain('whether the commit is on a branch or tag called v9');
    const issue = scene.github.see.issues(scene.repo).at(-1)?.number ?? 0;
    await scene.tell('ana', issue, '/approve');
    expect(ruleOf(scene, run).state).toBe('waiting');
    await nothingGivenAway(scene);
  });
});

describe('a gate that asks for a branch', () => {
  it('denies a tag that is called like it and points elsewhere', async () => {
    const scene = stage.scene(refs('branch:main'));
    const evil = scene.as('ben').push(scene.repo, { branch: 'evil', files: { 'src/evil.ts': 'evil' } });
    scene.as('ben').pointRef(scene.repo, 'refs/tags/main', evil);
    const { run, sha } = deploy(scene, { branch: 'main', sha: evil });
    await scene.failed(sha, PRODUCTION);
    await scene.until('the rule to be rejected', () => ruleOf(scene, run).state === 'rejected');
    await nothingGivenAway(scene);
  });
});

describe('a gate that asks for a name alone', () => {
  it('takes either, and tells who approves which of them it is', async () => {
    const scene = stage.scene(refs('v*'));
    scene.as('ben').push(scene.repo, { branch: 'v9', files: { 'src/a.ts': 'a' } });
    const { sha } = deploy(scene, { branch: 'v9' });
    await scene.held(sha, PRODUCTION);
    expect(scene.check(sha, PRODUCTION).summary).toContain('the branch `v9`');
  });
});
