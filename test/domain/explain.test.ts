/** What people are told about a decision, and that nothing in it can break out of its place. */

import fc from 'fast-check';
import MarkdownIt, { type Token } from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { decide } from '../../src/domain/decide.ts';
import type { Decision, OverallReason, RuleReason, Verdict } from '../../src/domain/decision.ts';
import {
  approvers,
  describe as describeSubject,
  details,
  EXCLUSIONS,
  names,
  summary,
  when,
} from '../../src/domain/explain.ts';
import { title } from '../../src/domain/title.ts';
import { instant } from '../../src/domain/identity.ts';
import type { Request } from '../../src/domain/request.ts';
import { known, unknown } from '../../src/domain/result.ts';
import {
  accessRequest,
  ana,
  approve,
  author,
  ben,
  cleo,
  deny,
  deploymentRequest,
  evidence,
  factsOf,
  human,
  mergeRequest,
  NOON,
  present,
  repo,
} from '../support/domain.ts';

/** Another instance than the one that reads comments, with everything that GitHub turns on. */
const reader = new MarkdownIt({ html: true, linkify: true });

/** Every token, the inline ones in the place of their block. */
const tokensOf = (markdown: string): readonly Token[] =>
  reader.parse(markdown, {}).flatMap((token) => (token.type === 'inline' ? (token.children ?? []) : [token]));

/** What a person reads, formatting taken off. */
const plain = (markdown: string): string =>
  tokensOf(markdown)
    .map((token) => (/^(?:paragraph|heading)_close$|break$/u.test(token.type) ? '\n' : token.content))
    .join('')
    .replaceAll('\u200B', '')
    .trim();

const policy = present(`
version: 1
groups: { release: { teams: [release] }, security: { teams: [security] } }
gates:
  - name: main
    on: merge
    branches: [main]
    unless: { only-paths: ["docs/**"] }
    approvals:
      - { from: [release], count: 2 }
      - { from: [security], count: 1, when: { paths: ["infra/**"] } }
  - name: production
    on: deployment
    environments: [production]
    refs: [main]
    approvals: [{ from: [release], count: 1 }]
access:
  - { name: shift, roles: [push], requesters: [release], max-duration: 8h, approvals: [{ from: [security], count: 1 }] }
`);
const facts = factsOf({ release: [author, ana, ben, cleo], security: [cleo] });
const merge = mergeRequest({}, { deadline: instant(NOON + 4 * 3_600_000) });

describe('a merge that waits', () => {
  const decision = decide(evidence(policy, [approve(ana), approve(author)], facts));
  const words = plain(summary(decision, merge));

  it('has a title that says how far it is and whom it waits for', () => {
    expect(title(decision)).toBe('Held: 1 of 2 approvals, waiting for release');
  });

  it.each([
    ['what is held', 'the merge of #7 into main'],
    ['by which gate', 'Gate main: 1 approval is missing'],
    ['how many have approved, and who', '1 of 2 from release, by octo-ana'],
    ['who can still', 'Can approve: octo-ben and octo-cleo'],
    [
      'whose approval does not count, and why',
      'octo-author approved, which does not count: they opened the pull request',
    ],
    ['how to approve and where', 'write /approve in a comment on #7'],
    ['how to refuse', '/deny: reason'],
    ['until when', 'Unanswered by 2026-05-04 16:00 UTC, it is denied'],
  ])('has a summary that says %s', (_name, expected) => {
    expect(words).toContain(expected);
  });

  it('does not name the author among those who can approve', () => {
    expect(approvers(decision)).toEqual([ben, cleo]);
  });

  it('says nothing of a deadline where there is none', () => {
    expect(plain(summary(decision, mergeRequest()))).not.toContain('Unanswered');
  });

  it('says nothing of a stage that is not asked, except in the details, with the reason', () => {
    expect(words).not.toContain('security');
    expect(plain(details(decision))).toContain('not asked: security');
    expect(plain(details(decision))).toContain('paths: infra/**');
  });

  it('tells that one approval more is needed, and why', () => {
    const orphan = { ...facts, contributors: known({ people: [author.id], unattributed: 1 }) };
    expect(plain(summary(decide(evidence(policy, [], orphan)), merge))).toContain(
      'one more, since a commit belongs to no known account',
    );
  });

  it('tells that something could not be read, and what', () => {
    const lost = decide(evidence(policy, [], { ...facts, contributors: unknown('there are more than 250 commits') }));
    expect(title(lost)).toBe('Held: something could not be read');
    expect(plain(summary(lost, merge))).toContain('who wrote it: there are more than 250 commits');
  });

  it('tells that too few people are left', () => {
    const alone = decide(evidence(policy, [], factsOf({ release: [author, ana], security: [] })));
    expect(plain(summary(alone, merge))).toContain('not enough people are left');
  });

  it('names ten people and counts the others', () => {
    const many = Array.from({ length: 13 }, (_, index) => human(100 + index));
    expect(plain(names(many))).toMatch(/octo-109 and 3 more$/u);
    expect(plain(names(many.slice(0, 3)))).toBe('octo-100, octo-101 and octo-102');
    expect(names([])).toBe('nobody');
  });
});

