/** `jit-gate policy check`: findings as people and machines read them, and the exit code that a pipeline acts on. */

import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGitHub, type LocalGitHub } from '../../support/github/index.ts';
import { useFolder } from './folder.ts';

const VALID = `version: 1
groups:
  release: { teams: [release-managers] }
gates:
  - name: main
    on: merge
    branches: [main]
    approvals: [{ from: [release], count: 1 }]
`;
/** The mistake is on line 8: there is no group of this name. */
const INVALID = VALID.replace('from: [release]', 'from: [nobody]');
const { write, policy } = useFolder();

type Finding = { severity: string; code: string; line: number; column: number; message: string; hint: string | null };

describe('policy check', () => {
  it.each(['.jit-policy.yml', '.github/.jit-policy.yml'])('finds %s by itself', async (path) => {
    write(path, VALID);
    const { code, said } = await policy(['check']);
    expect(code).toBe(0);
    expect(said).toContain(path);
  });

  it('shows an error like a compiler: the place, the line, a mark under the spot, and what to do', async () => {
    write('bad.yml', INVALID.replace('release:', 'nobodi:'));
    const { code, printed } = await policy(['check', 'bad.yml']);
    expect(code).toBe(1);
    const lines = printed.split('\n');
    const at = lines.findIndex((line) => line.startsWith('bad.yml:8:26: error: '));
    expect(lines[at]).toContain('the group "nobody" is not defined [unknown-group]');
    expect(lines[at + 2]).toBe(' 8 |     approvals: [{ from: [nobody], count: 1 }]');
    expect(lines[at + 3]).toBe('   |                          ^^^^^^');
    expect(lines[at + 4]).toMatch(/= help: did you mean `nobodi`\?/u);
  });

  it('names every mistake, not only the first', async () => {
    write('bad.yml', INVALID.replace('branches: [main]', 'branchs: [main]').replace('name: main', 'nmae: main'));
    const { json } = await policy(['check', 'bad.yml', '--json']);
    const { findings } = json() as { findings: Finding[] };
    expect(new Set(findings.map(({ line }) => line))).toEqual(new Set([3, 5, 7, 8]));
  });

  it('prints JSON that says whether it is fine, and every finding whole', async () => {
    write('bad.yml', INVALID);
    const bad = await policy(['check', 'bad.yml', '--json']);
    expect(bad.code).toBe(1);
    const result = bad.json() as { ok: boolean; findings: Finding[] };
    expect(result.ok).toBe(false);
    expect(result.findings.find(({ severity }) => severity === 'error')).toEqual({
      severity: 'error',
      code: 'unknown-group',
      line: 8,
      column: 26,
      message: 'the group "nobody" is not defined',
      hint: 'define it under `groups`',
    });
    const good = await policy(['check', '-', '--format', 'json'], { input: VALID });
    expect(good.code).toBe(0);
    expect(good.json()).toMatchObject({ ok: true, findings: [] });
  });

  it('prints SARIF 2.1.0 with a rule for each code and a region for each finding', async () => {
    write('ci/my policy.yml', INVALID);
    const { code, json } = await policy(['check', 'ci/my policy.yml', '--format', 'sarif']);
    expect(code).toBe(1);
    const log = json() as {
      version: string;
      runs: {
        tool: { driver: { name: string; rules: { id: string }[] } };
        results: {
          ruleId: string;
          ruleIndex: number;
          level: string;
          message: { text: string };
          locations: unknown[];
        }[];
      }[];
    };
    expect(log.version).toBe('2.1.0');
    const [run] = log.runs;
    expect(run?.tool.driver.name).toBe('jit-gate');
    const result = run?.results.find(({ ruleId }) => ruleId === 'unknown-group');
    expect(run?.tool.driver.rules[result?.ruleIndex ?? -1]?.id).toBe('unknown-group');
    expect(result).toMatchObject({
      level: 'error',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'ci/my%20policy.yml' },
            region: { startLine: 8, startColumn: 26 },
          },
        },
      ],
    });
  });

  it('prints workflow commands that a hostile file can neither end nor add to', async () => {
    write('a,b:c.yml', 'version: 1\n"x\\n::set-env name=PATH::%0Aevil": 1\n');
    const { code, printed } = await policy(['check', 'a,b:c.yml', '--format', 'github']);
    expect(code).toBe(1);
    for (const line of printed.split('\n'))
      expect(line).toMatch(/^::(?:error|warning) file=a%2Cb%3Ac\.yml,line=\d+,col=\d+,title=[a-z-]+::/u);
    expect(printed).toContain('%250Aevil');
  });

  it('ends with 0 on warnings, and with 1 where they are to count', async () => {
    write('warn.yml', VALID.replace('gates:', '  unused: { users: [octo-ana] }\ngates:'));
    const fine = await policy(['check', 'warn.yml']);
    expect(fine.code).toBe(0);
    expect(fine.printed).toContain('warn.yml:4:3: warning: ');
    expect((await policy(['check', 'warn.yml', '--strict'])).code).toBe(1);
  });

  it('marks the spot in a line far too long to be shown', async () => {
    const long = `${VALID}${' '.repeat(4)}unless: { paths: [${'"a/b/c/d", '.repeat(900)}"["] }\n`;
    const { printed } = await policy(['check', '-'], { input: long });
    const lines = printed.split('\n');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(300);
    const mark = lines.findIndex((line) => /^\s+\| +\^/u.test(line));
    const column = lines[mark]?.indexOf('^') ?? 0;
    expect(lines[mark - 1]?.slice(column, column + 3)).toBe('"["');
  });

  it('reads standard input', async () => {
    expect((await policy(['check', '-'], { input: VALID })).code).toBe(0);
    expect((await policy(['check', '-'], { input: INVALID })).code).toBe(1);
  });

  it('ends with 2 where there is no such file, which is no finding about a policy', async () => {
    expect((await policy(['check', 'nowhere.yml'])).code).toBe(2);
    expect((await policy(['check', '.'])).code).toBe(2);
    const none = await policy(['check']);
    expect(none.code).toBe(2);
    expect(none.said).toContain('jit-gate init');
  });

  it.each<[string, Buffer]>([
    ['UTF-16', Buffer.from(`\uFEFF${VALID}`, 'utf16le')],
    ['Latin-1', Buffer.from(VALID.replace('release:', 'r\u00E9lease:'), 'latin1')],
  ])('refuses a file in %s', async (_, bytes) => {
    write('odd.yml', bytes);
    const { code, printed } = await policy(['check', 'odd.yml']);
    expect(code).toBe(1);
    expect(printed).toContain('not UTF-8');
  });

  it('reads a byte order mark and carriage returns, and still marks the spot', async () => {
    write('windows.yml', `\uFEFF${INVALID.replaceAll('\n', '\r\n')}`);
    const { printed } = await policy(['check', 'windows.yml']);
    expect(printed).toContain('windows.yml:8:26: error');
    expect(printed).toContain('^^^^^^');
  });
});

