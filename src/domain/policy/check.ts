/** What is wrong with a policy that is well formed key by key: names that lead nowhere, rules that nobody can satisfy. */

import { nearest } from '../nearest.ts';
import { BASELINE_PREFIX } from './baseline.ts';
import { accessFindings } from './check-access.ts';
import { conditionFindings } from './check-conditions.ts';
import { roleFindings } from './check-roles.ts';
import { teamFindings } from './check-teams.ts';
import type { Finding } from './model.ts';
import {
  escalationsOf,
  finding,
  groupsOf,
  isMapping,
  listAt,
  referencesOf,
  rulesOf,
  short,
  stagesOf,
  valueAt,
  type Groups,
  type Reference,
  type Rule,
} from './view.ts';
import type { YamlDocument } from './yaml.ts';

/*
 * These checks read the bare YAML value and pass over whatever has the wrong shape, so that a file with one mistyped key
 * still gets all of its findings at once.
 */

/** Looking for what was meant costs time that a hostile file would multiply. */
const MAX_GUESSES = 50;

/** Findings that only show when one part of the file is held against another. */
export function meaningFindings(document: YamlDocument): readonly Finding[] {
  const rules = [...rulesOf(document, 'gates'), ...rulesOf(document, 'access')];
  const groups = groupsOf(document.value);
  return [
    ...duplicateNames(document, 'gates'),
    ...duplicateNames(document, 'access'),
    ...reservedNames(document),
    ...baselineNames(document, groups),
    ...unheldActions(document),
    ...unknownGroups(document, rules, groups),
    ...rules.flatMap((rule) => unreachable(document, rule, groups)),
    ...roleFindings(document),
    ...accessFindings(document, groups),
    ...teamFindings(document),
    ...conditionFindings(document),
    ...unusedGroups(document, rules, groups),
    ...numericLogins(document),
  ];
}

function duplicateNames(document: YamlDocument, key: 'gates' | 'access'): readonly Finding[] {
  const seen = new Map<string, number>();
  return rulesOf(document, key).flatMap(({ path, value }) => {
    const name = valueAt(value, ['name']);
    if (typeof name !== 'string') return [];
    const first = seen.get(name.toLowerCase());
    const { line } = document.locate([...path, 'name'], 'value');
    if (first === undefined) {
      seen.set(name.toLowerCase(), line);
      return [];
    }
    const message = `the name "${short(name)}" is taken by the one on line ${String(first)}`;
    return [
      finding(
        document,
        [...path, 'name'],
        'value',
        'duplicate-name',
        message,
        'commands name a rule by it, so it has to be unique in any case',
      ),
    ];
  });
}

/** `/approve all` means every request that waits, so no gate can be called that. */
function reservedNames(document: YamlDocument): readonly Finding[] {
  return rulesOf(document, 'gates').flatMap(({ path, value }) => {
    const name = valueAt(value, ['name']);
    if (typeof name !== 'string' || name.toLowerCase() !== 'all') return [];
    const message = 'no gate can be named "all": `/approve all` means every one that waits';
    return [finding(document, [...path, 'name'], 'value', 'bad-name', message, 'choose another name')];
  });
}

/** Gates on actions are read and checked, but this version holds no actions: nobody should rely on one. */
const unheldActions = (document: YamlDocument): readonly Finding[] =>
  rulesOf(document, 'gates').flatMap(({ path, value }) => {
    if (valueAt(value, ['on']) !== 'action') return [];
    const message = 'nothing holds actions yet: the gate is checked, and has no effect';
    return [finding(document, [...path, 'on'], 'value', 'not-held-yet', message, null, 'warning')];
  });

/** What begins like the organisation's own names could be taken for them, or take their place. */
function baselineNames(document: YamlDocument, groups: Groups): readonly Finding[] {
  const gates = rulesOf(document, 'gates').map(({ path, value }) => ({
    at: [...path, 'name'],
    side: 'value' as const,
    name: valueAt(value, ['name']),
  }));
  const named = [...groups.keys()].map((name) => ({ at: ['groups', name], side: 'key' as const, name }));
  return [...gates, ...named].flatMap(({ at, side, name }) => {
    if (typeof name !== 'string' || !name.toLowerCase().startsWith(BASELINE_PREFIX)) return [];
    const message = `no name can begin with "${BASELINE_PREFIX}": that marks what the organisation's policy says`;
    return [finding(document, at, side, 'bad-name', message, 'choose another name')];
  });
}

