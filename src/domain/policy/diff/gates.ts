/** What a gate holds, and who opens it, before and after. */

import { formatDuration } from '../../duration.ts';
import type { ActionGate, DeploymentGate, Gate, Glob, MergeGate, Policy } from '../model.ts';
import { flag, listed, movedBetween, quoted, stricter, timeout, weaker, type Said } from './change.ts';
import { unlessChanged, whenChanged } from './conditions.ts';
import { peopleMoved } from './people.ts';
import { orderOnly, stagesChanged } from './stages.ts';

type Sides = { readonly before: Policy; readonly after: Policy };
type Compare<G> = (was: G, is: G, sides: Sides) => readonly Said[];

const nothing = (): readonly Said[] => [];

/** A key of gates that is missing here does not compile: a change that nobody sees would be the worst of all. */
const COMMON = {
  // What two gates are compared by.
  name: nothing,
  on: nothing,
  when: (was, is) => whenChanged(was.when, is.when, 'the gate applies'),
  unless: (was, is) => unlessChanged(was.unless, is.unless),
  approvals: (was, is, { before, after }) => [
    ...stagesChanged({ policy: before, stages: was.approvals }, { policy: after, stages: is.approvals }),
    ...orderOnly(was.approvals, is.approvals),
  ],
  timeout: (was, is) => timeout(was.timeout, is.timeout),
  selfApproval: (was, is) =>
    flag(
      was.selfApproval,
      is.selfApproval,
      'who wrote or started it may now approve it',
      'who wrote or started it may no longer approve it',
    ),
  reviews: (was, is) =>
    flag(was.reviews, is.reviews, 'an approving review now counts', 'an approving review no longer counts'),
  disapprove: (was, is, { before, after }) => {
    const { come, gone } = peopleMoved(
      { policy: before, names: was.disapprove },
      { policy: after, names: is.disapprove },
    );
    return [
      ...(come === null ? [] : [stricter(`${come} may now hold it by /deny`)]),
      ...(gone === null ? [] : [weaker(`${gone} may no longer hold it by /deny`)]),
    ];
  },
  freeze: (was, is) => {
    const { come, gone } = movedBetween(
      was.freeze.map(({ window }) => JSON.stringify(window)),
      is.freeze.map(({ window }) => JSON.stringify(window)),
    );
    return [
      ...(gone.length === 0 ? [] : [weaker(`${windows(gone.length)} in which nothing passed are gone or changed`)]),
      ...(come.length === 0 ? [] : [stricter(`nothing passes in ${windows(come.length)} more`)]),
    ];
  },
  escalate: (was, is, { before, after }) => escalationChanged(was, is, before, after),
  breakGlass: (was, is, { before, after }) => {
    const { come, gone } = peopleMoved(
      { policy: before, names: was.breakGlass?.by ?? [] },
      { policy: after, names: is.breakGlass?.by ?? [] },
    );
    const review = (gate: Gate): string => JSON.stringify([gate.breakGlass?.review, gate.breakGlass?.within]);
    const both = was.breakGlass !== null && is.breakGlass !== null;
    return [
      ...(come === null ? [] : [weaker(`${come} may now let it through by /break-glass`)]),
      ...(gone === null ? [] : [stricter(`${gone} may no longer let it through by /break-glass`)]),
      ...(both && review(was) !== review(is) ? [weaker('the review that is owed for /break-glass is another')] : []),
    ];
  },
} as const satisfies Readonly<Record<Exclude<keyof MergeGate, 'branches'>, Compare<Gate>>>;

const MERGE = {
  branches: (was, is) => placesChanged('merges into', was.branches, is.branches),
} as const satisfies Readonly<Record<Exclude<keyof MergeGate, keyof typeof COMMON>, Compare<MergeGate>>>;

const DEPLOYMENT = {
  environments: (was, is) => placesChanged('deployments to', was.environments, is.environments),
  refs: (was, is) => refsChanged(was.refs, is.refs),
  forks: (was, is) =>
    flag(was.forks, is.forks, 'runs from forks may now deploy', 'runs from forks may no longer deploy'),
} as const satisfies Readonly<Record<Exclude<keyof DeploymentGate, keyof typeof COMMON>, Compare<DeploymentGate>>>;

