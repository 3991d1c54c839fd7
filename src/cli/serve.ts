/** `jit-gate serve`: the app itself, until it is told to stop. */

import { flushCompileCache } from 'node:module';
import { Command } from 'commander';
import { describeProblems, readConfig } from '../config.ts';
import { asLog, createLogger } from '../log.ts';
import { EXIT, type Ends, type ExitCode, type Terminal } from './terminal.ts';

export const serveCommand = (terminal: Terminal, ends: Ends): Command =>
  new Command('serve')
    .description('Receive webhooks and do the work, until SIGTERM or SIGINT.')
    .addHelpText('after', '\nConfigured by the environment and .env in this folder: see docs/operations.md.')
    .action(ends(async () => await serve(terminal)));

async function serve(terminal: Terminal): Promise<ExitCode> {
  const config = readConfig(terminal.env, terminal.cwd, process.stdout.isTTY);
  if (!config.ok) {
    terminal.say(`Not started: the environment is not complete.\n${describeProblems(config.error)}`);
    return EXIT.usage;
  }
  const log = asLog(createLogger(config.value));
  const stopping = stopSignal((signal) => log.info({ signal }, 'stopping; once more ends at once'));
  try {
    // Imported only here, so that the other commands start without the server's packages.
    const { startApp } = await import('../app.ts');
    const app = await startApp(config.value, log);
    log.info({ url: app.url }, 'ready');
    // Node writes it at its end, and a server can come to one in which it writes nothing.
    flushCompileCache();
    await stopping.asked;
    await app.stop();
    log.info({}, 'stopped');
    return EXIT.fine;
  } finally {
    stopping.forget();
  }
}

/**
 * `asked` is settled by the first SIGTERM or SIGINT. The second one ends the process at once, with 128 and the
 * signal's number as shells count it: nothing is lost by that, since work that was begun is done again.
 */
function stopSignal(onFirst: (signal: NodeJS.Signals) => void): { asked: Promise<void>; forget: () => void } {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  let count = 0;
  const listen = (signal: NodeJS.Signals): void => {
    count += 1;
    if (count > 1) process.exit(signal === 'SIGINT' ? 130 : 143);
    onFirst(signal);
    resolve(undefined);
  };
  process.on('SIGTERM', listen).on('SIGINT', listen);
  return {
    asked: promise,
    forget: () => process.off('SIGTERM', listen).off('SIGINT', listen),
  };
}
