/** Who may approve besides when nobody answers, before and after. */

import { formatDuration } from '../../duration.ts';
import type { Escalation, Gate, Policy } from '../model.ts';
import { listed, movedBy, stricter, weaker, type Said } from './change.ts';
import { peopleMoved, sourcesOf } from './people.ts';

/** Each step by its people: asking somebody sooner lets more approve. */
export function escalationChanged(was: Gate, is: Gate, before: Policy, after: Policy): readonly Said[] {
  const steps = (gate: Gate, policy: Policy): readonly Step[] => gate.escalate.map((step) => ({ ...step, policy }));
  const { gone, come } = movedBy(steps(was, before), steps(is, after), peopleKey);
  // The same groups with other people in them.
  const kept = come.flatMap((step) => {
    const old = gone.find((one) => groupsKey(one) === groupsKey(step));
    return old === undefined ? [] : [{ old, step }];
  });
  return [
    ...come
      .filter((one) => kept.every(({ step }) => step !== one))
      .map((step) => weaker(`${stepWords(step)} may approve it as well`)),
    ...gone
      .filter((one) => kept.every(({ old }) => old !== one))
      .map((step) => stricter(`it is no longer so that ${stepWords(step)} may approve it as well`)),
    ...kept.flatMap(({ old, step }) => othersIn(old, step)),
  ];
}

/** A step, and the policy that says who is in its groups. */
type Step = Escalation & { readonly policy: Policy };

const peopleKey = ({ after, to, policy }: Step): string => JSON.stringify([after, [...sourcesOf(policy, to)].sort()]);
const groupsKey = ({ after, to }: Step): string => JSON.stringify([after, [...to].sort()]);

const stepWords = ({ after, to }: Escalation): string => `after ${formatDuration(after)} ${listed(to)}`;

function othersIn(old: Step, step: Step): readonly Said[] {
  const { come, gone } = peopleMoved({ policy: old.policy, names: old.to }, { policy: step.policy, names: step.to });
  const span = formatDuration(step.after);
  return [
    ...(come === null ? [] : [weaker(`${come} may now approve it when nobody answers for ${span}`)]),
    ...(gone === null ? [] : [stricter(`${gone} may no longer approve it when nobody answers for ${span}`)]),
  ];
}
