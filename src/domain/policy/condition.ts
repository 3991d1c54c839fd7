/** Whether a condition is met by the facts, and what decided it. */

import type { ConditionReport } from '../decision.ts';
import type { Facts } from '../subject.ts';
import { answerOf } from './condition-answer.ts';
import { conditionText } from './condition-words.ts';
import type { Condition } from './model.ts';

type Outcome = ConditionReport['outcome'];

/**
 * Evaluates a condition in three values after Kleene: `all` is unmet as soon as one part is, `any` is met as soon as one
 * part is, and what hangs on a fact that is not known stays unknown. Every report says what decided it.
 */
export function evaluateCondition(condition: Condition, facts: Facts): ConditionReport {
  if (condition.kind === 'all' || condition.kind === 'any') return combined(condition.kind, condition.of, facts);
  if (condition.kind !== 'not') return { ...answerOf(condition, facts), text: conditionText(condition), children: [] };
  const inner = evaluateCondition(condition.of, facts);
  return { outcome: opposite(inner.outcome), text: 'not', because: null, children: [inner] };
}

/** `when`: what is not surely unmet applies. */
export const appliesWhen = (report: ConditionReport | null): boolean => report?.outcome !== 'unmet';

/** `unless`: only what is surely met spares. */
export const sparedBy = (report: ConditionReport | null): report is ConditionReport => report?.outcome === 'met';

const opposite = (outcome: Outcome): Outcome =>
  outcome === 'unknown' ? 'unknown' : outcome === 'met' ? 'unmet' : 'met';

function combined(kind: 'all' | 'any', of: readonly Condition[], facts: Facts): ConditionReport {
  const children = of.map((each) => evaluateCondition(each, facts));
  const [decisive, otherwise] = kind === 'all' ? (['unmet', 'met'] as const) : (['met', 'unmet'] as const);
  const decider = children.find((child) => child.outcome === decisive);
  const doubt = children.find((child) => child.outcome === 'unknown');
  const text = kind === 'all' ? 'all of' : 'any of';
  if (decider !== undefined) return { outcome: decisive, text, because: decider.because, children };
  if (doubt !== undefined) return { outcome: 'unknown', text, because: doubt.because, children };
  return { outcome: otherwise, text, because: null, children };
}
