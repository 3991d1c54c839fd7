/** `jit-gate demo`: the whole product on this machine, as a program of its own, since what ships imports no tests. */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { EXIT, type Ends, type ExitCode, type Terminal } from './terminal.ts';

const DEMO = fileURLToPath(new URL('../../demo/main.ts', import.meta.url));

export const demoCommand = (terminal: Terminal, ends: Ends): Command =>
  new Command('demo')
    .description('Show on this machine what the app does: a deployment, a merge, a role for some seconds.')
    .option('--serve', 'leave everything running afterwards, to try it by hand')
    .addHelpText(
      'after',
      '\nNeeds the packages for development: `npm ci` without --omit=dev. Ends with 1 where a step was not seen.',
    )
    .action(ends(async (options: { readonly serve?: true }) => await demo(options.serve === true, terminal)));

async function demo(serve: boolean, terminal: Terminal): Promise<ExitCode> {
  if (!existsSync(DEMO)) {
    terminal.say('The demo is not part of this installation. It comes with the repository: clone it and run `npm ci`.');
    return EXIT.usage;
  }
  const { code, signal } = await runProgram(serve ? ['--serve'] : []);
  // Whoever started this has to see that it was interrupted, so it ends by the same signal.
  if (signal !== null) process.kill(process.pid, signal);
  if (code === 0) return EXIT.fine;
  return code === 1 ? EXIT.findings : EXIT.failed;
}

type End = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs the demo with this terminal, and passes signals on to it. */
async function runProgram(args: readonly string[]): Promise<End> {
  const child = spawn(process.execPath, [DEMO, ...args], { stdio: 'inherit' });
  const pass = (signal: NodeJS.Signals): void => {
    // A terminal sends Ctrl-C to both of us, and twice would mean "at once".
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, pass);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject).once('exit', (code, signal) => resolve({ code, signal }));
    });
  } finally {
    for (const signal of SIGNALS) process.off(signal, pass);
  }
}
