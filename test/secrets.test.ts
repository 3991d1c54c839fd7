/** Whether a secret in the output of the tests would be noticed: the watch itself, which runs beside every other test. */

import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWatch, remember, secretIn, secretLike } from './support/secrets.ts';

const token = `ghs_${randomBytes(18).toString('hex')}`;
const plain = `webhook-${randomBytes(12).toString('hex')}`;
const key = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const jwt = `eyJ${randomBytes(8).toString('hex')}.${randomBytes(8).toString('hex')}.${randomBytes(20).toString('hex')}`;
for (const secret of [token, plain, key, jwt]) remember(secret);
const keyLine = key.split('\n')[7] ?? '';

describe('the watch over the output', () => {
  it.each([
    ['a token', `got ${token} from GitHub`],
    ['a token in JSON', JSON.stringify({ headers: { authorization: `token ${token}` } })],
    ['a webhook secret', `secret=${plain}`],
    ['a key', key],
    ['a key with its line ends written out', JSON.stringify(key)],
    ['one line of a key', `... ${keyLine} ...`],
    ['a signed assertion', `Bearer ${jwt}`],
  ])('finds %s, and does not repeat it', (_what, text) => {
    const found = secretIn(text);
    expect(found).not.toBeNull();
    expect(found?.length).toBeLessThanOrEqual(5);
  });

  it.each([
    ['another token', `ghs_${'a'.repeat(36)}`],
    ['the frame of a key', '-----BEGIN PRIVATE KEY-----'],
    ['a part of a secret', plain.slice(0, -1)],
    ['[secret]', '[secret]'],
  ])('is silent about %s', (_what, text) => {
    expect(secretIn(text)).toBeNull();
  });

  it('takes whatever looks like a secret for one in what another process says', () => {
    for (const text of [
      `ghs_${'a1'.repeat(18)}`,
      '-----BEGIN RSA PRIVATE KEY-----',
      `eyJhbGciOiJ.eyJpc3MiOiI.${'x'.repeat(40)}`,
    ])
      expect(secretLike(text)).not.toBeNull();
    expect(secretLike('ready at http://localhost:3000')).toBeNull();
  });

  it('finds one that comes in two pieces, but not one that goes to two streams', () => {
    const watch = createWatch();
    watch.look('a', `x ${token.slice(0, 20)}`);
    watch.look('b', token.slice(20));
    expect(watch.leaks).toEqual([]);
    watch.look('a', `${token.slice(20)} y`);
    expect(watch.leaks).toHaveLength(1);
  });
});

/** A test file that leaks in one way, run as vitest runs every other, with the same set-up file. */
describe('a test file that writes a secret', () => {
  const root = join(import.meta.dirname, '..');
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'jit-gate-secrets-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const SECRET = 'a-secret-that-is-long-enough';
  const WAYS: readonly [string, string, boolean][] = [
    ['nowhere', '', false],
    ['to standard output', `process.stdout.write('${SECRET}');`, true],
    ['to standard error', `process.stderr.write('${SECRET}');`, true],
    ['to the console', `console.log('it is', { at: ['${SECRET}'] });`, true],
    ['past the streams', `writeSync(1, '${SECRET}');`, true],
    ['in another process', `await promisify(execFile)(process.execPath, ['-e', 'console.error("${SECRET}")']);`, true],
    [
      'in a process that says nothing to the test',
      `await new Promise((done) => spawn(process.execPath, ['-e', '0'], { stdio: 'inherit' }).on('close', done));`,
      true,
    ],
  ];

  it('fails, whichever way the secret went', { timeout: 120_000 }, () => {
    for (const [index, [, act]] of WAYS.entries()) {
      writeFileSync(
        join(folder, `way-${index}.test.ts`),
        `import { execFile, spawn } from 'node:child_process';
        import { writeSync } from 'node:fs';
        import { promisify } from 'node:util';
        import { it } from 'vitest';
        import { remember } from '${join(root, 'test/support/secrets.ts')}';
        it('writes', async () => { remember('${SECRET}'); ${act} });`,
      );
    }
    const config = join(folder, 'vitest.config.mjs');
    const settings = {
      root,
      dir: folder,
      include: ['**/*.test.ts'],
      pool: 'forks',
      maxWorkers: 1,
      setupFiles: [join(root, 'test/support/watch-output.ts')],
    };
    writeFileSync(config, `export default { test: ${JSON.stringify(settings)} };`);
    const report = join(folder, 'report.json');
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    spawnSync(process.execPath, [vitest, 'run', '--config', config, '--reporter', 'json', '--outputFile', report], {
      cwd: root,
    });
    expect(statuses(report)).toEqual(WAYS.map(([way, , leaks]) => [way, leaks ? 'failed' : 'passed']));
  });

  function statuses(report: string): readonly (readonly [string, string])[] {
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
      testResults: readonly { name: string; status: string }[];
    };
    return WAYS.map(([way], index) => [
      way,
      testResults.find(({ name }) => name.endsWith(`way-${index}.test.ts`))?.status ?? 'missing',
    ]);
  }
});
