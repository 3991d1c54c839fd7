/** What the environment must say before the app starts, and what it is told when it does not. */

import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeProblems, loadDotEnv, readConfig, readStorageConfig, type Environment } from '../src/config.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const WEBHOOK_SECRET = 'a-secret-of-some-length';
const COMPLETE = { APP_ID: '12345', PRIVATE_KEY: privateKey, WEBHOOK_SECRET };

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jit-gate-config-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (env: Environment) => readConfig(env, folder, false);
const accepted = (env: Environment) => {
  const result = read(env);
  if (!result.ok) throw new Error(describeProblems(result.error));
  return result.value;
};
const problems = (env: Environment) => {
  const result = read(env);
  if (result.ok) throw new Error('was accepted');
  return result.error;
};
const inFile = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return name;
};

describe('what is left out', () => {
  it('takes the defaults', () => {
    const config = accepted(COMPLETE);
    expect(config).toMatchObject({
      appId: 12345,
      databaseUrl: null,
      dataDir: join(folder, '.jit-gate'),
      host: 'localhost',
      port: 3000,
      githubApiUrl: 'https://api.github.com',
      logLevel: 'info',
      logFormat: 'json',
      sweepInterval: 60_000,
      teamsAllowedBy: [],
    });
  });

  it('trusts no policy with teams but those that are named, in any case', () => {
    const named = accepted({ ...COMPLETE, TEAMS_ALLOWED_BY: 'Octo/.github-private, other/.GITHUB' });
    expect(named.teamsAllowedBy).toEqual(['octo/.github-private', 'other/.github']);
    const wrong = readConfig({ ...COMPLETE, TEAMS_ALLOWED_BY: 'octo/shop' }, folder, false);
    expect(wrong.ok ? [] : wrong.error.map(({ variable }) => variable)).toEqual(['TEAMS_ALLOWED_BY']);
  });

  it('logs for people on a terminal and for machines elsewhere, unless it is said', () => {
    const onTerminal = readConfig(COMPLETE, folder, true);
    const told = readConfig({ ...COMPLETE, LOG_FORMAT: 'json' }, folder, true);
    expect(onTerminal.ok && onTerminal.value.logFormat).toBe('pretty');
    expect(told.ok && told.value.logFormat).toBe('json');
  });

  it('counts an empty variable as left out', () => {
    expect(accepted({ ...COMPLETE, PORT: '', HOST: '  ', DATABASE_URL: '' })).toMatchObject({
      port: 3000,
      host: 'localhost',
      databaseUrl: null,
    });
  });

  it('refuses, naming every missing variable at once', () => {
    expect(problems({}).map(({ variable }) => variable)).toEqual(['APP_ID', 'PRIVATE_KEY', 'WEBHOOK_SECRET']);
  });
});

describe('the webhook secret', () => {
  it.each([
    ['is missing', undefined],
    ['is empty', ''],
    ['is blank', '   '],
    ['is the word development', 'development'],
    ['has 15 characters', 'x'.repeat(15)],
  ])('refuses to start when it %s', (_, value) => {
    expect(problems({ ...COMPLETE, WEBHOOK_SECRET: value }).map(({ variable }) => variable)).toEqual([
      'WEBHOOK_SECRET',
    ]);
  });

  it('takes 16 characters', () => {
    expect(accepted({ ...COMPLETE, WEBHOOK_SECRET: 'x'.repeat(16) }).webhookSecret.reveal()).toBe('x'.repeat(16));
  });
});

describe('secrets in files', () => {
  it('reads each from the file that is named, without the new line at its end', () => {
    const config = accepted({
      APP_ID: '1',
      PRIVATE_KEY_PATH: inFile('key.pem', privateKey),
      WEBHOOK_SECRET_FILE: inFile('webhook', `${WEBHOOK_SECRET}\n`),
      DATABASE_URL_FILE: inFile('database', 'postgres://u:p@localhost/d\n'),
    });
    expect(config.privateKey.reveal()).toBe(privateKey.trim());
    expect(config.webhookSecret.reveal()).toBe(WEBHOOK_SECRET);
    expect(config.databaseUrl?.reveal()).toBe('postgres://u:p@localhost/d');
  });

  it('names the file that can’t be read, once, and not the variable that it stands for', () => {
    const found = problems({ ...COMPLETE, WEBHOOK_SECRET: undefined, WEBHOOK_SECRET_FILE: 'not-there' });
    expect(found).toHaveLength(1);
    expect(found[0]?.variable).toBe('WEBHOOK_SECRET_FILE');
    expect(found[0]?.problem).toContain('ENOENT');
  });

  it('refuses an empty file', () => {
    const found = problems({ ...COMPLETE, WEBHOOK_SECRET: undefined, WEBHOOK_SECRET_FILE: inFile('empty', '\n') });
    expect(found.map(({ variable }) => variable)).toEqual(['WEBHOOK_SECRET_FILE']);
  });

  it('refuses a value and a file for the same secret', () => {
    const found = problems({ ...COMPLETE, PRIVATE_KEY_PATH: inFile('key.pem', privateKey) });
    expect(found.map(({ variable }) => variable)).toEqual(['PRIVATE_KEY_PATH']);
  });
});

