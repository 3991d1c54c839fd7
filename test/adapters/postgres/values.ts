/** Values that the storage tests put in: complete, and told apart by what the test says. */

import { randomUUID } from 'node:crypto';
import type { AuditDraft } from '../../../src/domain/audit.ts';
import type { Grant } from '../../../src/domain/grant.ts';
import {
  grantId,
  installationId,
  instant,
  millis,
  repoId,
  requestId,
  sha,
  userId,
  type Person,
  type RepoRef,
} from '../../../src/domain/identity.ts';
import type { Request } from '../../../src/domain/request.ts';
import type { Vote } from '../../../src/domain/vote.ts';

export const INSTALLATION = installationId(7_000_000_001);
export const ana: Person = { id: userId(101), login: 'octo-ana' };
export const ben: Person = { id: userId(102), login: 'octo-ben' };
/** Larger than what fits into 32 bits, as GitHub's ids will be. */
export const shop: RepoRef = { installationId: INSTALLATION, id: repoId(5_000_000_001), owner: 'octo', name: 'shop' };
export const tools: RepoRef = { ...shop, id: repoId(5_000_000_002), name: 'tools' };
export const HEAD = sha('a'.repeat(40));
export const OTHER_HEAD = sha('b'.repeat(40));
export const NOON = instant(Date.parse('2026-01-02T12:00:00Z'));

/** A merge request of pull request 1, pending; its key is its own unless given. */
export const aRequest = (fields: Partial<Request> = {}): Request => ({
  id: requestId(randomUUID()),
  version: 1,
  state: 'pending',
  repo: shop,
  subject: { kind: 'merge', pull: 1, head: HEAD, base: 'main', pushers: [ana.id] },
  key: `merge:${randomUUID()}`,
  conversation: { repo: shop, number: 1 },
  requester: ana,
  since: NOON,
  openedAt: NOON,
  deadline: null,
  closedAt: null,
  outcome: null,
  policyBlob: null,
  ...fields,
});

export const anAccessRequest = (fields: Partial<Request> = {}): Request =>
  aRequest({
    subject: {
      kind: 'access',
      grantee: ana,
      target: tools,
      role: 'push',
      duration: millis(3_600_000),
      reason: 'on call',
      ticket: 'OPS-1',
      rule: 'write for a shift',
      extends: null,
    },
    ...fields,
  });

export const aVote = (request: Request, fields: Partial<Vote> = {}): Vote => ({
  requestId: request.id,
  voter: ben,
  answer: 'approve',
  source: { kind: 'comment', id: 9_000_000_001 },
  head: HEAD,
  castAt: NOON,
  reason: null,
  voided: null,
  ...fields,
});

export const aGrant = (request: Request, fields: Partial<Grant> = {}): Grant => ({
  id: grantId(randomUUID()),
  version: 1,
  state: 'active',
  requestId: request.id,
  repo: tools,
  grantee: ana,
  role: 'push',
  startsAt: NOON,
  endsAt: instant(Date.parse('2100-01-01T00:00:00Z')),
  onExpiry: 'remove',
  endReason: null,
  endedAt: null,
  residual: null,
  failure: null,
  invitationId: null,
  ...fields,
});

export const anEntry = (fields: Partial<AuditDraft> = {}): AuditDraft => ({
  installationId: INSTALLATION,
  kind: 'policy.changed',
  actor: ana.id,
  repoId: shop.id,
  requestId: null,
  grantId: null,
  data: { path: '.jit-policy.yml' },
  ...fields,
});

/** Waits until `holds` does, at most `patience` milliseconds; then tells what it waited for. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, patience = 15_000): Promise<void> {
  const end = performance.now() + patience;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited ${patience} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
