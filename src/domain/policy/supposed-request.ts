/** The request that a supposed merge, deployment or wish for access would be. */

import { aheadOf, type StartRefusal } from '../access-start.ts';
import { reasonFor, type ReasonRefusal } from '../access-reason.ts';
import {
  installationId,
  repoId,
  requestId,
  type Instant,
  type Millis,
  type Person,
  type RepoRef,
} from '../identity.ts';
import type { Grantable } from '../grantable.ts';
import { newRequest, type AccessRequest, type Request } from '../request.ts';
import { ok, refused, type Result } from '../result.ts';
import type { AccessSubject, Facts, Subject } from '../subject.ts';
import { accessRuleFor, type AccessRefusal } from './match.ts';
import type { Policy } from './model.ts';

const ID = requestId('00000000-0000-4000-8000-000000000000');
const SUPPOSED_REPO: RepoRef = {
  installationId: installationId(1),
  id: repoId(1),
  owner: 'octo',
  name: 'repository',
};

/** A request that is just opened. */
export function supposedRequest<S extends Subject>(
  subject: S,
  requester: Person | null,
  opened: Instant,
): Request & { readonly subject: S } {
  const conversation = { repo: SUPPOSED_REPO, number: subject.kind === 'merge' ? subject.pull : 1 };
  return newRequest({
    id: ID,
    repo: SUPPOSED_REPO,
    subject,
    conversation,
    requester,
    since: opened,
    openedAt: opened,
  });
}

export type AskedAccess = {
  readonly grantee: Person;
  readonly role: Grantable;
  readonly duration: Millis | null;
  /** `null` for at once. */
  readonly start: Instant | null;
  readonly reason: string | null;
  readonly ticket: string | null;
};

/** The access request under the first rule that fits, or why there is none. */
export function accessRequestFrom(
  policy: Policy,
  facts: Facts,
  { grantee, role, duration, start, reason, ticket }: AskedAccess,
  opened: Instant,
): Result<AccessRequest, AccessRefusal | ReasonRefusal | StartRefusal> {
  const ahead = aheadOf(start, opened);
  if (!ahead.ok) return ahead;
  const asked = { role, duration, ahead: ahead.value, requester: grantee.id, members: facts.members };
  const found = accessRuleFor(policy, asked);
  if (!found.ok) return refused(found.error);
  const { rule } = found.value;
  const words = reasonFor(rule, reason, ticket);
  if (!words.ok) return refused(words.error);
  const subject: AccessSubject = {
    kind: 'access',
    grantee,
    target: SUPPOSED_REPO,
    role,
    duration: found.value.duration,
    ...(start === null ? {} : { start }),
    reason: words.value.reason,
    ticket: words.value.ticket,
    rule: rule.name,
    extends: null,
  };
  return ok(supposedRequest(subject, grantee, opened));
}
