/** `jit-gate policy replay`: what the log can tell of another policy, and what it says it can't. */

import { describe, expect, it } from 'vitest';
import { linkEntry, type AuditDraft, type AuditEntry } from '../../../src/domain/audit.ts';
import { toJsonLine } from '../../../src/domain/audit-export.ts';
import { accountFor } from '../../../src/domain/audit-record.ts';
import { instant, requestId, type Instant } from '../../../src/domain/identity.ts';
import type { Request, RequestState } from '../../../src/domain/request.ts';
import type { Vote } from '../../../src/domain/vote.ts';
import {
  accessRequest,
  ana,
  approve,
  author,
  ben,
  deploymentRequest,
  HOUR,
  mergeRequest,
} from '../../support/domain.ts';
import { useFolder } from './folder.ts';

const { write, policy } = useFolder();
const NOW = instant(Date.now());

const POLICY = `version: 1
groups: { release: { teams: [release] } }
gates:
  - { name: main, on: merge, branches: [main], approvals: [{ from: [release] }] }
  - { name: production, on: deployment, environments: [production], refs: [main], approvals: [{ from: [release] }] }
access:
  - { name: write for a shift, roles: [push], requesters: [release], max-duration: 8h, approvals: [{ from: [release] }] }
`;

type Past = {
  readonly request: Request;
  readonly by: readonly (typeof ana)[];
  readonly state: RequestState;
  readonly answer?: Vote['answer'];
  /** Whether the votes were taken back, before or after it was decided. */
  readonly voided?: 'before' | 'after';
};

/** The entries that such requests leave behind. */
function exported(all: readonly Past[], at = NOW): string {
  const entries: AuditEntry[] = [];
  const put = (drafts: readonly AuditDraft[]): void => {
    for (const draft of drafts) entries.push(linkEntry(entries.at(-1) ?? null, draft, at));
  };
  all.forEach(({ request, by, state, answer = 'approve', voided }, index) => {
    const id = requestId(`0198c0de-0000-7000-8000-00000000000${index}`);
    const row = { ...request, id, openedAt: at };
    const of = (kind: AuditDraft['kind']): AuditDraft => ({
      installationId: row.repo.installationId,
      kind,
      actor: null,
      repoId: row.repo.id,
      requestId: id,
      grantId: null,
      data: {},
    });
    put(accountFor({ requests: [{ was: null, row }], audit: [of('request.opened')] }));
    const head =
      row.subject.kind === 'access' ? null : row.subject.kind === 'merge' ? row.subject.head : row.subject.sha;
    const votes = by.map((person) => approve(person, { requestId: id, head, castAt: at, answer }));
    const takeBack = (when: Instant): void =>
      votes.forEach(({ source }) =>
        put([{ ...of('vote.voided'), data: { source: { ...source }, why: 'comment-deleted', at: when } }]),
      );
    put(accountFor({ requests: [{ was: 1, row: { ...row, version: 2 } }], votes }));
    if (voided === 'before') takeBack(at);
    if (state === 'pending') return;
    const kinds = {
      approved: ['request.approved'],
      released: ['request.approved', 'request.released'],
      closed: ['request.closed'],
    } as const;
    const steps = state in kinds ? kinds[state as keyof typeof kinds] : [];
    steps.forEach((kind, step) => {
      const stands: RequestState = kind === 'request.approved' ? 'approved' : state;
      put(
        accountFor({
          requests: [{ was: 2 + step, row: { ...row, version: 3 + step, state: stands } }],
          audit: [of(kind)],
        }),
      );
    });
    if (voided === 'after') takeBack(instant(at + 1));
  });
  return entries.map((entry) => `${toJsonLine(entry)}\n`).join('');
}

const merged: Past = { request: mergeRequest(), by: [ana], state: 'approved' };
const deployed: Past = { request: deploymentRequest({ refKinds: ['branch'] }), by: [ana], state: 'released' };
const granted: Past = { request: accessRequest({ duration: HOUR }), by: [ana], state: 'released' };
const waiting: Past = { request: mergeRequest({ pull: 8 }), by: [], state: 'pending' };

const replay = async (next: string, past: readonly Past[], ...more: string[]) => {
  write('log.jsonl', exported(past));
  write('old.yml', POLICY);
  write('new.yml', next);
  return await policy(['replay', 'new.yml', '--from-export', 'log.jsonl', '--json', ...more]);
};
const outcomes = (json: unknown): readonly string[] =>
  (json as { requests: { would: string }[] }).requests.map(({ would }) => would);

