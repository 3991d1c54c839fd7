/** Which comments hold which commands. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMMANDS, COMMAND_NAMES } from '../../src/domain/command-table.ts';
import { commandsAsJson, parseCommands, type ParsedCommand } from '../../src/domain/command.ts';
import { processorTime } from '../support/processor-time.ts';
import { tries } from '../support/tries.ts';

const bareApproval = { kind: 'approve', which: null, commit: null, reason: null } as const;
const wholeId = '0123456789abcdef0123456789abcdef01234567';

/** The one command of a comment of one line. */
function only(comment: string): ParsedCommand {
  const [command, ...others] = parseCommands(comment);
  expect(others).toEqual([]);
  if (command === undefined) throw new Error(`no command in ${JSON.stringify(comment)}`);
  return command;
}

describe('a vote', () => {
  test.each<[string, object]>([
    ['/approve', bareApproval],
    ['/deny', { ...bareApproval, kind: 'deny' }],
    ['/reject', { ...bareApproval, kind: 'deny' }],
    ['/APPROVE', bareApproval],
    ['/Approve', bareApproval],
    ['   /approve', bareApproval],
    ['/approve   ', bareApproval],
    ['/approve\t', bareApproval],
    ['/approve production', { ...bareApproval, which: 'production' }],
    ['/approve drop database', { ...bareApproval, which: 'drop database' }],
    ['/approve  drop \t database ', { ...bareApproval, which: 'drop database' }],
    ['/approve "drop database"', { ...bareApproval, which: 'drop database' }],
    ["/approve 'abcdef1'", { ...bareApproval, which: 'abcdef1' }],
    ['/approve prod_eu_west', { ...bareApproval, which: 'prod_eu_west' }],
    ['/approve Freigabe für Köln', { ...bareApproval, which: 'Freigabe für Köln' }],
    ['/approve all', { ...bareApproval, which: 'all' }],
    ['/approve ALL', { ...bareApproval, which: 'all' }],
    ['/approve abcdef1', { ...bareApproval, commit: 'abcdef1' }],
    [`/approve ${wholeId.toUpperCase()}`, { ...bareApproval, commit: wholeId }],
    [`/approve ${'ab'.repeat(32)}`, { ...bareApproval, commit: 'ab'.repeat(32) }],
    ['/approve production abcdef1', { ...bareApproval, which: 'production', commit: 'abcdef1' }],
    ['/approve abcdef', { ...bareApproval, which: 'abcdef' }],
    [`/approve ${'a'.repeat(65)}`, { ...bareApproval, which: 'a'.repeat(65) }],
    ['/approve abcdef1 production', { ...bareApproval, which: 'abcdef1 production' }],
    ['/approve: looks good', { ...bareApproval, reason: 'looks good' }],
    ['/approve : looks good', { ...bareApproval, reason: 'looks good' }],
    ['/approve production : ok', { ...bareApproval, which: 'production', reason: 'ok' }],
    ['/approve production: ok: really', { ...bareApproval, which: 'production', reason: 'ok: really' }],
    [
      '/approve abcdef1: see https://ci.example/1',
      { ...bareApproval, commit: 'abcdef1', reason: 'see https://ci.example/1' },
    ],
    ['/approve:', bareApproval],
    [
      '/deny: the `users` table is **not** backed up',
      { ...bareApproval, kind: 'deny', reason: 'the `users` table is **not** backed up' },
    ],
  ])('%j is read', (comment, expected) => {
    expect(only(comment)).toEqual({ ...expected, line: 1 });
  });
});

