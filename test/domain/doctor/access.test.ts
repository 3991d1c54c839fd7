/** What the doctor says of access requests: can people ask for what the policy offers, in an issue of the repository? */

import { describe, expect, it } from 'vitest';
import { accessFindings } from '../../../src/domain/doctor/access.ts';
import type { DoctorFinding, RepoFacts } from '../../../src/domain/doctor/model.ts';
import { accessRequestTemplate } from '../../../src/domain/issue-template.ts';
import { policyOf, shop } from '../../support/doctor.ts';

const rule = (offer: string): string =>
  `access: [{ name: r, ${offer}, requesters: [leads], max-duration: 8h, approvals: [{ from: [leads] }] }]`;
const ROLES = policyOf(rule('roles: [push, admin]'));
const FORM_PAGE = 'https://github.com/octo-org/shop/blob/HEAD/.github/ISSUE_TEMPLATE/access-request.yml';

const look = (form: string | null, policy = ROLES, facts: Partial<RepoFacts> = {}): readonly DoctorFinding[] =>
  accessFindings(shop(facts), policy, form);

const CAN_BE_READ: DoctorFinding = {
  severity: 'ok',
  code: 'access',
  about: 'octo-org/shop',
  message: 'the form for access requests can be read',
  todo: null,
  page: null,
  repair: null,
};
const warning = (code: string, message: string, todo: string, page: string | null = null): DoctorFinding => ({
  severity: 'warning',
  code,
  about: 'octo-org/shop',
  message,
  todo,
  page,
  repair: null,
});

/** A form with these fields; each is a kind, a label, and options where it has some. */
type Field = readonly [type: string, label: string | null, options?: string];
const fieldOf = ([type, label, options]: Field): string => {
  const attributes = [label === null ? '' : `label: ${label}`, options === undefined ? '' : `options: ${options}`];
  return `  - { type: ${type}, attributes: { ${attributes.filter((one) => one !== '').join(', ')} } }\n`;
};
const formOf = (fields: readonly Field[], labels = '[access-request]'): string =>
  `name: Access\nlabels: ${labels}\nbody:\n${fields.map(fieldOf).join('')}`;
const ROLE: Field = ['dropdown', 'Role', '[push, admin]'];
const REASON: Field = ['textarea', 'Reason'];

describe('of a repository where nobody can ask', () => {
  it('the doctor says nothing when the policy offers nothing', () => {
    expect(look(null, policyOf(''), { issues: false })).toEqual([]);
  });

  it('the doctor says that issues are switched off, whatever the form', () => {
    expect(look(accessRequestTemplate([]), ROLES, { issues: false })).toEqual([
      {
        severity: 'error',
        code: 'issues-off',
        about: 'octo-org/shop',
        message: 'the policy has access rules, and issues are switched off: nobody can ask',
        todo: 'switch issues on',
        page: 'https://github.com/octo-org/shop/settings',
        repair: null,
      },
    ]);
  });

  it('the doctor says where the form belongs', () => {
    expect(look(null)).toEqual([
      warning(
        'form-missing',
        'there is no form for access requests (.github/ISSUE_TEMPLATE/access-request.yml)',
        'write it with `jit-gate init --form` in a clone, and commit it to the default branch',
      ),
    ]);
  });
});

describe('a form can be read', () => {
  it.each<[string, string]>([
    ['as `init` writes it', accessRequestTemplate([])],
    ['with no more than a role and a reason', formOf([ROLE, REASON])],
    ['with its labels in one line', formOf([ROLE, REASON], '"triage , access-request"')],
    ['with more labels', formOf([ROLE, REASON], '[triage, access-request]')],
    ['with a role that people type', formOf([['input', 'Role'], REASON])],
    ['with a reason that is chosen', formOf([ROLE, ['dropdown', 'Reason', '[upkeep, incident]']])],
    ['with options that are numbers', formOf([['dropdown', 'Role', '[1, push]'], REASON])],
    ['with a repository, which is typed', formOf([ROLE, ['input', 'Repository'], REASON])],
    ['with a repository to choose', formOf([ROLE, ['dropdown', 'Repository', '[octo/shop, octo/web]'], REASON])],
    ['with boxes to tick, which ask for nothing', formOf([ROLE, REASON, ['checkboxes', 'Sure', '[{ label: "yes" }]']])],
    ['with words above it', formOf([['markdown', null], ROLE, REASON])],
    ['with a field that has no label', formOf([['input', null], ROLE, REASON])],
    ['with a field that has no attributes', `${formOf([ROLE, REASON])}  - { type: input }\n`],
  ])('%s', (_, form) => {
    expect(look(form)).toEqual([CAN_BE_READ]);
  });
});