describe('policy check --online', () => {
  let github: LocalGitHub;
  beforeAll(async () => {
    github = await startGitHub();
    for (const login of ['olga', 'ana', 'ben']) github.createUser(login);
    github.createOrganization('octo', { owners: ['olga'], members: ['ana', 'ben'], baseRole: 'read' });
    github.createTeam('octo', 'release', ['ana']);
    github.createTeam('octo', 'empty', []);
    github.createRepository('octo', 'shop', {});
    github.installApp('octo');
  });
  afterAll(async () => await github.close());

  const NAMES = `version: 1
groups:
  release: { teams: [release, gone, empty], users: [ana, nobody-here, 987654321] }
gates:
  - name: main
    on: merge
    branches: [main]
    unless: { authors: { users: [ben, renamed], teams: [gone-too] } }
    approvals: [{ from: [release] }]
`;

  it('names the teams and users that are not there, each at its place, as the app', async () => {
    write('p.yml', NAMES);
    const env = {
      APP_ID: String(github.appId),
      PRIVATE_KEY: github.privateKey,
      GITHUB_API_URL: github.url,
      GITHUB_REPOSITORY: 'octo/shop',
    };
    const { code, json } = await policy(['check', 'p.yml', '--online', '--json'], { env });
    expect(code).toBe(1);
    const { findings } = json() as { findings: Finding[] };
    expect(findings.map(({ code: found, line, column }) => [found, line, column])).toEqual(
      [
        ['no-such-team', 3, NAMES.split('\n')[2]?.indexOf('gone')],
        ['empty-team', 3, NAMES.split('\n')[2]?.indexOf('empty')],
        ['no-such-user', 3, NAMES.split('\n')[2]?.indexOf('nobody-here')],
        ['no-such-user', 3, NAMES.split('\n')[2]?.indexOf('987654321')],
        ['no-such-user', 8, NAMES.split('\n')[7]?.indexOf('renamed')],
        ['no-such-team', 8, NAMES.split('\n')[7]?.indexOf('gone-too')],
      ].map(([found, line, at]) => [found, line, Number(at) + 1]),
    );
    expect(github.violations).toEqual([]);
  });

  it('says what it needs where it can’t ask, and where the app is not installed', async () => {
    write('p.yml', NAMES);
    const nothing = await policy(['check', 'p.yml', '--online', '--repo', 'octo/shop']);
    expect(nothing.code).toBe(2);
    expect(nothing.said).toContain('GITHUB_TOKEN');
    const nowhere = await policy(['check', 'p.yml', '--online']);
    expect(nowhere.code).toBe(2);
    expect(nowhere.said).toContain('--repo');
    const env = { APP_ID: String(github.appId), PRIVATE_KEY: github.privateKey, GITHUB_API_URL: github.url };
    const elsewhere = await policy(['check', 'p.yml', '--online', '--repo', 'olga/shop'], { env });
    expect(elsewhere.code).toBe(2);
    expect(elsewhere.said).toContain('not installed');
  });

  it('fails, and calls nothing fine, where GitHub does not accept who asks', async () => {
    write('p.yml', NAMES);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const env = { APP_ID: String(github.appId), PRIVATE_KEY: key, GITHUB_API_URL: github.url };
    const { code, printed } = await policy(['check', 'p.yml', '--online', '--repo', 'octo/shop'], { env });
    expect(code).toBe(3);
    expect(printed).toBe('');
  });
});
