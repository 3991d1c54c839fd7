/** What is explained of an event: what it asks for, what would be decided, and which facts are missing for that. */

import { describe, expect, it } from 'vitest';
import type { DomainEvent } from '../../../src/domain/event.ts';
import { instant, userId } from '../../../src/domain/identity.ts';
import { explainEvent, type Explained, type Told } from '../../../src/domain/policy/explain-event.ts';
import { readShape } from '../../../src/domain/policy/read-shape.ts';
import { createAccounts } from '../../../src/domain/policy/supposed-facts.ts';
import { supposedKeys, type Supposed } from '../../../src/domain/policy/supposed.ts';
import { readPolicy } from '../../support/cases.ts';
import { ana, author, HEAD, NOON, OTHER_HEAD, pullOf, repo, runOf } from '../../support/domain.ts';

const POLICY = `version: 1
groups: { release: { teams: [release] }, engineers: { teams: [engineers] } }
gates:
  - { name: main, on: merge, branches: [main], unless: { only-paths: ['docs/**'] }, approvals: [{ from: [release] }] }
  - { name: production, on: deployment, environments: [production], refs: [main, 'tag:v*'], approvals: [{ from: [release] }] }
access:
  - name: shift
    roles: [push]
    requesters: [engineers]
    max-duration: 8h
    reason: { min-length: 10 }
    auto-approve: { requesters: [engineers], inside: "mon-fri 18:00 - 22:00", zone: UTC, review: [release] }
    approvals: [{ from: [release] }]
`;
const TEAMS = 'teams: { release: [octo-ana], engineers: [octo-author] }\n';

type Given = Partial<Told> & { readonly facts?: string; readonly policy?: string; readonly now?: typeof NOON };

function supposedOf(text: string): Supposed {
  if (text === '') return {};
  const read = readShape(text, supposedKeys);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value.value;
}

function explain(event: DomainEvent, { facts = '', policy = POLICY, now = NOON, pull = null, run = null }: Given = {}) {
  const accounts = createAccounts();
  for (const person of [ana, author]) accounts.learn(person);
  const ground = { policy: readPolicy(policy), supposed: supposedOf(facts), accounts, told: { pull, run }, now };
  return explainEvent(event, ground);
}

function decided(explained: Explained) {
  if (explained.kind !== 'decision') throw new Error(JSON.stringify(explained));
  const { decision, request, unknown } = explained;
  const reasons = decision.explanation.rules.map(({ rule, reason }) => `${rule}: ${reason.kind}`);
  return { verdict: decision.verdict, reasons, unknown, request };
}

const changed: Extract<DomainEvent, { kind: 'pull-changed' }> = {
  kind: 'pull-changed',
  repo,
  pull: 7,
  moved: null,
  pushed: false,
  reopened: false,
};
const person = { ...ana, automated: false };
const reviewed: DomainEvent = {
  kind: 'review-approved',
  repo,
  pull: 7,
  reviewId: 3,
  commit: HEAD,
  author: person,
  at: NOON,
};
const comment: Extract<DomainEvent, { kind: 'comment-created' }> = {
  kind: 'comment-created',
  repo,
  number: 7,
  isPull: true,
  commentId: 5,
  author: person,
  body: '/approve',
  at: NOON,
};
const told = `files: [src/a.ts]\ncontributors: [octo-author]\n${TEAMS}`;
const waits = { verdict: 'pending', reasons: ['main: approvals-missing'], unknown: [] };

describe('a pull request', () => {
  it.each<[string, DomainEvent]>([
    ['changed', changed],
    ['was approved by a review', reviewed],
    ['was commented on', comment],
  ])('that %s is held for what its gate asks for', (_, event) => {
    expect(decided(explain(event, { facts: told, pull: pullOf() }))).toMatchObject(waits);
  });

  it('is what its merge is asked for: number, commit, branch and author', () => {
    const { request } = decided(explain(changed, { facts: told, pull: pullOf({ number: 9, head: OTHER_HEAD }) }));
    expect(request).toMatchObject({
      subject: { kind: 'merge', pull: 9, head: OTHER_HEAD, base: 'main' },
      requester: author,
      openedAt: NOON,
    });
  });

  it('that a condition spares is not held', () => {
    const facts = told.replace('src/a.ts', 'docs/a.md');
    expect(decided(explain(changed, { facts, pull: pullOf() }))).toMatchObject({ verdict: 'none', unknown: [] });
  });

  it('into a branch without a gate needs no facts', () => {
    const explained = decided(explain(changed, { pull: pullOf({ base: 'dev' }) }));
    expect(explained).toMatchObject({ verdict: 'none', unknown: [] });
  });

  it('of which nothing is known decides nothing', () => {
    const nothing = {
      kind: 'nothing',
      why: 'Nothing is known of the pull request: name it under `pull` in the facts.',
    };
    expect(explain(changed)).toEqual(nothing);
    expect(explain(reviewed)).toEqual(nothing);
  });

  it('of which nothing is known is not explained by a comment', () => {
    expect(explain(comment)).toEqual({
      kind: 'nothing',
      why: 'A comment asks for nothing by itself. With facts about its `pull`, the merge is explained.',
    });
  });

  it('whose comment is on an issue is not explained by it', () => {
    expect(explain({ ...comment, isPull: false }, { facts: told, pull: pullOf() }).kind).toBe('nothing');
  });
});

