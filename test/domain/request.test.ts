/** The life of a request. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instant, repoId } from '../../src/domain/identity.ts';
import {
  advance,
  isAccess,
  isDeployment,
  isMerge,
  isOpen,
  nextState,
  OPEN_STATES,
  requestKey,
  REQUEST_STATES,
  type Request,
  type RequestEvent,
  type RequestState,
} from '../../src/domain/request.ts';
import {
  accessRequest,
  ana,
  author,
  deploymentRequest,
  HEAD,
  mergeRequest,
  NOON,
  OTHER_HEAD,
  repo,
  runOf,
} from '../support/domain.ts';

const EVENTS: readonly RequestEvent[] = [
  'approve',
  'unapprove',
  'release',
  'deny',
  'expire',
  'cancel',
  'supersede',
  'close',
];

const no = null;
/**
 * By hand: approval comes before release, and what was approved can lose its approval until then; what is
 * unanswered expires, but what is approved was answered; a push or a new run replaces even what was denied. Everything
 * else that ended stays ended.
 */
const TABLE: Readonly<Record<RequestState, readonly (RequestState | null)[]>> = {
  //           approve     unapprove  release     deny      expire     cancel       supersede     close
  pending: ['approved', no, no, 'denied', 'expired', 'cancelled', 'superseded', 'closed'],
  approved: [no, 'pending', 'released', 'denied', no, 'cancelled', 'superseded', 'closed'],
  released: [no, no, no, no, no, no, no, no],
  denied: [no, no, no, no, no, no, no, no],
  expired: [no, no, no, no, no, no, no, no],
  cancelled: [no, no, no, no, no, no, no, no],
  superseded: [no, no, no, no, no, no, no, no],
  closed: [no, no, no, no, no, no, no, no],
};

const pairs = REQUEST_STATES.flatMap((state) =>
  EVENTS.map((event, index) => [state, event, TABLE[state][index] ?? null] as const),
);

describe('a request', () => {
  it.each(pairs)('that is %s, at the event %s: %s', (state, event, expected) => {
    expect(nextState(state, event)).toBe(expected);
    const before = mergeRequest({}, { state, version: 4, closedAt: null, outcome: null });
    const now = instant(NOON + 1);
    const open = expected === 'pending' || expected === 'approved';
    expect(advance(before, event, now, 'why')).toEqual(
      expected === null
        ? null
        : { ...before, state: expected, version: 5, closedAt: open ? null : now, outcome: open ? null : 'why' },
    );
  });

  it('is open while it is pending or approved', () => {
    expect(REQUEST_STATES.filter((state) => isOpen(mergeRequest({}, { state })))).toEqual(['pending', 'approved']);
    expect(OPEN_STATES).toEqual(['pending', 'approved']);
  });

  const life = fc.array(fc.constantFrom(...EVENTS), { maxLength: 12 });
  const walk = (events: readonly RequestEvent[]): readonly Request[] =>
    events.reduce<readonly Request[]>(
      (steps, event, index) => {
        const last = steps.at(-1) ?? mergeRequest();
        const next = advance(last, event, instant(NOON + index), event);
        return next === null ? steps : [...steps, next];
      },
      [mergeRequest()],
    );

  it('never comes back once it ended, whatever happens', () => {
    fc.assert(
      fc.property(life, (events) => {
        const states = walk(events).map((request) => request.state);
        const ended = states.findIndex((state) => state !== 'pending' && state !== 'approved');
        fc.pre(ended !== -1);
        expect(states.slice(ended + 1)).toEqual([]);
      }),
    );
  });

  it('is released only straight after it was approved', () => {
    fc.assert(
      fc.property(life, (events) => {
        const states = walk(events).map((request) => request.state);
        for (const [index, state] of states.entries())
          if (state === 'released') expect(states[index - 1]).toBe('approved');
      }),
    );
  });

  it('counts its versions one by one', () => {
    fc.assert(
      fc.property(life, (events) => {
        const versions = walk(events).map((request) => request.version);
        expect(versions).toEqual(versions.map((_, index) => index + 1));
      }),
    );
  });

  it('whose approval is taken back has as long again as it had at first', () => {
    const timed = { openedAt: NOON, deadline: instant(NOON + 3_000) };
    const now = instant(NOON + 10_000);
    const approved = mergeRequest({}, { ...timed, state: 'approved' });
    expect(advance(approved, 'unapprove', now, null)?.deadline).toBe(now + 3_000);
    expect(advance(mergeRequest({}, timed), 'approve', now, null)?.deadline).toBe(NOON + 3_000);
    const waitsForEver = mergeRequest({}, { openedAt: NOON, deadline: null, state: 'approved' });
    expect(advance(waitsForEver, 'unapprove', now, null)?.deadline).toBeNull();
  });

  it('is of one kind', () => {
    const all = [mergeRequest(), deploymentRequest(), accessRequest()];
    expect(all.map(isMerge)).toEqual([true, false, false]);
    expect(all.map(isDeployment)).toEqual([false, true, false]);
    expect(all.map(isAccess)).toEqual([false, false, true]);
  });

  it('has ended exactly when it says when and why', () => {
    fc.assert(
      fc.property(life, (events) => {
        for (const request of walk(events)) {
          expect(request.closedAt === null).toBe(isOpen(request));
          expect(request.outcome === null).toBe(isOpen(request));
        }
      }),
    );
  });
});

