/** What GitHub's own payloads are read as: all of them, and what becomes of each kind. */

import { describe, expect, it } from 'vitest';
import { EVENTS, readEvent } from '../../src/events/read.ts';
import { EXAMPLES } from '../support/example.ts';

const API = 'https://api.github.com';

/** By event and action, the domain event that has to come of it; what is not listed concerns nobody. */
const EXPECTED: Readonly<Record<string, string>> = {
  'check_run completed': 'check-reported',
  'check_run created': 'check-reported',
  'check_run rerequested': 'check-rerequested',
  'check_suite rerequested': 'check-rerequested',
  'deployment created': 'deployment-asked',
  'installation created': 'installation-changed',
  'installation deleted': 'installation-changed',
  'installation new_permissions_accepted': 'installation-changed',
  'installation suspend': 'installation-changed',
  'installation unsuspend': 'installation-changed',
  'installation_repositories added': 'repositories-added',
  'installation_repositories removed': 'repositories-removed',
  'issue_comment created': 'comment-created',
  'issue_comment deleted': 'vote-source-changed',
  'issue_comment edited': 'vote-source-changed',
  'issues deleted': 'issue-closed',
  'issues edited': 'issue-opened',
  'issues opened': 'issue-opened',
  'issues transferred': 'issue-closed',
  'member added': 'collaborator-changed',
  'member edited': 'collaborator-changed',
  'membership added': 'membership-changed',
  'membership removed': 'membership-changed',
  'merge_group checks_requested': 'merge-group-asked',
  'pull_request closed': 'pull-closed',
  'pull_request converted_to_draft': 'pull-changed',
  'pull_request labeled': 'pull-changed',
  'pull_request opened': 'pull-changed',
  'pull_request ready_for_review': 'pull-changed',
  'pull_request reopened': 'pull-changed',
  'pull_request synchronize': 'pull-changed',
  'pull_request unlabeled': 'pull-changed',
  'pull_request_review dismissed': 'vote-source-changed',
  'repository renamed': 'repository-renamed',
  'repository transferred': 'repository-renamed',
  'team added_to_repository': 'membership-changed',
  'team created': 'membership-changed',
  'team deleted': 'membership-changed',
  'team edited': 'membership-changed',
  'team removed_from_repository': 'membership-changed',
  'workflow_run completed': 'run-ended',
};

describe('the payloads that GitHub sends', () => {
  it('are all here', () => {
    expect(EXAMPLES.flatMap(({ examples }) => examples)).toHaveLength(329);
  });

  const cases = EXAMPLES.filter(({ name }) => name !== 'push').flatMap(({ name, examples }) =>
    examples.map((payload, index) => ({
      name,
      action: typeof payload['action'] === 'string' ? payload['action'] : '',
      index,
      payload,
    })),
  );

  it.each(cases)('$name $action ($index) is read', ({ name, action, payload }) => {
    expect(readEvent(name, payload, API)?.kind).toBe(EXPECTED[`${name} ${action}`]);
  });

  const pushes = EXAMPLES.filter(({ name }) => name === 'push').flatMap(({ examples }) => examples);

  it.each(pushes)('push to $ref is read', (payload) => {
    const { default_branch: branch } = payload['repository'] as { default_branch: string };
    const isDefault = payload['ref'] === `refs/heads/${branch}`;
    expect(readEvent('push', payload, API)).toMatchObject({ kind: 'branch-pushed', isDefault });
  });

  it('of every kind that is expected are among them, or the table says nothing', () => {
    const seen = new Set(cases.map(({ name, action }) => `${name} ${action}`));
    expect(Object.keys(EXPECTED).filter((key) => !seen.has(key))).toEqual([]);
  });

  it('of kinds that nobody reads are let pass, whatever their names', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'star', '']) {
      expect(readEvent(name, {}, API)).toBeNull();
    }
  });

  it.each(EVENTS)('%s without what it promises is refused, not guessed', (name) => {
    expect(() => readEvent(name, {}, API)).toThrow();
    expect(() => readEvent(name, null, API)).toThrow();
  });
});
