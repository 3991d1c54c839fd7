/** What the doctor says of teams that access rules offer: who has to allow them, and whether the app could give them. */

import { describe, expect, it } from 'vitest';
import type { DoctorFinding, InstallationFacts, Levels } from '../../../src/domain/doctor/model.ts';
import { teamFindings, teamsPlaceFindings, type TeamsPlace } from '../../../src/domain/doctor/teams.ts';
import { policyOf, shop } from '../../support/doctor.ts';

const NAME = 'octo-org/.github-private';
const rule = (name: string, offer: string): string =>
  `{ name: ${name}, ${offer}, requesters: [leads], max-duration: 8h, approvals: [{ from: [leads] }] }`;
const limits = (teams: string): string => `limits: { teams: [${teams}] }`;

const ON_CALL = `access: [${rule('shift', 'teams: [on-call]')}]`;
/** Offered, and allowed by nobody. */
const WITHHELD = policyOf(ON_CALL);
/** Offered, and allowed by the organisation. */
const ALLOWED = policyOf(ON_CALL, limits('on-call'));

const place = (trusted: boolean, ...slugs: readonly string[]): TeamsPlace => ({
  name: NAME,
  trusted,
  teams: slugs.length === 0 ? null : slugs.map((slug) => ({ slug, id: null })),
});

const installed = (permissions: Levels): InstallationFacts => ({
  id: 1,
  account: 'octo-org',
  suspended: false,
  page: 'https://github.com/organizations/octo-org/settings/installations/1',
  permissions,
  events: [],
});
const ABLE = installed({ members: 'write' });

const warning = (code: string, message: string, todo: string, about = 'octo-org/shop'): DoctorFinding => ({
  severity: 'warning',
  code,
  about,
  message,
  todo,
  page: null,
  repair: null,
});

describe('the doctor says nothing of teams', () => {
  it.each<[string, Parameters<typeof teamFindings>[1]]>([
    ['that no policy offers', policyOf('')],
    ['where rules offer roles alone', policyOf(`access: [${rule('write', 'roles: [push]')}]`, limits('on-call'))],
  ])('%s, whatever is lacking', (_, policy) => {
    expect(teamFindings(shop(), policy, null, installed({}))).toEqual([]);
  });

  it('that the organisation allows, where the app may give them', () => {
    expect(teamFindings(shop(), ALLOWED, place(true, 'on-call'), ABLE)).toEqual([]);
  });

  it('where it does not know the installation, and nothing else is lacking', () => {
    expect(teamFindings(shop(), ALLOWED, place(true, 'on-call'), null)).toEqual([]);
  });
});

