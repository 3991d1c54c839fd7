/** What is read from an access request form, as GitHub renders it and as people change it. */

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { isAccessForm, readAccessForm, type AccessForm } from '../../src/domain/access-form.ts';
import { accessRequestTemplate, ACCESS_REQUEST_TEMPLATE_PATH } from '../../src/domain/issue-template.ts';
import { ROLES } from '../../src/domain/role.ts';
import { processorTime } from '../support/processor-time.ts';

/** A form as GitHub writes it into an issue's text. */
const rendered = (answers: readonly (readonly [string, string])[]) =>
  answers.map(([label, answer]) => `### ${label}\n\n${answer}`).join('\n\n');

const nothingElse = { duration: null, repository: null, reason: null, ticket: null, start: null } as const;

function read(body: string): AccessForm {
  const form = readAccessForm(body);
  if (!form.ok) throw new Error(JSON.stringify(form.error));
  return form.value;
}

const problems = (body: string) => {
  const form = readAccessForm(body);
  return form.ok ? [] : form.error;
};

describe('the form', () => {
  test('with everything filled in is read', () => {
    const body = rendered([
      ['Role', 'push'],
      ['Duration', '2h'],
      ['Repository', 'octo-org/octo-repo'],
      ['Reason', 'Fix the build.\n\n- look\n- repair'],
      ['Ticket', 'SEC-12'],
      ['Start', '2026-01-05 10:00'],
    ]);
    expect(read(body)).toEqual({
      role: 'push',
      duration: '2h',
      repository: { owner: 'octo-org', name: 'octo-repo' },
      reason: 'Fix the build.\n\n- look\n- repair',
      ticket: 'SEC-12',
      start: '2026-01-05 10:00',
    });
  });

  test.each<[string, string, Partial<AccessForm>]>([
    [
      'empty fields as GitHub writes them',
      rendered([
        ['Role', 'push'],
        ['Duration', '_No response_'],
        ['Reason', '_No response_'],
      ]),
      {},
    ],
    ['fields that are left out', '### Role\n\npush', {}],
    ['Windows line ends', '### Role\r\n\r\npush\r\n\r\n### Duration\r\n\r\n1h\r\n', { duration: '1h' }],
    [
      'another order',
      rendered([
        ['Ticket', 'SEC-1'],
        ['Role', 'push'],
      ]),
      { ticket: 'SEC-1' },
    ],
    [
      'other case',
      rendered([
        ['ROLE', 'push'],
        ['duration', '1h'],
      ]),
      { duration: '1h' },
    ],
    ['other levels', '# Role\npush\n##### Duration\n1h', { duration: '1h' }],
    ['underlined headings', 'Role\n====\n\npush\n\nDuration\n---\n\n1h', { duration: '1h' }],
    ['no blank lines', '### Role\npush\n### Duration\n1h', { duration: '1h' }],
    [
      'formatted headings',
      '### **Role**\n\npush\n\n### Duration:\n\n1h\n\n### _Ticket_ ?\n\nSEC-1',
      { duration: '1h', ticket: 'SEC-1' },
    ],
    [
      'other words for the same',
      rendered([
        ['Role', 'push'],
        ['How long?', '1h'],
        ['Repo', 'a/b'],
        ['Why', 'x'],
      ]),
      { duration: '1h', repository: { owner: 'a', name: 'b' }, reason: 'x' },
    ],
    [
      'extra fields',
      rendered([
        ['Team', 'blue'],
        ['Role', 'push'],
        ['Phone', '123'],
        ['Reason', 'x'],
        ['Colour', 'red'],
      ]),
      { reason: 'x' },
    ],
    ['text before the first heading', `Hello!\n\n${rendered([['Role', 'push']])}`, {}],
    [
      'a value in a code span',
      rendered([
        ['Role', '`push`'],
        ['Duration', '**1h**'],
      ]),
      { duration: '1h' },
    ],
    [
      'more lines below a value',
      rendered([
        ['Role', 'push\nand more'],
        ['Duration', '1h\n\nor so'],
      ]),
      { duration: '1h' },
    ],
    [
      'a hint in an HTML comment',
      rendered([
        ['Role', '<!-- choose one -->\npush'],
        ['Reason', '<!--\nwhy?\n-->\n\nbecause'],
      ]),
      { reason: 'because' },
    ],
    [
      'a value that is nothing but a hint',
      rendered([
        ['Role', 'push'],
        ['Reason', '<!-- why? -->'],
      ]),
      {},
    ],
    [
      'the same answer twice',
      rendered([
        ['Role', 'push'],
        ['Role', 'push'],
      ]),
      {},
    ],
    [
      'an empty field and an answer',
      rendered([
        ['Role', '_No response_'],
        ['Role', 'push'],
      ]),
      {},
    ],
    [
      'a heading within code in the reason',
      rendered([
        ['Role', 'push'],
        ['Reason', '```\n### Role\n\nadmin\n```'],
      ]),
      { reason: '```\n### Role\n\nadmin\n```' },
    ],
    [
      'a heading within a quote in the reason',
      rendered([
        ['Role', 'push'],
        ['Reason', '> ### Role\n> admin'],
      ]),
      { reason: '> ### Role\n> admin' },
    ],
    [
      'a smaller heading in the reason',
      rendered([
        ['Role', 'push'],
        ['Reason', 'a\n\n#### Plan\n\nb'],
      ]),
      { reason: 'a\n\n#### Plan\n\nb' },
    ],
    ['a heading within an HTML comment', `${rendered([['Role', 'push']])}\n\n<!--\n### Role\nadmin\n-->`, {}],
  ])('with %s is read', (_, body, expected) => {
    expect(read(body)).toEqual({ role: 'push', ...nothingElse, ...expected });
  });

  test('keeps a role that does not exist, since the policy says which there are', () => {
    expect(read('### Role\n\nemperor of everything').role).toBe('emperor of everything');
  });
});