describe('the other commands', () => {
  test.each<[string, object]>([
    [
      '/request "Security engineer" for 1h: the alerts',
      { kind: 'request', role: 'Security engineer', duration: '1h', repository: null, reason: 'the alerts' },
    ],
    [
      "/request 'Security engineer'",
      { kind: 'request', role: 'Security engineer', duration: null, repository: null, reason: null },
    ],
    [
      '/request "on" on octo-org/octo-repo',
      {
        kind: 'request',
        role: 'on',
        duration: null,
        repository: { owner: 'octo-org', name: 'octo-repo' },
        reason: null,
      },
    ],
    ['/request push', { kind: 'request', role: 'push', duration: null, repository: null, reason: null }],
    [
      '/request push for 2h on octo-org/octo.repo: fix the build',
      {
        kind: 'request',
        role: 'push',
        duration: '2h',
        repository: { owner: 'octo-org', name: 'octo.repo' },
        reason: 'fix the build',
      },
    ],
    [
      '/request admin ON octo-org/octo-repo FOR 2 fortnights',
      {
        kind: 'request',
        role: 'admin',
        duration: '2 fortnights',
        repository: { owner: 'octo-org', name: 'octo-repo' },
        reason: null,
      },
    ],
    ...['team:on-call', '"team:on-call"', 'Team:on-call#4711'].map((role): [string, object] => [
      `/request ${role} for 2h: team:s are asked for`,
      {
        kind: 'request',
        role: role.replaceAll('"', ''),
        duration: '2h',
        repository: null,
        reason: 'team:s are asked for',
      },
    ]),
    ['/request team: why', { kind: 'request', role: 'team', duration: null, repository: null, reason: 'why' }],
    ['/approve team:on-call: fine', { kind: 'approve', which: 'team:on-call', commit: null, reason: 'fine' }],
    ['/deny my team:bad idea', { kind: 'deny', which: 'my team', commit: null, reason: 'bad idea' }],
    ['/request emperor for -1h', { kind: 'request', role: 'emperor', duration: '-1h', repository: null, reason: null }],
    [
      '/request push for 2h start 2026-12-01 09:00 Europe/Berlin on octo-org/octo-repo: fix it at 10:30',
      {
        kind: 'request',
        role: 'push',
        duration: '2h',
        start: '2026-12-01 09:00 Europe/Berlin',
        repository: { owner: 'octo-org', name: 'octo-repo' },
        reason: 'fix it at 10:30',
      },
    ],
    [
      '/request push start 2026-12-01T09:00:30+01:00',
      {
        kind: 'request',
        role: 'push',
        duration: null,
        start: '2026-12-01T09:00:30+01:00',
        repository: null,
        reason: null,
      },
    ],
    [
      '/request push start 2026-12-01 09:00Z:15 servers are down',
      {
        kind: 'request',
        role: 'push',
        duration: null,
        start: '2026-12-01 09:00Z',
        repository: null,
        reason: '15 servers are down',
      },
    ],
    [
      '/request Triage START 2026-12-01T09:00Z for 1h: 12:30 is too late',
      {
        kind: 'request',
        role: 'Triage',
        duration: '1h',
        start: '2026-12-01T09:00Z',
        repository: null,
        reason: '12:30 is too late',
      },
    ],
    // Only after `start` is a colon part of a time.
    [
      '/request push for 10:30 it broke',
      { kind: 'request', role: 'push', duration: '10', repository: null, reason: '30 it broke' },
    ],
    ['/extend 1h', { kind: 'extend', duration: '1h', reason: null }],
    ['/extend by 1 hour: not done', { kind: 'extend', duration: '1 hour', reason: 'not done' }],
    ['/extend for 30m', { kind: 'extend', duration: '30m', reason: null }],
    ['/revoke', { kind: 'revoke', reason: null }],
    ['/done', { kind: 'revoke', reason: null }],
    ['/done: all fixed', { kind: 'revoke', reason: 'all fixed' }],
    ['/cancel', { kind: 'cancel', reason: null }],
    ['/break-glass : the site is down', { kind: 'break-glass', reason: 'the site is down' }],
    ['/break-glass: the site is down', { kind: 'break-glass', reason: 'the site is down' }],
    ['/explain', { kind: 'explain' }],
    ['/explain why `production` waits', { kind: 'explain' }],
    ['/status', { kind: 'status' }],
    ['/help me', { kind: 'help' }],
  ])('%j is read', (comment, expected) => {
    expect(only(comment)).toEqual({ ...expected, line: 1 });
  });
});

