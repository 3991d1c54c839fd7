/** Whether the documents say what the code does: policies, commands, variables, permissions, log lines, links. */

import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../src/cli/main.ts';
import { readAppFile } from '../src/cli/setup/manifest.ts';
import { EXIT } from '../src/cli/terminal.ts';
import { COMMAND_WORDS, COMMANDS } from '../src/domain/command-table.ts';
import { KEYS } from '../src/domain/policy/definition.ts';
import { lintPolicy, parsePolicy } from '../src/domain/policy/parse.ts';
import { runCases } from '../src/domain/policy/test-compare.ts';
import { readTestFile } from '../src/domain/policy/test-file.ts';
import { fakeTerminal } from './cli/fake-terminal.ts';

const ROOT = resolve(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const DOCUMENTS = ['README.md', 'CHANGELOG.md', ...globSync('docs/**/*.md', { cwd: ROOT }).sort()];

const blocksOf = (path: string, language: string): readonly string[] =>
  [...read(path).matchAll(/^( *)```(\w+)\n(.*?)^ *```$/gmsu)].flatMap(([, , found, text = '']) =>
    found === language ? [text] : [],
  );

/** The rows of the tables below a heading, cell by cell, without the header. */
function rowsBelow(path: string, heading: string): readonly (readonly string[])[] {
  const text = read(path);
  const from = text.indexOf(`\n${heading}\n`);
  expect(from, `${heading} in ${path}`).toBeGreaterThan(-1);
  const [section = ''] = text.slice(from + heading.length + 2).split(/^##+ /mu);
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines
    .map((line) =>
      line
        .split(/(?<!\\)\|/u)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .filter((cells, index) => !isRule(cells) && !isRule(lines[index + 1]?.split('|').slice(1, -1) ?? []));
}

const isRule = (cells: readonly string[]): boolean =>
  cells.length > 0 && cells.every((cell) => /^:?-+:?$/u.test(cell.trim()));

const bare = (cell: string | undefined): string => (cell ?? '').replaceAll('`', '');

const isCases = (text: string): boolean => /^cases:/mu.test(text);
const YAML = ['README.md', 'docs/policy.md'].flatMap((path) =>
  blocksOf(path, 'yaml').map((text, index) => [`${path}, block ${index + 1}`, text] as const),
);
const POLICIES = YAML.filter(([, text]) => !isCases(text));

describe('the policies in the documents', () => {
  it('are there', () => {
    expect(POLICIES.length).toBeGreaterThanOrEqual(4);
  });

  it.each(POLICIES)('%s is a policy without findings', (_, text) => {
    expect(lintPolicy(text)).toEqual([]);
    expect(parsePolicy(text).ok).toBe(true);
  });

  it('come out as the cases beside them say', () => {
    const [[, text] = ['', '']] = YAML.filter(([, each]) => isCases(each));
    const file = readTestFile(text);
    if (!file.ok) throw new Error(JSON.stringify(file.error));
    const cases = file.value.value.cases;
    expect(cases.length).toBeGreaterThan(0);
    for (const each of cases) {
      const key = each.access === undefined ? 'break-glass:' : 'auto-approve:';
      const policy = parsePolicy(POLICIES.find(([, one]) => one.includes(`    ${key}`))?.[1] ?? '');
      if (!policy.ok) throw new Error(JSON.stringify(policy.error));
      const results = runCases(policy.value, { ...file.value.value, cases: [each] });
      expect(results.flatMap(({ name, mismatches }) => (mismatches.length === 0 ? [] : [[name, mismatches]]))).toEqual(
        [],
      );
    }
  });

  it('are complete in docs/policy.md: every key that the parser takes is explained in the table of its kind', () => {
    const keysIn = (heading: string): readonly string[] =>
      rowsBelow('docs/policy.md', heading).map(([key]) => bare(key));
    const sorted = (keys: readonly string[]): readonly string[] => [...new Set(keys)].sort();
    expect(keysIn('## The file')).toEqual(expect.arrayContaining([...KEYS.policy]));
    expect(sorted(keysIn('## Groups'))).toEqual(sorted(KEYS.group));
    expect(sorted(keysIn('## Gates'))).toEqual(sorted([...KEYS.deployment, ...KEYS.merge, ...KEYS.action]));
    expect(sorted(keysIn('### Stages'))).toEqual(sorted(KEYS.stage));
    expect(sorted(keysIn('## Conditions'))).toEqual(sorted(KEYS.condition));
    expect(sorted(keysIn('## Access rules'))).toEqual(
      sorted([...KEYS.access, ...KEYS.reason.map((key) => `reason.${key}`)]),
    );
  });

  it('refuse what docs/policy.md says is not there yet', () => {
    const [line = ''] = read('docs/policy.md').split('## Not there yet\n')[1]?.split('Until') ?? [];
    const keys = [...line.matchAll(/`([^`]+)`/gu)].map(([, key = '']) => key).filter((key) => key !== 'on: action');
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) {
      const text = `version: 1\ngroups: { a: { users: [x] } }\ngates:\n  - { name: g, on: merge, branches: [m], approvals: [{ from: a }], ${key}: x }\n`;
      const messages = lintPolicy(text).map(({ message, hint }) => `${message} ${hint ?? ''}`);
      expect(messages.join('\n'), key).toContain(key);
      expect(
        lintPolicy(text).some(({ severity }) => severity === 'error'),
        key,
      ).toBe(true);
    }
  });
});

describe('the commands in the README', () => {
  const rows = rowsBelow('README.md', '## The commands in comments');

  it('are those of the app, in its words', () => {
    expect(rows.map(([usage, who, what]) => [bare(usage), who, what])).toEqual(
      COMMANDS.map(({ usage, who, what }) => [usage, who, what]),
    );
  });

  it('say the other words for them', () => {
    for (const alias of COMMANDS.flatMap(({ aliases }) => aliases)) {
      expect(COMMAND_WORDS.has(alias)).toBe(true);
      expect(read('README.md')).toContain(`\`/${alias}\``);
    }
  });
});

describe('the command line in the documents', () => {
  const written = DOCUMENTS.flatMap((path) =>
    [
      ...blocksOf(path, 'sh').flatMap((block) => block.split('\n')),
      ...[...read(path).matchAll(/`(jit-gate [^`\n]+)`/gu)].map(([, line = '']) => line),
    ].flatMap((line) => {
      const words = line.replace(/\s#.*/u, '').trim().split(/\s+/u);
      return words[0] === 'jit-gate' ? [words.slice(1)] : [];
    }),
  );
  const commands = [...new Set(written.map((words) => words.filter((word) => /^[a-z]+$/u.test(word)).join(' ')))];

  it('is written about', () => {
    expect(commands).toEqual(expect.arrayContaining(['serve', 'setup', 'demo', 'audit verify', 'grants list']));
  });

  it.each(commands)('jit-gate %s exists', async (command) => {
    const terminal = fakeTerminal();
    expect(await run([...command.split(' '), '--help'], terminal)).toBe(EXIT.fine);
    // The help of another command would come where a word is not known.
    expect(terminal.printed()).toMatch(new RegExp(`^Usage: jit-gate ${command} \\[`, 'u'));
  });

  it.each(
    written
      .filter((words) => words.some((word) => word.startsWith('--')))
      .map((words) => [words.join(' '), words] as const),
  )('jit-gate %s has its options', async (_, words) => {
    const terminal = fakeTerminal();
    const own = words.filter((word, index) => /^[a-z]+$/u.test(word) && !(words[index - 1] ?? '').startsWith('--'));
    expect(await run([...own, '--help'], terminal)).toBe(EXIT.fine);
    for (const option of words.filter((word) => word.startsWith('--'))) expect(terminal.printed()).toContain(option);
  });
});

describe('docs/operations.md', () => {
  it('has every variable that the configuration reads, and no other', () => {
    const source = read('src/config.ts');
    const inCode = new Set([...source.matchAll(/^ {2}([A-Z][A-Z_]+): /gmu)].map(([, name = '']) => name));
    const files = ['PRIVATE_KEY_PATH', 'WEBHOOK_SECRET_FILE', 'DATABASE_URL_FILE'];
    const documented = rowsBelow('docs/operations.md', '## The environment').map(([name]) => bare(name));
    expect([...documented].sort()).toEqual([...new Set([...inCode, ...files])].sort());
  });

  it('has every permission of app.yml, at its level', () => {
    const rows = rowsBelow('docs/operations.md', '## Permissions');
    expect(Object.fromEntries(rows.map(([name, level]) => [bare(name), level]))).toEqual(
      readAppFile().default_permissions,
    );
    for (const [name, , why] of rows) expect(why, name).toMatch(/\w+ \w+/u);
  });

  it('has the exit codes of the command line', () => {
    const rows = rowsBelow('docs/operations.md', '## Exit codes');
    expect(rows.map(([code]) => Number(code))).toEqual(Object.values(EXIT));
  });

  it('quotes log lines that the code writes', () => {
    const sources = globSync('src/**/*.ts', { cwd: ROOT }).map(read).join('\n');
    const rows = rowsBelow('docs/operations.md', '## What to watch in the log');
    expect(rows.length).toBeGreaterThan(5);
    for (const [level = '', message] of rows) {
      const at = sources.indexOf(bare(message));
      expect(at, bare(message)).toBeGreaterThan(-1);
      expect(sources.slice(Math.max(0, at - 300), at), bare(message)).toMatch(new RegExp(`\\.${level}\\(`, 'u'));
    }
  });
});

describe('every document', () => {
  it.each(DOCUMENTS)('%s links to files that are there', (path) => {
    const targets = [...read(path).matchAll(/\]\(([^)\s]+)\)/gu)].map(([, target = '']) => target);
    for (const target of targets) {
      if (/^https?:/u.test(target)) continue;
      const [file = ''] = target.split('#');
      expect(existsSync(join(ROOT, dirname(path), file)), `${path}: ${target}`).toBe(true);
    }
  });

  it('that records a decision has its number in name and heading', () => {
    for (const path of DOCUMENTS.filter((each) => each.startsWith('docs/decisions/'))) {
      const number = Number(/(\d{4})-/u.exec(path)?.[1]);
      expect(read(path)).toMatch(new RegExp(`^# ${number}\\. .+\\n\\nStatus: (?:accepted|superseded by \\d+)\\n`, 'u'));
    }
  });
});