describe('a decision that is final', () => {
  it('approved: says by how many', () => {
    const decision = decide(evidence(policy, [approve(ana), approve(ben)], facts));
    expect(title(decision)).toBe('Approved by 2 people');
    expect(plain(summary(decision, merge))).toContain('all approvals are there');
    expect(plain(summary(decision, merge))).not.toContain('/approve');
    expect(approvers(decision)).toEqual([]);
  });

  it('denied: says by whom and why', () => {
    const decision = decide(evidence(policy, [deny(ben, { reason: 'not before the release' })], facts));
    expect(title(decision)).toBe('Denied by octo-ben: not before the release');
    expect(plain(summary(decision, merge))).toContain('denied by octo-ben: not before the release');
  });

  it('spared: says which condition let it off', () => {
    const decision = decide(evidence(policy, [], { ...facts, files: known(['docs/a.md']) }));
    expect(title(decision)).toBe('Nothing to approve');
    expect(plain(summary(decision, merge))).toContain('The gate main does not apply: only-paths: docs/** is met');
  });

  it('a ref that may not be deployed: says which may', () => {
    const request = deploymentRequest({ ref: 'feature' });
    const decision = decide(evidence(policy, [], facts, request));
    expect(title(decision)).toBe('Denied: feature may not be deployed there');
    expect(plain(summary(decision, request))).toContain('feature may not be deployed there, only main');
  });

  it('an access rule is not called a gate', () => {
    const request = accessRequest({ rule: 'shift' });
    const words = plain(summary(decide(evidence(policy, [], facts, request)), request));
    expect(words).toContain('Access rule shift: 1 approval is missing');
    expect(words).toMatch(/the role push on octo-org\/shop for octo-author\W+1 hour/u);
  });
});

