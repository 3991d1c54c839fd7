/** An issue as a request for access: opening it asks, closing it ends everything that was asked for on it. */

import { isAccessForm, readAccessForm, REQUEST_LABEL } from '../domain/access-form.ts';
import type { DomainEvent } from '../domain/event.ts';
import { isLive } from '../domain/grant.ts';
import { isAccess, isDeployment, isOpen } from '../domain/request.ts';
import { step } from '../domain/settle.ts';
import { moveRequest } from './move-request.ts';
import { endGrant } from './end-grant.ts';
import { fromForm, requestAccess } from './request-access.ts';
import type { World } from './world.ts';

type Of<K extends DomainEvent['kind']> = Extract<DomainEvent, { kind: K }>;

/** Reads the form and asks for what it says; words answer what can't be asked for. Once a request is there, edits change nothing. */
export async function issueOpened(world: World, event: Of<'issue-opened'>): Promise<void> {
  const labelled = event.labels.includes(REQUEST_LABEL);
  if (event.author.automated || (!labelled && !isAccessForm(event.body))) return;
  const before = await world.store.requestsIn(event.repo.id, event.number);
  if (before.some(isAccess)) return;
  // Closing it may have been handled first: then nothing was there to withdraw, and nothing may be asked now.
  if (await isClosed(world, event)) return;
  const conversation = { repo: event.repo, number: event.number };
  const form = readAccessForm(event.body);
  const words = !form.ok
    ? [
        "This can't be read as an access request:",
        '',
        ...form.error.map((problem) => `- ${problem.message}`),
        '',
        'Edit the text above, or say it in a comment: `/request ROLE for DURATION: reason`.',
      ].join('\n')
    : await requestAccess(
        world,
        fromForm(form.value, conversation, { id: event.author.id, login: event.author.login }, event.at),
      ).then((asked) => (asked.ok ? null : asked.error));
  if (words === null) {
    if (await isClosed(world, event)) await issueClosed(world, { ...event, kind: 'issue-closed', by: event.author.id });
    return;
  }
  // Issues of several repositories have the same number: what was said on one is not said on the other.
  const marker = `issue-${event.repo.id}-${event.number}`;
  await world.store.commit({
    effects: [{ kind: 'reply', repo: event.repo, number: event.number, marker, body: words }],
  });
}

async function isClosed(world: World, { repo, number }: Of<'issue-opened'>): Promise<boolean> {
  const issue = await world.github.issue(repo, number);
  return !issue?.open;
}

/** Closing an issue ends what was asked for on it: open requests are withdrawn, running grants are taken back. */
export async function issueClosed(world: World, event: Of<'issue-closed'>): Promise<void> {
  for (const request of await world.store.requestsIn(event.repo.id, event.number)) {
    // The issue may be gone with the place to decide.
    if (isDeployment(request) && isOpen(request)) {
      await world.store.commit({ effects: [{ kind: 'deployment', requestId: request.id }] });
    }
    if (!isAccess(request)) continue;
    await moveRequest(world, request.id, (current, now) =>
      step(current, 'cancel', now, event.by, 'the issue was closed'),
    );
    const grant = await world.store.grantOf(request.id);
    if (grant !== null && isLive(grant)) await endGrant(world, grant.id, 'issue-closed', event.by);
  }
}
