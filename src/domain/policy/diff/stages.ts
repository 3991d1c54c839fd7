/** What it takes to approve, before and after. */

import type { Policy, Stage } from '../model.ts';
import { listed, other, stricter, weaker, type Said } from './change.ts';
import { whenChanged } from './conditions.ts';
import { peopleMoved, sourcesOf } from './people.ts';

type Side = { readonly policy: Policy; readonly stages: readonly Stage[] };
type Pair = { readonly was: Stage | null; readonly is: Stage | null };

/** Stages that came, went or changed. One that asks the same groups is the same stage, wherever it stands. */
export function stagesChanged(before: Side, after: Side): readonly Said[] {
  return pairs(before.stages, after.stages).flatMap(({ was, is }) => {
    if (was === null) return is === null ? [] : [stricter(`${approvals(is, after.policy)} are asked for besides`)];
    if (is === null) return [weaker(`${approvals(was, before.policy)} are no longer asked for`)];
    return stageChanged(was, before.policy, is, after.policy);
  });
}

const approvals = (stage: Stage, policy: Policy): string =>
  `${String(stage.count)} approval${stage.count === 1 ? '' : 's'} from ${listed(sourcesOf(policy, stage.from))}`;

function stageChanged(was: Stage, before: Policy, is: Stage, after: Policy): readonly Said[] {
  const { come, gone } = peopleMoved({ policy: before, names: was.from }, { policy: after, names: is.from });
  const who = listed(is.from);
  const counts = `${String(is.count)} approval${is.count === 1 ? '' : 's'} from ${who} instead of ${String(was.count)}`;
  return [
    ...(is.count < was.count ? [weaker(`it takes ${counts}`)] : []),
    ...(is.count > was.count ? [stricter(`it takes ${counts}`)] : []),
    ...(come === null ? [] : [weaker(`${come} may now approve it`)]),
    ...(gone === null ? [] : [stricter(`${gone} may no longer approve it`)]),
    ...whenChanged(was.when, is.when, `the approval of ${who} is asked for`),
  ];
}

function pairs(before: readonly Stage[], after: readonly Stage[]): readonly Pair[] {
  const left = [...after];
  const take = (fits: (stage: Stage) => boolean): Stage | null => {
    const at = left.findIndex(fits);
    return at === -1 ? null : (left.splice(at, 1)[0] ?? null);
  };
  const exact = before.map((was) => take((is) => key(is) === key(was)));
  const found = before.map((was, index) => ({ was, is: exact[index] ?? null }));
  const paired = found.map((pair) => (pair.is === null ? { ...pair, is: take(() => true) } : pair));
  return [...paired, ...left.map((is) => ({ was: null, is }))];
}

const key = (stage: Stage): string => [...stage.from].sort().join('\n');

/** The order of stages has no say in who fills them, but people see it. */
export const orderOnly = (before: readonly Stage[], after: readonly Stage[]): readonly Said[] => {
  const [old, fresh] = [before.map(key), after.map(key)];
  const moved = old.join('\n\n') !== fresh.join('\n\n') && [...old].sort().join() === [...fresh].sort().join();
  return moved ? [other('its stages stand in another order')] : [];
};