describe('who pushed', () => {
  const pushers = (event: DomainEvent, facts = told) => {
    const { subject } = decided(explain(event, { facts, pull: pullOf() })).request;
    return subject.kind === 'merge' ? subject.pushers : null;
  };
  const moved = (by: typeof ana.id | null) => ({ by, at: NOON, head: HEAD, base: 'main' });

  it('with the event can not approve', () => {
    const event = { ...changed, moved: moved(ana.id), pushed: true };
    expect(pushers(event)).toEqual([ana.id]);
    expect(decided(explain(event, { facts: told, pull: pullOf() })).reasons).toEqual(['main: nobody-can']);
  });

  it('before, as the facts say, can not either; nobody is there twice', () => {
    expect(pushers(changed, `${told}pushers: [octo-ana]\n`)).toEqual([ana.id]);
    const event = { ...changed, moved: moved(ana.id), pushed: true };
    expect(pushers(event, `${told}pushers: [octo-ana, octo-author]\n`)).toEqual([ana.id, author.id]);
    expect(decided(explain(changed, { facts: `${told}pushers: [octo-ana]\n`, pull: pullOf() })).reasons).toEqual([
      'main: nobody-can',
    ]);
  });

  it.each<[string, DomainEvent]>([
    ['only moved it to another base', { ...changed, moved: moved(ana.id), pushed: false }],
    ['is not known', { ...changed, moved: moved(null), pushed: true }],
    ['did not, since nothing moved', { ...changed, pushed: true }],
  ])('is nobody where who did %s', (_, event) => {
    expect(pushers(event)).toEqual([]);
  });
});

describe('facts that nobody told', () => {
  const unknownOf = (policy: string, facts = '', pull = pullOf()) =>
    decided(explain(changed, { policy, facts, pull })).unknown;
  const gate = (more: string, groups = 'release: { teams: [release] }'): string =>
    `version: 1\ngroups: { ${groups} }\ngates: [{ name: main, on: merge, branches: [main], approvals: [{ from: [release] }], ${more} }]\n`;
  const WHO = 'the facts do not say who wrote it';
  const RELEASE = 'the facts do not say who is in the team release';

  it.each<[string, string, readonly string[]]>([
    [
      'the files',
      gate("unless: { only-paths: ['docs/**'] }"),
      [WHO, 'the facts do not say which files change', RELEASE],
    ],
    [
      'signatures',
      gate('when: { signed: true }'),
      [WHO, 'the facts do not say whether the commits are signed', RELEASE],
    ],
    ['checks', gate('when: { checks: [ci] }'), [WHO, 'the facts do not say which checks reported', RELEASE]],
    [
      'members of a team in a condition',
      gate('when: { authors: { teams: [bots] } }'),
      [WHO, 'the facts do not say who is in the team bots', RELEASE],
    ],
    [
      'code owners, of files that are unknown as well',
      gate('timeout: 1h', 'release: { codeowners: true }'),
      [WHO, 'the facts do not say who owns the files that change', 'the facts do not say which files change'],
    ],
    [
      'roles',
      gate('timeout: 1h', 'release: { role: maintain }'),
      [WHO, 'the facts do not say which role everyone has'],
    ],
    [
      'a person, whose name always stands for an account',
      gate('when: { authors: { users: [octo-ana] } }'),
      [WHO, RELEASE],
    ],
    [
      'nothing of the pull request, which is known',
      gate('when: { labels: [urgent] }, self-approval: allowed'),
      [RELEASE],
    ],
  ])('are named: %s', (_, policy, unknown) => {
    expect(unknownOf(policy)).toEqual(unknown);
  });

  it.each(['when: { lines-changed: { max: 10 } }', 'unless: { any: [{ not: { lines-changed: { min: 9 } } }] }'])(
    'are named where they come with the pull request: %s',
    (condition) => {
      const facts = 'contributors: []\nteams: { release: [] }\n';
      const lines = ['the facts do not say how many lines change'];
      expect(unknownOf(gate(condition), facts, pullOf({ lines: null }))).toEqual(lines);
      expect(unknownOf(gate(condition), facts)).toEqual([]);
    },
  );

  it('hold', () => {
    expect(decided(explain(changed, { pull: pullOf() }))).toMatchObject({
      verdict: 'pending',
      reasons: ['main: fact-unknown'],
    });
  });

  it('are none where all are told', () => {
    const facts = 'contributors: []\nsigned: true\nchecks: [ci]\nfiles: [a]\nteams: { release: [octo-ana] }\n';
    expect(unknownOf(gate("when: { any: [{ checks: [ci] }, { signed: true }, { paths: ['a'] }] }"), facts)).toEqual([]);
  });
});

