/** What holds for every command: help, versions, and exit codes that scripts can rely on. */

import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { run } from '../../src/cli/main.ts';
import { fakeTerminal } from './fake-terminal.ts';

const COMMANDS = [
  ['serve'],
  ['demo'],
  ['setup'],
  ['init'],
  ['policy', 'check'],
  ['policy', 'comment'],
  ['policy', 'schema'],
  ['grants', 'list'],
  ['audit', 'verify'],
  ['audit', 'export'],
];

describe('every command', () => {
  it.each(COMMANDS)('%s %s has help, on standard output', async (...command) => {
    const terminal = fakeTerminal();
    expect(await run([...command, '--help'], terminal)).toBe(0);
    expect(terminal.printed()).toContain(`Usage: jit-gate ${command.join(' ')}`);
    expect(terminal.saidAll()).toBe('');
  });

  it.each(COMMANDS)('%s %s refuses an option that it does not know, on standard error', async (...command) => {
    const terminal = fakeTerminal();
    expect(await run([...command, '--no-such-option'], terminal)).toBe(2);
    expect(terminal.printed()).toBe('');
    expect(terminal.saidAll()).toContain('--no-such-option');
  });
});

describe('jit-gate', () => {
  it('says its version', async () => {
    const terminal = fakeTerminal();
    expect(await run(['--version'], terminal)).toBe(0);
    expect(terminal.printed()).toBe(manifest.version);
  });

  it('explains its exit codes in its help', async () => {
    const terminal = fakeTerminal();
    await run(['--help'], terminal);
    for (const code of ['0', '1', '2', '3']) expect(terminal.printed()).toMatch(new RegExp(`^  ${code}  `, 'mu'));
  });

  it('refuses a command that there is not', async () => {
    expect(await run(['serv'], fakeTerminal())).toBe(2);
  });

  it('refuses a database address that is none before anything is opened', async () => {
    const terminal = fakeTerminal({ env: { DATABASE_URL: 'mysql://root:hidden-password@localhost/jit' } });
    expect(await run(['grants', 'list'], terminal)).toBe(2);
    expect(terminal.saidAll()).toContain('DATABASE_URL');
    expect(terminal.saidAll()).not.toContain('hidden-password');
  });
});