describe('a known word with arguments that cannot be read is answered with how it is written', () => {
  test.each<[string, string, RegExp]>([
    ['/extend', 'extend', /duration is missing/],
    ['/extend: please', 'extend', /duration is missing/],
    ['/extend for', 'extend', /duration is missing/],
    ['/request', 'request', /role is missing/],
    ['/request for 1h', 'request', /role is missing/],
    ['/request push for', 'request', /duration is missing/],
    ['/request push for on a/b', 'request', /duration is missing/],
    ['/request push on', 'request', /repository is missing/],
    ['/request push on repo', 'request', /repository is missing/],
    ['/request push on a/b/c', 'request', /repository is missing/],
    ['/request push on a/..', 'request', /repository is missing/],
    ['/request push on ../b', 'request', /repository is missing/],
    ['/request push for 1h for 2h', 'request', /twice/],
    ['/request push on a/b on c/d', 'request', /twice/],
    ['/request push please', 'request', /only/],
    ['/request "Security engineer', 'request', /only/],
    ['/request "Security engineer" please', 'request', /only/],
    ['/request push start', 'request', /time is missing/],
    ['/request push start 2026-12-01 09:00 *UTC*: why', 'request', /plain text/],
    ['/revoke @octo-ana', 'revoke', /Nothing is taken/],
    ['/cancel everything', 'cancel', /Nothing is taken/],
    ['/break-glass', 'break-glass', /reason is missing/],
    ['/break-glass:', 'break-glass', /reason is missing/],
    ['/break-glass the site is down', 'break-glass', /after a colon/],
    ['/approve `production`', 'approve', /plain text/],
    ['/approve **production**', 'approve', /plain text/],
    ['/approve prod\\_eu', 'approve', /plain text/],
    ['/approve &#112;roduction', 'approve', /plain text/],
    ['/approve <!-- x -->', 'approve', /plain text/],
    ['/approve [production](https://example.com)', 'approve', /plain text/],
    ['/approve pro\u00A0duction', 'approve', /only looks like a space/],
    ['/approve production\u00A0', 'approve', /only looks like a space/],
    ['/approve pro\u200Bduction', 'approve', /invisible/],
    ['/approve \u202Enoitcudorp', 'approve', /invisible/],
    [`/approve ${'x'.repeat(301)}`, 'approve', /300/],
    [`/deny: ${'x'.repeat(2001)}`, 'deny', /2000|2,000/],
  ])('%j', (comment, command, problem) => {
    const usage = COMMANDS.find(({ name }) => name === command)?.usage;
    expect(only(comment)).toEqual({
      kind: 'malformed',
      command,
      problem: expect.stringMatching(problem),
      usage,
      line: 1,
    });
  });

  test('a reason of 2,000 characters is whole', () => {
    expect(only(`/deny: ${'x'.repeat(2000)}`)).toMatchObject({ kind: 'deny', reason: 'x'.repeat(2000) });
  });
});

describe('a word that was nearly a command', () => {
  test.each([
    ['/aprove', 'aprove', 'approve'],
    ['/approved', 'approved', 'approve'],
    ['/Aproove all', 'Aproove', 'approve'],
    ['/approve!', 'approve!', 'approve'],
    ['/approve, please', 'approve,', 'approve'],
    ['/denny: no', 'denny', 'deny'],
    ['/rejct', 'rejct', 'deny'],
    ['/breakglass: fire', 'breakglass', 'break-glass'],
    ['/revok', 'revok', 'revoke'],
    ['/requst push', 'requst', 'request'],
    ['/hlp', 'hlp', 'help'],
  ])('%j is asked about', (comment, word, nearest) => {
    expect(only(comment)).toEqual({ kind: 'unknown-command', word, nearest, line: 1 });
  });

  test.each([
    '/lgtm',
    '/retest',
    '/hold',
    '/unhold',
    '/test all',
    '/rebase',
    '/merge',
    '/close',
    '/reopen',
    '/label bug',
    '/assign me',
    '/usr/bin/foo',
    '/approve/all',
    '/etc/passwd',
    '/api/v1/approve',
    '/',
    '//approve',
    '/ approve',
    '/123',
    '/deploy prod',
    '/ok-to-test',
    '/cc @octo-ana',
    '/shrug',
    '/tableflip',
    '/a',
    '/-',
    '/:',
    '/approve-all-of-these-things-at-once',
  ])('%j is nobody of ours', (comment) => {
    expect(parseCommands(comment)).toEqual([]);
  });
});