const ACTION = {
  actions: (was, is) => placesChanged('actions', was.actions, is.actions),
} as const satisfies Readonly<Record<Exclude<keyof ActionGate, keyof typeof COMMON>, Compare<ActionGate>>>;

/** Everything that differs between two gates of one name. */
export function gateChanged(was: Gate, is: Gate, sides: Sides): readonly Said[] {
  const common = Object.values(COMMON).flatMap((compare) => compare(was, is, sides));
  if (was.on === 'merge' && is.on === 'merge')
    return [...Object.values(MERGE).flatMap((compare) => compare(was, is)), ...common];
  if (was.on === 'deployment' && is.on === 'deployment')
    return [...Object.values(DEPLOYMENT).flatMap((compare) => compare(was, is)), ...common];
  if (was.on === 'action' && is.on === 'action')
    return [...Object.values(ACTION).flatMap((compare) => compare(was, is)), ...common];
  return [weaker(`${held(was)} are no longer held by it`), stricter(`${held(is)} are now held by it`), ...common];
}

/** What a gate holds, in words. */
export function held(gate: Gate): string {
  switch (gate.on) {
    case 'merge':
      return `merges into ${sources(gate.branches)}`;
    case 'deployment':
      return `deployments to ${sources(gate.environments)}`;
    case 'action':
      return `actions ${sources(gate.actions)}`;
  }
}

const sources = (globs: readonly Glob[]): string => listed(globs.map(({ source }) => quoted(source)));

const windows = (count: number): string => (count === 1 ? 'one window' : `${String(count)} windows`);

function placesChanged(what: string, was: readonly Glob[], is: readonly Glob[]): readonly Said[] {
  const covered = (source: string, by: readonly Glob[]): boolean =>
    by.some((glob) => glob.source === source || (/^[^*?[\]{}!\\]*$/u.test(source) && glob.matches(source)));
  const gone = was.filter(({ source }) => !covered(source, is));
  const come = is.filter(({ source }) => !covered(source, was));
  return [
    ...(gone.length === 0 ? [] : [weaker(`${what} ${sources(gone)} are no longer held by it`)]),
    ...(come.length === 0 ? [] : [stricter(`${what} ${sources(come)} are now held by it`)]),
  ];
}

function refsChanged(was: DeploymentGate['refs'], is: DeploymentGate['refs']): readonly Said[] {
  if (was === null) return is === null ? [] : [stricter(`only ${sources(is)} may be deployed`)];
  if (is === null) return [weaker('any branch or tag may be deployed')];
  const { come, gone } = movedBetween(was.map(refWords), is.map(refWords));
  return [
    ...(come.length === 0 ? [] : [weaker(`${listed(come)} may now be deployed`)]),
    ...(gone.length === 0 ? [] : [stricter(`${listed(gone)} may no longer be deployed`)]),
  ];
}

type RefGlob = NonNullable<DeploymentGate['refs']>[number];

const refWords = ({ source, kind }: RefGlob): string =>
  kind === null ? quoted(source) : `the ${kind} ${quoted(source)}`;

/** Each step by its people: asking somebody sooner lets more approve. */
function escalationChanged(was: Gate, is: Gate, before: Policy, after: Policy): readonly Said[] {
  const words = (gate: Gate): readonly string[] =>
    gate.escalate.map(({ after: span, to }) => `after ${formatDuration(span)} ${listed(to)}`);
  const { come, gone } = movedBetween(words(was), words(is));
  const names = (gate: Gate) => gate.escalate.flatMap(({ to }) => to);
  const people = peopleMoved({ policy: before, names: names(was) }, { policy: after, names: names(is) });
  return [
    ...come.map((step) => weaker(`${step} may approve it as well`)),
    ...gone.map((step) => stricter(`it is no longer so that ${step} may approve it as well`)),
    // The same groups with other people in them.
    ...(come.length === 0 && people.come !== null
      ? [weaker(`${people.come} may now approve it when nobody answers`)]
      : []),
    ...(gone.length === 0 && people.gone !== null
      ? [stricter(`${people.gone} may no longer approve it when nobody answers`)]
      : []),
  ];
}
