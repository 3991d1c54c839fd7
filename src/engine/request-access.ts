/** Takes a request for access: from an issue form, from `/request`, or from `/extend`. */

import type { AccessForm } from '../domain/access-form.ts';
import { reasonFor } from '../domain/access-reason.ts';
import { aheadOf } from '../domain/access-start.ts';
import { autoApproval } from '../domain/auto-approval.ts';
import { withDeadline } from '../domain/deadline.ts';
import { decide } from '../domain/decide.ts';
import { formatDuration, parseDuration } from '../domain/duration.ts';
import { when } from '../domain/explain.ts';
import { isCalled, isSameGrantable, isTeam, type Grantable } from '../domain/grantable.ts';
import type { Grant } from '../domain/grant.ts';
import { after, millis, requestId, type Instant, type Millis, type Person, type RepoRef } from '../domain/identity.ts';
import { codeSpan, escapeMarkdown } from '../domain/markdown.ts';
import type { AccessRule } from '../domain/policy/model.ts';
import type { PolicyState } from '../domain/policy/state.ts';
import { isAccess, newRequest, requestKey, type AccessRequest, type Conversation } from '../domain/request.ts';
import { ok, refused, type Result } from '../domain/result.ts';
import { auditOf, effectsOf, openedData, settle } from '../domain/settle.ts';
import { parseStart } from '../domain/start-time.ts';
import type { AccessSubject } from '../domain/subject.ts';
import { policyOf, reasonWords, ruleFor } from './access-rule.ts';
import { askedUnder, keptOut } from './ask-team.ts';
import { castEntry } from './count-vote.ts';
import { blobOf, owedFor } from './evaluate.ts';
import { factsFor } from './facts.ts';
import { hadAlready } from './had-already.ts';
import { overLimit } from './person-limits.ts';
import { readPolicy } from './policy.ts';
import { deadlineTimers } from './timeouts.ts';
import { commit, type World } from './world.ts';

/** What a person typed, before any of it was checked. */
export type Asked = {
  readonly conversation: Conversation;
  readonly requester: Person;
  readonly role: string;
  readonly duration: string | null;
  /** `null`: as soon as it is approved. */
  readonly start: string | null;
  readonly repository: { readonly owner: string; readonly name: string } | null;
  readonly reason: string | null;
  readonly ticket: string | null;
  readonly at: Instant;
};

export const fromForm = (form: AccessForm, conversation: Conversation, requester: Person, at: Instant): Asked => ({
  conversation,
  requester,
  at,
  role: form.role,
  duration: form.duration,
  start: form.start,
  repository: form.repository,
  reason: form.reason,
  ticket: form.ticket,
});

/** Opens an access request. A refusal is Markdown for the person who asked: what is wrong, and what would be right. */
export async function requestAccess(world: World, asked: Asked): Promise<Result<AccessRequest, string>> {
  const target = await targetOf(world, asked);
  if (!target.ok) return target;
  const read = wishOf(asked);
  if (!read.ok) return read;
  const { duration, start } = read.value;
  const before = await askedBefore(
    world,
    asked,
    (subject) =>
      subject.extends === null && isCalled(subject.role, asked.role) && subject.target.id === target.value.id,
  );
  if (before !== null) return ok(before);
  const state = await readPolicy(world, target.value);
  const named = policyOf(state, target.value);
  const asking = await askedUnder(world, named, target.value, asked.requester, asked.role);
  if (!asking.ok) return asking;
  const { policy, role } = asking.value;

  const ask = { role, duration, ahead: start?.ahead ?? null };
  const rule = await ruleFor(world, policy, target.value, asked.requester, ask);
  if (!rule.ok) return rule;
  const words = reasonFor(rule.value, asked.reason, asked.ticket);
  if (!words.ok) return refused(reasonWords(rule.value, words.error));
  const why = await notNow(world, rule.value, target.value, asked.requester, role, start);
  if (why !== null) return refused(why);
  const subject: AccessSubject = {
    kind: 'access',
    grantee: asked.requester,
    target: target.value,
    role,
    duration: duration ?? rule.value.defaultDuration,
    ...(start === null ? {} : { start: start.at }),
    reason: words.value.reason,
    ticket: words.value.ticket,
    rule: rule.value.name,
    extends: null,
  };
  return await open(world, asked, subject, state);
}

