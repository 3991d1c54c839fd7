/** What an attacker does that an honest person can't, and how a test shows that nothing came of it. */

import { createHmac, randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { addComment } from '../support/github/acts/conversation.ts';
import { accountNamed, issueNumbered, repoNamed } from '../support/github/world/find.ts';
import type { Account, Delivery } from '../support/github/world/state.ts';
import type { Scene } from '../support/scene.ts';
import type { Stage } from '../support/stage.ts';

type Payload = Record<string, unknown>;

/** Nothing is under way any more, the check does not pass, and GitHub refuses the merge. */
export async function staysHeld(scene: Scene, pull: { readonly number: number; readonly sha: string }): Promise<void> {
  await scene.stage.settled();
  expect(scene.github.see.check(scene.repo, pull.sha, 'jit/merge')?.conclusion ?? null).not.toBe('success');
  expect(scene.as('ben').merge(scene.repo, pull.number).ok).toBe(false);
}

/** Nothing in the repository was ever approved, released or granted, not even for a moment. */
export async function nothingGivenAway(scene: Scene): Promise<void> {
  await scene.stage.settled();
  const kinds = await audited(scene);
  expect(kinds.filter((kind) => ['request.approved', 'request.released', 'grant.created'].includes(kind))).toEqual([]);
}

/** The newest delivery of an event, as GitHub sent it for this scene's repository or organisation. */
export function sent(scene: Scene, event: string, action?: string): Delivery {
  const found = scene.github.deliveries.findLast(
    (delivery) =>
      delivery.event === event &&
      (action === undefined || delivery.action === action) &&
      (ownerOf(delivery.payload) ?? scene.org) === scene.org,
  );
  if (found === undefined) throw new Error(`GitHub sent no ${event} ${action ?? ''}`);
  return found;
}

const ownerOf = ({ repository }: Payload): string | undefined =>
  (repository as { owner?: { login?: string } } | undefined)?.owner?.login;

/** A copy of a payload with some of its fields changed, however deep: `{ comment: { body: '/approve' } }`. */
export function altered(payload: Payload, changes: Payload): Payload {
  const copy: Payload = { ...payload };
  for (const [key, value] of Object.entries(changes)) {
    const before = copy[key];
    const deep = isPlain(value) && isPlain(before);
    copy[key] = deep ? altered(before, value) : value;
  }
  return copy;
}

const isPlain = (value: unknown): value is Payload =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export type Envelope = { readonly id?: string; readonly signature?: string | null };

/** Posts a webhook as GitHub would, signed with the app's secret where nothing else is said. Returns the status. */
export async function post(
  stage: Stage,
  event: string,
  payload: Payload,
  { id = randomUUID(), signature }: Envelope = {},
): Promise<number> {
  const body = JSON.stringify(payload);
  const signed = `sha256=${createHmac('sha256', stage.github.webhookSecret).update(body).digest('hex')}`;
  const answer = await fetch(`${stage.app.url}/api/github/webhooks`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-delivery': id,
      'x-github-event': event,
      ...(signature === null ? {} : { 'x-hub-signature-256': signature ?? signed }),
    },
  });
  await answer.arrayBuffer();
  return answer.status;
}

/** A comment by any account, through an app where one is named: what a bot or a token of an app posts. */
export function commentAs(scene: Scene, number: number, body: string, by: Account, via?: string): number {
  const { world } = scene.github;
  const app = via === undefined ? null : ([...world.apps.values()].find(({ slug }) => slug === via) ?? null);
  scene.github.clock.advance(2000);
  return addComment(world, issueNumbered(repoNamed(world, scene.repo), number), { account: by, via: app }, body).id;
}

export const account = (scene: Scene, login: string): Account => accountNamed(scene.github.world, login);

/** Kinds of the audit entries about this scene's repository, oldest first, with who acted. */
export async function audited(scene: Scene): Promise<readonly string[]> {
  const repo = repoNamed(scene.github.world, scene.repo);
  const rows = await scene.stage.database.db
    .selectFrom('audit_entry')
    .select(['kind'])
    .where('repo_id', '=', repo.id)
    .orderBy('seq')
    .execute();
  return rows.map((row) => row.kind);
}

/** Text of every request that is stored for the repository, with its state, oldest first. */
export async function requestsOf(scene: Scene) {
  const repo = repoNamed(scene.github.world, scene.repo);
  return await scene.stage.database.db.selectFrom('request').selectAll().where('repo_id', '=', repo.id).execute();
}
