/** The issue form for access requests, as `jit-gate init` writes it. `access-form.ts` reads what people fill in. */

import { readAccessForm } from './access-form.ts';
import { teamIn } from './grantable.ts';
import type { AccessRule } from './policy/model.ts';
import { offeredNames } from './policy/offers.ts';
import { roleFrom, ROLES } from './role.ts';

/** Where the form lives in a repository. */
export const ACCESS_REQUEST_TEMPLATE_PATH = '.github/ISSUE_TEMPLATE/access-request.yml';

/**
 * What access rules offer besides GitHub's five roles, as the form's field Role has it: custom roles, and teams as `team:SLUG`.
 * A name that would not come back from a form as it is, and `none`, which GitHub keeps for itself, are left to `/request`.
 */
export const formOptions = (rules: readonly Pick<AccessRule, 'roles' | 'teams'>[]): readonly string[] =>
  offeredNames(rules).filter((name) => {
    const read = readAccessForm(`### Role\n\n${name}\n`);
    return roleFrom(name) === null && name.toLowerCase() !== 'none' && read.ok && read.value.role === name;
  });

/**
 * A GitHub issue form (https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-issue-forms).
 * Its labels are headings that `readAccessForm` knows. `more`: options of the field Role besides GitHub's five.
 */
export const accessRequestTemplate = (more: readonly string[]): string => `name: Access request
description: Ask for a role on a repository${aTeam(more) ? ', or for a place in a team' : ''}, for a reason and a time.
title: Access request
labels: [access-request]
body:
  - type: markdown
    attributes:
      value: |
        When those whom the policy names agree, you get the role. When the time is over, it is taken back.
        The app answers in a comment below: what it understood, who can approve, and when the access ends.
  - type: dropdown
    id: role
    attributes:
      label: Role
      description: The least that does the job. \`pull\` reads, \`triage\` manages issues, \`push\` writes.${aTeam(more) ? ' What begins with `team:` is membership of that team.' : ''}
      options:
${options(more)}
    validations:
      required: true
  - type: input
    id: duration
    attributes:
      label: Duration
      description: How long you need it. Left empty, the policy's default applies.
      placeholder: 1h
    validations:
      required: false
  - type: input
    id: start
    attributes:
      label: Start
      description: When it is to begin, with the zone. Left empty, it begins once approved.
      placeholder: 2026-12-01 09:00 Europe/Berlin
    validations:
      required: false
  - type: input
    id: repository
    attributes:
      label: Repository
      description: Left empty, it is this repository.
      placeholder: OWNER/REPO
    validations:
      required: false
  - type: textarea
    id: reason
    attributes:
      label: Reason
      description: What you are going to do. Those who approve read it, and the audit log keeps it.
    validations:
      required: true
  - type: input
    id: ticket
    attributes:
      label: Ticket
      description: The ticket or incident that this is for, where the policy asks for one.
      placeholder: SEC-123
    validations:
      required: false
`;

const aTeam = (names: readonly string[]): boolean => names.some((name) => teamIn(name) !== null);

/** Quoted, since a name can look like a number or a truth value; in JSON's quotes, which are YAML's too. */
const options = (more: readonly string[]): string =>
  [...ROLES, ...more.map((name) => JSON.stringify(name))].map((one) => `        - ${one}`).join('\n');