describe('a team that a rule offers in vain', () => {
  const SAID = 'an access rule offers team:on-call, which is given to nobody';
  const UNTRUSTED = `${SAID}: TEAMS_ALLOWED_BY, as it is set where this command runs, does not name ${NAME}`;
  const TRUST = `add ${NAME} to TEAMS_ALLOWED_BY where the app runs, once owners alone can write to it; or take it out of the rule`;

  it.each<[string, TeamsPlace | null, string, string, string]>([
    [
      'needs a policy of the organisation where there is none, and one that the operator trusts',
      null,
      'team-not-allowed',
      `${SAID}: no policy of the organisation can be read that allows it`,
      'have a policy in octo-org/.github-private name it under limits: { teams: [on-call] }, and add that repository to TEAMS_ALLOWED_BY where the app runs; or take it out of the rule',
    ],
    [
      'has to be named by the trusted policy that names no team',
      place(true),
      'team-not-allowed',
      SAID,
      `have the policy of ${NAME} name it under limits: { teams: [on-call] }, or take it out of the rule`,
    ],
    [
      'has to be named by the trusted policy that names others',
      place(true, 'ops'),
      'team-not-allowed',
      SAID,
      `have the policy of ${NAME} name it under limits: { teams: [on-call] }, or take it out of the rule`,
    ],
    [
      'needs no more than the operator’s trust where the policy names it',
      place(false, 'on-call'),
      'teams-not-trusted',
      UNTRUSTED,
      TRUST,
    ],
    [
      'needs no more than the operator’s trust where the policy names it among others',
      place(false, 'ops', 'on-call'),
      'teams-not-trusted',
      UNTRUSTED,
      TRUST,
    ],
    [
      'has to be named, and the policy to be trusted, where it names no team',
      place(false),
      'teams-not-trusted',
      UNTRUSTED,
      `have the policy of ${NAME} name it under limits: { teams: [on-call] }, and ${TRUST}`,
    ],
    [
      'has to be named, and the policy to be trusted, where it names others',
      place(false, 'ops', 'on-call-eu'),
      'teams-not-trusted',
      UNTRUSTED,
      `have the policy of ${NAME} name it under limits: { teams: [on-call] }, and ${TRUST}`,
    ],
  ])('%s', (_, where, code, message, todo) => {
    expect(teamFindings(shop(), WITHHELD, where, ABLE)).toEqual([warning(code, message, todo)]);
  });

  it('has its policy where its own organisation is', () => {
    const facts = shop({ repo: { ...shop().repo, owner: 'other-org' } });
    const [found] = teamFindings(facts, WITHHELD, null, ABLE);
    expect(found).toMatchObject({ about: 'other-org/shop' });
    expect(found?.todo).toMatch(/^have a policy in other-org\/\.github-private name it/u);
  });

  it('is told for each of several, and not for one that the organisation allows', () => {
    const policy = policyOf(
      `access: [${rule('shift', 'teams: [on-call, ops]')}, ${rule('more', 'teams: [core]')}]`,
      limits('ops'),
    );
    expect(teamFindings(shop(), policy, place(true, 'ops'), ABLE).map(({ code, message }) => [code, message])).toEqual([
      ['team-not-allowed', 'an access rule offers team:on-call, which is given to nobody'],
      ['team-not-allowed', 'an access rule offers team:core, which is given to nobody'],
    ]);
  });

  it('is told also where the installation is not known', () => {
    expect(teamFindings(shop(), WITHHELD, place(true), null)).toMatchObject([{ code: 'team-not-allowed' }]);
  });
});

describe('the app may change who is in a team', () => {
  const lacking = (about = 'octo-org/shop'): DoctorFinding => ({
    severity: 'error',
    code: 'teams-permission-missing',
    about,
    message:
      'access rules offer teams, and the installation on octo-org has not accepted members: write, so that whoever is given one gets nothing',
    todo: 'have an owner accept the new permissions',
    page: 'https://github.com/organizations/octo-org/settings/installations/1',
    repair: null,
  });

  it.each<[string, Levels, readonly DoctorFinding[]]>([
    ['not without the permission', {}, [lacking()]],
    ['not with leave to read alone', { members: 'read' }, [lacking()]],
    ['not with another permission to write', { administration: 'write' }, [lacking()]],
    ['with leave to write', { members: 'write' }, []],
    ['with more than that', { members: 'admin' }, []],
  ])('%s', (_, permissions, expected) => {
    expect(teamFindings(shop(), ALLOWED, place(true, 'on-call'), installed(permissions))).toEqual(expected);
  });

  it('not, which is told where one rule of several offers a team beside roles', () => {
    const policy = policyOf(
      `access: [${rule('write', 'roles: [push]')}, ${rule('shift', 'roles: [push], teams: [on-call]')}]`,
      limits('on-call'),
    );
    expect(teamFindings(shop(), policy, place(true, 'on-call'), installed({ members: 'read' }))).toEqual([lacking()]);
  });

  it('not, which is told after what nobody allows', () => {
    expect(teamFindings(shop(), WITHHELD, place(true), installed({})).map(({ code }) => code)).toEqual([
      'team-not-allowed',
      'teams-permission-missing',
    ]);
  });
});

describe('of the organisation’s policy itself the doctor says', () => {
  it.each<[string, TeamsPlace]>([
    ['where it names no team, although nobody trusts it', place(false)],
    ['where it names no team, and is trusted', place(true)],
    ['where it names teams, and is trusted', place(true, 'on-call')],
  ])('nothing %s', (_, where) => {
    expect(teamsPlaceFindings(where)).toEqual([]);
  });

  it('that it names teams in vain where the operator does not trust it', () => {
    expect(teamsPlaceFindings(place(false, 'on-call'))).toEqual([
      warning(
        'teams-not-trusted',
        'limits name teams, and no team is granted: TEAMS_ALLOWED_BY, as it is set where this command runs, does not name it',
        `add ${NAME} to TEAMS_ALLOWED_BY where the app runs, once owners alone can write to it`,
        NAME,
      ),
    ]);
  });
});
