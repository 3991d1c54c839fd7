/** `bin/jit-gate.js`: which Node runs the command line, and what someone with an old one is told. */

import { execFile, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const ROOT = join(import.meta.dirname, '../..');
const OWN_NODE = join(ROOT, `node_modules/node-${process.platform}-${process.arch}/bin/node`);

type Outcome = { readonly code: number; readonly stdout: string; readonly stderr: string };
const node = async (...args: readonly string[]): Promise<Outcome> =>
  await new Promise((done) => {
    execFile(process.execPath, args, { cwd: tmpdir() }, (error, stdout, stderr) => {
      done({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });

let folder = '';
let asOldNode = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jit-gate-entry-'));
  asOldNode = join(folder, 'old-node.cjs');
  // The versions that an old Node would report; the one that is handed over to does not load this file.
  const old = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } });
Object.defineProperty(process, 'version', { value: 'v20.1.0' });`;
  writeFileSync(asOldNode, old);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the entry', () => {
  it('runs the command line on a Node that can', async () => {
    const outcome = await node(join(ROOT, 'bin/jit-gate.js'), '--version');
    expect(outcome).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });

  it.runIf(existsSync(OWN_NODE))('hands over to the project’s own Node, with arguments and exit code', async () => {
    const version = await node('--require', asOldNode, join(ROOT, 'bin/jit-gate.js'), '--version');
    expect(version).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
    const wrong = await node('--require', asOldNode, join(ROOT, 'bin/jit-gate.js'), 'no-such-command');
    expect(wrong.code).toBe(2);
  });

  it('ends as ever where nobody reads its output to the end', async () => {
    const child = spawn(process.execPath, [join(ROOT, 'bin/jit-gate.js'), 'policy', 'schema'], {
      cwd: tmpdir(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    let said = '';
    child.stderr.on('data', (part: Buffer) => (said += part.toString()));
    const code = await new Promise((done) => child.on('close', done));
    expect({ code, said }).toEqual({ code: 0, said: '' });
  });

  it('says what to do where no Node was brought along', async () => {
    cpSync(join(ROOT, 'bin'), join(folder, 'bin'), { recursive: true });
    cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
    const outcome = await node('--require', asOldNode, join(folder, 'bin/jit-gate.js'), '--version');
    expect(outcome.code).toBe(1);
    expect(outcome.stdout).toBe('');
    expect(outcome.stderr).toContain('needs Node 24');
    expect(outcome.stderr).toContain('v20.1.0');
    expect(outcome.stderr).not.toContain('    at ');
  });

  it('guards npm’s scripts with the same sentence', async () => {
    const guard = join(ROOT, 'bin/require-node.cjs');
    expect(await node(guard)).toEqual({ code: 0, stdout: '', stderr: '' });
    const outcome = await node('--require', asOldNode, guard);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain('needs Node 24');
  });
});
