/** `jit-gate policy check`: everything that can be said about a policy file, for people, pipelines and editors. */

import { Command, Option } from 'commander';
import { frameFinding, linesOf } from '../../domain/policy/findings/frame.ts';
import { toSarif } from '../../domain/policy/findings/sarif.ts';
import { workflowCommand } from '../../domain/policy/findings/annotations.ts';
import type { Finding } from '../../domain/policy/model.ts';
import { lintPolicy } from '../../domain/policy/parse.ts';
import { EXIT, outJson, type Ends, type ExitCode, type Terminal } from '../terminal.ts';
import { VERSION } from '../version.ts';
import { onlineFindings } from './online.ts';
import { PLACES, readPolicySource, type Source } from './source.ts';

const FORMATS = ['text', 'json', 'sarif', 'github'] as const;
type Format = (typeof FORMATS)[number];

type Options = {
  readonly json?: true;
  readonly format?: Format;
  readonly strict?: true;
  readonly online?: true;
  readonly repo?: string;
};

export const checkCommand = (terminal: Terminal, ends: Ends): Command =>
  new Command('check')
    .description('Check a policy file with the parser that the app itself uses.')
    .argument('[file]', `the file; - reads standard input; without it, ${PLACES.join(' or ')}`)
    .option('--json', 'print the findings as JSON')
    .addOption(
      new Option('--format <format>', 'sarif is for code scanning, github for a workflow’s log').choices(FORMATS),
    )
    .option('--strict', 'let warnings fail too')
    .option('--online', 'ask GitHub besides whether teams and users are there, as this app or with GITHUB_TOKEN')
    .option('--repo <owner/name>', 'the repository that --online asks for; GITHUB_REPOSITORY where it is left out')
    .action(ends(async (file: string | undefined, options: Options) => await check(file, options, terminal)));

async function check(given: string | undefined, options: Options, terminal: Terminal): Promise<ExitCode> {
  const source = await readPolicySource(given, terminal);
  if (!source.ok) {
    terminal.say(source.error);
    return EXIT.usage;
  }
  const { file, text } = source.value;
  const offline = lintPolicy(text);
  const online = options.online === true ? await onlineFindings(text, options.repo, terminal) : [];
  if (online === null) return EXIT.usage;
  const findings = [...offline, ...online].sort((a, b) => a.line - b.line || a.column - b.column);
  print(source.value, findings, options.format ?? (options.json === true ? 'json' : 'text'), terminal);
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  terminal.say(summary(file, errors, findings.length - errors));
  return errors > 0 || (options.strict === true && findings.length > 0) ? EXIT.findings : EXIT.fine;
}

function print({ file, text }: Source, findings: readonly Finding[], format: Format, terminal: Terminal): void {
  switch (format) {
    case 'json':
      outJson(terminal, { ok: findings.every(({ severity }) => severity !== 'error'), file, findings });
      return;
    case 'sarif':
      outJson(terminal, toSarif(file, findings, VERSION));
      return;
    case 'github':
      for (const finding of findings) terminal.out(workflowCommand(file, finding));
      return;
    case 'text': {
      const lines = linesOf(text);
      for (const finding of findings) terminal.out(frameFinding(file, lines, finding));
      return;
    }
  }
}

function summary(file: string, errors: number, warnings: number): string {
  if (errors + warnings === 0) return `${file}: no findings.`;
  const held = errors > 0 ? ' With errors in its policy a repository holds everything.' : '';
  return `${file}: ${counted(errors, 'error')}, ${counted(warnings, 'warning')}.${held}`;
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