describe('a form can’t be read', () => {
  it.each<[string, string, string]>([
    ['that is no YAML', 'body: [', 'it is not YAML'],
    ['with a part that stands for another', 'a: &a [x]\nbody: *a\n', 'it is not YAML'],
    ['that is something else', '- body\n', 'it is not an issue form'],
    ['without fields', 'name: Access\n', 'it is not an issue form'],
    ['of a field without a kind', 'body: [{ attributes: { label: Role } }]\n', 'it is not an issue form'],
    ['whose labels are none', formOf([ROLE, REASON], '{ a: 1 }'), 'it is not an issue form'],
    ['that does not ask for a role', formOf([REASON]), 'The form names no role.'],
    ['that only speaks of a role', formOf([['markdown', 'Role'], REASON]), 'The form names no role.'],
    [
      'that offers a box to tick as role',
      formOf([['checkboxes', 'Role', '[{ label: push }]'], REASON]),
      'The form names no role.',
    ],
    [
      'whose repositories are none',
      formOf([ROLE, ['dropdown', 'Repository', '[this one]'], REASON]),
      'The repository must be written as OWNER/REPO.',
    ],
    [
      'that asks for the role twice',
      formOf([ROLE, ['dropdown', 'Role', '[admin]'], REASON]),
      'The role is there more than once, with different answers.',
    ],
    ['that does not ask for a reason', formOf([ROLE]), 'it does not ask for a reason'],
    [
      'that puts no label on',
      formOf([ROLE, REASON]).replace(/labels: .*\n/u, ''),
      'it does not put the label access-request on',
    ],
    [
      'that puts another label on',
      formOf([ROLE, REASON], '[access, request]'),
      'it does not put the label access-request on',
    ],
    [
      'that puts another label on, in one line',
      formOf([ROLE, REASON], '"access, request"'),
      'it does not put the label access-request on',
    ],
  ])('%s', (_, form, problem) => {
    expect(look(form)).toEqual([
      warning(
        'form-unreadable',
        `the form for access requests: ${problem}`,
        'write it anew with `jit-gate init --form --force` in a clone',
        FORM_PAGE,
      ),
    ]);
  });
});

describe('a form with a list of roles', () => {
  const policy = policyOf(
    `custom-roles: { Release lead: { base: push }, auditor: { base: pull } }\n${rule('roles: [push, release lead, auditor], teams: [On-Call]')}\nlimits: { teams: [on-call] }`,
  );

  it('that lacks custom roles and teams is told of, each by the name to add', () => {
    expect(look(formOf([ROLE, REASON]), policy)).toEqual([
      warning(
        'form-lacks-role',
        'the form for access requests does not offer Release lead, auditor, team:on-call, which the policy does',
        'add it to the options of the field Role, or write the form anew with `jit-gate init --form --force`; until then it can be asked for with `/request`',
        FORM_PAGE,
      ),
    ]);
  });

  it.each<[string, readonly Field[], string]>([
    [
      'one, and has other lists before it',
      [['dropdown', 'Duration', '[auditor]'], ['dropdown', 'Role', '[release lead, "team:on-call"]'], REASON],
      'auditor',
    ],
    ['one of several', [['dropdown', 'Role', '[push, RELEASE LEAD, "Team:On-call"]'], REASON], 'auditor'],
    [
      'what another field has',
      [
        ['dropdown', 'ROLE', '[auditor, release lead]'],
        ['dropdown', 'Why', '["team:on-call"]'],
      ],
      'team:on-call',
    ],
  ])('that lacks %s is told of for that alone, in any case', (_, fields, missing) => {
    expect(look(formOf(fields), policy)[0]?.message).toBe(
      `the form for access requests does not offer ${missing}, which the policy does`,
    );
  });

  it.each<[string, readonly Field[]]>([
    ['has them all', [['dropdown', 'Role', '[auditor, release lead, "team:on-call"]'], REASON]],
    [
      'has no list, so that people type',
      [
        ['input', 'Role'],
        ['dropdown', 'Why', '[upkeep]'],
      ],
    ],
    ['has no list, and a field without a label or attributes', [['input', null], ['input', 'Role'], REASON]],
  ])('is fine where it %s', (_, fields) => {
    expect(look(formOf(fields), policy)).toEqual([CAN_BE_READ]);
    expect(look(formOf(fields).replace('body:\n', 'body:\n  - { type: input }\n'), policy)).toEqual([CAN_BE_READ]);
  });

  it.each(['"Role:"', '"**Role**"'])(
    'that lacks something is told of where its label is %s, which is read as Role',
    (label) => {
      const found = look(formOf([['dropdown', label, '[auditor, release lead]'], REASON]), policy);
      expect(found[0]?.message).toBe('the form for access requests does not offer team:on-call, which the policy does');
    },
  );

  it('need not have GitHub’s own roles that the policy offers', () => {
    expect(look(formOf([['dropdown', 'Role', '[pull]'], REASON]), policyOf(rule('roles: [write, admin]')))).toEqual([
      CAN_BE_READ,
    ]);
  });
});

describe('a team that a rule offers and the organisation does not allow', () => {
  it('need not be in the form', () => {
    const policy = policyOf(rule('roles: [push], teams: [on-call]'), '');
    expect(look(formOf([ROLE, REASON]), policy)).toEqual([CAN_BE_READ]);
  });

  it('needs no form where nothing else is offered', () => {
    expect(look(null, policyOf(rule('teams: [on-call]'), ''))).toEqual([]);
  });
});