describe('every reason there is', () => {
  const decisionOf = (verdict: Verdict, overall: OverallReason, reason: RuleReason | null = null): Decision => ({
    verdict,
    explanation: {
      overall,
      rules:
        reason === null || verdict === 'none'
          ? []
          : [
              {
                rule: 'main',
                verdict,
                reason,
                stages: [],
                excluded: [{ voter: ana, why: 'pusher' }],
                mayHold: [],
                notes: [],
              },
            ],
      spared: [],
      barred: [],
    },
  });

  it.each([
    ['unmatched deny', 'denied', { kind: 'unmatched', setting: 'deny' }, 'what no rule allows is denied'],
    ['unmatched allow', 'none', { kind: 'unmatched', setting: 'allow' }, 'the policy allows what is unmatched'],
    ['no policy, for a deployment', 'denied', { kind: 'policy-absent' }, 'so no rule allows it'],
    ['no policy, for a merge', 'none', { kind: 'policy-absent' }, 'so merges are not held'],
    [
      'an invalid policy',
      'pending',
      { kind: 'policy-invalid', findings: [{ where: 'p.yml:3:5', message: 'bad key' }] },
      'p.yml:3:5 bad key',
    ],
    ['an unreadable policy', 'pending', { kind: 'policy-unreachable', why: 'GitHub said 502' }, 'GitHub said 502'],
    ['the timeout', 'denied', { kind: 'timed-out', at: NOON }, 'Nobody answered by 2026-05-04 12:00 UTC'],
    ['a rule that is gone', 'denied', { kind: 'rule-gone', rule: 'shift' }, 'The access rule shift no longer allows'],
  ] as const)('%s is told in the summary and in the details', (_name, verdict, overall, expected) => {
    const decision = decisionOf(verdict, overall);
    expect(plain(summary(decision, merge))).toContain(expected);
    expect(plain(details(decision))).toContain(expected);
    expect(title(decision)).not.toBe('');
  });

  it('a hold for want of the policy says until when it waits', () => {
    const decision = decisionOf('pending', { kind: 'policy-unreachable', why: '502' });
    expect(plain(summary(decision, merge))).toContain('Unanswered by 2026-05-04 16:00 UTC');
  });

  it.each([
    ['pending', { kind: 'approvals-missing', missing: 2 }, '2 approvals are missing'],
    ['denied', { kind: 'fork-not-allowed' }, 'the run comes from a fork'],
    ['denied', { kind: 'event-not-trusted', event: 'pull_request_target' }, 'code that nobody saw'],
    ['denied', { kind: 'denied-by', by: ben, words: null }, 'denied by octo-ben'],
  ] as const)('%s: %o', (verdict, reason, expected) => {
    const decision = decisionOf(verdict, { kind: 'rules' }, reason);
    expect(plain(summary(decision, merge))).toContain(expected);
    expect(plain(details(decision))).toContain(expected);
  });

  it.each(Object.entries(EXCLUSIONS))('an approval that is excluded as %s ends a sentence', (_why, words) => {
    expect(words).toMatch(/^(?:they|it|its|this) .*[^.]$/u);
  });

  it('writes an instant in UTC, to the minute', () => {
    expect(when(instant(Date.UTC(2026, 11, 1, 8, 5, 59)))).toBe('2026-12-01 08:05 UTC');
  });
});

