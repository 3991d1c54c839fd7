/** What deployments and protection rules are read as, and which callbacks are refused. */

import { describe, expect, it } from 'vitest';
import { readEvent } from '../../src/events/read.ts';
import { example, part, type Payload } from '../support/example.ts';

const API = 'https://api.github.com';
const created = example('deployment', 'created');
const repo = { installationId: 1, id: 186853002, owner: 'Codertocat', name: 'Hello-World' };
const PATH = '/repos/Codertocat/Hello-World/actions/runs/30/deployment_protection_rule';
const SHA = 'f95f852bd8fca8fcc58a9a2d6c842781e32a215e';

/** Made after the schema `webhook-deployment-protection-rule-requested` of GitHub's OpenAPI description. */
const requested = (changes: Payload = {}): Payload => ({
  action: 'requested',
  environment: 'production',
  event: 'push',
  deployment_callback_url: `${API}${PATH}`,
  deployment: created['deployment'],
  pull_requests: [],
  repository: created['repository'],
  installation: { id: 1 },
  sender: created['sender'],
  ...changes,
});

const rule = (changes: Payload = {}, api = API) => readEvent('deployment_protection_rule', requested(changes), api);

describe('a deployment', () => {
  it('by the API is told with its commit, its ref and its maker', () => {
    expect(readEvent('deployment', created, API)).toEqual({
      kind: 'deployment-asked',
      repo,
      environment: 'production',
      deploymentId: 145988746,
      sha: SHA,
      ref: 'master',
      runId: null,
      rule: false,
      creator: 21031067,
      at: Date.parse('2019-05-15T15:20:53Z'),
    });
  });

  it('by a workflow names its run', () => {
    expect(readEvent('deployment', { ...created, workflow_run: { id: 30 } }, API)).toMatchObject({ runId: 30 });
  });

  it.each([
    ['refs/heads/main', 'main'],
    ['refs/tags/v1', 'v1'],
    ['refs/pull/5/merge', 'refs/pull/5/merge'],
    ['main', 'main'],
  ])('of %s is one of %s', (ref, expected) => {
    expect(
      readEvent('deployment', { ...created, deployment: part(created, 'deployment', { ref }) }, API),
    ).toMatchObject({ ref: expected });
  });
});

describe('a protection rule', () => {
  it('is told with the run of its callback, and waits for an answer', () => {
    expect(rule()).toEqual({
      kind: 'deployment-asked',
      repo,
      environment: 'production',
      deploymentId: 145988746,
      sha: SHA,
      ref: 'master',
      runId: 30,
      rule: true,
      creator: 21031067,
      at: Date.parse('2019-05-15T15:20:53Z'),
    });
  });

  it('is for the environment of its deployment, whatever it says besides', () => {
    expect(rule({ environment: 'staging' })).toMatchObject({ environment: 'production' });
  });

  it('without a deployment takes what it has, and guesses no commit', () => {
    expect(rule({ deployment: undefined })).toMatchObject({
      environment: 'production',
      deploymentId: null,
      sha: null,
      ref: null,
      runId: 30,
    });
  });

  it('that names neither an environment nor a deployment is refused', () => {
    expect(() => rule({ deployment: undefined, environment: undefined })).toThrow('names no environment');
  });

  it('on GitHub Enterprise has its callback below the path of the API', () => {
    const deployment_callback_url = `https://ghe.example.com/api/v3${PATH}`;
    expect(rule({ deployment_callback_url }, 'https://ghe.example.com/api/v3')).toMatchObject({ runId: 30 });
    expect(rule({ deployment_callback_url }, 'https://ghe.example.com/api/v3/')).toMatchObject({ runId: 30 });
  });

  it('compares owner and name without case, as GitHub does', () => {
    expect(rule({ deployment_callback_url: `${API}${PATH.toLowerCase()}` })).toMatchObject({ runId: 30 });
  });

  it.each([
    ['nowhere', undefined],
    ['no address', 'not a url'],
    ['another host', `https://evil.example.com${PATH}`],
    ['a host that begins alike', `https://api.github.com.example.com${PATH}`],
    ['a host behind a user name', `https://api.github.com@evil.example.com${PATH}`],
    ['the host with a user name', `https://someone@api.github.com${PATH}`],
    ['the host with a password', `https://:secret@api.github.com${PATH}`],
    ['another port', `https://api.github.com:8443${PATH}`],
    ['the host without TLS', `http://api.github.com${PATH}`],
    ['a script', `javascript:${PATH}`],
    ['another repository', `${API}/repos/Codertocat/Other/actions/runs/30/deployment_protection_rule`],
    ['another owner', `${API}/repos/Other/Hello-World/actions/runs/30/deployment_protection_rule`],
    [
      'another repository by a detour',
      `${API}/repos/Codertocat/Hello-World/../Other/actions/runs/30/deployment_protection_rule`,
    ],
    [
      'another by an encoded detour',
      `${API}/repos/Codertocat/Hello-World/%2e%2e/Other/actions/runs/30/deployment_protection_rule`,
    ],
    ['a path in front', `${API}/elsewhere${PATH}`],
    ['a path behind', `${API}${PATH}/more`],
    ['something else of the run', `${API}/repos/Codertocat/Hello-World/actions/runs/30/cancel`],
    ['no run', `${API}/repos/Codertocat/Hello-World/actions/runs/x/deployment_protection_rule`],
    ['run 0', `${API}/repos/Codertocat/Hello-World/actions/runs/0/deployment_protection_rule`],
    ['a run too large to be counted', `${API}${PATH.replace('30', '9'.repeat(20))}`],
    ['an encoded slash', `${API}/repos/Codertocat%2FHello-World/actions/runs/30/deployment_protection_rule`],
  ])('whose callback leads to %s is refused', (_name, deployment_callback_url) => {
    expect(() => rule({ deployment_callback_url })).toThrow();
  });

  it('of any other action is left alone', () => {
    expect(rule({ action: 'something-new' })).toBeNull();
  });
});