describe('the key of a request', () => {
  it('does without a conversation', () => {
    expect(requestKey(repo, accessRequest().subject, null)).toBe(
      requestKey(repo, accessRequest().subject, { repo, number: 0 }),
    );
  });

  const conversation = { repo, number: 7 };
  const key = ({ subject }: Request, at = conversation, where = repo): string => requestKey(where, subject, at);
  const run = runOf();

  it.each([
    ['a pull request with another head', mergeRequest(), mergeRequest({ head: OTHER_HEAD })],
    ['a pull request with another base', mergeRequest(), mergeRequest({ base: 'release' })],
    [
      'an environment in other letters',
      deploymentRequest({ run }),
      deploymentRequest({ run, environment: 'Production' }),
    ],
    [
      'one run that two webhooks tell of',
      deploymentRequest({ run, deploymentId: null }),
      deploymentRequest({ run, deploymentId: 5 }),
    ],
  ])('is the same for %s', (_name, one, other) => {
    expect(key(one)).toBe(key(other));
  });

  it.each([
    ['another pull request', mergeRequest(), mergeRequest({ pull: 8 })],
    ['another environment', deploymentRequest({ run }), deploymentRequest({ run, environment: 'staging' })],
    ['another run', deploymentRequest({ run }), deploymentRequest({ run: runOf({ id: 31 }) })],
    ['another attempt', deploymentRequest({ run }), deploymentRequest({ run: runOf({ attempt: 2 }) })],
    ['another deployment', deploymentRequest({ deploymentId: 5 }), deploymentRequest({ deploymentId: 6 })],
    [
      'another commit, where nothing else tells them apart',
      deploymentRequest({ deploymentId: null, sha: HEAD }),
      deploymentRequest({ deploymentId: null, sha: OTHER_HEAD }),
    ],
    ['another person', accessRequest({ grantee: author }), accessRequest({ grantee: ana })],
    ['another kind', mergeRequest(), accessRequest()],
  ])('is another for %s', (_name, one, other) => {
    expect(key(one)).not.toBe(key(other));
  });

  it('is another in another repository or issue', () => {
    const elsewhere = { ...repo, id: repoId(3) };
    for (const request of [mergeRequest(), deploymentRequest()])
      expect(key(request, conversation, elsewhere)).not.toBe(key(request));
    expect(key(accessRequest(), { repo, number: 8 })).not.toBe(key(accessRequest()));
    expect(key(accessRequest(), { repo: elsewhere, number: 7 })).not.toBe(key(accessRequest()));
  });
});