const asked: Extract<DomainEvent, { kind: 'deployment-asked' }> = {
  kind: 'deployment-asked',
  repo,
  environment: 'production',
  deploymentId: 5,
  sha: HEAD,
  ref: 'main',
  runId: 30,
  rule: true,
  creator: author.id,
  at: NOON,
};

describe('a deployment', () => {
  const facts = `contributors: [octo-author]\npull: { author: octo-author }\n${TEAMS}`;
  const known = { facts, run: runOf(), pull: pullOf() };
  const held = { verdict: 'pending', reasons: ['production: approvals-missing'], unknown: [] };

  it('waits for what its gate asks for', () => {
    expect(decided(explain(asked, known))).toMatchObject(held);
  });

  it('is asked for as the event has it, by nobody in particular', () => {
    expect(decided(explain(asked, known)).request).toMatchObject({
      subject: {
        kind: 'deployment',
        environment: 'production',
        sha: HEAD,
        ref: 'main',
        refKinds: [],
        deploymentId: 5,
        run: runOf(),
        ruleWaits: true,
        creator: author.id,
      },
      requester: null,
    });
    const tag = decided(explain({ ...asked, ref: 'v1' }, { ...known, facts: `${facts}ref-kind: tag\n` }));
    expect(tag).toMatchObject({ ...held, request: { subject: { refKinds: ['tag'] } } });
  });

  it('does not count who created it', () => {
    expect(decided(explain({ ...asked, creator: ana.id }, known)).reasons).toEqual(['production: nobody-can']);
  });

  it('whose run is not known is held, and the run is named first', () => {
    expect(decided(explain(asked, { facts, pull: pullOf() }))).toMatchObject({
      verdict: 'pending',
      unknown: ['the run 30 that deploys, under `run`'],
    });
    const none = { ...asked, environment: 'staging' };
    const free = `${POLICY}unmatched: { deployment: allow }\n`;
    expect(decided(explain(none, { ...known, policy: free }))).toMatchObject({ verdict: 'none', unknown: [] });
    expect(decided(explain(none, { ...known, policy: free, run: null }))).toMatchObject({ verdict: 'pending' });
  });

  it('that no run makes needs none', () => {
    expect(decided(explain({ ...asked, runId: null }, { facts, pull: pullOf() }))).toMatchObject(held);
  });

  it('that no run makes is held for what is asked of the event, and says so', () => {
    const stage = POLICY.replace(
      "refs: [main, 'tag:v*'], approvals: [{ from: [release]",
      '$&, when: { event: [push] }',
    );
    const event = { ...asked, runId: null };
    expect(decided(explain(event, { ...known, run: null, policy: stage })).unknown).toEqual([
      'the facts do not say what started the run',
    ]);
    expect(decided(explain(event, { ...known, policy: stage })).unknown).toEqual([]);
  });

  it('whose ref the payload does not name is held or denied, and that is said', () => {
    const policy = POLICY.replace("refs: [main, 'tag:v*'], ", '');
    const explained = decided(explain({ ...asked, ref: null, sha: null }, { ...known, policy }));
    expect(explained).toMatchObject({
      verdict: 'pending',
      unknown: ['the ref that is deployed: the payload names none'],
      request: { subject: { ref: '', sha: '0'.repeat(40) } },
    });
  });

  it('that is denied stays so, whatever is not known', () => {
    const explained = decided(explain({ ...asked, ref: 'feature' }, { facts, pull: pullOf() }));
    expect(explained).toMatchObject({ verdict: 'denied', reasons: ['production: ref-not-allowed'] });
    expect(explained.unknown).toHaveLength(1);
  });

  it('without a pull request that is known is held for who wrote it', () => {
    expect(decided(explain(asked, { facts: TEAMS, run: runOf() })).unknown).toEqual([
      'the pull request',
      'the facts do not say who wrote it',
    ]);
  });
});

