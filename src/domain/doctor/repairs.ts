/** What would be done about findings, each thing once? */

import { MERGE_CHECK } from '../subject.ts';
import { nameOf, type DoctorFinding, type Repair } from './model.ts';

export type RepairPlan = { readonly about: string; readonly repair: Repair };

/** One repair for each thing: the branches of a repository get one ruleset together. */
export function mergedRepairs(findings: readonly DoctorFinding[]): readonly RepairPlan[] {
  const plan = new Map<string, Repair>();
  for (const { repair } of findings) {
    if (repair === null) continue;
    const key = keyOf(repair);
    const had = plan.get(key);
    plan.set(key, had === undefined ? repair : both(had, repair));
  }
  return [...plan.values()].map((repair) => ({ about: nameOf(repair.repo), repair }));
}

const keyOf = (repair: Repair): string =>
  `${repair.repo.id} ${repair.kind} ${repair.kind === 'enable-rule' ? repair.environment : ''}`;

const both = (one: Repair, other: Repair): Repair =>
  one.kind === 'require-check' && other.kind === 'require-check'
    ? { ...one, refs: [...new Set([...one.refs, ...other.refs])] }
    : one;

/** What a repair does, for the person who is asked. */
export function repairInWords(repair: Repair): string {
  switch (repair.kind) {
    case 'require-check':
      return `require ${MERGE_CHECK} of this app, and a pull request, for ${repair.refs.join(', ')} (in the ruleset "jit-gate")`;
    case 'enable-rule':
      return `switch this app’s protection rule on for the environment ${repair.environment}`;
  }
}
