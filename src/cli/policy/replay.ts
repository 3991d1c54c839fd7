/** `jit-gate policy replay`: which of the last requests would have gone another way under another policy. */

import { Command, InvalidArgumentError } from 'commander';
import type { AuditEntry } from '../../domain/audit.ts';
import { parseDuration } from '../../domain/duration.ts';
import { describe } from '../../domain/explain.ts';
import { instant } from '../../domain/identity.ts';
import { plainText } from '../../domain/markdown-plain.ts';
import { boundByItself } from '../../domain/policy/baseline.ts';
import type { Policy } from '../../domain/policy/model.ts';
import { pastRequests, type PastRequest } from '../../domain/policy/past-requests.ts';
import { replayBy, type ReplayOutcome } from '../../domain/policy/replay.ts';
import { fromExport, fromStore, NoEntry } from '../audit/source.ts';
import { withStore } from '../store.ts';
import { EXIT, outJson, usage, type Ends, type ExitCode, type Terminal } from '../terminal.ts';
import { policyOf, readSource } from './source.ts';

type Options = {
  readonly since: string;
  readonly fromExport?: string;
  readonly old?: string;
  readonly repo?: string;
  readonly json?: true;
};

export const replayCommand = (terminal: Terminal, ends: Ends): Command =>
  new Command('replay')
    .description('Say which of the last requests would have gone another way, from the audit log.')
    .argument('<new>', 'the policy to try')
    .option('--since <duration>', 'how far back', '30d')
    .option('--from-export <file>', 'read what `audit export` wrote, not the database')
    .option('--old <file>', 'the policy that decided them: what it has in common with the new one went the same way')
    .option('--repo <id>', 'GitHub’s number of the repository, where the log has several', repoNumber)
    .option('--json', 'print the outcomes as JSON')
    .action(ends(async (file: string, options: Options) => await replay(file, options, terminal)));

function repoNumber(given: string): string {
  if (!/^[1-9]\d{0,15}$/u.test(given))
    throw new InvalidArgumentError('Give the number of the repository, not its name.');
  return given;
}

async function replay(file: string, options: Options, terminal: Terminal): Promise<ExitCode> {
  const since = parseDuration(options.since);
  if (!since.ok) return usage(since.error, terminal);
  const policy = await policyIn(file, terminal);
  const before = options.old === undefined ? null : await policyIn(options.old, terminal);
  if (typeof policy === 'number') return policy;
  if (typeof before === 'number') return before;
  const from = instant(Date.now() - since.value);
  const judge = async (entries: AsyncIterable<AuditEntry>): Promise<ExitCode> => {
    const found = pastRequests();
    for await (const entry of entries) found.take(entry);
    const whole = found.finish();
    const all = whole.filter(({ openedAt }) => openedAt >= from);
    const repos = [...new Set(all.map(({ repo }) => repo))];
    if (options.repo === undefined && repos.length > 1) {
      return usage(`The log has several repositories; name one with --repo: ${repos.join(', ')}.`, terminal);
    }
    const chosen = options.repo ?? String(repos[0]);
    const here = whole.filter(({ repo }) => String(repo) === chosen);
    const judge = replayBy(policy, before, here);
    return show(
      here.filter(({ openedAt }) => openedAt >= from),
      judge,
      options,
      terminal,
    );
  };
  if (options.fromExport === undefined) return await withStore(terminal, (store) => judge(fromStore(store).entries()));
  try {
    return await judge(fromExport(options.fromExport, terminal.cwd).entries());
  } catch (error) {
    if (error instanceof NoEntry) return usage(`${options.fromExport}: ${error.message}.`, terminal);
    const code = error instanceof Error && 'code' in error ? String(error.code) : null;
    if (code === null) throw error;
    return usage(`${options.fromExport} can’t be read (${code}).`, terminal);
  }
}

function show(
  past: readonly PastRequest[],
  judge: (past: PastRequest) => ReplayOutcome,
  options: Options,
  terminal: Terminal,
): ExitCode {
  const results = past.map((each) => ({ past: each, outcome: judge(each) }));
  const other = results.filter(({ outcome }) => outcome.would !== 'same' && outcome.would !== 'unknown');
  const unknown = results.filter(({ outcome }) => outcome.would === 'unknown');
  if (options.json === true) outJson(terminal, { requests: results.map(asJson) });
  else for (const result of [...other, ...unknown]) terminal.out(lineOf(result));
  terminal.say(
    `${past.length === 1 ? '1 request' : `${past.length} requests`}: ${other.length} would have gone another way, of ${unknown.length} the log can’t tell, the others would have gone the same way.`,
  );
  return EXIT.fine;
}

type Result = { readonly past: PastRequest; readonly outcome: ReplayOutcome };

const asJson = ({ past, outcome }: Result): object => ({
  id: past.id,
  what: plainText(describe(past.request.subject)),
  openedAt: new Date(past.openedAt).toISOString(),
  was: past.state,
  would: outcome.would,
  why: outcome.why,
});

const lineOf = ({ past, outcome }: Result): string =>
  `${new Date(past.openedAt).toISOString()}  ${plainText(describe(past.request.subject))}: was ${past.state}, would be ${outcome.would} (${outcome.why})`;

async function policyIn(file: string, terminal: Terminal): Promise<Policy | ExitCode> {
  const source = await readSource(file, terminal);
  if (!source.ok) return usage(source.error, terminal);
  const policy = policyOf(source.value, terminal);
  return policy === null ? EXIT.findings : boundByItself(policy);
}