/** Opens a request that lengthens a running grant, under the rule that the grant was made under. */
export async function requestExtension(
  world: World,
  asked: {
    readonly conversation: Conversation;
    readonly requester: Person;
    readonly duration: string;
    readonly reason: string | null;
    readonly at: Instant;
  },
  grant: Grant,
  granted: AccessSubject,
): Promise<Result<AccessRequest, string>> {
  const duration = parseDuration(asked.duration);
  if (!duration.ok)
    return refused(`The duration ${codeSpan(asked.duration)} can't be read: ${escapeMarkdown(duration.error)}.`);
  const before = await askedBefore(world, asked, (subject) => subject.extends === grant.id);
  if (before !== null) return ok(before);
  const state = await readPolicy(world, granted.target);
  const policy = policyOf(state, granted.target);
  if (!policy.ok) return policy;
  const own = policy.value.access.filter(({ name }) => name === granted.rule);
  if (own.length === 0) {
    return refused(
      `The rule ${codeSpan(granted.rule)}, under which this access was given, is no longer in the policy. Ask anew when it has ended.`,
    );
  }
  const only = { ...policy.value, access: own };
  const ask = { role: granted.role, duration: duration.value, ahead: null };
  const rule = await ruleFor(world, only, granted.target, asked.requester, ask);
  if (!rule.ok) return rule;
  const now = await world.store.now();
  const latest = after(now, rule.value.maxDuration);
  if (grant.endsAt + duration.value > latest) {
    const room = millis(Math.max(0, latest - grant.endsAt));
    return refused(
      `The rule ${codeSpan(rule.value.name)} lets access run for at most ${formatDuration(rule.value.maxDuration)} from now, so it can be lengthened by ${formatDuration(room)} at most.`,
    );
  }
  const words = reasonFor(rule.value, asked.reason ?? granted.reason, granted.ticket);
  if (!words.ok) return refused(reasonWords(rule.value, words.error));
  const subject: AccessSubject = {
    kind: 'access',
    grantee: granted.grantee,
    target: granted.target,
    role: granted.role,
    ticket: granted.ticket,
    duration: duration.value,
    reason: words.value.reason,
    rule: rule.value.name,
    extends: grant.id,
  };
  return await open(world, asked, subject, state);
}

/** What somebody typed, read as far as the policy has no say in it. */
type Wish = {
  /** `null`: the rule's default. */
  readonly duration: Millis | null;
  readonly start: Start | null;
};
type Start = { readonly at: Instant; readonly ahead: Millis };

function wishOf(asked: Asked): Result<Wish, string> {
  const duration = asked.duration === null ? ok(null) : parseDuration(asked.duration);
  if (!duration.ok)
    return refused(`The duration ${codeSpan(asked.duration ?? '')} can't be read: ${escapeMarkdown(duration.error)}.`);
  const start = startOf(asked);
  return start.ok ? ok({ duration: duration.value, start: start.value }) : start;
}

/** When it is to begin, and how far ahead of the asking that is; `null` for at once. */
function startOf({ start, at }: Asked): Result<Start | null, string> {
  if (start === null) return ok(null);
  const read = parseStart(start);
  if (!read.ok) return refused(`The start can't be read: ${escapeMarkdown(read.error)}.`);
  const ahead = aheadOf(read.value, at);
  if (!ahead.ok)
    return refused(`The start ${when(read.value)} is over already. Leave it out, and the access begins once approved.`);
  return ok(ahead.value === null ? null : { at: read.value, ahead: ahead.value });
}

