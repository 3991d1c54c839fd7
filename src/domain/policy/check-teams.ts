/** Which teams that a policy grants are asked by it to approve, so that whoever is given one can? */

import type { Finding } from './model.ts';
import { splitTeam } from './team-name.ts';
import { escalationsOf, finding, isMapping, listAt, rulesOf, short, stagesOf, valueAt, type Rule } from './view.ts';
import type { Path, YamlDocument } from './yaml.ts';

/** Warnings about teams that access rules or limits let people be given. */
export function teamFindings(document: YamlDocument): readonly Finding[] {
  const approving = approvingTeams(document);
  if (approving.size === 0) return [];
  const lists: readonly Path[] = [
    ...rulesOf(document, 'access').map(({ path }): Path => [...path, 'teams']),
    ['limits', 'teams'],
  ];
  return lists.flatMap((path) =>
    listAt(document.value, path).flatMap((team, index) => {
      const rule = typeof team === 'string' ? approving.get(slugOf(team)) : undefined;
      if (typeof team !== 'string' || rule === undefined) return [];
      const message = `the team "${short(team)}" approves for "${short(rule)}": whoever is given it can approve there`;
      const hint = 'have another team approve, or see that this is what is meant';
      return [finding(document, [...path, index], 'value', 'granted-approver', message, hint, 'warning')];
    }),
  );
}

const slugOf = (team: string): string => splitTeam(team.toLowerCase()).slug;

/** Teams by slug that approve for a gate or an access rule, each with the name of the first. */
function approvingTeams(document: YamlDocument): ReadonlyMap<string, string> {
  const groups = valueAt(document.value, ['groups']);
  if (!isMapping(groups)) return new Map();
  const teams = new Map<string, string>();
  for (const rule of [...rulesOf(document, 'gates'), ...rulesOf(document, 'access')]) {
    const name = valueAt(rule.value, ['name']);
    for (const group of approvers(document, rule)) {
      for (const team of listAt(groups, [group, 'teams'])) {
        if (typeof team !== 'string' || teams.has(slugOf(team))) continue;
        teams.set(slugOf(team), typeof name === 'string' ? name : 'a rule');
      }
    }
  }
  return teams;
}

const approvers = (document: YamlDocument, rule: Rule): readonly string[] =>
  [...stagesOf(document, rule).flatMap(({ from }) => from), ...escalationsOf(document, rule)].map(({ name }) => name);