describe('what a reader does not see as a command of the writer is none', () => {
  test.each<[string, string]>([
    ['in the middle of a line', 'I would /approve this'],
    ['after another character', './approve'],
    ['in a quote', '> /approve'],
    ['in a quote that goes on lazily', '> I said\n/approve'],
    ['in a nested quote', '> > /approve'],
    ['in a fence', '```\n/approve\n```'],
    ['in a fence that never ends', '```\n/approve'],
    ['in a fence of tildes', '~~~ text\n/approve\n~~~'],
    ['in a longer fence with a shorter inside', '````\n```\n/approve\n```\n````'],
    ['in indented code', 'see\n\n    /approve'],
    ['indented by a tab', '\t/approve'],
    ['indented like code within a paragraph', 'see\n    /approve'],
    ['in a code span', '`/approve`'],
    ['in a code span over lines', 'see `this\n/approve\n` there'],
    ['in a code span of two backticks over lines', 'see ``a ` b\n/approve\n`` there'],
    ['in an HTML comment', '<!-- /approve -->'],
    ['in an HTML comment over lines', '<!--\n/approve\n-->'],
    ['in an HTML comment over blank lines', '<!--\n\n/approve\n\n-->'],
    ['in an HTML comment that never ends', '<!--\n\n/approve'],
    ['in an HTML comment within a paragraph', 'fine <!-- now\n/approve\n--> really'],
    ['in an HTML block', '<div>\n/approve\n</div>'],
    ['in an HTML element around blank lines', '<details>\n\n/approve\n\n</details>'],
    ['in an HTML quote', '<blockquote>\n\n/approve\n\n</blockquote>'],
    ['in an HTML element that was opened in a paragraph', 'look <details>\n\n/approve\n\n</details>'],
    ['in inline HTML', 'a <sub>\n/approve\n</sub>'],
    ['in an HTML tag', 'a <b title="\n/approve\n"> c'],
    ['in preformatted HTML', '<pre>\n/approve\n\n/approve\n</pre>'],
    ['in a processing instruction', '<?\n/approve\n?>'],
    ['in CDATA', '<![CDATA[\n/approve\n]]>'],
    ['in a list', '- /approve'],
    ['in a list that goes on lazily', '- a\n/approve'],
    ['in a numbered list', '1. /approve'],
    ['in a task list', '- [ ] /approve'],
    ['in a second paragraph of a list item', '- a\n\n  /approve'],
    ['in a heading', '# /approve'],
    ['as a heading by underline', '/approve\n==='],
    ['as a heading by dashes', '/approve\n---'],
    ['in a table', '| a | b |\n| - | - |\n| /approve | c |'],
    ['as a row of a table without pipes', 'a | b\n- | -\n/approve'],
    ['in a link text', '[see\n/approve\nthere](https://example.com)'],
    ['in a link text by reference', '[see\n/approve\nthere][1]\n\n[1]: https://example.com'],
    ['in a link title', '[a](https://example.com "\n/approve\n")'],
    ['in an image text', '![see\n/approve\n](https://example.com/a.png)'],
    ['in the title of a link definition', '[1]: https://example.com "\n/approve\n"'],
    ['in emphasis', '*so\n/approve\nthere*'],
    ['in strong emphasis', '**so\n/approve\nthere**'],
    ['struck through', '~~so\n/approve\nthere~~'],
    ['as emphasis', '*/approve*'],
    ['in a footnote', 'a[^1]\n\n[^1]: note\n/approve'],
    ['below a line that announces an e-mail', 'Thanks!\n\nOn Mon, 5 Jan 2026 at 10:00, Ana wrote:\n\n/approve'],
    ['right below a line that announces an e-mail', 'On Monday Ana wrote:\n/approve'],
    [
      'below an announcement over two lines',
      'No.\n\nOn Mon, 5 Jan 2026 at 10:00, Ana <ana@example.com>\nwrote:\n\n/approve',
    ],
    ['below a German announcement', 'Nein.\n\nAm 05.01.2026 um 10:00 schrieb Ana:\n\n/approve'],
    ['below a French announcement', 'Non.\n\nLe lun. 5 janv. 2026, Ana a écrit :\n\n/approve'],
    ['below an original message', 'No.\n\n-----Original Message-----\n\n/approve'],
    ['below the head of a message', 'No.\n\nFrom: Ana\nSent: Monday\nTo: Ben\n\n/approve'],
    ['with the head of a message in bold', 'No.\n\n**From:** Ana\n**Sent:** Monday\n\n/approve'],
    ['escaped', '\\/approve'],
    ['with a slash as an entity', '&#47;approve'],
    ['with letters as an entity', '/&#97;pprove'],
  ])('%s', (_, comment) => {
    expect(parseCommands(comment)).toEqual([]);
  });

  test.each<[string, string]>([
    ['Cyrillic a', '/\u0430pprove'],
    ['Cyrillic e', '/approv\u0435'],
    ['full-width letters', '/\uFF41\uFF50\uFF50\uFF52\uFF4F\uFF56\uFF45'],
    ['a full-width slash', '\uFF0Fapprove'],
    ['a division slash', '\u2215approve'],
    ['a fraction slash', '\u2044approve'],
    ['a zero-width space before', '\u200B/approve'],
    ['a zero-width space inside', '/app\u200Brove'],
    ['a zero-width space after', '/approve\u200B'],
    ['a zero-width joiner', '/appro\u200Dve'],
    ['a soft hyphen', '/app\u00ADrove'],
    ['a byte order mark', '\uFEFF/approve'],
    ['a non-breaking space before', '\u00A0/approve'],
    ['a non-breaking space after', '/approve\u00A0production'],
    ['an ideographic space after', '/approve\u3000production'],
    ['an em space before', '\u2003/approve'],
    ['a line separator before', 'a\u2028/approve'],
    ['a paragraph separator before', 'a\u2029/approve'],
    ['a next-line character before', 'a\u0085/approve'],
    ['a vertical tab before', 'a\u000B/approve'],
    ['a form feed before', 'a\u000C/approve'],
    ['a NUL inside', '/app\u0000rove'],
    ['a direction override', '\u202E/approve'],
    ['a combining mark', '/approve\u0301'],
    ['the Kelvin sign for k in revoke', '/revo\u212Ae'],
    ['the long s for s in status', '/\u017Ftatus'],
    ['a full-width colon', '/approve\uFF1A ok'],
    ['mathematical letters', '/\u{1D41A}pprove'],
  ])('look-alike: %s', (_, comment) => {
    expect(parseCommands(comment)).toEqual([]);
  });
});