function unknownGroups(document: YamlDocument, rules: readonly Rule[], groups: Groups): readonly Finding[] {
  const unknown = rules.flatMap((rule) => referencesOf(document, rule)).filter(({ name }) => !groups.has(name));
  return unknown.map(({ name, path }, index) => {
    const meant = index < MAX_GUESSES ? nearest(name, groups.keys()) : null;
    const hint = meant === null ? 'define it under `groups`' : `did you mean \`${meant}\`?`;
    return finding(document, path, 'value', 'unknown-group', `the group "${short(name)}" is not defined`, hint);
  });
}

function unreachable(document: YamlDocument, rule: Rule, groups: Groups): readonly Finding[] {
  const later = escalationsOf(document, rule);
  const views = stagesOf(document, rule).map((stage) => ({
    ...stage,
    people: stage.from.length === 0 ? null : peopleOf([...stage.from, ...later], groups),
  }));
  const alone = views.flatMap((stage) => {
    if (stage.people === null || stage.people.size >= stage.count) return [];
    const path =
      valueAt(document.value, [...stage.path, 'count']) === undefined ? stage.path : [...stage.path, 'count'];
    const message = `${String(stage.count)} people have to approve, but the groups name only ${String(stage.people.size)}`;
    return [finding(document, path, 'value', 'unreachable-count', message, null)];
  });
  if (alone.length > 0) return alone;
  const certain = views.filter((stage) => stage.people !== null && !stage.conditional);
  const needed = certain.reduce((sum, stage) => sum + stage.count, 0);
  const everyone = new Set(certain.flatMap((stage) => [...(stage.people ?? [])]));
  if (needed <= everyone.size) return [];
  const message = `the stages ask for ${String(needed)} people, but their groups name only ${String(everyone.size)}, and nobody fills two slots`;
  return [finding(document, [...rule.path, 'approvals'], 'key', 'unreachable-count', message, null)];
}

/** Everyone whom the groups name; `null` where that can't be told offline. */
function peopleOf(asked: readonly Reference[], groups: Groups): ReadonlySet<string> | null {
  const people = new Set<string>();
  for (const { name } of asked) {
    const named = groups.get(name)?.people;
    if (named === undefined || named === null) return null;
    for (const person of named) people.add(person);
  }
  return people;
}

function unusedGroups(document: YamlDocument, rules: readonly Rule[], groups: Groups): readonly Finding[] {
  const used = new Set(rules.flatMap((rule) => referencesOf(document, rule)).map(({ name }) => name));
  return [...groups.keys()]
    .filter((name) => !used.has(name))
    .map((name) =>
      finding(
        document,
        ['groups', name],
        'key',
        'unused-group',
        `no rule asks the group "${short(name)}"`,
        null,
        'warning',
      ),
    );
}

function numericLogins(document: YamlDocument): readonly Finding[] {
  const groups = valueAt(document.value, ['groups']);
  if (!isMapping(groups)) return [];
  return Object.keys(groups).flatMap((name) =>
    listAt(document.value, ['groups', name, 'users']).flatMap((user, index) => {
      if (typeof user !== 'string' || !/^\d+$/u.test(user)) return [];
      const message = `"${short(user)}" in quotes is read as a login`;
      return [
        finding(
          document,
          ['groups', name, 'users', index],
          'value',
          'numeric-login',
          message,
          'remove the quotes if you mean the account id',
          'warning',
        ),
      ];
    }),
  );
}

/** Said of a policy in which nothing else is wrong. */
export function rulelessFindings(document: YamlDocument): readonly Finding[] {
  if (rulesOf(document, 'gates').length + rulesOf(document, 'access').length > 0) return [];
  const message = 'the policy has neither gates nor access rules';
  return [finding(document, [], 'value', 'no-rules', message, 'add `gates` or `access`', 'warning')];
}