describe('policy replay', () => {
  it.each<[string, string, Past, string]>([
    [
      'a second approval that was never given',
      POLICY.replace(
        'name: main, on: merge, branches: [main], approvals: [{ from: [release] }]',
        'name: main, on: merge, branches: [main], approvals: [{ from: [release], count: 2 }]',
      ),
      merged,
      'held',
    ],
    ['a ref that may no longer be deployed', POLICY.replace('refs: [main]', 'refs: [release]'), deployed, 'denied'],
    [
      'a custom role that may still be asked for, on a shorter time',
      `custom-roles: { lead: { base: push } }\n${POLICY.replace('[push]', '[lead]').replace('8h', '30m')}`,
      { ...granted, request: accessRequest({ duration: HOUR, role: { custom: 'lead', base: 'push' } }) },
      'denied',
    ],
    ['a shorter time', POLICY.replace('8h', '30m'), granted, 'denied'],
    ['a branch without a gate', POLICY.replace('branches: [main]', 'branches: [dev]'), waiting, 'not-held'],
    [
      'an environment without a gate',
      POLICY.replace('environments: [production]', 'environments: [live]'),
      deployed,
      'denied',
    ],
    [
      'another group, of which the log knows no members',
      POLICY.replace('{ release: { teams: [release] } }', '{ release: { teams: [other] } }'),
      merged,
      'unknown',
    ],
    [
      'a condition about what the log does not hold',
      POLICY.replace('branches: [main],', "branches: [main], unless: { only-paths: ['docs/**'] },"),
      merged,
      'unknown',
    ],
  ])('tells of %s', async (_, next, past, would) => {
    const { code, json } = await replay(next, [past]);
    expect(code).toBe(0);
    expect(outcomes(json())).toEqual([would]);
  });

  const glass = (text: string): string =>
    text.replace('branches: [main],', 'branches: [main], break-glass: { by: [release], review: [release] },');
  const auto = (text: string, hours = 'inside: "mon-sun 00:00 - 24:00"'): string =>
    text.replace(
      'max-duration: 8h,',
      `max-duration: 8h, auto-approve: { requesters: [release], ${hours}, zone: UTC, review: [release] },`,
    );
  const smashed: Past = { ...merged, answer: 'break-glass' };
  const atOnce: Past = { ...granted, by: [author], answer: 'auto-approve' };

  it.each<[string, string, Past, string]>([
    ['an emergency, where there is no more exit', POLICY, smashed, 'held'],
    ['an emergency, where the exit may be for others', glass(POLICY), smashed, 'unknown'],
    ['what was granted at once, and would wait', POLICY, atOnce, 'held'],
    ['what was granted at once, at other hours', auto(POLICY, 'outside: "mon-sun 00:00 - 24:00"'), atOnce, 'held'],
    ['what was granted at once, to whom can not be told', auto(POLICY), atOnce, 'unknown'],
    ['an approval that was taken back after it had its effect', POLICY, { ...merged, voided: 'after' }, 'unknown'],
    ['one that was taken back before', POLICY, { ...merged, voided: 'before' }, 'held'],
    ['a denial, and a review of what was let through', POLICY, { ...waiting, by: [ana], answer: 'deny' }, 'same'],
  ])('knows %s', async (_, next, past, would) => {
    expect(outcomes((await replay(next, [past])).json())).toEqual([would]);
  });

  it('takes an emergency for the same where the exit is', async () => {
    write('before.yml', glass(POLICY));
    expect(outcomes((await replay(glass(POLICY), [smashed], '--old', 'before.yml')).json())).toEqual(['same']);
  });

  it('claims that all went the same way only where the old policy is there to compare', async () => {
    const all = [merged, deployed, granted, waiting];
    expect(outcomes((await replay(POLICY, all)).json())).toEqual(['unknown', 'unknown', 'unknown', 'same']);
    expect(outcomes((await replay(POLICY, all, '--old', 'old.yml')).json())).toEqual(['same', 'same', 'same', 'same']);
    const longer = POLICY.replace('8h', '9h');
    expect(outcomes((await replay(longer, all, '--old', 'old.yml')).json())).toEqual([
      'same',
      'same',
      'unknown',
      'same',
    ]);
  });

  it('looks no further back than it is told, and names what it counted', async () => {
    write('log.jsonl', exported([merged], instant(NOW - 40 * 86_400_000)));
    write('new.yml', POLICY);
    const { code, said } = await policy(['replay', 'new.yml', '--since', '30d', '--from-export', 'log.jsonl']);
    expect(code).toBe(0);
    expect(said).toContain('0 requests');
    expect((await policy(['replay', 'new.yml', '--since', '60d', '--from-export', 'log.jsonl'])).said).toContain(
      '1 request:',
    );
  });

  it('refuses a log that is none, a time that is none, and a name for the number of a repository', async () => {
    write('new.yml', POLICY);
    write('log.jsonl', exported([merged]));
    const named = await policy(['replay', 'new.yml', '--repo', 'octo/shop', '--from-export', 'log.jsonl']);
    expect(named.code).toBe(2);
    expect(named.said).toContain('Give the number of the repository, not its name.');
    write('log.jsonl', 'hello\n');
    expect((await policy(['replay', 'new.yml', '--from-export', 'log.jsonl'])).code).toBe(2);
    expect((await policy(['replay', 'new.yml', '--from-export', 'gone.jsonl'])).code).toBe(2);
    expect((await policy(['replay', 'new.yml', '--since', 'ever', '--from-export', 'log.jsonl'])).code).toBe(2);
  });
});

it('two who approved fill two slots', async () => {
  const two = POLICY.replaceAll('approvals: [{ from: [release] }]', 'approvals: [{ from: [release], count: 2 }]');
  expect(outcomes((await replay(two, [{ ...merged, by: [ana, ben] }])).json())).toEqual(['unknown']);
});