const FORM = '### Role\n\npush\n\n### Duration\n\n2h\n\n### Reason\n\nto repair the build\n';
const opened: Extract<DomainEvent, { kind: 'issue-opened' }> = {
  kind: 'issue-opened',
  repo,
  number: 4,
  author: { ...author, automated: false },
  title: 'Access',
  body: FORM,
  labels: [],
  at: NOON,
};

describe('an issue that asks for access', () => {
  const ask = (body: string, more: Given = {}) => explain({ ...opened, body }, { facts: TEAMS, ...more });
  const refusedFor = (why: string, unknown: readonly string[] = []) => ({ kind: 'refused', why, unknown });

  it('waits for the approvals of its rule', () => {
    const explained = decided(ask(FORM));
    expect(explained).toMatchObject({ verdict: 'pending', reasons: ['shift: approvals-missing'], unknown: [] });
    expect(explained.request).toMatchObject({
      requester: author,
      subject: {
        kind: 'access',
        grantee: author,
        role: 'push',
        duration: 7_200_000,
        reason: 'to repair the build',
        ticket: null,
        rule: 'shift',
      },
    });
  });

  it('is granted at once in the hours for that', () => {
    const now = instant(Date.UTC(2026, 4, 4, 19));
    expect(decided(ask(FORM, { now }))).toMatchObject({ verdict: 'approved', reasons: ['shift: auto-approved'] });
  });

  it('asks for an hour where neither it nor the rule says how long, with its ticket and its start', () => {
    const body = FORM.replace('2h', '_No response_').concat(
      '\n### Ticket\n\nINC-7\n\n### Start\n\n2026-05-05T08:00Z\n',
    );
    expect(decided(ask(body)).request).toMatchObject({
      subject: { duration: 3_600_000, ticket: 'INC-7', start: Date.UTC(2026, 4, 5, 8) },
    });
  });

  it.each<[string, string, string]>([
    ['a role that there is not', FORM.replace('push', 'lead'), 'unknown-role'],
    ['a role that is not offered', FORM.replace('push', 'admin'), 'role-not-offered'],
    ['a duration that is none', FORM.replace('2h', 'a while'), 'unreadable-form'],
    ['a start that is none', `${FORM}\n### Start\n\nsoon\n`, 'unreadable-form'],
    ['two roles', `${FORM}\n### Role\n\nadmin\n`, 'unreadable-form'],
    ['too long', FORM.replace('2h', '9h'), 'too-long'],
    ['a start that is over', `${FORM}\n### Start\n\n2026-05-03T08:00Z\n`, 'start-over'],
    ['a reason that is too short', FORM.replace('to repair the build', 'why'), 'reason-too-short'],
  ])('for %s is not opened', (_, body, why) => {
    expect(ask(body)).toMatchObject({ kind: 'refused', why });
  });

  it('by somebody who may not ask is not opened', () => {
    expect(ask(FORM, { facts: 'teams: { release: [], engineers: [] }\n' })).toEqual(refusedFor('not-a-requester'));
  });

  it('by somebody of whom that can not be told is not opened, and says what is missing', () => {
    expect(ask(FORM, { facts: '' })).toEqual(
      refusedFor('membership-unknown', ['the facts do not say who is in the team engineers']),
    );
  });

  it('is one by its label alone, so that what is wrong with it is said', () => {
    const labelled = { ...opened, body: 'please', labels: ['access-request'] };
    expect(explain(labelled, { facts: TEAMS })).toEqual(refusedFor('unreadable-form'));
  });

  it.each<[string, DomainEvent]>([
    ['with neither form nor label', { ...opened, body: 'It is broken.', labels: ['bug'] }],
    ['by an app', { ...opened, author: { ...author, automated: true } }],
    ['by an app, with the label', { ...opened, labels: ['access-request'], author: { ...author, automated: true } }],
  ])('is none %s', (_, event) => {
    expect(explain(event, { facts: TEAMS })).toEqual({
      kind: 'nothing',
      why: 'The issue is no request for access: it has neither the form nor its label.',
    });
  });
});

it.each<DomainEvent>([
  { kind: 'pull-closed', repo, pull: 7, merged: true },
  { kind: 'run-ended', repo, runId: 30, attempt: 1 },
  { kind: 'issue-closed', repo, number: 4, by: userId(1) },
  { kind: 'check-reported', repo, head: HEAD },
  { kind: 'repository-renamed', repo },
])('$kind is read, and asks for no decision', (event) => {
  expect(explain(event, { facts: told, pull: pullOf() })).toEqual({
    kind: 'nothing',
    why: `The app reads this as ${event.kind}, which asks for no decision of its own.`,
  });
});