describe('a command among other text', () => {
  test.each<[string, string, number[]]>([
    ['after a line of the same paragraph', 'Looks good.\n/approve\nThanks!', [2]],
    ['after a hard break', 'Looks good.  \n/approve', [2]],
    ['after a backslash break', 'Looks good.\\\n/approve', [2]],
    ['after markup in the same paragraph', 'See *this* and `that` and [there](https://example.com):\n/approve', [2]],
    ['after unfinished markup', 'a ` b * c [ d ** e\n/approve', [2]],
    ['after a quote and a blank line', '> a quote\n\n/approve', [3]],
    ['after a fence', '```\n/deny\n```\n/approve', [4]],
    ['after an HTML comment', '<!-- /deny -->\n\n/approve', [3]],
    ['after an element that was closed', '<details>\n\n/deny\n\n</details>\n\n/approve', [7]],
    ['after an image in HTML', '<img src="a.png">\n\n/approve', [3]],
    ['after inline HTML that was closed', 'a <b>c</b><br>\n/approve', [2]],
    ['after a list', '- a\n\n/approve', [3]],
    ['after a table', '| a |\n| - |\n| b |\n\n/approve', [5]],
    ['after a heading', '# a\n/approve', [2]],
    ['after a rule', '---\n/approve', [2]],
    ['after a link definition', '[1]: https://example.com\n/approve', [2]],
    ['after blank lines', '\n\n\n/approve', [4]],
    ['with Windows line ends', 'a\r\n/approve\r\n\r\n/deny\r\n', [2, 4]],
    ['with old Macintosh line ends', 'a\r/approve\r\r/deny', [2, 4]],
    ['before an e-mail', '/approve\n\nOn Monday Ana wrote:\n> /deny', [1]],
    ['beside a sentence that only begins like an e-mail', 'On the whole, fine.\n/approve', [2]],
    ['several in one paragraph', '/approve production\n/deny main\ntext\n/help', [1, 2, 4]],
    ['after a multi-line code span', '`a\n/deny\nb`\n/approve', [4]],
    ['after a footnote', '[^1]: note\n\n/approve', [3]],
  ])('%s is read, with its line', (_, comment, lines) => {
    expect(parseCommands(comment).map(({ line }) => line)).toEqual(lines);
    expect(parseCommands(comment).at(0)).toMatchObject({ kind: 'approve' });
  });
});

