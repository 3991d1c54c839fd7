/** Small builders for decisions that are given rather than made: what is tested is how they are told. */

import type { Decision, Explanation, RuleReport, StageReport } from '../../src/domain/decision.ts';
import { summary } from '../../src/domain/explain.ts';
import type { Request } from '../../src/domain/request.ts';
import { ana, mergeRequest } from './domain.ts';

export const stageOf = (changes: Partial<StageReport> = {}): StageReport => ({
  index: 0,
  from: ['release'],
  why: 'policy',
  required: 1,
  approvedBy: [],
  candidates: { kind: 'people', people: [ana] },
  skipped: false,
  condition: null,
  ...changes,
});

export const ruleOf = (changes: Partial<RuleReport> = {}): RuleReport => ({
  rule: 'main',
  verdict: 'pending',
  reason: { kind: 'approvals-missing', missing: 1 },
  stages: [],
  excluded: [],
  mayHold: [],
  notes: [],
  ...changes,
});

export const decided = (
  verdict: Decision['verdict'],
  rules: readonly RuleReport[],
  changes: Partial<Explanation> = {},
): Decision => ({ verdict, explanation: { overall: { kind: 'rules' }, rules, spared: [], barred: [], ...changes } });

/** The lines of a summary; how many empty ones stand between two paragraphs is nobody's concern. */
export const told = (decision: Decision, request: Request = mergeRequest()): readonly string[] =>
  summary(decision, request)
    .replaceAll(/\n{3,}/gu, '\n\n')
    .split('\n');
