/** What the arguments of a command mean, and in which sentence one is told that they can't be read. */

import { describe, expect, test } from 'vitest';
import { argumentsOf, readRepositoryName } from '../../src/domain/command-arguments.ts';
import { usageOf, type CommandName } from '../../src/domain/command-table.ts';

const problemOf = (name: CommandName, head: string | null, tail: string | null = null): string => {
  const read = argumentsOf(name, head, tail);
  if (read.kind !== 'malformed') throw new Error(`it was read: ${JSON.stringify(read)}`);
  expect(read).toMatchObject({ command: name, usage: usageOf(name) });
  return read.problem;
};

describe('one is told in a sentence', () => {
  const only =
    'After the role, only `for DURATION`, `start TIME`, `on OWNER/REPO` and a reason after a colon are taken.';
  const plain = 'What stands before the colon must be plain text, without formatting.';
  const invisible = 'There is an invisible character, or one that only looks like a space.';

  test.each<[CommandName, string | null, string | null, string]>([
    ['approve', null, null, plain],
    ['request', null, 'why', plain],
    ['approve', 'x'.repeat(301), null, 'There are more than 300 characters before the colon.'],
    ['approve', 'pro\u200Bduction', null, invisible],
    ['approve', 'pro\u2028duction', null, invisible],
    ['approve', 'pro\u2029duction', null, invisible],
    ['approve', 'pro\u3000duction', null, invisible],
    ['approve', 'pro\uE000duction', null, invisible],
    ['approve', 'pro\uD800duction', null, invisible],
    ['approve', 'pro\u0007duction', null, invisible],
    ['deny', '', 'x'.repeat(2001), 'The reason has 2001 characters. At most 2000 are kept.'],
    ['break-glass', 'now', 'fire', 'Only a reason is taken, after a colon.'],
    ['break-glass', '', null, 'A reason is missing.'],
    ['break-glass', '', '', 'A reason is missing.'],
    ['revoke', 'it', null, 'Nothing is taken here but a reason after a colon.'],
    ['cancel', 'it', 'why', 'Nothing is taken here but a reason after a colon.'],
    ['reviewed', '12', null, 'Nothing is taken here but a reason after a colon.'],
    ['extend', '', 'why', 'A duration is missing, such as `1h` or `30m`.'],
    ['extend', 'by', null, 'A duration is missing, such as `1h` or `30m`.'],
    ['request', '', null, 'A role is missing, such as `push` or `maintain`.'],
    ['request', 'ON a/b', null, 'A role is missing, such as `push` or `maintain`.'],
    ['request', 'start 2026-12-01 08:00 UTC', null, 'A role is missing, such as `push` or `maintain`.'],
    ['request', 'push now', null, only],
    ['request', 'push for 1h on', null, 'After `on`, a repository is missing, written as OWNER/REPO.'],
    ['request', 'push on a b', null, 'After `on`, a repository is missing, written as OWNER/REPO.'],
    ['request', 'push for start x', null, 'After `for`, a duration is missing, such as `1h` or `30m`.'],
    ['request', 'push start for 1h', null, 'After `start`, a time is missing, such as `2026-12-01 08:00 UTC`.'],
    ['request', 'push for 1h FOR 2h', null, '`for` stands there twice.'],
    ['request', 'push start 1 on a/b start 2', null, '`start` stands there twice.'],
    ['request', '"a b', null, only],
    ['request', `'a b"`, null, only],
  ])('%s %j: %j', (name, head, tail, problem) => {
    expect(problemOf(name, head, tail)).toBe(problem);
  });
});

describe('what is read to the end', () => {
  test('is a head of 300 characters and a reason of 2,000', () => {
    expect(argumentsOf('approve', 'x'.repeat(300), null)).toMatchObject({ which: 'x'.repeat(300) });
    expect(argumentsOf('approve', '', 'x'.repeat(2000))).toMatchObject({ reason: 'x'.repeat(2000) });
  });

  test.each<[CommandName, string, string | null, object]>([
    ['reviewed', '', 'fine', { kind: 'reviewed', reason: 'fine' }],
    ['cancel', '\t ', '', { kind: 'cancel', reason: null }],
    ['extend', 'FOR  1\thour', null, { kind: 'extend', duration: '1 hour', reason: null }],
    ['extend', 'By 1h', null, { kind: 'extend', duration: '1h', reason: null }],
    ['extend', 'for by 1h', null, { kind: 'extend', duration: 'by 1h', reason: null }],
    ['break-glass', '', 'fire', { kind: 'break-glass', reason: 'fire' }],
  ])('%s %j: %j', (name, head, tail, expected) => {
    expect(argumentsOf(name, head, tail)).toEqual(expected);
  });

  test.each(['explain', 'status', 'help'] as const)('is nothing of what follows a question: %s', (name) => {
    expect(argumentsOf(name, null, 'x'.repeat(3000))).toEqual({ kind: name });
  });
});