describe('text of strangers', () => {
  const HOSTILE = [
    '](https://evil.example.com) [click',
    '<img src=x onerror=alert(1)>',
    '<!-- hidden',
    '`code` ``x`',
    '@octo-org/security @octo-ana',
    '\n# Approved\n\n**Approved:** all is well',
    '\r\n- [x] item\r\n> quote',
    '| a | b |\n|---|---|',
    'https://evil.example.com www.evil.example.com mail@example.com',
    '#1 octo-org/shop#2 GH-3',
    '**bold** _it_ ~~gone~~ $$x$$',
    '![i](https://evil.example.com/i.png)',
    '[^1]: note',
    '&lt;b&gt; &#x202E; \u202Egnp.exe',
    '\\',
    '```\nfence',
    '',
    ' ',
  ];
  const hostile = fc.oneof(
    fc.constantFrom(...HOSTILE),
    fc.string({ unit: fc.constantFrom(...'`*_[]()<>!@#|~\\\n\r\t &;:/-+=.$aw1 '.split('')), maxLength: 40 }),
    fc.array(fc.constantFrom(...HOSTILE), { maxLength: 3 }).map((parts) => parts.join('')),
  );

  /** Our own words make these; whatever else turns up came out of a stranger's text. */
  const OWN = ['paragraph', 'text', 'softbreak', 'strong', 'code_inline', 'bullet_list', 'list_item', 'heading'];

  const found = (markdown: string) => {
    const tokens = tokensOf(markdown);
    const prose = tokens.flatMap((token) => (token.type === 'text' ? [token.content] : [])).join('\n');
    return {
      alien: tokens.map((token) => token.type.replace(/_(?:open|close)$/u, '')).filter((type) => !OWN.includes(type)),
      headings: tokens.filter((token) => token.type === 'heading_open').length,
      strong: tokens.flatMap((token, index) => (token.type === 'strong_open' ? [tokens[index + 1]?.content] : [])),
      mentions: prose.match(/@[\w-]+/gu) ?? [],
      references: (prose.match(/#\d+|GH-\d+/gu) ?? []).filter((reference) => reference !== '#7'),
    };
  };

  const clean = { alien: [], headings: 0, mentions: [], references: [] };

  /** A decision with the given text wherever a stranger can put some. */
  const poisoned = (text: string): readonly (readonly [Decision, Request])[] => {
    const condition = { outcome: 'met', text, because: text, children: [] } as const;
    const someone = { ...ben, login: text };
    const reasons: readonly RuleReason[] = [
      { kind: 'denied-by', by: someone, words: text },
      { kind: 'ref-not-allowed', ref: text, allowed: [text, text] },
      { kind: 'event-not-trusted', event: text },
      { kind: 'fact-unknown', why: text },
      { kind: 'approvals-missing', missing: 1 },
    ];
    const overall: readonly OverallReason[] = [
      { kind: 'rules' },
      { kind: 'policy-invalid', findings: [{ where: text, message: text }] },
      { kind: 'policy-unreachable', why: text },
      { kind: 'rule-gone', rule: text },
    ];
    const requests = [
      mergeRequest({ base: text }),
      deploymentRequest({ environment: text, ref: text }),
      accessRequest({ grantee: someone, target: { ...repo, owner: text, name: text }, reason: text, rule: text }),
    ];
    const decisions = overall.flatMap((reason) =>
      (['pending', 'denied'] as const).map((verdict): Decision => ({
        verdict,
        explanation: {
          overall: reason,
          rules: reasons.map((each, index) => ({
            rule: text,
            verdict,
            reason: each,
            stages: [
              {
                index,
                from: [text, text],
                why: 'policy',
                required: 2,
                approvedBy: [someone],
                candidates: index % 2 === 0 ? { kind: 'unknown', why: text } : { kind: 'people', people: [someone] },
                skipped: false,
                condition,
              },
              {
                index: index + 1,
                from: [text],
                why: 'policy',
                required: 1,
                approvedBy: [],
                candidates: { kind: 'people', people: [] },
                skipped: true,
                condition: { ...condition, children: [condition] },
              },
            ],
            excluded: [{ voter: someone, why: 'author' }],
            mayHold: [],
            notes: [],
          })),
          spared: [{ rule: text, by: 'unless', condition }],
          barred: [],
        },
      })),
    );
    return decisions.flatMap((decision) => requests.map((request) => [decision, request] as const));
  };

  it('stays in its place in the summary: no link, HTML, heading, mention or bold of its own', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const [decision, request] of poisoned(text)) {
          const { strong, ...rest } = found(summary(decision, request));
          expect(rest).toEqual(clean);
          expect(strong).toEqual([decision.verdict === 'pending' ? 'Held:' : 'Denied:']);
        }
      }),
      { numRuns: 20, examples: HOSTILE.map((text): [string] => [text]) },
    );
  });

  it('stays in its place in the details, below the one heading that is ours', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const [decision] of poisoned(text)) {
          const { strong, ...rest } = found(details(decision));
          expect(rest).toEqual({ ...clean, headings: 1 });
          expect(new Set(strong)).toEqual(new Set([decision.verdict, 'does not apply']));
        }
      }),
      { numRuns: 20, examples: HOSTILE.map((text): [string] => [text]) },
    );
  });

  it('stays in its place in what names the thing that is held', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const subject of new Set(poisoned(text).map(([, request]) => request.subject))) {
          expect(found(`A sentence about ${describeSubject(subject)}.`)).toEqual({ ...clean, strong: [] });
        }
      }),
      { numRuns: 20, examples: HOSTILE.map((text): [string] => [text]) },
    );
  });

  it('makes a title of one line, of bounded length, that can be stored', () => {
    const words = fc.oneof(hostile, fc.string({ unit: 'binary', minLength: 190, maxLength: 5_000 }));
    fc.assert(
      fc.property(words, (text) => {
        for (const [decision] of poisoned(text)) {
          const line = title({ ...decision, explanation: { ...decision.explanation, overall: { kind: 'rules' } } });
          expect(line).not.toMatch(/[\n\r]/u);
          expect(line.isWellFormed()).toBe(true);
        }
        const denied = decide(evidence(policy, [deny(ben, { reason: text })], facts));
        expect(title(denied).length).toBeLessThan(300);
        expect(title(denied).isWellFormed()).toBe(true);
      }),
      { numRuns: 20 },
    );
  });
});
