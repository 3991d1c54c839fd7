/** The life of a grant, and what grants add up to. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canBecome,
  GRANT_STATES,
  grantedRole,
  isLive,
  LIVE_STATES,
  transition,
  unclearGrants,
  warningAt,
  type RoleGrant,
  type GrantEvent,
  type GrantState,
} from '../../src/domain/grant.ts';
import { grantId, instant, requestId } from '../../src/domain/identity.ts';
import { includesRole, ROLES } from '../../src/domain/role.ts';
import { author, HOUR, NOON, repo } from '../support/domain.ts';
import { tries } from '../support/tries.ts';

const grantOf = (changes: Partial<RoleGrant> = {}): RoleGrant => ({
  id: grantId('0198c0de-0000-7000-8000-000000000002'),
  version: 1,
  state: 'applying',
  requestId: requestId('0198c0de-0000-7000-8000-000000000001'),
  repo,
  grantee: author,
  role: 'push',
  startsAt: NOON,
  endsAt: instant(NOON + HOUR),
  onExpiry: 'remove',
  endReason: null,
  endedAt: null,
  residual: null,
  failure: null,
  invitationId: null,
  ...changes,
});

const EVENTS: readonly GrantEvent[] = [
  { kind: 'applied' },
  { kind: 'invited', invitationId: 9 },
  { kind: 'refused', why: 'outside collaborators are restricted' },
  { kind: 'extend', endsAt: instant(NOON + 2 * HOUR) },
  { kind: 'end', reason: 'expired' },
  { kind: 'removed', residual: null },
];

const no = null;
/**
 * By hand from what GitHub documents: a role is given at once or by an invitation, or GitHub refuses; whatever is live
 * can be lengthened and ended, also before it was ever active; only what is being taken back is gone at last.
 */
const TABLE: Readonly<Record<GrantState, readonly (GrantState | null)[]>> = {
  //         applied  invited    refused   extend      end       removed
  applying: ['active', 'invited', 'failed', 'applying', 'ending', no],
  invited: ['active', 'invited', 'failed', 'invited', 'ending', no],
  active: ['active', no, no, 'active', 'ending', no],
  ending: [no, no, no, no, no, 'ended'],
  ended: [no, no, no, no, no, no],
  failed: [no, no, no, no, no, no],
};

const pairs = GRANT_STATES.flatMap((state) =>
  EVENTS.map((event, index) => ({ state, event, kind: event.kind, expected: TABLE[state][index] ?? null })),
);

const now = instant(NOON + 5);

describe('a grant', () => {
  it.each(pairs)('that is $state, at the event $kind: $expected', ({ state, event, kind, expected }) => {
    const moved = transition(grantOf({ state }), event, now);
    if (expected === null) {
      expect(moved).toEqual({ ok: false, error: { kind: 'illegal-transition', from: state, event: kind } });
    } else {
      expect(moved).toMatchObject({ ok: true, value: { state: expected, version: 2 } });
    }
  });

  const after = (grant: RoleGrant, ...events: readonly GrantEvent[]): RoleGrant =>
    events.reduce((at, event) => {
      const moved = transition(at, event, now);
      if (!moved.ok) throw new Error(moved.error.event);
      return moved.value;
    }, grant);

  it('keeps its invitation until it is accepted or taken back', () => {
    const invited = after(grantOf(), { kind: 'invited', invitationId: 9 });
    expect(invited.invitationId).toBe(9);
    expect(after(invited, { kind: 'applied' }).invitationId).toBeNull();
    expect(after(invited, { kind: 'end', reason: 'expired' }).invitationId).toBe(9);
    expect(
      after(invited, { kind: 'end', reason: 'expired' }, { kind: 'removed', residual: null }).invitationId,
    ).toBeNull();
  });

  it('remembers why it ended, when it was gone, and what is left', () => {
    const residual = { role: 'read', source: 'the team readers' };
    const ending = after(grantOf({ state: 'active' }), { kind: 'end', reason: 'revoked' });
    expect(ending).toMatchObject({ endReason: 'revoked', endedAt: null });
    expect(after(ending, { kind: 'removed', residual })).toMatchObject({
      endedAt: now,
      residual,
      endReason: 'revoked',
    });
  });

  it('remembers in GitHub’s words why it was not given', () => {
    expect(after(grantOf(), { kind: 'refused', why: 'no seats' })).toMatchObject({ failure: 'no seats', endedAt: now });
  });

  it('keeps, through every event, what that event does not tell of', () => {
    const before = { ...grantOf({ state: 'invited', invitationId: 9 }), version: 2 };
    const to = (event: GrantEvent) => after(before, event);
    expect(to({ kind: 'applied' })).toEqual({ ...before, version: 3, state: 'active', invitationId: null });
    expect(to({ kind: 'invited', invitationId: 10 })).toEqual({ ...before, version: 3, invitationId: 10 });
    expect(to({ kind: 'end', reason: 'returned' })).toEqual({
      ...before,
      version: 3,
      state: 'ending',
      endReason: 'returned',
    });
    expect(to({ kind: 'refused', why: 'no seats' })).toEqual({
      ...before,
      version: 3,
      state: 'failed',
      failure: 'no seats',
      endedAt: now,
    });
    const longer = instant(NOON + 2 * HOUR);
    expect(to({ kind: 'extend', endsAt: longer })).toEqual({ ...before, version: 3, endsAt: longer });
    expect(to({ kind: 'extend', endsAt: NOON })).toEqual({ ...before, version: 3 });
  });

  it('can become what some event leads to from its state, and nothing else', () => {
    for (const from of GRANT_STATES)
      expect(GRANT_STATES.filter((state) => canBecome(from, state))).toEqual(
        GRANT_STATES.filter((state) => TABLE[from].includes(state)),
      );
  });

  it.each([
    ['an hour before a long one ends', 8 * HOUR, 7 * HOUR],
    ['an hour before one of two hours ends', 2 * HOUR, HOUR],
    ['after half of one that is shorter', 2 * HOUR - 2, HOUR - 1],
    ['after half of an hour', HOUR, HOUR / 2],
    ['at a whole millisecond', 3, 2],
    ['at once where it is over', 0, 0],
    ['at the end where that is past', -5, -5],
  ])('warns %s', (_, ends, warns) => {
    expect(warningAt(instant(NOON + ends), NOON)).toBe(NOON + warns);
  });

  it('is live while the person has the role or is about to', () => {
    expect(GRANT_STATES.filter((state) => isLive(grantOf({ state })))).toEqual(['applying', 'invited', 'active']);
    expect(LIVE_STATES).toEqual(['applying', 'invited', 'active']);
  });

  const anyEvent: fc.Arbitrary<GrantEvent> = fc.oneof(
    fc.constantFrom(...EVENTS),
    fc
      .integer({ min: -10, max: 10 })
      .map((hours) => ({ kind: 'extend', endsAt: instant(NOON + hours * HOUR) }) as const),
  );
  const walk = (events: readonly GrantEvent[]): readonly RoleGrant[] =>
    events.reduce<readonly RoleGrant[]>(
      (steps, event) => {
        const moved = transition(steps.at(-1) ?? grantOf(), event, now);
        return moved.ok ? [...steps, moved.value] : steps;
      },
      [grantOf()],
    );
  const life = fc.array(anyEvent, { maxLength: 15 });

  it('is never shortened by being lengthened, and nothing else moves its end', () => {
    fc.assert(
      fc.property(life, (events) => {
        const ends = walk(events).map((grant) => grant.endsAt);
        expect(ends).toEqual([...ends].sort((a, b) => a - b));
        const asked = events.flatMap((event) => (event.kind === 'extend' ? [event.endsAt] : []));
        for (const end of ends) expect([instant(NOON + HOUR), ...asked]).toContain(end);
      }),
    );
  });

  it('never lives again once it is being taken back, ended or failed', () => {
    fc.assert(
      fc.property(life, (events) => {
        const live = walk(events).map(isLive);
        expect(live).toEqual([...live].sort((a, b) => Number(b) - Number(a)));
      }),
    );
  });

  it('counts its versions one by one', () => {
    fc.assert(
      fc.property(life, (events) => {
        const versions = walk(events).map((grant) => grant.version);
        expect(versions).toEqual(versions.map((_, index) => index + 1));
      }),
    );
  });
});

