/** How the story looks on a terminal: when, who, what. */

import { stripVTControlCharacters, styleText } from 'node:util';
import { plainWords } from './plain-words.ts';

const WIDTH = 108;
const WHO = 8;
/** Columns before the text: the time, who, and the spaces between. */
const INDENT = 10 + WHO;

type CheckSeen = { readonly name: string; readonly status: string; readonly conclusion: string | null };

export type Timeline = {
  readonly chapter: (title: string) => void;
  /** A person did something. */
  readonly did: (who: string, what: string) => void;
  /** GitHub shows something. */
  readonly shows: (what: string) => void;
  readonly check: (check: CheckSeen & { readonly title: string }) => void;
  /** Markdown that the app wrote, as a reader of GitHub sees it; at most `most` lines of it. */
  readonly quote: (markdown: string, most?: number) => void;
  /** Something on this machine, that GitHub has no part in. */
  readonly here: (what: string) => void;
  /** Lines as they are, below the story. */
  readonly lines: (...lines: readonly string[]) => void;
  /** Milliseconds since the beginning. */
  readonly elapsed: () => number;
};

type Style = Parameters<typeof styleText>[0];

/** Colours are used only where `stream` is a terminal that has them. */
export function createTimeline(stream: NodeJS.WriteStream): Timeline {
  const began = performance.now();
  const paint = (style: Style, text: string): string => styleText(style, text, { stream });
  const write = (line: string): void => {
    stream.write(`${line}\n`);
  };
  const entry = (who: string, style: Style, what: string): void => {
    const time = `${((performance.now() - began) / 1000).toFixed(1)} s`.padStart(7);
    const [first = '', ...rest] = wrap(what);
    write(`${paint('dim', time)}  ${paint(style, who.padEnd(WHO))} ${first}`);
    for (const line of rest) write(' '.repeat(INDENT) + line);
  };
  return {
    chapter: (title) => write(`\n${paint('bold', title)}`),
    did: (who, what) => entry(who, 'cyan', what),
    shows: (what) => entry('GitHub', 'magenta', what),
    check: (check) => entry('GitHub', 'magenta', `${mark(check, paint)} ${check.name}: ${check.title}`),
    quote: (markdown, most = 6) => {
      const lines = plainWords(markdown).split('\n').flatMap(wrap);
      for (const line of lines.slice(0, most)) write(`${' '.repeat(INDENT)}${paint('dim', '|')} ${line}`);
      if (lines.length > most) write(`${' '.repeat(INDENT)}${paint('dim', '| ...')}`);
    },
    here: (what) => entry('here', 'dim', what),
    lines: (...lines) => lines.forEach(write),
    elapsed: () => performance.now() - began,
  };
}

function mark({ status, conclusion }: CheckSeen, paint: (style: Style, text: string) => string): string {
  if (status !== 'completed') return paint('yellow', '[waits]');
  return conclusion === 'success' ? paint('green', '[passed]') : paint('red', '[failed]');
}

/** Breaks at spaces, so that no line is longer than the terminal is wide by custom. */
function wrap(text: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && stripVTControlCharacters(longer).length > WIDTH - INDENT) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}