describe('what is voted on', () => {
  const vote = (head: string) => {
    const read = argumentsOf('approve', head, null);
    return read.kind === 'approve' ? [read.which, read.commit] : read;
  };

  test.each<[string, string | null, string | null]>([
    ['', null, null],
    ['abcdef1', null, 'abcdef1'],
    ['abcdef', 'abcdef', null],
    ['ABCDEF1', null, 'abcdef1'],
    ['a'.repeat(64), null, 'a'.repeat(64)],
    ['a'.repeat(65), 'a'.repeat(65), null],
    ['abcdefg', 'abcdefg', null],
    ['x-abcdef1', 'x-abcdef1', null],
    ['abcdef1-x', 'abcdef1-x', null],
    ['one two abcdef1', 'one two', 'abcdef1'],
    ['abcdef1 abcdef2', 'abcdef1', 'abcdef2'],
    ['All abcdef1', 'all', 'abcdef1'],
    ['"all"', 'all', null],
    ['overall', 'overall', null],
    ['"abcdef1"', 'abcdef1', null],
    [`'two words' abcdef1`, 'two words', 'abcdef1'],
    ['"two words"', 'two words', null],
    [`"two words'`, `"two words'`, null],
    ['""', '""', null],
    ['"', '"', null],
    ['a "b" c', 'a "b" c', null],
    ['"a" "b"', 'a" "b', null],
  ])('%j is the name %j and the commit %j', (head, which, commit) => {
    expect(vote(head)).toEqual([which, commit]);
  });
});

describe('a request for a role', () => {
  const asked = { kind: 'request', duration: null, repository: null, reason: null };

  test.each<[string, object]>([
    ['push', { ...asked, role: 'push' }],
    ['"Security engineer"', { ...asked, role: 'Security engineer' }],
    [`'Security engineer' for 1h`, { ...asked, role: 'Security engineer', duration: '1h' }],
    ['"three words here" on a/b', { ...asked, role: 'three words here', repository: { owner: 'a', name: 'b' } }],
    ['"for" for 1h', { ...asked, role: 'for', duration: '1h' }],
    ['"lead"', { ...asked, role: 'lead' }],
    ['" for 1h', { ...asked, role: '"', duration: '1h' }],
    ['it"s', { ...asked, role: 'it"s' }],
    [`'a "b" c'`, { ...asked, role: 'a "b" c' }],
    ['push For 1h  30m', { ...asked, role: 'push', duration: '1h 30m' }],
    ['push start 2026-12-01  08:00 UTC', { ...asked, role: 'push', start: '2026-12-01 08:00 UTC' }],
    [
      'push on a/b start tomorrow for 1h',
      { ...asked, role: 'push', repository: { owner: 'a', name: 'b' }, start: 'tomorrow', duration: '1h' },
    ],
  ])('%s', (head, expected) => {
    expect(argumentsOf('request', head, null)).toEqual(expected);
  });
});

describe('the name of a repository', () => {
  test.each([
    ['octo-org/octo.repo', 'octo-org', 'octo.repo'],
    ['a/b', 'a', 'b'],
    ['9/_', '9', '_'],
    ['octo_corp/-x-', 'octo_corp', '-x-'],
    ['a/...', 'a', '...'],
    ['a/.github', 'a', '.github'],
    [`${'a'.repeat(101)}/${'b'.repeat(100)}`, 'a'.repeat(101), 'b'.repeat(100)],
  ])('is one: %s', (text, owner, name) => {
    expect(readRepositoryName(text)).toEqual({ owner, name });
  });

  test.each([
    '',
    'a',
    'a/',
    '/b',
    'a/b/c',
    'a/.',
    'a/..',
    '-a/b',
    '_a/b',
    'a.b/c',
    'ä/b',
    'a/b c',
    'a/b\n',
    `${'a'.repeat(102)}/b`,
    `a/${'b'.repeat(101)}`,
  ])('is none: %j', (text) => {
    expect(readRepositoryName(text)).toBeNull();
  });
});
