/** `jit-gate audit`: proves that the log is whole, hands it out, and holds the tables against it. */

import { Command, InvalidArgumentError, Option } from 'commander';
import type { Checkpoint } from '../domain/audit-checkpoint.ts';
import { userId, type UserId } from '../domain/identity.ts';
import { makeCheckpoints, trustedCheckpoints } from './audit/checkpoint.ts';
import { erasePerson } from './audit/erase.ts';
import { endOf, EXPORT_FORMATS, exportLog, startOf, type ExportOptions } from './audit/export.ts';
import { auditKey, configuredKey } from './audit/key.ts';
import { checkTables, printRebuilt } from './audit/rebuild.ts';
import { chainOf, fromExport, fromStore, inOrder } from './audit/source.ts';
import { verifyLog } from './audit/verify.ts';
import { withStore } from './store.ts';
import { EXIT, type Ends, type ExitCode, type Terminal } from './terminal.ts';

const FROM_EXPORT = [
  '--from-export <file>',
  'read this file, written by `audit export`, instead of the database',
] as const;

export const auditCommand = (terminal: Terminal, ends: Ends): Command =>
  new Command('audit')
    .description('Verify, export and use the audit log.')
    .addCommand(verifyCommand(terminal, ends))
    .addCommand(exportCommand(terminal, ends))
    .addCommand(checkpointCommand(terminal, ends))
    .addCommand(keyCommand(terminal, ends))
    .addCommand(rebuildCommand(terminal, ends))
    .addCommand(eraseCommand(terminal, ends));

type VerifyArguments = {
  readonly json?: true;
  readonly partial?: true;
  readonly fromExport?: string;
  readonly checkpoint?: string;
  readonly key?: string;
};

const verifyCommand = (terminal: Terminal, ends: Ends): Command =>
  new Command('verify')
    .description('Recompute every hash of every chain; names the first entry that is broken.')
    .option('--checkpoint <file or address>', 'also show that the chains still hold what these checkpoints saw')
    .option('--key <file>', 'the public key, or keys, that checkpoints are signed with; the configured one if left out')
    .option(...FROM_EXPORT)
    .option('--partial', 'the export is of a period: its chains may begin anywhere')
    .option('--json', 'print the result as JSON')
    .action(ends(async (options: VerifyArguments) => await verify(options, terminal)));

async function verify(options: VerifyArguments, terminal: Terminal): Promise<ExitCode> {
  if (options.partial === true && options.fromExport === undefined) {
    terminal.say('--partial is for exports: the database has every chain from its beginning.');
    return EXIT.usage;
  }
  let checkpoints: readonly Checkpoint[] = [];
  if (options.checkpoint !== undefined) {
    const trusted = await trustedCheckpoints(options.checkpoint, options.key, terminal);
    if (!trusted.ok) {
      terminal.say(trusted.error.why);
      return trusted.error.code;
    }
    checkpoints = trusted.value;
  }
  const how = { json: options.json === true, partial: options.partial === true, checkpoints };
  return options.fromExport === undefined
    ? await withStore(terminal, async (store) => await verifyLog(fromStore(store), how, terminal))
    : await verifyLog(fromExport(options.fromExport, terminal.cwd), how, terminal);
}

const exportCommand = (terminal: Terminal, ends: Ends): Command =>
  new Command('export')
    .description('Write the entries, oldest first, one a line.')
    .addOption(new Option('--format <format>', 'the form').choices(EXPORT_FORMATS).default('jsonl'))
    .option('--out <file>', 'write to this new file instead of standard output')
    .option('--from <time>', 'only entries at or after this day or time, such as 2026-01-31 (UTC)', startOf)
    .option('--to <time>', 'only entries before this time, or up to the end of this day', endOf)
    .action(
      ends(async (options: ExportOptions) => {
        return await withStore(terminal, async (store) => await exportLog(fromStore(store), options, terminal));
      }),
    );

const checkpointCommand = (terminal: Terminal, ends: Ends): Command =>
  new Command('checkpoint')
    .description('Sign how long each chain is and how it ends, to be kept elsewhere.')
    .option('--out <file>', 'write to this new file instead of standard output')
    .action(
      ends(async ({ out }: { readonly out?: string }) => {
        const key = configuredKey(terminal);
        if (key === null) return EXIT.usage;
        return await withStore(terminal, async (store) => await makeCheckpoints(store, key, out, terminal));
      }),
    );

const keyCommand = (terminal: Terminal, ends: Ends): Command =>
  new Command('key')
    .description('Show the public half of the key that signs checkpoints.')
    .option('--new <file>', 'make a key first, and write its private half to this new file')
    .action(ends((options: { readonly new?: string }) => auditKey(options.new, terminal)));

type RebuildArguments = {
  readonly check?: true;
  readonly json?: true;
  readonly fromExport?: string;
  readonly out?: string;
};

const rebuildCommand = (terminal: Terminal, ends: Ends): Command =>
  new Command('rebuild')
    .description('Make requests, votes and grants anew from the log, and write them as JSON Lines. Changes nothing.')
    .option('--check', 'compare the database with the log instead; names every difference')
    .option(...FROM_EXPORT)
    .option('--out <file>', 'write to this new file instead of standard output')
    .option('--json', 'with --check: print the result as JSON')
    .action(ends(async (options: RebuildArguments) => await rebuild(options, terminal)));

async function rebuild(
  { check, json, fromExport: file, out }: RebuildArguments,
  terminal: Terminal,
): Promise<ExitCode> {
  if (check === true && file !== undefined) {
    terminal.say('--check compares the database with its own log; an export is written out without it.');
    return EXIT.usage;
  }
  if (file !== undefined) return await printRebuilt(fromExport(file, terminal.cwd).entries(), out, terminal);
  return await withStore(terminal, async (store) => {
    if (check === true) return await checkTables(store, json === true, terminal);
    return await store.frozen(async (view) => {
      const chains = (await view.auditInstallations()).map((installation) => chainOf(view, installation));
      return await printRebuilt(inOrder(chains), out, terminal);
    });
  });
}

const eraseCommand = (terminal: Terminal, ends: Ends): Command =>
  new Command('erase')
    .description('Erase the names of a person from the database. The log knows people by number and stays whole.')
    .requiredOption('--user <id>', 'the number of the person’s account', accountNumber)
    .option('--json', 'print the result as JSON')
    .action(
      ends(async ({ user, json }: { readonly user: UserId; readonly json?: true }) => {
        return await withStore(terminal, async (store) => await erasePerson(store, user, json === true, terminal));
      }),
    );

function accountNumber(given: string): UserId {
  if (!/^[1-9]\d{0,14}$/u.test(given))
    throw new InvalidArgumentError('Give the number: `gh api users/LOGIN --jq .id`.');
  return userId(Number(given));
}
