/** `jit-gate doctor`: proves against GitHub that what the policies hold is really held, and repairs what it can. */

import { Command, InvalidArgumentError } from 'commander';
import { describeProblems, readAppCredentials, readTeamsAllowedBy } from '../config.ts';
import { webUrlOf } from '../config/api-url.ts';
import { mergedRepairs, repairInWords, type RepairPlan } from '../domain/doctor/repairs.ts';
import type { DoctorFinding } from '../domain/doctor/model.ts';
import type { Inspector } from '../adapters/github/inspect.ts';
import type { Log } from '../engine/ports.ts';
import { examine, type RepoName } from './doctor/examine.ts';
import { printFindings, summary } from './doctor/print.ts';
import { EXIT, outJson, usage, type Ends, type ExitCode, type Terminal } from './terminal.ts';

type Options = {
  readonly repo?: readonly RepoName[];
  readonly fix?: true;
  readonly yes?: true;
  readonly json?: true;
};

/** What became of one repair. */
type Fixed = { readonly what: string; readonly about: string; readonly done: boolean; readonly why: string | null };

export const doctorCommand = (terminal: Terminal, ends: Ends): Command =>
  new Command('doctor')
    .description('Prove against GitHub that every gate is enforced: checks required and pinned, rules on, no bypass.')
    .option('--repo <owner/name...>', 'only these repositories; without it, all that the app is installed on', repoName)
    .option('--fix', 'show what can be repaired over the API, ask, and do it; nothing is ever made weaker')
    .option('--yes', 'with --fix: do it without asking')
    .option('--json', 'print {ok, findings, fixed} as JSON')
    .addHelpText('after', '\nEnds with 1 where something is not enforced. Warnings alone let it end with 0.')
    .action(ends(async (options: Options) => await doctor(options, terminal)));

async function doctor(options: Options, terminal: Terminal): Promise<ExitCode> {
  const credentials = readAppCredentials(terminal.env, terminal.cwd);
  if (!credentials.ok) return usage(describeProblems(credentials.error), terminal);
  const teamsAllowedBy = readTeamsAllowedBy(terminal.env);
  if (!teamsAllowedBy.ok) return usage(describeProblems(teamsAllowedBy.error), terminal);
  if (options.fix === true && options.yes !== true && !terminal.interactive) {
    terminal.say('Nobody is here to be asked: --yes repairs without asking. Without --fix nothing is changed.');
    return EXIT.usage;
  }
  const { githubApiUrl: api, privateKey, appId } = credentials.value;
  // Imported only here, so that the other commands start without these packages.
  const [{ createInspector }, { octokitsOf }] = await Promise.all([
    import('../adapters/github/inspect.ts'),
    import('../adapters/github/octokit.ts'),
  ]);
  const octokitFor = octokitsOf({ appId, privateKey: privateKey.reveal(), githubApiUrl: api });
  const inspector = createInspector({ octokitFor, log: quietLog(terminal) });
  const look = async (): Promise<readonly DoctorFinding[]> =>
    await examine(inspector, {
      web: webUrlOf(api),
      only: options.repo ?? null,
      teamsAllowedBy: teamsAllowedBy.value,
      say: terminal.say,
    });
  const before = await look();
  const fixed = options.fix === true ? await repairAll(inspector, before, appId, options, terminal) : [];
  const findings = fixed.some(({ done }) => done) ? await look() : before;
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  if (options.json === true) {
    const shown = findings.map(({ repair, ...rest }) => ({ ...rest, fixable: repair !== null }));
    outJson(terminal, { ok: errors === 0, findings: shown, fixed });
  } else printFindings(findings, terminal.out);
  terminal.say(summary(findings));
  return errors > 0 ? EXIT.findings : EXIT.fine;
}

async function repairAll(
  inspector: Inspector,
  findings: readonly DoctorFinding[],
  appId: number,
  options: Options,
  terminal: Terminal,
): Promise<readonly Fixed[]> {
  const plan = mergedRepairs(findings);
  if (plan.length === 0) {
    terminal.say('There is nothing that --fix can do.');
    return [];
  }
  if (options.json !== true) printFindings(findings, terminal.say);
  terminal.say('To be done:');
  for (const one of plan) terminal.say(`  ${one.about}: ${repairInWords(one.repair)}`);
  if (options.yes !== true && !/^y(?:es)?$/iu.test(await terminal.ask('Do this?', 'no'))) {
    terminal.say('Nothing is changed.');
    return [];
  }
  const fixed: Fixed[] = [];
  for (const one of plan) fixed.push(await repairOne(inspector, one, appId, terminal));
  return fixed;
}

async function repairOne(
  inspector: Inspector,
  { about, repair }: RepairPlan,
  appId: number,
  terminal: Terminal,
): Promise<Fixed> {
  const outcome = await inspector.repair(repair, appId);
  const what = repairInWords(repair);
  terminal.say(outcome.done ? `Done, ${about}: ${what}.` : `Not done, ${about}: ${what}. ${outcome.why}`);
  return { about, what, done: outcome.done, why: outcome.done ? null : outcome.why };
}

function repoName(given: string, before: readonly RepoName[] | undefined): readonly RepoName[] {
  const [, owner, name] = /^([A-Za-z0-9][A-Za-z0-9_-]{0,38})\/([\w.-]{1,100})$/u.exec(given) ?? [];
  if (owner === undefined || name === undefined) throw new InvalidArgumentError('Write it as OWNER/NAME.');
  return [...(before ?? []), { owner, name }];
}

/** What goes wrong is thrown or a finding; on the way there is only to tell that it takes longer. */
const quietLog = (terminal: Terminal): Log => ({
  debug: () => undefined,
  info: () => undefined,
  warn: (_, message) => terminal.say(message),
  error: () => undefined,
});
