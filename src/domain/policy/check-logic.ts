/** What is odd about a policy that has no errors: rules that never hold anything, and approvals that nobody can give. */

import { contradictions, neverMet, surelyMet } from './check-satisfiable.ts';
import { shadowedRules } from './check-shadowed.ts';
import { beyondReach } from './check-reach.ts';
import { placesOf } from './match.ts';
import type { Finding, Gate, Glob, Policy, RefGlob } from './model.ts';
import { finding, short } from './view.ts';
import type { Path, YamlDocument } from './yaml.ts';

/** Comparing everything with everything costs time that a hostile file would multiply. */
const MAX_GATES = 50;
const MAX_PATTERNS = 30;

/** Warnings about a policy that can be used as it is. The document is the one that the policy was read from. */
export function logicFindings(document: YamlDocument, policy: Policy): readonly Finding[] {
  return [
    ...policy.gates.flatMap((gate, index) => gateFindings(document, gate, ['gates', index])),
    ...(policy.gates.length > MAX_GATES ? [] : togetherFindings(document, policy)),
    ...(policy.gates.length + policy.access.length > MAX_GATES ? [] : beyondReach(document, policy)),
    ...(policy.access.length > MAX_GATES ? [] : shadowedRules(document, policy)),
  ];
}

function gateFindings(document: YamlDocument, gate: Gate, path: Path): readonly Finding[] {
  const warn = (at: Path, code: string, message: string, hint: string): Finding =>
    finding(document, at, 'key', code, message, hint, 'warning');
  const { when, unless } = gate;
  const found: Finding[] = [];
  if (when !== null && neverMet(when, gate)) {
    const why = contradictions(when, gate);
    found.push(
      warn([...path, 'when'], 'never-applies', `the gate never applies: ${why}`, 'change `when`, or remove it'),
    );
  }
  if (unless !== null && surelyMet(unless, gate))
    found.push(
      warn(
        [...path, 'unless'],
        'never-holds',
        'the gate never holds anything: `unless` is always met',
        'narrow `unless`',
      ),
    );
  if (when !== null && unless !== null && JSON.stringify(when) === JSON.stringify(unless))
    found.push(
      warn(
        [...path, 'unless'],
        'never-holds',
        'the gate never holds anything: `when` and `unless` are the same',
        'remove one',
      ),
    );
  for (const [index, stage] of gate.approvals.entries())
    if (stage.when !== null && neverMet(stage.when, gate))
      found.push(
        warn(
          [...path, 'approvals', index, 'when'],
          'never-asked',
          `the stage is never asked: ${contradictions(stage.when, gate)}`,
          'change `when`, or remove the stage',
        ),
      );
  return [...found, ...needlessPatterns(document, gate, path)];
}

/** A pattern that another of the same list has the whole of. */
function needlessPatterns(document: YamlDocument, gate: Gate, path: Path): readonly Finding[] {
  const { key, globs } = placesOf(gate);
  if (globs.length > MAX_PATTERNS) return [];
  return globs.flatMap((glob, index) => {
    const wider = globs.find(
      (other, at) => at !== index && covers(other, glob) && !(at > index && covers(glob, other)),
    );
    if (wider === undefined) return [];
    const message = `"${short(glob.source)}" adds nothing: "${short(wider.source)}" matches all of it`;
    return [finding(document, [...path, key, index], 'value', 'needless-pattern', message, 'remove it', 'warning')];
  });
}

const PLAIN = /^[^*?[\]{}!\\]*$/u;

/** Whether one pattern surely matches whatever the other does. Only plain names can be told. */
const covers = (wide: Glob, narrow: Glob): boolean =>
  wide.source === narrow.source || (PLAIN.test(narrow.source) && wide.matches(narrow.source));

/** Gates that govern the same environment and have no ref in common: every deployment is denied by one of them. */
function togetherFindings(document: YamlDocument, policy: Policy): readonly Finding[] {
  return policy.gates.flatMap((gate, index) => {
    if (
      gate.on !== 'deployment' ||
      (gate.refs?.length ?? 0) > MAX_PATTERNS ||
      !gate.refs?.every(({ source }) => PLAIN.test(source))
    )
      return [];
    const { refs } = gate;
    const against = policy.gates.slice(0, index).find((other) => {
      if (other.on !== 'deployment' || other.refs === null || other.when !== null || gate.when !== null) return false;
      const same = gate.environments.some((one) => other.environments.some((two) => covers(two, one)));
      const { refs: theirs } = other;
      return same && !refs.some((ref) => theirs.some((glob) => glob.matches(nameOf(ref)))) && theirs.every(isPlain);
    });
    if (against === undefined) return [];
    const message = `no ref satisfies both this gate and "${short(against.name)}": every deployment is denied by one of them`;
    const hint = 'all gates that match have to be satisfied; give them a ref in common';
    return [finding(document, ['gates', index, 'refs'], 'key', 'contradicting-gates', message, hint, 'warning')];
  });
}

/** A commit can be on a branch and a tag of one name: what else the name has to stand for excludes nothing. */
const nameOf = ({ source, kind }: RefGlob): string => (kind === null ? source : source.slice(kind.length + 1));

const isPlain = ({ source }: Glob): boolean => PLAIN.test(source);