describe('limits', () => {
  test('a comment with more than 20 commands is refused whole', () => {
    expect(parseCommands('/approve\n'.repeat(20))).toHaveLength(20);
    expect(parseCommands('/approve\n'.repeat(21))).toEqual([
      { kind: 'unreadable', problem: expect.stringContaining('20 commands'), line: 1 },
    ]);
  });

  test('a comment with more than 2,000 lines is refused only if it could hold a command', () => {
    expect(parseCommands('a\n'.repeat(6000))).toEqual([]);
    expect(parseCommands(`${'a\n'.repeat(6000)}/approve`)).toEqual([
      { kind: 'unreadable', problem: expect.stringContaining('2000 lines'), line: 6001 },
    ]);
  });

  test('paragraphs with more than 20,000 characters of inline markup are refused only if they hold commands or HTML', () => {
    const long = 'word '.repeat(4100);
    expect(parseCommands(`${long}\n/approve`)).toEqual([
      { kind: 'unreadable', problem: expect.stringContaining('20000 characters'), line: 2 },
    ]);
    expect(parseCommands(`${long}\n\n/approve`)).toMatchObject([{ kind: 'approve', line: 3 }]);
  });

  test('a comment longer than GitHub allows is refused', () => {
    expect(parseCommands(`/approve\n${'a'.repeat(65_536)}`)).toMatchObject([{ kind: 'unreadable', line: 1 }]);
  });
});

describe('65,535 hostile characters', () => {
  const fill = (piece: string, head = '', tail = '\n\n/approve') =>
    head + piece.repeat(Math.ceil(65_535 / piece.length)).slice(0, 65_535 - head.length - tail.length) + tail;
  const rising = (mark: string) =>
    Array.from({ length: 360 }, (_, count) => mark.repeat(count))
      .join('a')
      .slice(0, 65_500) + '\n\n/approve';

  test.each<[string, string]>([
    ['plain words', fill('word ')],
    ['open brackets', fill('[')],
    ['closed brackets', fill(']')],
    ['pairs of brackets', fill('[]')],
    ['links', fill('[a](b)')],
    ['unfinished links', fill('[a](')],
    ['unfinished link addresses', fill('[a](<b')],
    ['unfinished link titles', fill('[a](b "')],
    ['images', fill('![')],
    ['nested images', fill('![a](')],
    ['asterisks', fill('*')],
    ['asterisks and letters', fill('*a')],
    ['unfinished strong emphasis', fill('**a ')],
    ['mixed emphasis', fill('a**b_')],
    ['tildes', fill('~~a ')],
    ['backticks in rising numbers', rising('`')],
    ['backticks', fill('`a``')],
    ['quotes on one line', fill('> ')],
    ['quotes', fill('> a\n')],
    ['lazy lines in deep quotes', fill('abcdefghijklmnopqghijklmnopqrstuvw\n', `${'>'.repeat(200)}a\n`)],
    ['lists on one line', fill('- ')],
    ['numbered lists on one line', fill('1. ')],
    ['quotes and lists on one line', fill('> - ')],
    ['lists', fill('- abcdefghijklmnopqrstuvwxyzabcdefg\n')],
    ['deep lists', Array.from({ length: 250 }, (_, depth) => `${'  '.repeat(depth)}- a\n`).join('') + '\n/approve'],
    ['HTML tags', fill('<b>')],
    [
      'different HTML tags',
      Array.from({ length: 8000 }, (_, index) => `<a${index}>`)
        .join('')
        .slice(0, 65_000) + '\n\n/approve',
    ],
    ['unfinished HTML tags', fill('<a ')],
    ['unfinished HTML comments', fill('x <!-- ')],
    ['unfinished CDATA', fill('x<![CDATA[')],
    ['a table', fill('|x|y|abcdefghijklmnopqghijklmnopq|\n', '|a|b|c|\n|-|-|-|\n')],
    ['a wide table', `${'|a'.repeat(16_000)}\n${'|-'.repeat(16_000)}\n\n/approve`],
    ['link definitions', fill('[abcdefghijklmnopq]: bcdefghijklmn\n')],
    ['unfinished link definitions', fill('[abcdefghijklmnopqghijklmnopqrstuv\n')],
    ['footnotes', fill('[^a]: bcdefghijklmnopqghijklmnopqr\n')],
    ['headings', fill('# abcdefghijklmnopqghijklmnopqrstu\n')],
    ['underlined headings', fill('abcdefghijklmnopqrstuvwxyz '.repeat(3) + '\n=\n')],
    ['entities', fill('&amp;')],
    ['escapes', fill('\\*')],
    ['spaces', fill(' ')],
    ['tabs', fill('\t')],
    ['spaces within a line', `/approve${' '.repeat(65_000)}x`],
    ['one long word', `/${'a'.repeat(65_000)}`],
    ['a long line of an attribution', fill('On a ')],
    ['nearly commands', fill('/aprove abcdefghijklmnopqghijklmno\n')],
    ['paragraphs', fill('abcdefghijklmnopqrstuvwxyz '.repeat(3) + '\n\n')],
    ['paragraphs of commands', fill('/approve ' + 'abcdefghijklmnopqrstuvwxyz '.repeat(3) + '\n\n')],
    ...['[a](b) ', '[', '![', '[*a', '*a**b_', '`a``', '<b>', 'x<', '&amp;', '\\*', '~~a', '](', '<!-- '].map(
      (piece): [string, string] => [
        `${piece} and a command in one paragraph`,
        `x ${piece.repeat(19_900 / piece.length)}\n/approve`,
      ],
    ),
  ])('%s are read within 100 ms', (_, comment) => {
    expect(comment.length).toBeLessThanOrEqual(65_536);
    expect(processorTime(() => parseCommands(comment), 100)).toBeLessThan(100);
  });
});

