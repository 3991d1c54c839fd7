/** Can any merge be held in a repository? Only where that is certain not to be does nobody look at its pull requests. */

import { describe, expect, it } from 'vitest';
import { mayGateMerges, type PolicyState } from '../../../src/domain/policy/state.ts';
import { present } from '../../support/domain.ts';

const MERGE = '{ name: main, on: merge, branches: [main], approvals: [{ from: [leads] }] }';
const DEPLOYMENT = '{ name: live, on: deployment, environments: [live], approvals: [{ from: [leads] }] }';
const ACCESS =
  'access: [{ name: write, roles: [push], requesters: [leads], max-duration: 8h, approvals: [{ from: [leads] }] }]';
const read = (text: string): PolicyState => present(`version: 1\ngroups: { leads: { teams: [leads] } }\n${text}\n`);

describe('a merge may be held', () => {
  it.each<[string, PolicyState]>([
    ['a gate is for merges', read(`gates: [${MERGE}]`)],
    ['one gate of several is for merges', read(`gates: [${DEPLOYMENT}, ${MERGE}]`)],
    [
      'a gate is for merges of some changes alone, whatever else passes',
      read(`gates: [${MERGE.replace('approvals', 'when: { paths: [src] }, approvals')}]\nunmatched: { merge: allow }`),
    ],
    ['no gate is there, and what no gate matches is denied', read(`${ACCESS}\nunmatched: { merge: deny }`)],
    [
      'no gate is for merges, and what no gate matches is denied',
      read(`gates: [${DEPLOYMENT}]\nunmatched: { merge: deny }`),
    ],
    [
      'the policy has errors, which hold everything',
      { kind: 'invalid', findings: [], path: '.jit-policy.yml', blob: 'c' },
    ],
    ['the policy can’t be reached for a time', { kind: 'unreachable', why: 'GitHub does not answer', passing: true }],
    ['GitHub refuses to show the policy', { kind: 'unreachable', why: 'GitHub refuses', passing: false }],
  ])('where %s', (_, state) => {
    expect(mayGateMerges(state)).toBe(true);
  });
});

describe('no merge is held', () => {
  it.each<[string, PolicyState]>([
    ['there is no policy', { kind: 'absent' }],
    ['the policy is about access alone, and says nothing of what no gate matches', read(ACCESS)],
    ['gates are for deployments alone', read(`gates: [${DEPLOYMENT}]`)],
    ['deployments and actions alone are denied', read(`${ACCESS}\nunmatched: { deployment: deny, action: deny }`)],
    ['merges are allowed in so many words', read(`gates: [${DEPLOYMENT}]\nunmatched: { merge: allow }`)],
  ])('where %s', (_, state) => {
    expect(mayGateMerges(state)).toBe(false);
  });
});