/** Words for somebody whom the rule would give it, but not as things stand. */
async function notNow(
  world: World,
  rule: AccessRule,
  repo: RepoRef,
  person: Person,
  role: Grantable,
  start: Start | null,
): Promise<string | null> {
  const had = isTeam(role)
    ? await keptOut(world, repo, person, role)
    : await hadAlready(world, repo, person, role, start?.at ?? null);
  if (had !== null) return had;
  const limit = await overLimit(world, rule, repo, person, start?.at ?? null);
  return limit === null ? null : `Not now: ${escapeMarkdown(limit)}.`;
}

/** The same words, handled again after an interruption: what came of them stands, whatever has become of it. */
async function askedBefore(
  world: World,
  { conversation, requester, at }: Pick<Asked, 'conversation' | 'requester' | 'at'>,
  isSame: (subject: AccessSubject) => boolean,
): Promise<AccessRequest | null> {
  const requests = await world.store.requestsIn(conversation.repo.id, conversation.number);
  const same = requests
    .filter(isAccess)
    .find(({ since, subject }) => since === at && subject.grantee.id === requester.id && isSame(subject));
  return same ?? null;
}

async function targetOf(world: World, asked: Asked): Promise<Result<RepoRef, string>> {
  const { repo } = asked.conversation;
  const { repository } = asked;
  if (repository === null) return ok(repo);
  if (
    repository.owner.toLowerCase() === repo.owner.toLowerCase() &&
    repository.name.toLowerCase() === repo.name.toLowerCase()
  )
    return ok(repo);
  const found = await world.github.findRepository(repo.installationId, repository.owner, repository.name);
  if (found === null) {
    return refused(
      `${codeSpan(`${repository.owner}/${repository.name}`)} is not a repository that this app can see. Check the name, or ask an owner to add it to the app's installation.`,
    );
  }
  await world.store.saveRepositories([found]);
  return ok(found);
}

async function open(
  world: World,
  asked: { readonly conversation: Conversation; readonly requester: Person; readonly at: Instant },
  subject: AccessSubject,
  state: PolicyState,
): Promise<Result<AccessRequest, string>> {
  const key = requestKey(subject.target, subject, asked.conversation);
  return await commit(world, async (): Promise<Outcome> => {
    // Opening an issue and its label are two webhooks: the other one may have asked the same a moment ago.
    const isSame = ({ role, target, extends: grant }: AccessSubject): boolean =>
      isSameGrantable(role, subject.role) && target.id === subject.target.id && grant === subject.extends;
    const same = await askedBefore(world, asked, isSame);
    if (same !== null) return { change: null, value: ok(same) };
    const standing = await world.store.openRequestByKey(key);
    if (standing !== null) {
      return { change: null, value: refused('A request of yours already waits here. `/cancel` withdraws it.') };
    }
    const now = await world.store.now();
    const opened = newRequest({
      id: requestId(world.newId()),
      repo: subject.target,
      subject,
      conversation: asked.conversation,
      requester: asked.requester,
      since: asked.at,
      openedAt: now,
    });
    const facts = await factsFor(world, state, opened, null);
    const owed = await owedFor(world, opened);
    const atOnce = state.kind === 'present' ? autoApproval(state.policy, opened, facts, owed, now) : null;
    const votes = atOnce === null ? [] : [atOnce];
    const decision = decide({ policy: state, request: opened, votes, facts, now, owed });
    const request = withDeadline(opened, state, decision);
    const settled = settle(request, decision, blobOf(state), now, null);
    const row = settled?.row ?? request;
    return {
      change: {
        requests: [{ was: null, row }],
        votes,
        unowed: votes.map(({ voter }) => ({ kind: 'overdue', by: voter.id, installation: row.repo.installationId })),
        people: [asked.requester],
        audit: [
          auditOf(request, 'request.opened', asked.requester.id, openedData(request)),
          ...votes.map((vote) => castEntry(request, vote)),
          ...(settled?.audit ?? []),
        ],
        effects: effectsOf(row),
        timers: deadlineTimers(row),
      },
      value: ok(request),
    };
  });
}

type Outcome = {
  readonly change: Parameters<World['store']['commit']>[0] | null;
  readonly value: Result<AccessRequest, string>;
};
