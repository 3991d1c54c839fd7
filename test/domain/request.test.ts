/** The life of a request. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instant, repoId, requestId } from '../../src/domain/identity.ts';
import {
  advance,
  canBecome,
  isAccess,
  isDeployment,
  isMerge,
  isOpen,
  isScheduled,
  newRequest,
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

  it('can become what some event leads to from its state, and nothing else', () => {
    for (const from of REQUEST_STATES)
      expect(REQUEST_STATES.filter((to) => canBecome(from, to))).toEqual(
        REQUEST_STATES.filter((to) => TABLE[from].includes(to)),
      );
  });

  it('is pending when it is opened, of its first version, and nothing is said of its end', () => {
    const conversation = { repo: { ...repo, id: repoId(3) }, number: 12 };
    const opening = {
      id: requestId('new'),
      repo,
      conversation,
      requester: ana,
      since: NOON,
      openedAt: instant(NOON + 1),
    };
    const { subject } = accessRequest({ grantee: author });
    expect(newRequest({ ...opening, subject })).toEqual({
      ...opening,
      subject,
      version: 1,
      state: 'pending',
      key: `access:3:12:${author.id}`,
      deadline: null,
      closedAt: null,
      outcome: null,
      policyBlob: null,
    });
  });

  it('is scheduled while it is approved access that names its start', () => {
    const start = instant(NOON + 1);
    const scheduled = REQUEST_STATES.filter((state) => isScheduled(accessRequest({ start }, { state })));
    expect(scheduled).toEqual(['approved']);
    expect(isScheduled(accessRequest({}, { state: 'approved' }))).toBe(false);
    expect(isScheduled(mergeRequest({}, { state: 'approved' }))).toBe(false);
    expect(isScheduled(deploymentRequest({}, { state: 'approved' }))).toBe(false);
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

  it.each([
    ['a merge by its pull request', mergeRequest({ pull: 8 }), 'merge:2:8'],
    [
      'a run by its attempt',
      deploymentRequest({ environment: 'Prod', run: runOf({ id: 31, attempt: 2 }) }),
      'deployment:2:prod:run:31:2',
    ],
    ['a deployment by its number', deploymentRequest({ environment: 'Prod' }), 'deployment:2:prod:deployment:5'],
    ['or by its commit', deploymentRequest({ deploymentId: null }), `deployment:2:production:deployment:${HEAD}`],
    ['access by the issue and the person', accessRequest({ grantee: ana }), `access:2:7:${ana.id}`],
  ])('is kept in the database, so it stays as it is: %s', (_name, request, expected) => {
    expect(key(request)).toBe(expected);
  });

  it('of access names the repository of the issue, or its own without one', () => {
    const { subject } = accessRequest({ grantee: ana });
    const issues = { ...repo, id: repoId(3) };
    expect(requestKey(repo, subject, { repo: issues, number: 7 })).toBe(`access:3:7:${ana.id}`);
    expect(requestKey(repo, subject, null)).toBe(`access:2:0:${ana.id}`);
  });

  it('is another in another repository or issue', () => {
    const elsewhere = { ...repo, id: repoId(3) };
    for (const request of [mergeRequest(), deploymentRequest()])
      expect(key(request, conversation, elsewhere)).not.toBe(key(request));
    expect(key(accessRequest(), { repo, number: 8 })).not.toBe(key(accessRequest()));
    expect(key(accessRequest(), { repo: elsewhere, number: 7 })).not.toBe(key(accessRequest()));
  });
});
