/** What is wrong with access rules: times that contradict each other, requests that nobody can make or approve. */

import { parseDuration } from '../duration.ts';
import { teamWord } from '../grantable.ts';
import { roleFrom } from '../role.ts';
import { USUAL_AHEAD } from './definition.ts';
import type { Finding } from './model.ts';
import {
  finding,
  isMapping,
  listAt,
  references,
  rulesOf,
  short,
  stagesOf,
  valueAt,
  type Groups,
  type Rule,
} from './view.ts';
import type { YamlDocument } from './yaml.ts';

/** Findings about the access rules of a policy. */
export function accessFindings(document: YamlDocument, groups: Groups): readonly Finding[] {
  return [
    ...rulesOf(document, 'access').flatMap((rule) => [
      ...offeringNothing(document, rule),
      ...durationFindings(document, rule),
      ...codeownerFindings(document, rule, groups),
      ...neverAtOnce(document, rule),
      ...neverByOneself(document, rule),
    ]),
    ...shadowed(document),
  ];
}

function offeringNothing(document: YamlDocument, { path, value }: Rule): readonly Finding[] {
  if (!isMapping(value) || 'roles' in value || 'teams' in value) return [];
  const message = 'the rule offers neither `roles` nor `teams`';
  return [finding(document, path, 'value', 'missing-key', message, 'say what may be asked for, as in roles: [push]')];
}

function durationFindings(document: YamlDocument, rule: Rule): readonly Finding[] {
  const longest = durationAt(rule.value, 'max-duration');
  const usual = durationAt(rule.value, 'default-duration');
  if (longest === null || usual === null || usual <= longest) return [];
  const message = '`default-duration` is longer than `max-duration`';
  return [
    finding(
      document,
      [...rule.path, 'default-duration'],
      'value',
      'default-over-max',
      message,
      'make it the shorter one',
    ),
  ];
}

function durationAt(value: unknown, key: string, otherwise: string | null = null): number | null {
  const text = valueAt(value, [key]) ?? otherwise;
  if (typeof text !== 'string') return null;
  const result = parseDuration(text);
  return result.ok ? result.value : null;
}

/** An access request changes no files, so CODEOWNERS names nobody for it. */
function codeownerFindings(document: YamlDocument, rule: Rule, groups: Groups): readonly Finding[] {
  const lists = [
    ...stagesOf(document, rule).map((stage) => stage.from),
    references(document.value, [...rule.path, 'requesters']),
    references(document.value, [...rule.path, 'auto-approve', 'requesters']),
    references(document.value, [...rule.path, 'auto-approve', 'review']),
  ];
  return lists.flatMap((list) => {
    const [first] = list;
    if (first === undefined || !list.every(({ name }) => groups.get(name)?.onlyCodeowners === true)) return [];
    const message = `"${short(first.name)}" is nobody here: an access request changes no files, so it has no code owners`;
    return [finding(document, first.path, 'value', 'codeowners-in-access', message, 'name a team, users or a role')];
  });
}

/** Where so many people have to approve, nobody is granted anything at once. */
function neverAtOnce(document: YamlDocument, rule: Rule): readonly Finding[] {
  const bound = valueAt(document.value, ['limits', 'min-count']) !== undefined;
  if (!bound || valueAt(rule.value, ['auto-approve']) === undefined) return [];
  const message = '`auto-approve` has no effect: `limits` say how many people have to approve';
  const hint = 'remove one of the two';
  return [finding(document, [...rule.path, 'auto-approve'], 'key', 'auto-approve-never', message, hint, 'warning')];
}

/** For the same reason nobody approves what they ask for. */
function neverByOneself(document: YamlDocument, rule: Rule): readonly Finding[] {
  const bound = valueAt(document.value, ['limits', 'min-count']) !== undefined;
  if (!bound || valueAt(rule.value, ['self-approval']) !== 'allowed') return [];
  const message = '`self-approval` has no effect: `limits` say how many people have to approve';
  const at = [...rule.path, 'self-approval'];
  return [finding(document, at, 'key', 'self-approval-never', message, 'remove one of the two', 'warning')];
}

/** A rule whose every request is taken by an earlier one. */
function shadowed(document: YamlDocument): readonly Finding[] {
  const rules = rulesOf(document, 'access').map((rule) => ({
    ...rule,
    roles: new Set([
      ...listAt(rule.value, ['roles']).map((word) => roleFrom(String(word)) ?? String(word).toLowerCase()),
      ...listAt(rule.value, ['teams']).map((slug) => teamWord(String(slug).toLowerCase())),
    ]),
    requesters: new Set(references(document.value, [...rule.path, 'requesters']).map(({ name }) => name)),
    longest: durationAt(rule.value, 'max-duration') ?? 0,
    furthest: durationAt(rule.value, 'max-ahead', USUAL_AHEAD) ?? 0,
  }));
  return rules.flatMap((rule, index) => {
    if (rule.roles.size === 0 || rule.requesters.size === 0) return [];
    const earlier = rules
      .slice(0, index)
      .find(
        (each) =>
          within(rule.roles, each.roles) &&
          within(rule.requesters, each.requesters) &&
          each.longest >= rule.longest &&
          each.furthest >= rule.furthest,
      );
    if (earlier === undefined) return [];
    const { line } = document.locate(earlier.path, 'value');
    const message = `the rule can never apply: the one on line ${String(line)} takes every request that it could`;
    return [finding(document, rule.path, 'value', 'shadowed-rule', message, 'put the narrower rule first', 'warning')];
  });
}

const within = (some: ReadonlySet<unknown>, all: ReadonlySet<unknown>): boolean =>
  [...some].every((one) => all.has(one));
