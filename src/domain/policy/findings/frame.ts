/** How a finding reads in a terminal: where, what is wrong, the line itself with a mark under the spot, and what to do. */

import type { Finding } from '../model.ts';

/** As much of a line as is shown around the spot, in characters. */
const WIDTH = 110;
/** Longer marks than this show nothing better. */
const LONGEST_MARK = 40;
/** Longer lines are no help to anyone, and cost time. */
const LONGEST_LINE = 10_000;

/** What a mark goes under: a quoted text, or everything up to the next blank or sign of YAML. */
const TOKEN = /^(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s,[\]{}#]+)/u;

/** The lines of a file as the reader of policies counts them. */
export const linesOf = (text: string): readonly string[] => text.replace(/^\uFEFF/u, '').split(/\r\n?|\n/u);

/** One finding as several lines of text. The first has the form that editors and terminals make a link of. */
export function frameFinding(file: string, lines: readonly string[], finding: Finding): string {
  const { line, column, severity, message, code, hint } = finding;
  const parts = [`${file}:${line}:${column}: ${severity}: ${message} [${code}]`];
  const source = lines[line - 1] ?? '';
  if (source.trim() !== '') parts.push(...excerpt(String(line), source.slice(0, LONGEST_LINE), column - 1));
  if (hint !== null) parts.push(`${' '.repeat(String(line).length + 2)}= help: ${hint}`);
  return parts.join('\n');
}

function excerpt(number: string, source: string, at: number): readonly string[] {
  const from = at > WIDTH / 2 && source.length > WIDTH ? at - WIDTH / 2 : 0;
  const shown = plainLine(source.slice(from, from + WIDTH));
  const before = from > 0 ? '...' : '';
  const behind = from + WIDTH < source.length ? '...' : '';
  const token = TOKEN.exec(source.slice(at, at + LONGEST_MARK))?.[0].replace(/:$/u, '') ?? '';
  const mark = '^'.repeat(Math.max(1, Math.min(token.length, LONGEST_MARK, from + WIDTH - at)));
  const gutter = ' '.repeat(number.length + 1);
  return [
    `${gutter} |`,
    ` ${number} | ${before}${shown}${behind}`,
    `${gutter} | ${' '.repeat(before.length + at - from)}${mark}`,
  ];
}

/** Every character as wide as one place, so that the mark stands where it belongs. */
const plainLine = (text: string): string => text.replaceAll('\t', ' ').replaceAll(/[\p{Cc}\p{Cf}]/gu, '?');