describe('a form that is refused says why', () => {
  test.each<[string, string, readonly object[]]>([
    ['nothing', '', [{ kind: 'missing-role' }]],
    ['no role', rendered([['Duration', '1h']]), [{ kind: 'missing-role' }]],
    ['an empty role', rendered([['Role', '_No response_']]), [{ kind: 'missing-role' }]],
    [
      'two roles',
      rendered([
        ['Role', 'push'],
        ['Reason', 'x'],
        ['Role', 'admin'],
      ]),
      [{ kind: 'contradiction', field: 'role', values: ['push', 'admin'] }],
    ],
    [
      'a second role inside the reason',
      rendered([
        ['Role', 'pull'],
        ['Reason', 'x\n\n### Role\n\nadmin'],
      ]),
      [{ kind: 'contradiction', field: 'role', values: ['pull', 'admin'] }],
    ],
    [
      'two words for one field',
      rendered([
        ['Role', 'push'],
        ['Repository', 'a/b'],
        ['Repo', 'c/d'],
      ]),
      [{ kind: 'contradiction', field: 'repository', values: ['a/b', 'c/d'] }],
    ],
    [
      'a repository without owner',
      rendered([
        ['Role', 'push'],
        ['Repository', 'octo-repo'],
      ]),
      [{ kind: 'unreadable-repository', value: 'octo-repo' }],
    ],
    [
      'a repository as an address',
      rendered([
        ['Role', 'push'],
        ['Repository', 'https://github.com/a/b'],
      ]),
      [{ kind: 'unreadable-repository' }],
    ],
    [
      'a long reason',
      rendered([
        ['Role', 'push'],
        ['Reason', 'x'.repeat(4001)],
      ]),
      [{ kind: 'too-long', field: 'reason', length: 4001, most: 4000 }],
    ],
    [
      'a long role',
      rendered([['Role', 'x'.repeat(101)]]),
      [{ kind: 'too-long', field: 'role', length: 101, most: 100 }],
    ],
    [
      'several problems',
      rendered([
        ['Repository', 'x'],
        ['Ticket', 'y'.repeat(201)],
      ]),
      [{ kind: 'too-long', field: 'ticket' }, { kind: 'missing-role' }, { kind: 'unreadable-repository' }],
    ],
    ['more than GitHub takes', `### Role\n\npush\n\n${'x'.repeat(65_536)}`, [{ kind: 'too-large' }]],
    ['more lines than any form', `### Role\n\npush\n${'\n'.repeat(12_000)}`, [{ kind: 'too-large' }]],
  ])('%s', (_, body, expected) => {
    expect(problems(body)).toMatchObject(expected);
    for (const { message } of problems(body)) expect(message).toMatch(/^[A-Z].+\.$/u);
  });

  test('a reason of 4,000 characters is whole', () => {
    expect(
      read(
        rendered([
          ['Role', 'push'],
          ['Reason', 'x'.repeat(4000)],
        ]),
      ).reason,
    ).toBe('x'.repeat(4000));
  });
});

