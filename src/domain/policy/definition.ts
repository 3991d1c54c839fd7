/** Which keys a policy file has and what stands under each: the one definition that parser and JSON Schema share. */

import { z } from 'zod';
import { autoApprove, autoApproveKeys } from './definition-auto.ts';
import { authorKeys, checkKeys, condition, conditionKeys, lineKeys } from './definition-condition.ts';
import { customRoleKeys, customRoles, roleList } from './definition-roles.ts';
import { breakGlass, breakGlassKeys, escalateKeys, escalation, freeze, freezeKeys } from './definition-time.ts';
import {
  allowance,
  duration,
  flag,
  glob,
  globList,
  groupNames,
  name,
  refList,
  reject,
  role,
  teams,
  users,
} from './definition-values.ts';

const MAX_COUNT = 100;
const MAX_STAGES = 50;
const MAX_REASON = 10_000;
const MAX_LIVE = 100;
/** How far ahead a start may lie where a rule says nothing. */
export const USUAL_AHEAD = '7d';

const groupKeys = z.strictObject(
  {
    teams: teams.optional(),
    users: users.optional(),
    codeowners: flag.optional().meta({ description: 'The owners, by CODEOWNERS, of the files that changed.' }),
    role: role.optional().meta({ description: 'Whoever has at least this role on the repository.' }),
  },
  { error: 'a mapping with `teams`, `users`, `codeowners` or `role`' },
);

const group = groupKeys
  .superRefine((value, context) => {
    const members = (value.teams?.length ?? 0) + (value.users?.length ?? 0) + (value.role === undefined ? 0 : 1);
    if (members === 0 && value.codeowners !== true)
      reject(
        context,
        'empty-group',
        'the group is empty, so nobody could be asked',
        'name `teams`, `users`, `codeowners: true` or a `role`',
      );
  })
  .meta({ description: 'Who can be asked: everyone that any of the keys names.' });

const count = z
  .int({ error: 'a whole number' })
  .min(1, { error: 'the count is less than 1, so nobody would be asked' })
  .max(MAX_COUNT, { error: `the count is more than ${String(MAX_COUNT)}` });

const stage = z
  .strictObject(
    {
      from: groupNames,
      count: count.default(1).meta({ description: 'How many distinct people have to approve.' }),
      when: condition.optional().meta({ description: "Asked only where this is met or can't be told." }),
    },
    { error: 'a stage, such as { from: [release], count: 1 }' },
  )
  .meta({ id: 'stage', description: 'So many distinct people from any of the groups.' });

const approvals = z
  .array(stage, { error: 'a list of stages, such as [{ from: [release], count: 1 }]' })
  .min(1, { error: 'no approval is asked for; a rule needs at least one stage' })
  .max(MAX_STAGES, { error: `there are more than ${MAX_STAGES} stages` })
  .meta({ description: 'Stages in order; each person fills one slot in all of them.' });

const gateKeys = {
  name,
  approvals,
  when: condition.optional().meta({ description: "The gate applies where this is met or can't be told." }),
  unless: condition.optional().meta({ description: 'The gate is spared only where this is surely met.' }),
  timeout: duration.optional().meta({ description: 'Unanswered for this long: denied. Without it, it waits.' }),
  'self-approval': allowance.default('denied').meta({ description: 'Whether who wrote or started it may approve it.' }),
  reviews: flag.default(false).meta({ description: 'Whether an approving review counts as /approve.' }),
  disapprove: groupNames
    .optional()
    .meta({ description: 'Groups whose members hold what would pass: /deny holds, a later /approve lets go.' }),
};

const MAX_FREEZES = 20;
const MAX_ESCALATIONS = 10;

