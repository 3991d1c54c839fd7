/** What the doctor says of the environments of a repository: does a job that deploys wait for this app? */

import { describe, expect, it } from 'vitest';
import { deploymentFindings } from '../../../src/domain/doctor/deployment.ts';
import type { DoctorFinding, EnvironmentFacts } from '../../../src/domain/doctor/model.ts';
import { policyOf, shop } from '../../support/doctor.ts';

const PAGE = 'https://github.com/octo-org/shop/settings/environments/3';

const gate = (environments: string, name = 'live'): string =>
  `gates: [{ name: ${name}, on: deployment, environments: [${environments}], approvals: [{ from: [leads] }] }]`;
const LIVE = policyOf(gate('production'));

const environment = (changes: Partial<EnvironmentFacts> = {}): EnvironmentFacts => ({
  name: 'production',
  page: PAGE,
  rule: true,
  adminsBypass: false,
  ...changes,
});

const look = (changes: Partial<EnvironmentFacts>, isPrivate = false): readonly DoctorFinding[] =>
  deploymentFindings(shop({ private: isPrivate }), LIVE, [environment(changes)]);

describe('of an environment that a gate covers', () => {
  it.each(['production', 'Production'])('called %s the doctor says that a job waits there', (name) => {
    expect(look({ name })).toEqual([
      {
        severity: 'ok',
        code: 'environment',
        about: 'octo-org/shop',
        message: `${name}: a job waits for this app, and nobody bypasses it`,
        todo: null,
        page: null,
        repair: null,
      },
    ]);
  });

  it.each<[string, boolean, string]>([
    ['a repository', false, ''],
    [
      'a private repository, where it may be a matter of the plan,',
      true,
      '. In a private repository GitHub offers the rule with Enterprise alone; without it nothing holds a job there',
    ],
  ])('in %s the doctor finds, and can repair, that the rule is off', (_, isPrivate, plan) => {
    expect(look({ rule: false }, isPrivate)).toEqual([
      {
        severity: 'error',
        code: 'rule-off',
        about: 'octo-org/shop',
        message: `this app’s protection rule is off for the environment production, so a job does not wait${plan}`,
        todo: 'tick the app among the deployment protection rules',
        page: PAGE,
        repair: { kind: 'enable-rule', repo: shop().repo, environment: 'production' },
      },
    ]);
  });

  it('the doctor finds that administrators may bypass it, which a person has to change', () => {
    expect(look({ adminsBypass: true })).toEqual([
      {
        severity: 'error',
        code: 'environment-bypass',
        about: 'octo-org/shop',
        message: 'administrators may bypass the protection rules of the environment production',
        todo: 'untick "Allow administrators to bypass configured protection rules"',
        page: PAGE,
        repair: null,
      },
    ]);
  });

  it('the doctor says all that is wrong', () => {
    expect(look({ rule: false, adminsBypass: true }).map(({ code }) => code)).toEqual([
      'rule-off',
      'environment-bypass',
    ]);
  });
});

describe('of an environment that no gate covers', () => {
  const staging = environment({ name: 'staging' });
  const production = environment();
  const others = (text: string, one: EnvironmentFacts): readonly DoctorFinding[] =>
    deploymentFindings(shop(), policyOf(text), [one, production]).filter(({ code }) => code !== 'environment');

  it('the doctor says that it denies everything there, when it is asked', () => {
    expect(others(gate('production'), staging)).toEqual([
      {
        severity: 'warning',
        code: 'rule-without-gate',
        about: 'octo-org/shop',
        message: 'the environment staging asks this app, and no gate covers it: every deployment there is denied',
        todo: 'add a gate for it, or switch the rule off',
        page: PAGE,
        repair: null,
      },
    ]);
  });

  it.each<[string, string, Partial<EnvironmentFacts>]>([
    ['the app is not asked', gate('production'), { rule: false }],
    ['the app is not asked, whoever bypasses what', gate('production'), { rule: false, adminsBypass: true }],
    ['the policy lets pass what no gate matches', `${gate('production')}\nunmatched: { deployment: allow }`, {}],
  ])('the doctor says nothing where %s', (_, text, changes) => {
    expect(others(text, { ...staging, ...changes })).toEqual([]);
  });

  it('a gate for merges is none', () => {
    const text = gate('x').replace('deployment, environments: [x]', 'merge, branches: [staging]');
    expect(deploymentFindings(shop(), policyOf(text), [staging]).map(({ code }) => code)).toEqual([
      'rule-without-gate',
    ]);
  });
});

describe('a gate that matches no environment', () => {
  it('is told of, since a job that names none does not wait', () => {
    expect(deploymentFindings(shop(), policyOf(gate('"prod-*", live')), [])).toEqual([
      {
        severity: 'warning',
        code: 'gate-without-environment',
        about: 'octo-org/shop',
        message: 'the gate "live" matches no environment that is there: what deploys without one is not held',
        todo: 'make the environment and name it in the workflow, or correct `environments`',
        page: 'https://github.com/octo-org/shop/settings/environments',
        repair: null,
      },
    ]);
  });

  it('is not told of where one of several environments is there, in any case', () => {
    const there = [environment({ name: 'staging', rule: false }), environment({ name: 'PROD-eu' })];
    expect(deploymentFindings(shop(), policyOf(gate('"prod-*", live')), there).map(({ code }) => code)).toEqual([
      'environment',
    ]);
  });

  it('is not told of where it is the organisation’s, which is for all repositories', () => {
    expect(deploymentFindings(shop(), policyOf('', gate('production')), [])).toEqual([]);
  });
});
