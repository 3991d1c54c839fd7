/** Was a word that is no command meant to be one? */

import { COMMAND_WORDS, type CommandName } from './command-table.ts';
import { nearest } from './nearest.ts';

/** Words that other bots answer to and that are near to ours: whoever types them does not mean us. */
const OTHERS_WORDS: ReadonlySet<string> = new Set(['retest', 'hold', 'unhold', 'rebase', 'resolve', 'reopen', 'close']);

/** The command that a word was probably meant to be; `null` where none is near. */
export function nearestCommand(word: string): CommandName | null {
  if (OTHERS_WORDS.has(word.toLowerCase())) return null;
  return COMMAND_WORDS.get(nearest(word, COMMAND_WORDS.keys()) ?? '') ?? null;
}
