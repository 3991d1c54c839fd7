/** Which commands `jit-gate` has, and how each of them ends. */

import { Command, CommanderError } from 'commander';
import { loadDotEnv } from '../config.ts';
import { auditCommand } from './audit.ts';
import { demoCommand } from './demo.ts';
import { doctorCommand } from './doctor.ts';
import { grantsCommand } from './grants.ts';
import { initCommand } from './init.ts';
import { policyCommand } from './policy.ts';
import { serveCommand } from './serve.ts';
import { setupCommand } from './setup.ts';
import { EXIT, processTerminal, type Ends, type ExitCode, type Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

const EXIT_CODES = `
Exit codes:
  0  done, and nothing is wrong
  1  done, and something was found: errors in a policy, a gate that is not enforced, a broken audit chain, an overdue grant,
     a step of the demo that was not seen
  2  not begun: wrong arguments, a missing or wrong variable, a file that is in the way
  3  begun and failed: the database or GitHub could not be reached, or a bug`;

/** What every command is made with. */
type CommandMaker = (terminal: Terminal, ends: Ends) => Command;

const COMMANDS: readonly CommandMaker[] = [
  serveCommand,
  demoCommand,
  setupCommand,
  initCommand,
  doctorCommand,
  policyCommand,
  grantsCommand,
  auditCommand,
];

/** Runs one command line, without the two words before the arguments, and returns how it ended. Throws nothing. */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = EXIT.fine;
  const ends: Ends =
    (action) =>
    async (...given) => {
      code = await action(...given);
    };
  const program = new Command('jit-gate')
    .description('Just-in-time approvals on GitHub: deployments and merges are held, access is given for a time.')
    .version(VERSION)
    .addHelpText('after', EXIT_CODES);
  for (const make of COMMANDS) program.addCommand(make(terminal, ends));
  frame(program, terminal);
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage;
    terminal.say(describe(error, terminal.env['LOG_LEVEL'] === 'debug'));
    return EXIT.failed;
  }
}

/** The program's entry: reads `.env`, runs the command line and sets how the process ends. */
export async function main(argv: readonly string[]): Promise<void> {
  const terminal = processTerminal();
  for (const stream of [process.stdout, process.stderr]) stream.on('error', passOverClosedPipe);
  try {
    loadDotEnv(terminal.cwd);
  } catch (error) {
    terminal.say(`.env could not be read: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = EXIT.usage;
    return;
  }
  process.exitCode = await run(argv.slice(2), terminal);
}

/** Who reads the output may stop early, as `head` does. The command ends as it would have ended. */
function passOverClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

/** Every command throws instead of ending the process, and writes where the terminal says. */
function frame(command: Command, terminal: Terminal): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => terminal.out(text.trimEnd()),
    writeErr: (text) => terminal.say(text.trimEnd()),
  });
  command.showHelpAfterError('(add --help to see what it takes)');
  for (const child of command.commands) frame(child, terminal);
}

/** An error for the terminal: the chain of what happened, with the stack for those who ask. */
function describe(error: unknown, withStack: boolean): string {
  if (!(error instanceof Error)) return `jit-gate failed: ${String(error)}`;
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  const hint = withStack ? `\n${error.stack ?? ''}` : ' Set LOG_LEVEL=debug to see where.';
  return `jit-gate failed: ${error.message}${cause}.${hint}`;
}
