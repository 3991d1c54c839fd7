/** Whether enough different people are listed for the approvals that a policy asks for. */

import { match } from '../matching.ts';
import { placesOf } from './match.ts';
import type { Finding, Gate, Group, Policy, Stage, UserName } from './model.ts';
import { finding, short } from './view.ts';
import type { Path, YamlDocument } from './yaml.ts';

/** More slots or people than this are not worth the time to find out. */
const MAX_SLOTS = 40;
const MAX_PEOPLE = 60;

/** Approvals that can never be complete, as far as it can be told without asking GitHub. */
export function beyondReach(document: YamlDocument, policy: Policy): readonly Finding[] {
  return [...alone(document, policy), ...together(document, policy), ...forOneself(document, policy)];
}

/** Stages of one rule whose groups overlap, so that together they ask for more people than there are. */
function alone(document: YamlDocument, policy: Policy): readonly Finding[] {
  const rules: readonly (readonly [Path, readonly Stage[]])[] = [
    ...policy.gates.map((gate, index) => [['gates', index, 'approvals'], askedInAll(gate)] as const),
    ...policy.access.map((rule, index) => [['access', index, 'approvals'], rule.approvals] as const),
  ];
  return rules.flatMap(([path, stages]) => {
    if (enough(stages, policy)) return [];
    const message = 'the stages can never be complete: nobody fills two of them, and their groups name too few people';
    return [
      finding(document, path, 'key', 'unreachable-count', message, 'name more people, or ask for fewer', 'warning'),
    ];
  });
}

/** Gates that hold the same thing: each person counts once for all of them. */
function together(document: YamlDocument, policy: Policy): readonly Finding[] {
  return policy.gates.flatMap((gate, index) => {
    if (gate.when !== null || gate.unless !== null || !enough(askedInAll(gate), policy)) return [];
    const other = policy.gates
      .slice(0, index)
      .find(
        (each) =>
          each.when === null &&
          each.unless === null &&
          samePlace(each, gate) &&
          enough(askedInAll(each), policy) &&
          !enough([...askedInAll(each), ...askedInAll(gate)], policy),
      );
    if (other === undefined) return [];
    const message = `with the gate "${short(other.name)}", which holds the same, there are too few people: each counts once for both`;
    return [finding(document, ['gates', index, 'approvals'], 'key', 'unreachable-count', message, null, 'warning')];
  });
}

/** The stages with everyone who may fill them in the end: escalations ask further groups. */
const askedInAll = ({ approvals, escalate }: Gate): readonly Stage[] =>
  approvals.map((stage) => ({ ...stage, from: [...stage.from, ...escalate.flatMap((step) => step.to)] }));

/** Something that both gates hold. Only plain names can be told. */
function samePlace(one: Gate, other: Gate): boolean {
  const names = (gate: Gate) => placesOf(gate).globs;
  if (one.on !== other.on) return false;
  const plain = (gate: Gate) => names(gate).filter(({ source }) => !/[*?[\]{}!\\]/u.test(source));
  return (
    plain(one).some(({ source }) => names(other).some((glob) => glob.matches(source))) ||
    plain(other).some(({ source }) => names(one).some((glob) => glob.matches(source)))
  );
}

/** Who asks does not approve: somebody listed may have nobody left to be approved by. */
function forOneself(document: YamlDocument, policy: Policy): readonly Finding[] {
  return policy.access.flatMap((rule, index) => {
    if (rule.selfApproval || !enough(rule.approvals, policy)) return [];
    const requesters = peopleOf(rule.requesters, policy) ?? new Set<string>();
    if (requesters.size > MAX_PEOPLE) return [];
    const stuck = [...requesters].filter((person) => !enough(rule.approvals, policy, person));
    const [first] = stuck;
    if (first === undefined) return [];
    const message = `when ${first} asks, too few people are left to approve: who asks does not count`;
    return [finding(document, ['access', index, 'approvals'], 'key', 'unreachable-count', message, null, 'warning')];
  });
}

/** Whether different people can fill every slot. A stage with a condition may not be asked, and is left out. */
function enough(stages: readonly Stage[], policy: Policy, without: string | null = null): boolean {
  const slots = stages.flatMap((stage) => {
    const people = stage.when === null ? peopleOf(stage.from, policy) : null;
    return people === null ? [] : Array.from({ length: stage.count }, () => people);
  });
  if (slots.length > MAX_SLOTS || slots.some((people) => people.size > MAX_PEOPLE)) return true;
  const everyone = [...new Set(slots.flatMap((people) => [...people]))].filter((person) => person !== without);
  return !match(slots, everyone, (people, person) => people.has(person)).includes(-1);
}

/** Everyone whom the groups list; `null` where a team, a role or CODEOWNERS has a say. */
function peopleOf(groups: readonly string[], policy: Policy): ReadonlySet<string> | null {
  const people = new Set<string>();
  for (const name of groups) {
    const group = policy.groups.get(name);
    if (group === undefined || !listsAll(group)) return null;
    for (const user of group.users) people.add(nameOf(user));
  }
  return people;
}

const listsAll = ({ teams, codeowners, role }: Group): boolean => teams.length === 0 && !codeowners && role === null;

const nameOf = (user: UserName): string => (user.kind === 'login' ? user.login.toLowerCase() : `account ${user.id}`);
