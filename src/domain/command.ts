/** What people can say to the app in a comment, and how a comment is read for it. */

import { argumentsOf, type Command, type Misunderstood, type RepositoryName } from './command-arguments.ts';
import { commandLines } from './command-line.ts';
import { nearestCommand } from './command-nearest.ts';
import { COMMAND_WORDS } from './command-table.ts';

export type { Command, Misunderstood, RepositoryName };

/** `line` counts from 1. */
export type ParsedCommand = (Command | Misunderstood) & { readonly line: number };

/**
 * Reads a comment's commands in their order. The word is understood in upper and lower case, since phones write a
 * capital at the beginning of a line; everything else about its shape is exact ASCII. Words of other bots are passed
 * over. Only a comment's creation may be read for votes: that is the caller's to know.
 */
export function parseCommands(comment: string): readonly ParsedCommand[] {
  const lines = commandLines(comment);
  if (!lines.ok) return [{ kind: 'unreadable', problem: lines.error.problem, line: lines.error.line }];
  return lines.value.flatMap(({ line, word, head, tail }): readonly ParsedCommand[] => {
    const name = COMMAND_WORDS.get(word.toLowerCase());
    if (name !== undefined) return [{ ...argumentsOf(name, head, tail), line }];
    const nearest = head === null ? null : nearestCommand(word.toLowerCase());
    return nearest === null ? [] : [{ kind: 'unknown-command', word, nearest, line }];
  });
}

/** A command as other programs read it: the kind, everything else under `args`. */
export type CommandJson = {
  readonly command: ParsedCommand['kind'];
  readonly args: Readonly<Record<string, string | RepositoryName | null>>;
  readonly line: number;
};

/** The commands of a comment for `jit-gate policy comment --json`. */
export function commandsAsJson(comment: string): readonly CommandJson[] {
  return parseCommands(comment).map(({ kind, line, ...args }) => ({ command: kind, args, line }));
}