const timeKeys = {
  freeze: z
    .array(freeze, { error: 'a list of windows, such as [{ weekly: "fri 16:00 - mon 08:00", zone: Europe/Berlin }]' })
    .max(MAX_FREEZES, { error: `there are more than ${MAX_FREEZES} windows` })
    .default([])
    .meta({ description: 'Times in which nothing passes, whoever approved it.' }),
  escalate: z
    .array(escalation, { error: 'a list, such as [{ after: 30m, to: [on-call] }]' })
    .max(MAX_ESCALATIONS, { error: `there are more than ${MAX_ESCALATIONS} steps` })
    .default([])
    .meta({ description: 'Groups that may approve besides, once it has waited for so long.' }),
  'break-glass': breakGlass.optional(),
};

const deploymentGate = z.strictObject({
  on: z.literal('deployment'),
  environments: globList(true, '["production"]').meta({ description: 'Names of environments, in any case.' }),
  refs: refList('["branch:main", "tag:v*"]')
    .optional()
    .meta({ description: 'Branches and tags that may be deployed; others are denied.' }),
  forks: allowance.default('denied').meta({ description: 'Whether a run whose head is in a fork may deploy.' }),
  ...gateKeys,
  ...timeKeys,
});

const mergeGate = z.strictObject({
  on: z.literal('merge'),
  branches: globList(false, '["main"]').meta({ description: 'Branches that are merged into.' }),
  ...gateKeys,
  ...timeKeys,
});

const actionGate = z.strictObject({
  on: z.literal('action'),
  actions: globList(false, '["db/drop-*"]').meta({ description: 'Names of actions that a pipeline asks for.' }),
  ...gateKeys,
  ...timeKeys,
});

const gate = z.discriminatedUnion('on', [deploymentGate, mergeGate, actionGate], {
  // Said of a gate that is no mapping; a wrong `on` is told apart in shape.ts.
  error: 'a gate: a mapping with `name`, `on` and `approvals`',
});

const reason = z.strictObject(
  {
    'min-length': z
      .int({ error: 'a number of characters' })
      .min(0, { error: 'the length is negative' })
      .max(MAX_REASON, { error: `the length is more than ${String(MAX_REASON)}` })
      .default(0)
      .meta({ description: 'Least length of the reason, in characters.' }),
    ticket: glob(true).optional().meta({ description: 'Shape of the ticket that has to be named.' }),
  },
  { error: 'a mapping with `min-length` and `ticket`' },
);

/** What holds for one person. */
const personKeys = {
  'max-live': z
    .int({ error: 'a whole number' })
    .min(1, { error: 'the number is less than 1, so nobody would be given anything' })
    .max(MAX_LIVE, { error: `the number is more than ${String(MAX_LIVE)}` })
    .optional()
    .meta({ description: 'So many grants of one person may run at a time.' }),
  'cool-down': duration
    .optional()
    .meta({ description: 'How long after one of its grants ended a rule gives the same person none.' }),
};

const accessRule = z
  .strictObject(
    {
      name,
      roles: roleList('no role is offered').optional().meta({ description: 'Roles that may be asked for.' }),
      teams: teams.min(1, { error: 'no team is offered' }).optional().meta({
        description: "Teams whose membership may be asked for, where the organisation's `limits` name them, too.",
      }),
      requesters: groupNames.meta({ description: 'Groups whose members may ask.' }),
      'max-duration': duration.meta({ description: 'The longest that may be asked for.' }),
      'default-duration': duration
        .optional()
        .meta({ description: 'Given when none is named; otherwise 1h, or the maximum if that is less.' }),
      'max-ahead': duration.prefault(USUAL_AHEAD).meta({ description: 'How far ahead a start may be asked for.' }),
      ...personKeys,
      reason: reason.optional(),
      approvals,
      'auto-approve': autoApprove.optional(),
      timeout: duration.prefault('7d').meta({ description: 'Unanswered for this long: denied.' }),
      'self-approval': allowance.default('denied').meta({ description: 'Whether who asks may approve it.' }),
      'on-expiry': z
        .enum(['remove', 'lower-to-read'], { error: '`remove` or `lower-to-read`' })
        .default('remove')
        .meta({ description: 'What the end leaves a person who had no role before.' }),
      'on-drift': z
        .enum(['report', 'revoke'], { error: '`report` or `revoke`' })
        .default('report')
        .meta({ description: 'What happens when somebody changes the granted role by hand.' }),
    },
    { error: 'an access rule: a mapping with `name`, `roles`, `requesters`, `max-duration` and `approvals`' },
  )
  .meta({ anyOf: [{ required: ['roles'] }, { required: ['teams'] }] });

