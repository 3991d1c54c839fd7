/** What the check `jit/policy` says of a policy that a pull request would bring, and when it fails. */

import { describe, expect, it } from 'vitest';
import { reportOn, type Proposal, type Report } from '../../../src/domain/policy/check-report.ts';
import type { PastRequest } from '../../../src/domain/policy/past-requests.ts';
import { readPolicy } from '../../support/cases.ts';
import { ana, approve, mergeRequest, NOON, present } from '../../support/domain.ts';

const HEAD = 'version: 1\ngroups: { release: { teams: [release] } }\n';
const gate = (text: string): string => `${HEAD}gates:\n  - { name: main, on: merge, branches: [main], ${text} }\n`;
const TWO = gate('approvals: [{ from: [release], count: 2 }]');
const ONE = gate('approvals: [{ from: [release] }]');
const POLICY = '.jit-policy.yml';
const CASES = '.jit-policy.test.yml';

type Files = { readonly from?: string | null; readonly to?: string | null; readonly cases?: string | null };
const proposal = ({ from = TWO, to = TWO, cases = null }: Files, more: Partial<Proposal> = {}): Proposal => ({
  before: from === null ? null : readPolicy(from),
  policy: { path: POLICY, text: to },
  cases: { path: CASES, text: cases },
  baseline: { kind: 'absent' },
  past: { repo: 2, requests: [], more: false, days: 30 },
  ...more,
});
const report = (files: Files, more: Partial<Proposal> = {}): Report => reportOn(proposal(files, more));

const JUDGES = 'The policy on the default branch judges this pull request; this is what the new one would mean.';
const NO_TESTS = `It has no tests: ${CASES} is not there.`;
const NO_PAST =
  'Tried on 0 requests of the last 30 days: 0 would have gone another way, of 0 the log can’t tell, the others would have gone the same way.';
const paragraphs = (...words: readonly string[]): string => words.join('\n\n');

