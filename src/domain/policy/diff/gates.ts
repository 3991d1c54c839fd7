/** What a gate holds, and who opens it, before and after. */

import type { ActionGate, DeploymentGate, Gate, Glob, MergeGate, Policy } from '../model.ts';
import { flag, listed, movedBetween, movedBy, quoted, stricter, timeout, weaker, type Said } from './change.ts';
import { unlessChanged, whenChanged } from './conditions.ts';
import { escalationChanged } from './escalation.ts';
import { peopleMoved } from './people.ts';
import { placesChanged, widened } from './places.ts';
import { reviewChanged } from './review.ts';
import { orderOnly, stagesChanged } from './stages.ts';

type Sides = { readonly before: Policy; readonly after: Policy };
type Compare<G> = (was: G, is: G, sides: Sides) => readonly Said[];

const nothing = (): readonly Said[] => [];

/** A key of gates that is missing here does not compile: a change that nobody sees would be the worst of all. */
const COMMON = {
  // What two gates are compared by.
  name: nothing,
  on: nothing,
  when: (was, is, { before }) => {
    const said = whenChanged(was.when, is.when, 'the gate applies');
    return said.some(({ effect }) => effect === 'stricter') ? [...said, ...widened(was, is, before)] : said;
  },
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
    const [old, fresh] = [was.breakGlass, is.breakGlass];
    return [
      ...(come === null ? [] : [weaker(`${come} may now let it through by /break-glass`)]),
      ...(gone === null ? [] : [stricter(`${gone} may no longer let it through by /break-glass`)]),
      ...(old === null || fresh === null ? [] : reviewChanged({ policy: before, ...old }, { policy: after, ...fresh })),
    ];
  },
} as const satisfies Readonly<Record<Exclude<keyof MergeGate, 'branches'>, Compare<Gate>>>;

const MERGE = {
  branches: (was, is, { before }) => placesChanged(was, is, before),
} as const satisfies Readonly<Record<Exclude<keyof MergeGate, keyof typeof COMMON>, Compare<MergeGate>>>;

const DEPLOYMENT = {
  environments: (was, is, { before }) => placesChanged(was, is, before),
  refs: (was, is) => refsChanged(was.refs, is.refs),
  forks: (was, is) =>
    flag(was.forks, is.forks, 'runs from forks may now deploy', 'runs from forks may no longer deploy'),
} as const satisfies Readonly<Record<Exclude<keyof DeploymentGate, keyof typeof COMMON>, Compare<DeploymentGate>>>;

const ACTION = {
  actions: (was, is, { before }) => placesChanged(was, is, before),
} as const satisfies Readonly<Record<Exclude<keyof ActionGate, keyof typeof COMMON>, Compare<ActionGate>>>;

/** Everything that differs between two gates of one name. */
export function gateChanged(was: Gate, is: Gate, sides: Sides): readonly Said[] {
  const common = Object.values(COMMON).flatMap((compare) => compare(was, is, sides));
  if (was.on === 'merge' && is.on === 'merge')
    return [...Object.values(MERGE).flatMap((compare) => compare(was, is, sides)), ...common];
  if (was.on === 'deployment' && is.on === 'deployment')
    return [...Object.values(DEPLOYMENT).flatMap((compare) => compare(was, is, sides)), ...common];
  if (was.on === 'action' && is.on === 'action')
    return [...Object.values(ACTION).flatMap((compare) => compare(was, is, sides)), ...common];
  return [...placesChanged(was, is, sides.before), ...common];
}

const sources = (globs: readonly Glob[]): string => listed(globs.map(({ source }) => quoted(source)));

const windows = (count: number): string => (count === 1 ? 'one window' : `${String(count)} windows`);

function refsChanged(was: DeploymentGate['refs'], is: DeploymentGate['refs']): readonly Said[] {
  if (was === null) return is === null ? [] : [stricter(`only ${sources(is)} may be deployed`)];
  if (is === null) return [weaker('any branch or tag may be deployed')];
  const { come, gone } = movedBy(was, is, refKey);
  return [
    ...(come.length === 0 ? [] : [weaker(`${listed(come.map(refWords))} may now be deployed`)]),
    ...(gone.length === 0 ? [] : [stricter(`${listed(gone.map(refWords))} may no longer be deployed`)]),
  ];
}

type RefGlob = NonNullable<DeploymentGate['refs']>[number];

const refKey = ({ source, kind }: RefGlob): string => `${kind ?? ''}:${source}`;
const refWords = ({ source, kind }: RefGlob): string =>
  kind === null ? quoted(source) : `the ${kind} ${quoted(source)}`;
