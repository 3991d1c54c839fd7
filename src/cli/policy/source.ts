/** Where the files come from that the commands about policies read. */

import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Finding, Policy } from '../../domain/policy/model.ts';
import { frameFinding, linesOf } from '../../domain/policy/findings/frame.ts';
import { parsePolicy } from '../../domain/policy/parse.ts';
import { ok, refused, type Result } from '../../domain/result.ts';
import type { Terminal } from '../terminal.ts';

/** Where the app looks, in this order. */
export const PLACES = ['.jit-policy.yml', '.github/.jit-policy.yml'] as const;

/** No file that is read here is larger: a policy has kilobytes, a webhook 25 MB at most. */
const MAX_BYTES = 32 * 1024 * 1024;

/** A file that was read; `file` is its name as the person wrote it. */
export type Source = { readonly file: string; readonly text: string };

/** Reads a file; `-` is standard input. Refuses in words what can't be read. */
export async function readSource(file: string, terminal: Terminal): Promise<Result<Source, string>> {
  if (file === '-') return ok({ file: 'standard input', text: await terminal.readInput() });
  try {
    const path = resolve(terminal.cwd, file);
    const { size } = statSync(path);
    if (size > MAX_BYTES) return refused(`${file} is ${size} bytes long; at most ${MAX_BYTES} are read.`);
    return ok({ file, text: readFileSync(path, 'utf8') });
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return refused(`${file} can’t be read (${why}).`);
  }
}

/** Reads the policy that is named, or the one that stands where the app would look. */
export async function readPolicySource(given: string | undefined, terminal: Terminal): Promise<Result<Source, string>> {
  const file = given ?? PLACES.find((place) => existsSync(resolve(terminal.cwd, place)));
  if (file !== undefined) return await readSource(file, terminal);
  return refused(`There is no ${PLACES.join(' and no ')} here. Name a file, or write one with \`jit-gate init\`.`);
}

/** A policy that can be worked with; where it has errors, says them and returns `null`. */
export function policyOf({ file, text }: Source, terminal: Terminal): Policy | null {
  const parsed = parsePolicy(text);
  if (parsed.ok) return parsed.value;
  sayFindings(file, text, parsed.error, terminal);
  terminal.say(`${file} has errors, so nothing can be told of it.`);
  return null;
}

/** Findings for people, on standard error, where they are not what was asked for. */
export function sayFindings(file: string, text: string, findings: readonly Finding[], terminal: Terminal): void {
  const lines = linesOf(text);
  for (const finding of findings) terminal.say(frameFinding(file, lines, finding));
}