const verdict = z.enum(['deny', 'allow'], { error: '`deny` or `allow`' });

const unmatched = z.strictObject(
  { deployment: verdict.optional(), action: verdict.optional(), merge: verdict.optional() },
  { error: 'a mapping with `deployment`, `action` and `merge`' },
);

const limits = z
  .strictObject(
    {
      roles: roleList('no role is left').optional().meta({ description: 'The only roles that may be asked for.' }),
      teams: teams.optional().meta({
        description: 'The only teams whose membership may be asked for. Without it the baseline allows none.',
      }),
      'max-duration': duration.optional().meta({ description: 'The longest that may be asked for.' }),
      'max-ahead': duration.optional().meta({ description: 'How far ahead a start may be asked for.' }),
      ...personKeys,
      'min-count': count.optional().meta({ description: 'At least so many people have to approve.' }),
    },
    { error: 'a mapping with `roles`, `teams`, `max-duration`, `max-ahead`, `max-live`, `cool-down` and `min-count`' },
  )
  .meta({ description: 'Binds the access rules; in the baseline, those of every repository.' });

export const policyDefinition = z.strictObject(
  {
    version: z.literal(1, { error: 'the number 1' }).meta({ description: 'Version of this format.' }),
    groups: z
      .record(name, group, { error: 'a mapping of names to groups' })
      .default({})
      .meta({ description: 'Who can be asked, by name.' }),
    'custom-roles': customRoles,
    gates: z
      .array(gate, { error: 'a list of gates' })
      .default([])
      .meta({ description: 'What is held, until whom approves it. All that match apply.' }),
    access: z
      .array(accessRule, { error: 'a list of access rules' })
      .default([])
      .meta({ description: 'Who may ask for which role or team. The first that fits applies.' }),
    unmatched: unmatched.default({}).meta({
      description: 'What happens to that which no gate matches: deployments and actions are denied, merges allowed.',
    }),
    limits: limits.optional(),
  },
  { error: 'a mapping that begins with `version: 1`' },
);

/** What the definition reads a file into: checked key by key, not yet against one another. */
export type PolicyShape = z.output<typeof policyDefinition>;
export type GateShape = PolicyShape['gates'][number];
export type AccessShape = PolicyShape['access'][number];
export type StageShape = GateShape['approvals'][number];

/** The keys that each kind of mapping takes, for those who mistyped one. */
export const KEYS = {
  policy: Object.keys(policyDefinition.shape),
  group: Object.keys(groupKeys.shape),
  'custom-role': Object.keys(customRoleKeys.shape),
  deployment: Object.keys(deploymentGate.shape),
  merge: Object.keys(mergeGate.shape),
  action: Object.keys(actionGate.shape),
  stage: Object.keys(stage.shape),
  freeze: Object.keys(freezeKeys.shape),
  escalate: Object.keys(escalateKeys.shape),
  'break-glass': Object.keys(breakGlassKeys.shape),
  'auto-approve': Object.keys(autoApproveKeys.shape),
  condition: Object.keys(conditionKeys.shape),
  authors: Object.keys(authorKeys.shape),
  lines: Object.keys(lineKeys.shape),
  check: Object.keys(checkKeys.shape),
  access: Object.keys(accessRule.shape),
  reason: Object.keys(reason.shape),
  unmatched: Object.keys(unmatched.shape),
  limits: Object.keys(limits.shape),
} as const;
