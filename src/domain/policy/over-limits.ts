/** What does an access rule offer beyond the limits that bind it, and what is left of it? */

import { formatDuration } from '../duration.ts';
import { hasRole, roleName } from '../role.ts';
import type { AccessRule, Limits } from './model.ts';

type Exceeded = (rule: AccessRule, limits: Limits) => string | null;

const exceeded: readonly Exceeded[] = [
  (rule, { roles }) => {
    const beyond = roles === null ? [] : rule.roles.filter((role) => !hasRole(roles, role));
    return beyond.length === 0 ? null : `it offers ${beyond.map(roleName).join(', ')}, which is given to nobody`;
  },
  (rule, { maxDuration: most }) =>
    most === null || rule.maxDuration <= most
      ? null
      : `it offers ${formatDuration(rule.maxDuration)}, and ${formatDuration(most)} is the longest`,
  (rule, { maxLive: most }) =>
    most === null || rule.maxLive === null || rule.maxLive <= most
      ? null
      : `it allows ${String(rule.maxLive)} grants at a time, and ${String(most)} is the most`,
  (rule, { coolDown: least }) =>
    least === null || rule.coolDown === null || rule.coolDown >= least
      ? null
      : `it waits ${formatDuration(rule.coolDown)} between grants, and ${formatDuration(least)} is the least`,
  (rule, { minCount }) => {
    const always = rule.approvals.filter(({ when }) => when === null).reduce((sum, { count }) => sum + count, 0);
    return minCount === null || always >= minCount
      ? null
      : `it always asks ${String(always)} to approve, and ${String(minCount)} have to`;
  },
  (rule, { minCount }) => (minCount === null || rule.autoApprove === null ? null : 'its `auto-approve` has no effect'),
  (rule, { minCount }) => (minCount === null || !rule.selfApproval ? null : 'its `self-approval` has no effect'),
];

/**
 * Each limit that a rule exceeds, in words; empty for a rule that keeps within them. What a rule leaves unsaid (no
 * `max-live`, no `cool-down`, the usual `max-ahead`) exceeds nothing: the limit fills it in.
 */
export const overLimits = (rule: AccessRule, limits: Limits): readonly string[] =>
  exceeded.flatMap((look) => look(rule, limits) ?? []);