describe('the private key', () => {
  it.each([
    ['as it is', privateKey],
    ['with its line ends written out', privateKey.replaceAll('\n', '\\n')],
    ['in quotes', `"${privateKey.replaceAll('\n', '\\n')}"`],
    ['in base64', Buffer.from(privateKey).toString('base64')],
    ['with the line ends of Windows', privateKey.replaceAll('\n', '\r\n')],
  ])('is taken %s', (_, given) => {
    expect(accepted({ ...COMPLETE, PRIVATE_KEY: given }).privateKey.reveal()).toBe(privateKey.trim());
  });

  const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  it.each([
    ['a public key', publicKey, 'public'],
    ['a key that was cut off', privateKey.slice(0, 200), 'can’t be read'],
    ['some other text', 'hello', 'no private key'],
    ['a key that is not RSA', elliptic.export({ type: 'pkcs8', format: 'pem' }).toString(), 'RSA'],
  ])('is refused when it is %s', (_, given, said) => {
    const found = problems({ ...COMPLETE, PRIVATE_KEY: given });
    expect(found.map(({ variable }) => variable)).toEqual(['PRIVATE_KEY']);
    expect(found[0]?.problem).toContain(said);
  });
});

describe('where GitHub is', () => {
  it.each([
    [{ GITHUB_API_URL: 'https://github.example.com/api/v3/' }, 'https://github.example.com/api/v3'],
    [{ GITHUB_API_URL: 'http://127.0.0.1:4000' }, 'http://127.0.0.1:4000'],
    [{ GHE_HOST: 'github.example.com' }, 'https://github.example.com/api/v3'],
    [{ GHE_HOST: 'octo.ghe.com' }, 'https://api.octo.ghe.com'],
  ])('takes %j', (env, expected) => {
    expect(accepted({ ...COMPLETE, ...env }).githubApiUrl).toBe(expected);
  });

  it.each([
    ['a token would travel unencrypted', { GITHUB_API_URL: 'http://github.example.com/api/v3' }, 'GITHUB_API_URL'],
    ['the name only begins like this machine’s', { GITHUB_API_URL: 'http://localhost.example.com' }, 'GITHUB_API_URL'],
    ['it is no address', { GITHUB_API_URL: 'github' }, 'GITHUB_API_URL'],
    ['it holds a password', { GITHUB_API_URL: 'https://a:b@github.example.com' }, 'GITHUB_API_URL'],
    ['the host holds a path', { GHE_HOST: 'github.example.com/api' }, 'GHE_HOST'],
    ['both are given', { GHE_HOST: 'a.example', GITHUB_API_URL: 'https://a.example' }, 'GHE_HOST'],
  ])('is refused when %s', (_, env, variable) => {
    expect(problems({ ...COMPLETE, ...env }).map((problem) => problem.variable)).toEqual([variable]);
  });
});

describe('numbers and times', () => {
  it.each([
    ['PORT', '70000'],
    ['PORT', '-1'],
    ['PORT', '80a'],
    ['APP_ID', 'Iv1.abcdef'],
    ['APP_ID', '0'],
    ['SWEEP_INTERVAL', '60'],
    ['SWEEP_INTERVAL', '1s'],
    ['SWEEP_INTERVAL', '2h'],
    ['LOG_LEVEL', 'loud'],
    ['LOG_FORMAT', 'xml'],
    ['DATABASE_URL', 'mysql://localhost/d'],
  ])('refuses %s=%s', (variable, value) => {
    const found = problems({ ...COMPLETE, [variable]: value });
    expect(found.map((problem) => problem.variable)).toEqual([variable]);
    expect(found[0]?.remedy).not.toBe('');
  });

  it('takes them as numbers and milliseconds', () => {
    expect(accepted({ ...COMPLETE, PORT: '0', SWEEP_INTERVAL: '5m' })).toMatchObject({
      port: 0,
      sweepInterval: 300_000,
    });
  });
});

describe('what is never shown', () => {
  it('shows [secret] wherever a configuration is printed', () => {
    const config = accepted({ ...COMPLETE, DATABASE_URL: 'postgres://u:hidden-password@localhost/d' });
    const shown = [JSON.stringify(config), inspect(config, { depth: 9 }), config.webhookSecret.toString()].join();
    expect(shown).toContain('[secret]');
    expect(shown).not.toContain(WEBHOOK_SECRET);
    expect(shown).not.toContain('hidden-password');
    expect(shown).not.toContain('PRIVATE KEY');
  });

  it('shows no value of a secret that is refused', () => {
    const found = problems({
      APP_ID: '1',
      PRIVATE_KEY: privateKey.slice(0, 300),
      WEBHOOK_SECRET: 'too-short',
      DATABASE_URL: 'mysql://u:hidden-password@localhost/d',
    });
    expect(found).toHaveLength(3);
    expect(JSON.stringify(found)).not.toMatch(/too-short|hidden-password|BEGIN|MII/u);
  });
});

describe('commands that work on the database alone', () => {
  it('need no GitHub App', () => {
    const result = readStorageConfig({ DATA_DIR: 'elsewhere' }, folder);
    expect(result.ok && result.value).toEqual({ databaseUrl: null, dataDir: join(folder, 'elsewhere') });
  });

  it('refuse an address that is not PostgreSQL’s', () => {
    const result = readStorageConfig({ DATABASE_URL: 'redis://localhost' }, folder);
    expect(!result.ok && result.error.map(({ variable }) => variable)).toEqual(['DATABASE_URL']);
  });
});

describe('.env', () => {
  it('adds what is not set yet', () => {
    process.env['JIT_GATE_TEST_SET'] = 'before';
    inFile('.env', 'JIT_GATE_TEST_SET=after\nJIT_GATE_TEST_UNSET=after\n');
    loadDotEnv(folder);
    expect([process.env['JIT_GATE_TEST_SET'], process.env['JIT_GATE_TEST_UNSET']]).toEqual(['before', 'after']);
    delete process.env['JIT_GATE_TEST_SET'];
    delete process.env['JIT_GATE_TEST_UNSET'];
  });

  it('is not needed', () => {
    expect(() => loadDotEnv(join(folder, 'nowhere'))).not.toThrow();
  });
});
