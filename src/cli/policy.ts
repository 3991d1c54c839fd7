/** `jit-gate policy`: what the app makes of a policy file and of a comment, without GitHub and without a database. */

import { Command, Option } from 'commander';
import { commandsAsJson } from '../domain/command.ts';
import { SCHEMAS } from '../domain/policy/schema.ts';
import { checkCommand } from './policy/check.ts';
import { diffCommand } from './policy/diff.ts';
import { explainCommand } from './policy/explain.ts';
import { replayCommand } from './policy/replay.ts';
import { testCommand } from './policy/test.ts';
import { EXIT, outJson, type Ends, type ExitCode, type Terminal } from './terminal.ts';

/** The files that have a schema, as people call them. */
const FILES = { policy: 'jit-policy', tests: 'jit-policy-test', facts: 'jit-policy-facts' } as const;

export const policyCommand = (terminal: Terminal, ends: Ends): Command =>
  new Command('policy')
    .description('Check a policy, try it out, and see what a change of it means.')
    .addCommand(checkCommand(terminal, ends))
    .addCommand(explainCommand(terminal, ends))
    .addCommand(testCommand(terminal, ends))
    .addCommand(diffCommand(terminal, ends))
    .addCommand(replayCommand(terminal, ends))
    .addCommand(
      new Command('comment')
        .description('Read a comment from standard input and show which commands the app sees in it.')
        .option('--json', 'print them as JSON')
        .action(ends(async (options: { readonly json?: true }) => await comment(options.json === true, terminal))),
    )
    .addCommand(
      new Command('schema')
        .description('Print the JSON Schema that editors complete and check a policy with.')
        .addOption(new Option('--of <file>', 'of which file').choices(Object.keys(FILES)).default('policy'))
        .action(
          ends(({ of }: { readonly of: keyof typeof FILES }) => {
            outJson(terminal, SCHEMAS[FILES[of]]());
            return EXIT.fine;
          }),
        ),
    );

async function comment(asJson: boolean, terminal: Terminal): Promise<ExitCode> {
  const commands = commandsAsJson(await terminal.readInput());
  if (asJson) outJson(terminal, commands);
  else for (const command of commands) terminal.out(JSON.stringify(command));
  if (commands.length === 0) terminal.say('No commands in this comment.');
  return EXIT.fine;
}
