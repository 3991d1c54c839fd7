/** How a condition of its own reads, such as `paths: infra/**, db/**`. */

import { checkWords, type Simple } from './condition-answer.ts';
import type { Named } from './model.ts';

/** The condition as it stands in the policy, on one line. */
export function conditionText(condition: Simple): string {
  switch (condition.kind) {
    case 'authors':
    case 'only-authors':
      return `${condition.kind}: ${namedWords(condition)}`;
    case 'draft':
    case 'fork':
    case 'signed':
      return `${condition.kind}: ${String(condition.is)}`;
    case 'lines-changed':
      return `lines-changed: ${rangeWords(condition.min, condition.max)}`;
    case 'checks':
      return `checks: ${condition.checks.map(checkWords).join(', ')}`;
    case 'paths':
    case 'only-paths':
    case 'labels':
    case 'title':
    case 'base':
    case 'head':
    case 'event':
      return `${condition.kind}: ${condition.globs.map(({ source }) => patternWords(source)).join(', ')}`;
  }
}

/** In quotes where it could be taken for more than one pattern. */
const patternWords = (source: string): string => (/, | and | or /u.test(source) ? JSON.stringify(source) : source);

function namedWords({ users, teams }: Named): string {
  const people = users.map((user) => (user.kind === 'login' ? user.login : `account ${String(user.id)}`));
  return [...people, ...teams.map((team) => `team ${team}`)].join(', ');
}

function rangeWords(min: number | null, max: number | null): string {
  if (max === null) return `at least ${String(min ?? 0)}`;
  return min === null ? `at most ${String(max)}` : `${String(min)} to ${String(max)}`;
}