describe('for any text', () => {
  const plainLine = fc.stringMatching(/^[a-z][a-z ,.]{0,30}$/u);
  const name = fc.stringMatching(/^[g-z]{1,8}$/u);
  const reason = fc.stringMatching(/^[a-z][a-z :]{0,28}[a-z]$/u);

  test('a vote on a line of its own is read back, wherever it stands among plain lines', () => {
    fc.assert(
      fc.property(fc.array(plainLine), name, reason, fc.array(plainLine), (before, which, why, after) => {
        const comment = [...before, `/approve ${which}: ${why}`, ...after].join('\n');
        const expected = which === 'all' ? 'all' : which;
        expect(parseCommands(comment)).toEqual([
          { kind: 'approve', which: expected, commit: null, reason: why, line: before.length + 1 },
        ]);
      }),
    );
  });

  test('quoting a comment takes every command out of it', () => {
    const anyLine = fc.oneof(
      plainLine,
      fc.constantFrom('/approve', '/deny: no', '```', '- a', '> b', '', '<!--', '    x'),
    );
    fc.assert(
      fc.property(fc.array(anyLine), (lines) => {
        expect(parseCommands(lines.map((line) => `> ${line}`).join('\n'))).toEqual([]);
      }),
    );
  });

  test('nothing throws, and lines are in order and exist', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom(
        '/approve',
        '/deny:',
        '\n',
        '\r',
        '> ',
        '- ',
        '`',
        '```',
        '*',
        '[',
        '](',
        '<!--',
        '-->',
        '<b>',
        '|',
        '[^1]:',
        '\t',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const comment = pieces.join('');
        const lines = parseCommands(comment).map(({ line }) => line);
        const source = comment.split(/\r\n|\r|\n/u);
        expect(lines).toEqual([...lines].sort((a, b) => a - b));
        for (const line of lines) expect(source[line - 1]).toMatch(/^ {0,3}\//u);
      }),
      { numRuns: tries(500) },
    );
  });
});

test('the table has each command once, and its usage begins with its word', () => {
  expect(COMMANDS.map(({ name }) => name)).toEqual(COMMAND_NAMES);
  for (const { name, usage } of COMMANDS) expect(usage).toMatch(new RegExp(`^/${name}( |$)`, 'u'));
});

test('commands as JSON have the kind, the arguments and the line apart', () => {
  expect(commandsAsJson('ok\n/request push for 1h on a/b: c\n/aprove\n/help')).toEqual([
    {
      command: 'request',
      args: { role: 'push', duration: '1h', repository: { owner: 'a', name: 'b' }, reason: 'c' },
      line: 2,
    },
    { command: 'unknown-command', args: { word: 'aprove', nearest: 'approve' }, line: 3 },
    { command: 'help', args: {}, line: 4 },
  ]);
});
