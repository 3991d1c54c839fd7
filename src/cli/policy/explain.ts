/** `jit-gate policy explain`: what the app would decide on a webhook, and why. */

import { Command } from 'commander';
import { z } from 'zod';
import { describeProblems, readGitHubUrl } from '../../config.ts';
import { details, summary } from '../../domain/explain.ts';
import type { DomainEvent } from '../../domain/event.ts';
import { instant, type Instant } from '../../domain/identity.ts';
import { plainText } from '../../domain/markdown-plain.ts';
import { boundByItself } from '../../domain/policy/baseline.ts';
import { explainEvent, type Explained } from '../../domain/policy/explain-event.ts';
import { readShape } from '../../domain/policy/read-shape.ts';
import { createAccounts } from '../../domain/policy/supposed-facts.ts';
import { supposedKeys, type Supposed } from '../../domain/policy/supposed.ts';
import { ok, refused, type Result } from '../../domain/result.ts';
import { EVENTS, readEvent } from '../../events/read.ts';
import { EXIT, outJson, usage, type Ends, type ExitCode, type Terminal } from '../terminal.ts';
import { learnPeople, pullIn, runIn } from './payload-facts.ts';
import { policyOf, readSource, sayFindings } from './source.ts';

type Options = {
  readonly event: string;
  readonly payload: string;
  readonly facts?: string;
  readonly at?: string;
  readonly json?: true;
};

export const explainCommand = (terminal: Terminal, ends: Ends): Command =>
  new Command('explain')
    .description('Show what the app would decide on a webhook, and why. Facts that nobody tells are unknown, and hold.')
    .argument('<file>', 'the policy')
    .requiredOption('--event <name>', 'the webhook’s event, such as pull_request')
    .requiredOption('--payload <file>', 'the webhook’s payload; - reads standard input')
    .option('--facts <file>', 'what the app would ask GitHub for: files, members of teams and the like')
    .option('--at <time>', 'when it is decided, such as 2026-12-20T10:00:00Z; now, where it is left out')
    .option('--json', 'print the decision as JSON')
    .action(ends(async (file: string, options: Options) => await explain(file, options, terminal)));

async function explain(file: string, options: Options, terminal: Terminal): Promise<ExitCode> {
  const now = timeOf(options.at);
  if (now === null) return usage('--at is no time; write it as 2026-12-20T10:00:00Z.', terminal);
  if (!EVENTS.some((name) => name === options.event)) {
    return usage(`The app does not look at ${options.event}. It looks at ${EVENTS.join(', ')}.`, terminal);
  }
  const source = await readSource(file, terminal);
  if (!source.ok) return usage(source.error, terminal);
  const supposed = await factsOf(options.facts, terminal);
  if (supposed === null) return EXIT.usage;
  const read = await eventOf(options, terminal);
  if (!read.ok) return usage(read.error, terminal);
  const written = policyOf(source.value, terminal);
  if (written === null) return EXIT.findings;
  const policy = boundByItself(written);
  const { event, payload } = read.value;
  if (event === null) {
    return told({ kind: 'nothing', why: 'The app takes nothing from this webhook.' }, null, options, terminal);
  }
  const accounts = createAccounts();
  learnPeople(payload, accounts);
  const known = {
    pull: pullIn(payload, supposed.pull, accounts),
    run: runIn(payload, supposed.run, accounts),
  };
  return told(explainEvent(event, { policy, supposed, accounts, told: known, now }), event, options, terminal);
}

function told(explained: Explained, event: DomainEvent | null, { json }: Options, terminal: Terminal): ExitCode {
  if (json === true) outJson(terminal, asJson(explained, event));
  else for (const line of linesOf(explained)) terminal.out(line);
  return EXIT.fine;
}

function asJson(explained: Explained, event: DomainEvent | null): object {
  const kind = event?.kind ?? null;
  switch (explained.kind) {
    case 'nothing':
      return { event: kind, verdict: null, why: explained.why, unknown: [] };
    case 'refused':
      return { event: kind, verdict: 'refused', why: explained.why, unknown: explained.unknown };
    case 'decision':
      return { event: kind, ...explained.decision, unknown: explained.unknown };
  }
}

function linesOf(explained: Explained): readonly string[] {
  switch (explained.kind) {
    case 'nothing':
      return [explained.why];
    case 'refused':
      return [`The request is not opened: ${explained.why}.`, ...unknownLines(explained.unknown)];
    case 'decision': {
      const { decision, request, unknown } = explained;
      return [plainText(summary(decision, request)), '', plainText(details(decision)), ...unknownLines(unknown)];
    }
  }
}

const unknownLines = (unknown: readonly string[]): readonly string[] =>
  unknown.length === 0 ? [] : ['', 'Unknown, and held for it:', ...unknown.map((what) => `- ${what}`)];

function timeOf(given: string | undefined): Instant | null {
  if (given === undefined) return instant(Date.now());
  const at = Date.parse(given);
  return Number.isNaN(at) ? null : instant(at);
}

async function factsOf(file: string | undefined, terminal: Terminal): Promise<Supposed | null> {
  if (file === undefined) return {};
  const source = await readSource(file, terminal);
  if (!source.ok) {
    terminal.say(source.error);
    return null;
  }
  const read = readShape(source.value.text, supposedKeys);
  if (read.ok) return read.value.value;
  sayFindings(source.value.file, source.value.text, read.error, terminal);
  return null;
}

type Heard = { readonly event: DomainEvent | null; readonly payload: unknown };

/** Through the reader that the server has. A payload out of a workflow names no installation, which no policy asks for. */
async function eventOf({ event, payload: file }: Options, terminal: Terminal): Promise<Result<Heard, string>> {
  const url = readGitHubUrl(terminal.env);
  if (!url.ok) return refused(describeProblems(url.error));
  const source = await readSource(file, terminal);
  if (!source.ok) return source;
  const payload = jsonIn(source.value.text);
  if (payload === null) return refused(`${source.value.file} is not a JSON object.`);
  try {
    return ok({ payload, event: readEvent(event, { installation: { id: 1 }, ...payload }, url.value) });
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    return refused(`${source.value.file} is no payload of ${event}:\n${why}`);
  }
}

function jsonIn(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/u, ''));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : null;
  } catch {
    return null;
  }
}
