/** `jit-gate init`: writes the files that a repository needs, and overwrites none. */

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { lintPolicy } from '../domain/policy/parse.ts';
import { accessRequestTemplate, ACCESS_REQUEST_TEMPLATE_PATH, formOptions } from '../domain/issue-template.ts';
import { policySchema } from '../domain/policy/schema.ts';
import { lookAtClone } from './init/clone.ts';
import { SCHEMA_PATH, starterPolicy, type Starter } from './init/starter.ts';
import { PLACES, policyOf, readPolicySource } from './policy/source.ts';
import { EXIT, outJson, usage, type Ends, type ExitCode, type Terminal } from './terminal.ts';

type Options = {
  readonly orgTeam?: readonly string[];
  readonly user?: readonly string[];
  readonly branch?: string;
  readonly environment?: string;
  readonly form?: true;
  readonly yes?: true;
  readonly force?: true;
  readonly dryRun?: true;
  readonly json?: true;
};

const ASKED = { orgTeam: 'release-managers', environment: 'production' };

export const initCommand = (terminal: Terminal, ends: Ends): Command =>
  new Command('init')
    .description('Write a policy and the form for access requests into this repository.')
    .option('--org-team <slug...>', 'teams that approve', slug)
    .option('--user <login...>', 'people that approve, besides the teams or without any', slug)
    .option('--branch <name>', 'the branch that merges are held on; the clone’s default branch, else main')
    .option('--environment <name>', `the environment that deployments to are held (${ASKED.environment})`)
    .addOption(
      new Option(
        '--form',
        'write the form alone, with the custom roles and teams that the policy here offers',
      ).conflicts(['orgTeam', 'user', 'branch', 'environment']),
    )
    .option('--yes', `ask nothing; without --org-team and --user the team ${ASKED.orgTeam} approves`)
    .option('--force', 'overwrite files that are there already')
    .option('--dry-run', 'print the policy (or, with --form, the form), and write nothing')
    .option('--json', 'print what was written as JSON')
    .action(ends(async (options: Options) => await init(options, terminal)));

async function init(options: Options, terminal: Terminal): Promise<ExitCode> {
  return options.form === true ? await initForm(options, terminal) : await initAll(options, terminal);
}

/** The form for the policy that stands here, and nothing else. */
async function initForm(options: Options, terminal: Terminal): Promise<ExitCode> {
  const source = await readPolicySource(undefined, terminal);
  if (!source.ok) return usage(source.error, terminal);
  const policy = policyOf(source.value, terminal);
  if (policy === null) return EXIT.findings;
  const form = accessRequestTemplate(formOptions(policy.access));
  if (options.dryRun === true) {
    terminal.out(form.trimEnd());
    return EXIT.fine;
  }
  const code = write({ [ACCESS_REQUEST_TEMPLATE_PATH]: form }, options, terminal);
  if (code === EXIT.fine) terminal.say('Commit it to the default branch.');
  return code;
}

async function initAll(options: Options, terminal: Terminal): Promise<ExitCode> {
  const starter = await whatToWrite(options, terminal);
  if (starter === null) {
    terminal.say(
      'Nobody is here to ask: name who approves with --org-team or --user, or take the defaults with --yes.',
    );
    return EXIT.usage;
  }
  const policy = starterPolicy(starter);
  const findings = lintPolicy(policy);
  if (findings.length > 0) {
    // What a person typed can be no pattern; a file that holds everything is worse than none.
    for (const { line, message } of findings) terminal.say(`Line ${line}: ${message}.`);
    terminal.say('Nothing is written: the policy would have these findings.');
    return EXIT.usage;
  }
  if (options.dryRun === true) {
    terminal.out(policy.trimEnd());
    return EXIT.fine;
  }
  const displaced = isThere(terminal, PLACES[1]);
  if (displaced && options.force !== true) {
    const words = `Nothing is written: ${PLACES[0]} would take the place of ${PLACES[1]}. --force does it; --form writes the form alone.`;
    return usage(words, terminal);
  }
  const files = {
    [PLACES[0]]: policy,
    [SCHEMA_PATH]: `${JSON.stringify(policySchema(), null, 2)}\n`,
    // The starter offers nothing but GitHub's own roles.
    [ACCESS_REQUEST_TEMPLATE_PATH]: accessRequestTemplate([]),
  };
  const code = write(files, options, terminal);
  if (code !== EXIT.fine) return code;
  terminal.say(
    'Read the policy and commit all three to the default branch. Then `jit-gate doctor --fix` has GitHub enforce it.',
  );
  return EXIT.fine;
}

const isThere = ({ cwd }: Terminal, path: string): boolean => existsSync(join(cwd, path));

/** Writes all of the files, or none where one of them is there and nobody said --force. */
function write(files: Readonly<Record<string, string>>, options: Options, terminal: Terminal): ExitCode {
  const there = Object.keys(files).filter((path) => isThere(terminal, path));
  if (there.length > 0 && options.force !== true) {
    const alone = PLACES[0] in files ? '; --form writes the form alone' : '';
    return usage(`Nothing is written: ${there.join(' and ')} would be overwritten. --force does it${alone}.`, terminal);
  }
  for (const [path, text] of Object.entries(files)) {
    const target = join(terminal.cwd, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
    terminal.say(`Wrote ${path}.`);
  }
  if (options.json === true) outJson(terminal, { written: Object.keys(files), overwritten: there });
  return EXIT.fine;
}

/** What the flags say and, on a terminal, what the person answers; `null` where neither says who approves. */
async function whatToWrite(options: Options, terminal: Terminal): Promise<Starter | null> {
  const given = [...(options.orgTeam ?? []), ...(options.user ?? [])].length > 0;
  const asks = terminal.interactive && options.yes !== true;
  if (!given && !asks && options.yes !== true) return null;
  const ask = async (question: string, otherwise: string): Promise<string> =>
    asks ? await terminal.ask(question, otherwise) : otherwise;
  const teams = given ? (options.orgTeam ?? []) : [await ask('Which team approves (its slug)?', ASKED.orgTeam)];
  return { teams, users: options.user ?? [], ...(await placesOf(options, terminal, ask)) };
}

/** Where things are held: as the flags say, as the person answers, or as the clone looks. */
async function placesOf(
  options: Options,
  terminal: Terminal,
  ask: (question: string, otherwise: string) => Promise<string>,
): Promise<Pick<Starter, 'branch' | 'environment' | 'codeowners'>> {
  const { branch, codeowners } = lookAtClone(terminal.cwd);
  return {
    codeowners,
    branch: options.branch ?? (await ask('Which branch are merges held on?', branch ?? 'main')),
    environment: options.environment ?? (await ask('Which environment are deployments held to?', ASKED.environment)),
  };
}

/** Collects what looks like a slug or a login. */
function slug(given: string, before: readonly string[] | undefined): readonly string[] {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/u.test(given)) {
    throw new InvalidArgumentError('Write the slug or login alone, without @ and without the organisation.');
  }
  return [...(before ?? []), given];
}
