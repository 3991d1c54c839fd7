/** How a command is answered: always a reaction that can be seen, and words where something was refused or asked. */

import type { Effect, Reaction } from '../domain/effect.ts';
import type { DomainEvent } from '../domain/event.ts';
import type { Person } from '../domain/identity.ts';

export type Comment = Extract<DomainEvent, { kind: 'comment-created' }>;

/** The person behind a comment. */
export const authorOf = ({ author }: Comment): Person => ({ id: author.id, login: author.login });

export type Answer = { readonly reaction: Reaction; readonly words: string | null };

/** It was done: nothing more to say than the reaction. */
export const done = (reaction: Reaction = '+1'): Answer => ({ reaction, words: null });

/** It was not done; `words` (Markdown) say why, and who can. */
export const refuse = (words: string): Answer => ({ reaction: 'confused', words });

/** Something was asked, and these are the words of the answer. */
export const tell = (words: string): Answer => ({ reaction: 'eyes', words });

/** The effects that give the answers to one comment: one reaction and one reply, however many commands it had. */
export function answerEffects(comment: Comment, answers: readonly Answer[]): readonly Effect[] {
  const { repo, number, commentId } = comment;
  const [first] = answers;
  if (first === undefined) return [];
  const shown = answers.find((answer) => answer.reaction === 'confused') ?? first;
  const words = answers.flatMap((answer) => answer.words ?? []);
  return [
    { kind: 'react', repo, commentId, reaction: shown.reaction },
    ...(words.length === 0
      ? []
      : [{ kind: 'reply', repo, number, marker: String(commentId), body: words.join('\n\n') } as const]),
  ];
}