describe('the grants of one person', () => {
  const lead = { custom: 'lead', base: 'push' } as const;

  it('add up to a custom role where it is above the others, and to the first of two that can not be compared', () => {
    const sum = (...roles: readonly RoleGrant['role'][]) =>
      grantedRole(roles.map((role) => grantOf({ role, state: 'active' })));
    expect(sum('push', lead)).toEqual(lead);
    expect(sum(lead, 'triage')).toEqual(lead);
    expect(sum(lead, 'admin')).toBe('admin');
    expect(sum(lead, 'maintain')).toEqual(lead);
    expect(sum('maintain', lead)).toBe('maintain');
  });

  it('that are about to be given are unclear beside what stays, and beside one that comes first', () => {
    const unclear = (standing: readonly RoleGrant['role'][], ...grants: readonly RoleGrant[]) =>
      unclearGrants(grants, standing).map((grant) => grants.indexOf(grant));
    const of = (role: RoleGrant['role'], state: GrantState = 'applying') => grantOf({ role, state });
    expect(unclear([], of('push'), of(lead), of('admin'))).toEqual([]);
    expect(unclear([], of(lead), of('maintain'), of('push'))).toEqual([1]);
    expect(unclear([], of('maintain'), of(lead, 'active'))).toEqual([0]);
    expect(unclear([], of('maintain'), of(lead, 'invited'))).toEqual([0]);
    expect(unclear([], of('maintain'), of(lead, 'ending'))).toEqual([]);
    expect(unclear([lead], of('maintain'), of('push'), of('maintain', 'active'))).toEqual([0]);
    expect(unclear(['maintain'], of(lead), of('admin'))).toEqual([0]);
  });

  it('give each its role, once those that are unclear are refused', () => {
    const any = fc.record({
      state: fc.constantFrom(...GRANT_STATES),
      role: fc.constantFrom<RoleGrant['role']>(...ROLES, lead, { custom: 'auditor', base: 'pull' }),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 6 }), (asked) => {
        // As they come about: one after another, each beside those that are there.
        const given: RoleGrant[] = [];
        for (const changes of asked) {
          const grant = grantOf({ ...changes, state: 'applying' });
          if (unclearGrants([...given, grant], []).length === 0) given.push({ ...grant, state: changes.state });
        }
        const role = grantedRole(given);
        for (const grant of given.filter(isLive)) expect(includesRole(role, grant.role)).toBe(true);
      }),
      { numRuns: tries(1000) },
    );
  });

  it('add up to the strongest of those that are live', () => {
    const any = fc.record({ state: fc.constantFrom(...GRANT_STATES), role: fc.constantFrom(...ROLES) });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 5 }), (several) => {
        const grants = several.map((changes) => grantOf(changes));
        const live = several.filter(({ state }) => ['applying', 'invited', 'active'].includes(state));
        const strongest = ROLES.findLast((role) => live.some((grant) => grant.role === role)) ?? null;
        expect(grantedRole(grants)).toBe(strongest);
      }),
    );
  });
});
