/** Is a merge group whose pull requests can't be told at first read again, so that it does not stall the queue for ever? */

import { describe, expect, it } from 'vitest';
import { gates, MAIN_GATE } from '../support/policies.ts';
import { useStage, type Scene } from '../support/scene.ts';

const stage = useStage();

async function queued(scene: Scene) {
  scene.github.protectBranch(scene.repo, 'main', {
    requiredChecks: [{ name: 'jit/merge', appId: scene.github.appId }],
    mergeQueue: true,
  });
  const pull = scene.open();
  await scene.held(pull.sha);
  await scene.tell('ana', pull.number, '/approve');
  await scene.passed(pull.sha);
  const unread = scene.github.faults.add({ kind: 'status', status: 404, path: /\/shop\/compare\//u, times: 1000 });
  expect(scene.as('ben').enqueue(scene.repo, pull.number)).toMatchObject({ ok: true });
  const group = scene.github.see.queue(scene.repo, 'main')[0]?.headSha ?? '';
  await scene.held(group);
  await stage.current().settled();
  expect(scene.check(group).title).toContain('could not be read');
  return { pull, group, unread };
}

describe('a merge group that could not be read', () => {
  it('passes once it can, by the next sweep, where every pull request of it is approved', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const { pull, group, unread } = await queued(scene);
    await stage.current().sweep();
    expect(scene.check(group).conclusion).toBeNull();
    unread();
    await stage.current().sweep();
    await scene.until('the group to be merged', () => scene.github.see.pull(scene.repo, pull.number).merged);
  });

  it('stays held where a pull request of it lost its approval meanwhile', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const { pull, group, unread } = await queued(scene);
    const vote = scene.github.see.comments(scene.repo, pull.number).find(({ author }) => author === 'ana')?.id ?? 0;
    scene.as('ana').deleteComment(scene.repo, vote);
    await stage.current().settled();
    unread();
    await stage.current().sweep();
    await scene.until('the approval to be missed', () => scene.check(group).title.includes('0 of 1'));
    expect(scene.github.see.pull(scene.repo, pull.number).merged).toBe(false);
  });

  it('that left the queue is not brought back', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const { pull, group, unread } = await queued(scene);
    scene.as('ben').closePull(scene.repo, pull.number);
    await stage.current().settled();
    unread();
    await stage.current().sweep();
    const { db } = stage.current().database;
    const left = await db.selectFrom('merge_group').select('head').where('head', '=', group).execute();
    expect(left).toEqual([]);
  });
});