describe('a policy', () => {
  it('that means the same has no more said of it', () => {
    expect(report({})).toEqual({
      ok: true,
      title: 'Means the same as before',
      summary: paragraphs(JUDGES, 'It means the same as before.', NO_TESTS, NO_PAST),
      text: '',
      annotations: [],
    });
  });

  it('that becomes weaker passes, since people judge that, and says so first', () => {
    const { ok, title, summary, text } = report({ to: ONE });
    expect(ok).toBe(true);
    expect(title).toBe('Weaker in 1 way');
    expect(summary).toBe(
      paragraphs(JUDGES, '**1 change, 1 of which make it weaker.** They are listed below.', NO_TESTS, NO_PAST),
    );
    expect(text).toMatch(/^### What changes\n\n- \*\*weaker\*\*: main: .+$/u);
  });

  it('that becomes weaker and stricter names the weaker part first', () => {
    const { title, summary, text } = report({
      from: gate('approvals: [{ from: [release] }], reviews: true'),
      to: gate('approvals: [{ from: [release], count: 2 }], self-approval: allowed, forks: allowed').replace(
        ', forks: allowed',
        '',
      ),
    });
    expect(title).toBe('Weaker in 1 way');
    expect(summary).toMatch(/\*\*\d changes, 1 of which make it weaker\.\*\*/u);
    expect(text).toMatch(
      /^### What changes\n\n- \*\*weaker\*\*[^\n]*\n(?:- \*\*(?:stricter|different)\*\*[^\n]*\n?)+$/u,
    );
  });

  it('that becomes weaker in two ways says in how many', () => {
    const { title } = report({ to: gate('approvals: [{ from: [release] }], self-approval: allowed') });
    expect(title).toBe('Weaker in 2 ways');
  });

  it('that only becomes stricter is weaker in nothing', () => {
    const { ok, title, summary } = report({ from: ONE, to: TWO });
    expect({ ok, title }).toEqual({ ok: true, title: 'Weaker in nothing' });
    expect(summary).toContain('**1 change, none of which make it weaker.** They are listed below.');
  });

  it('that comes where none was, is told as all new', () => {
    const { ok, title, text } = report({ from: null });
    expect(ok).toBe(true);
    expect(title).not.toBe('Means the same as before');
    expect(text).toContain('### What changes');
    expect(text).toContain('main: ');
  });

  it('is told of what is no rule’s without a name in front', () => {
    expect(report({ to: `${TWO}unmatched: { merge: deny }\n` }).text).toMatch(/^- \*\*stricter\*\*: [^:]+$/mu);
  });

  it('is not compared with what the organisation’s limits forbid anyway', () => {
    const rule = (hours: number): string =>
      `${TWO}access:\n  - { name: shift, roles: [push], requesters: [release], max-duration: ${String(hours)}h, approvals: [{ from: [release] }] }\n`;
    const baseline = present('version: 1\nlimits: { max-duration: 1h }\n');
    expect(report({ from: rule(1), to: rule(8) }, { baseline: { kind: 'absent' } }).title).toBe('Weaker in 1 way');
    const bound = report({ from: rule(1), to: rule(8) }, { baseline });
    expect(bound.text).not.toContain('8 hours');
  });

  it('is judged alone where the organisation’s can not be reached', () => {
    const baseline = { kind: 'unreachable', why: 'the organisation’s policy can’t be read', passing: true } as const;
    expect(report({ to: ONE }, { baseline }).title).toBe('Weaker in 1 way');
  });

  it('is tried on the past', () => {
    const request = mergeRequest();
    const merged: PastRequest = {
      id: request.id,
      repo: 2,
      state: 'approved',
      passed: true,
      openedAt: NOON,
      decidedAt: NOON,
      request,
      votes: [approve(ana)],
      conversation: 2,
      grant: null,
    };
    const past = { repo: 2, requests: [merged], more: false, days: 30 };
    const { ok, summary, text } = report({ from: ONE, to: TWO }, { past });
    expect(ok).toBe(true);
    expect(summary).toContain('1 would have gone another way');
    expect(text).toMatch(
      /### What changes[^#]+\n\n### What would have gone another way\n\n- 2026-05-04, the merge of #7/u,
    );
  });
});

describe('a policy with errors', () => {
  const WRONG = TWO.replace('on: merge', 'on: merge, onn: x');

  it('fails, names each with its place, and runs no tests', () => {
    const { ok, title, summary, text, annotations } = report({ to: WRONG, cases: 'version: 1\ncases: []\n' });
    expect({ ok, title }).toEqual({ ok: false, title: '1 error' });
    expect(summary).toBe(
      paragraphs(
        JUDGES,
        '**It has errors.** On the default branch they would hold everything.',
        'Its tests are not run until the errors are repaired.',
      ),
    );
    expect(text).toMatch(/^### Findings\n\n- error at \.jit-policy\.yml:4:30: \\`onn\\` is not a key here \(.+\)$/u);
    expect(annotations).toMatchObject([{ path: POLICY, line: 4, column: 30, level: 'failure', title: 'unknown-key' }]);
    expect(annotations[0]?.message).toMatch(/^`onn` is not a key here\n\S/u);
  });

  it('counts them', () => {
    expect(report({ to: WRONG.replace('branches', 'branchs') }).title).toMatch(/^[2-9] errors$/u);
  });

  it('says nothing of what changes or of the past, since nothing can be told', () => {
    const { summary, text } = report({ to: WRONG });
    expect(text).not.toContain('### What changes');
    expect(summary).not.toContain('Tried on');
  });
});

it('a warning fails nothing, and is remarked on', () => {
  const warned = `${TWO}  - { name: ci, on: action, actions: [deploy], approvals: [{ from: [release] }] }\n`;
  const { ok, title, text, annotations } = report({ from: warned, to: warned });
  expect({ ok, title }).toEqual({ ok: true, title: 'Means the same as before' });
  expect(annotations).toMatchObject([{ path: POLICY, level: 'warning', line: 5 }]);
  expect(text).toContain('- warning at .jit-policy.yml:5:');
});

describe('a policy that is removed', () => {
  it('passes, and says what is no longer held', () => {
    const { ok, title, summary, text, annotations } = report({ to: null });
    expect({ ok, title, annotations }).toEqual({ ok: true, title: 'The policy is removed', annotations: [] });
    expect(summary).toBe(
      '**The pull request removes the policy.** Without one, merges are not held, and nobody can ask for access.',
    );
    expect(text).toMatch(/^### What changes\n\n- \*\*weaker\*\*: main: /u);
  });

  it('that could not be read has nothing listed', () => {
    expect(report({ from: null, to: null })).toMatchObject({ ok: true, title: 'The policy is removed', text: '' });
  });
});

describe('its tests', () => {
  const file = (...cases: readonly string[]): string =>
    `version: 1\nfacts: { teams: { release: [ana, rita] } }\ncases:\n${cases.map((each) => `  - ${each}\n`).join('')}`;
  const fine = '{ name: fine, merge: { into: main }, votes: [ana, rita], expect: approved }';
  const wrong =
    '{ name: "wrong *one*", merge: { into: main }, votes: [ana], expect: { verdict: approved, approvers: [] } }';

  it('that pass are counted', () => {
    expect(report({ cases: file(fine) }).summary).toContain('\n\n1 of 1 case of its tests pass.\n\n');
    const { ok, text, annotations } = report({ cases: file(fine, fine.replace('fine', 'again')) });
    expect({ ok, text, annotations }).toEqual({ ok: true, text: '', annotations: [] });
  });

  it('that fail make the check fail, and say at their line what was expected and what came', () => {
    const { ok, title, summary, text, annotations } = report({ cases: file(fine, wrong) });
    expect({ ok, title }).toEqual({ ok: false, title: '1 case of the policy’s tests failed' });
    expect(summary).toContain('1 of 2 cases of its tests pass.');
    const said = 'verdict: expected approved, got pending; approvers: expected none, got rita';
    expect(text).toBe(`### Cases that fail\n\n- wrong \\*one\\*: ${said}`);
    expect(annotations).toEqual([
      { path: CASES, line: 5, column: 5, level: 'failure', title: 'case-failed', message: said },
    ]);
  });

  it('that fail are told before what is weaker, and in number', () => {
    const two = report({
      to: ONE,
      cases: file(wrong.replace('[ana]', '[]'), wrong.replace('wrong', 'too').replace('[ana]', '[]')),
    });
    expect(two.title).toBe('2 cases of the policy’s tests failed');
    expect(two.text).toMatch(/^### What changes[^#]+\n\n### Cases that fail\n\n- .+\n- .+$/u);
  });

  it('are run by the policy itself, whatever the organisation’s holds', () => {
    const baseline = present(gate('approvals: [{ from: [release], count: 3 }]'));
    expect(report({ cases: file(fine) }, { baseline }).ok).toBe(true);
  });

  it.each([
    ['one mistake', file(fine.replace('into', 'int')), 4],
    ['no YAML', 'version: [', 1],
  ])('that can’t be read for %s make it fail, with a remark', (_, cases, line) => {
    const { ok, title, summary, text, annotations } = report({ cases });
    expect(ok).toBe(false);
    expect(title).toMatch(/^[1-9] cases? of the policy’s tests failed$/u);
    expect(summary).toContain('\n\n**The tests can’t be read**, see the remarks on their lines.\n\n');
    expect(text).toBe('');
    expect(annotations[0]).toMatchObject({ path: CASES, level: 'failure', line });
  });

  it.each<[string, string, string]>([
    [
      'slots',
      gate(`approvals: [${Array.from({ length: 20 }, () => '{ from: [release], count: 50 }').join(', ')}]`),
      file(fine),
    ],
    [
      'patterns and people in all of its cases',
      gate(
        `when: { paths: [${Array.from({ length: 200 }, (__, index) => `d${String(index)}/**`).join(', ')}] }, approvals: [{ from: [release] }]`,
      ),
      `version: 1
facts: { files: [${Array.from({ length: 100 }, (__, index) => `f${String(index)}`).join(', ')}] }
cases:
${Array.from({ length: 300 }, (__, index) => `  - { name: c${String(index)}, merge: { into: main }, expect: none }\n`).join('')}`,
    ],
  ])('that would keep the app busy for their many %s are not run here, which fails nothing', (_, to, cases) => {
    const { ok, summary, annotations } = report({ from: to, to, cases });
    expect(summary).toContain('The tests would take too long to be run here: run `jit-gate policy test`.');
    expect({ ok, annotations }).toEqual({ ok: true, annotations: [] });
  });
});

describe('what a stranger wrote', () => {
  const evil = '@octo/release <img src=x> [x](https://evil.example)';

  it('is no mention, link or HTML in the report', () => {
    const to = TWO.replace('name: main', `name: "${evil}"`).replace('count: 2', 'count: 1');
    const cases = `version: 1\ncases: [{ name: "${evil}", merge: { into: main }, expect: none }]\n`;
    const { text } = report({ to, cases });
    expect(text).toContain('evil.example');
    expect(text).not.toMatch(/@octo|(?<!\\)<img|(?<!\\)\[x|https:\/\/evil/u);
  });

  it('does not turn a remark around or hide in it, and keeps its lines', () => {
    const to = TWO.replace('on: merge', 'on: merge, "o\\u202Enn\\u200B\\a": x');
    const [remark] = report({ to }).annotations;
    expect(remark?.message).toMatch(/^`onn` is not a key here\n/u);
  });
});
