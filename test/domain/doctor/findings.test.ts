/** What the doctor makes of what GitHub says, without GitHub. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appFindings, installationFindings } from '../../../src/domain/doctor/app.ts';
import { mergeFindings } from '../../../src/domain/doctor/merge.ts';
import type { AppFacts, DoctorFinding, Guard, RepoFacts } from '../../../src/domain/doctor/model.ts';
import { mergedRepairs } from '../../../src/domain/doctor/repairs.ts';
import { deliveryFindings, hookFindings } from '../../../src/domain/doctor/webhook.ts';
import { installationId, repoId } from '../../../src/domain/identity.ts';
import { parsePolicy } from '../../../src/domain/policy/parse.ts';

const APP = 7;
const wants = { permissions: { checks: 'write', contents: 'read' }, events: ['push', 'issues'] };
const app: AppFacts = { id: APP, slug: 'jit', page: 'https://github.com/settings/apps/jit', ...wants };
const codes = (found: readonly DoctorFinding[]): string[] => found.map(({ code }) => code);

describe('the app', () => {
  it.each<[string, Partial<AppFacts>, string[], string]>([
    ['fits', {}, ['app'], ''],
    [
      'lacks a level',
      { permissions: { checks: 'read', contents: 'read' } },
      ['app-permission-missing'],
      'checks: write',
    ],
    ['lacks one', { permissions: { checks: 'write' } }, ['app-permission-missing'], 'contents: read'],
    [
      'has a higher one',
      { permissions: { checks: 'write', contents: 'write' } },
      ['app-permission-extra'],
      'contents: write',
    ],
    [
      'has one more',
      { permissions: { ...wants.permissions, secrets: 'read' } },
      ['app-permission-extra'],
      'secrets: read',
    ],
    ['reads metadata, as all do', { permissions: { ...wants.permissions, metadata: 'read' } }, ['app'], ''],
    ['misses an event', { events: ['push'] }, ['app-event-missing'], 'issues'],
    ['hears too much', { events: ['push', 'issues', 'star'] }, ['app-event-extra'], 'star'],
  ])('%s', (_, change, expected, named) => {
    const found = appFindings(wants, { ...app, ...change });
    expect(codes(found)).toEqual(expected);
    expect(found[0]?.message).toContain(named);
  });

  it('is nothing without an installation, and one that has not accepted everything is an error', () => {
    expect(codes(installationFindings(wants, app, []))).toEqual(['not-installed']);
    const one = { id: 1, account: 'octo', suspended: false, page: 'p', ...wants };
    expect(codes(installationFindings(wants, app, [one]))).toEqual(['installation']);
    const old = { ...one, permissions: { checks: 'write' }, events: ['push'] };
    const [found] = installationFindings(wants, app, [old]);
    expect(found).toMatchObject({ severity: 'error', code: 'installation-permission-missing', page: 'p' });
    expect(found?.message).toContain('contents: read, the event issues');
    expect(codes(installationFindings(wants, app, [{ ...one, suspended: true }]))).toEqual(['installation-suspended']);
  });
});

describe('the webhook', () => {
  it('without a secret is an error', () => {
    const hook = { url: 'https://x.example/api/hook', contentType: 'json', hasSecret: false, insecure: false };
    expect(codes(hookFindings(app, hook, '/api/hook'))).toEqual(['webhook-secret']);
    expect(codes(hookFindings(app, { ...hook, hasSecret: true }, '/api/hook'))).toEqual(['webhook']);
  });

  const sent = (guid: string, status: number) => ({ guid, event: 'push', status });
  it.each([
    ['none came', [], 'webhook-silent', 'warning'],
    ['all arrived', [sent('a', 202), sent('b', 200)], 'webhook-deliveries', 'ok'],
    [
      'one failed and arrived at a later attempt',
      [sent('a', 202), sent('b', 202), sent('a', 500)],
      'webhook-deliveries',
      'ok',
    ],
    ['one of many failed', [sent('a', 202), sent('b', 202), sent('c', 502)], 'webhook-failures', 'warning'],
    ['the newest failed', [sent('a', 0), sent('b', 202), sent('c', 202)], 'webhook-failures', 'error'],
    ['half of them failed', [sent('a', 202), sent('b', 404)], 'webhook-failures', 'error'],
  ])('where %s', (_, deliveries, code, severity) => {
    expect(deliveryFindings(app, deliveries)).toMatchObject([{ code, severity }]);
  });
});

describe('a gated branch', () => {
  const repo = { installationId: installationId(1), id: repoId(1), owner: 'octo', name: 'shop' };
  const facts: RepoFacts = { repo, page: 'p', private: false, archived: false, issues: true, defaultBranch: 'main' };
  const parsed = parsePolicy(`version: 1
groups: { g: { users: [ana] } }
gates: [{ name: main, on: merge, branches: [main], approvals: [{ from: [g] }] }]
`);
  if (!parsed.ok) throw new Error('the policy is broken');
  const policy = parsed.value;
  const guards: fc.Arbitrary<Guard> = fc.record({
    name: fc.constant('a guard'),
    page: fc.constant('page'),
    own: fc.boolean(),
    pins: fc.array(fc.constantFrom(null, APP, 8), { maxLength: 2 }),
    pullRequests: fc.boolean(),
    approvals: fc.nat(2),
    bypass: fc.constantFrom<Guard['bypass']>({ kind: 'nobody' }, { kind: 'unknown' }, { kind: 'some', who: 'admins' }),
    pullBypass: fc.constantFrom<Guard['bypass']>({ kind: 'nobody' }, { kind: 'unknown' }, { kind: 'some', who: 'eve' }),
    mergeQueue: fc.boolean(),
  });
  const look = (all: readonly Guard[]): readonly DoctorFinding[] =>
    mergeFindings(APP, facts, policy, {
      branches: [{ name: 'main', guards: all }],
      dormant: [],
      unseen: 0,
      cut: false,
    });

  it('is fine only where one guard pins the check to this app and nobody bypasses it', () => {
    fc.assert(
      fc.property(fc.array(guards, { maxLength: 4 }), (all) => {
        const found = look(all);
        const pinned = all.filter(({ pins }) => pins.includes(APP));
        const firm = pinned.some(({ bypass }) => bypass.kind === 'nobody');
        const doubtful = pinned.some(({ bypass }) => bypass.kind === 'unknown');
        const isError = found.some(({ severity }) => severity === 'error');
        if (firm) expect(isError).toBe(false);
        else expect(isError).toBe(!doubtful);
        if (found.some(({ severity }) => severity === 'ok')) expect(firm).toBe(true);
      }),
    );
  });

  it('loses nothing by one guard more', () => {
    const firm: Guard = {
      name: 'ours',
      page: 'page',
      own: true,
      pins: [APP],
      pullRequests: true,
      approvals: 0,
      bypass: { kind: 'nobody' },
      pullBypass: { kind: 'nobody' },
      mergeQueue: false,
    };
    fc.assert(
      fc.property(fc.array(guards, { maxLength: 4 }), (all) => {
        expect(look([...all, firm]).filter(({ severity }) => severity === 'error')).toEqual([]);
      }),
    );
  });

  it('gets one ruleset for all its branches', () => {
    const found = [...look([]), ...look([])];
    expect(mergedRepairs(found)).toEqual([
      { about: 'octo/shop', repair: { kind: 'require-check', repo, refs: ['refs/heads/main'] } },
    ]);
  });
});