test.each<[string, string, boolean]>([
  [
    'a filled form',
    rendered([
      ['Role', 'push'],
      ['Reason', 'x'],
    ]),
    true,
  ],
  [
    'a form without a role chosen',
    rendered([
      ['Role', '_No response_'],
      ['Reason', 'x'],
    ]),
    true,
  ],
  ['a role alone', rendered([['Role', 'push']]), false],
  [
    'another form',
    rendered([
      ['What happened?', 'x'],
      ['Reason', 'y'],
    ]),
    false,
  ],
  ['free text', 'Please give me the role push for a good reason.', false],
  [
    'a form in code',
    `\`\`\`\n${rendered([
      ['Role', 'push'],
      ['Reason', 'x'],
    ])}\n\`\`\``,
    false,
  ],
  ['nothing', '', false],
  [
    'too much',
    `${rendered([
      ['Role', 'push'],
      ['Reason', 'x'],
    ])}${'x'.repeat(65_536)}`,
    false,
  ],
])('%s looks like the form: %#', (_, body, expected) => {
  expect(isAccessForm(body)).toBe(expected);
});

test('a form is read back, whatever the answers and their order', () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/u).filter((text) => text !== 'none');
  const answers = fc.record({
    role: word,
    duration: word,
    ticket: word,
    start: word,
    reason: fc
      .array(word, { minLength: 1 })
      .map((words) => words.join('\n\n'))
      .filter((text) => text !== 'none'),
  });
  fc.assert(
    fc.property(
      answers.chain((form) => fc.tuple(fc.constant(form), fc.shuffledSubarray(Object.entries(form), { minLength: 5 }))),
      ([form, entries]) => {
        expect(read(rendered(entries))).toEqual({ ...form, repository: null });
      },
    ),
  );
});

test.each<[string, string]>([
  [
    '10,000 lines of text',
    rendered([
      ['Role', 'push'],
      ['Reason', 'x\n'.repeat(9_990)],
    ]),
  ],
  ['10,000 short paragraphs and headings', `### Role\n\npush\n${'# a\nb\n'.repeat(5_000)}`],
  ['10,000 lists and quotes', `### Role\n\npush\n${'- a\n> b\n'.repeat(5_000)}`],
  [
    '5,000 times the same heading with other answers',
    Array.from({ length: 5_000 }, (_, index) => `# role\n${index}`).join('\n'),
  ],
  ['a line of brackets for a role', `### Role\n\n${'['.repeat(60_000)}`],
  ['lazy lines in deep quotes', `### Role\n\npush\n\n${'>'.repeat(200)}\n${'x\n'.repeat(9_000)}`],
])('%s take less than 100 ms', (_, body) => {
  expect(processorTime(() => readAccessForm(body), 100)).toBeLessThan(100);
});

describe('the template', () => {
  type Field = {
    readonly type: string;
    readonly id?: string;
    readonly attributes: { readonly label?: string; readonly options?: readonly string[] };
  };
  const template = load(accessRequestTemplate([])) as {
    readonly labels: readonly string[];
    readonly body: readonly Field[];
  };
  const fields = template.body.filter(({ type }) => type !== 'markdown');

  test('is the one that this repository uses itself', () => {
    expect(readFileSync(ACCESS_REQUEST_TEMPLATE_PATH, 'utf8')).toBe(accessRequestTemplate([]));
  });

  test('labels the issue and offers every role', () => {
    expect(template.labels).toEqual(['access-request']);
    expect(fields.find(({ id }) => id === 'role')?.attributes.options).toEqual(ROLES);
  });

  test('is read back when it is filled in', () => {
    const answers: Readonly<Record<string, string>> = {
      role: 'push',
      duration: '1h',
      repository: 'a/b',
      reason: 'because',
      ticket: 'SEC-1',
      start: '2026-12-01 09:00 UTC',
    };
    const body = rendered(fields.map(({ id = '', attributes }) => [attributes.label ?? '', answers[id] ?? '?']));
    expect(isAccessForm(body)).toBe(true);
    expect(read(body)).toEqual({ ...answers, repository: { owner: 'a', name: 'b' } });
  });

  test('is read back when only what is required is filled in', () => {
    const body = rendered(
      fields.map(({ id, attributes }) => [attributes.label ?? '', id === 'role' ? 'admin' : '_No response_']),
    );
    expect(read(body)).toEqual({ role: 'admin', ...nothingElse });
  });
});
