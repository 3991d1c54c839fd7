/** What pushes, runs, checks, people and installations are read as. */

import { describe, expect, it } from 'vitest';
import { readEvent } from '../../src/events/read.ts';
import { example, part, type Payload } from '../support/example.ts';

const read = (event: string, payload: Payload) => readEvent(event, payload, 'https://api.github.com');
const repo = { installationId: 1, id: 186853002, owner: 'Codertocat', name: 'Hello-World' };

describe('a push', () => {
  const push = (changes: Payload): Payload =>
    example('push', null, { ref: 'refs/heads/master', forced: false, commits: [{ added: ['src/a.ts'] }], ...changes });

  it.each(['refs/heads/feature', 'refs/heads/master/x', 'refs/heads/Master', 'refs/tags/master', 'refs/heads/'])(
    'to %s, which is not the default branch, tells only who pushed',
    (ref) => {
      const commits = [{ added: ['.jit-policy.yml'] }];
      expect(read('push', push({ ref, commits }))).toMatchObject({ ref, isDefault: false, touchesPolicy: false });
    },
  );

  it('to the default branch is told', () => {
    expect(read('push', push({}))).toMatchObject({
      kind: 'branch-pushed',
      repo,
      isDefault: true,
      touchesPolicy: false,
    });
  });

  it('tells who pushed which commits, and when by GitHub’s clock', () => {
    const [one, two] = ['1'.repeat(40), '2'.repeat(40)];
    const told = push({
      ref: 'refs/heads/fix',
      after: two,
      deleted: false,
      commits: [{ id: one }, { id: two }],
      repository: { ...(push({})['repository'] as object), pushed_at: 1_700_000_000 },
      sender: { id: 11, login: 'octo-ana', type: 'User' },
    });
    expect(read('push', told)).toMatchObject({
      ...{ ref: 'refs/heads/fix', head: two, commits: [one, two], by: 11, at: 1_700_000_000_000 },
    });
  });

  it('that deletes a branch brings nothing, and one by nobody known tells of nobody', () => {
    expect(read('push', push({ after: '0'.repeat(40), deleted: true }))).toMatchObject({ head: null });
    expect(read('push', push({ sender: null }))).toMatchObject({ by: null });
  });

  it.each([
    ['.jit-policy.yml'],
    ['.github/.jit-policy.yml'],
    ['CODEOWNERS'],
    ['.github/CODEOWNERS'],
    ['docs/CODEOWNERS'],
  ])('that adds, changes or removes %s touches the policy', (path) => {
    for (const how of ['added', 'modified', 'removed']) {
      const commits = [{ added: ['src/a.ts'] }, { [how]: ['src/b.ts', path] }];
      expect(read('push', push({ commits }))).toMatchObject({ touchesPolicy: true });
    }
  });

  it.each(['src/.jit-policy.yml', 'x.jit-policy.yml', 'src/CODEOWNERS', 'CODEOWNERS.md'])('of %s does not', (path) => {
    expect(read('push', push({ commits: [{ modified: [path] }] }))).toMatchObject({ touchesPolicy: false });
  });

  it.each([
    ['was forced, so that commits went away', { forced: true }],
    ['lists no commits', { commits: [] }],
    ['lists as many commits as GitHub lists at most', { commits: Array.from({ length: 2048 }, () => ({ added: [] })) }],
  ])('that %s may have touched it', (_name, changes) => {
    expect(read('push', push(changes))).toMatchObject({ touchesPolicy: true });
  });
});

describe('a workflow run', () => {
  it('that is over is told with its attempt', () => {
    const ended = example('workflow_run', 'completed', { workflow_run: { id: 30, run_attempt: 2 } });
    expect(read('workflow_run', ended)).toMatchObject({ kind: 'run-ended', runId: 30, attempt: 2 });
  });

  it.each(['requested', 'in_progress'])('that is %s concerns nobody', (action) => {
    expect(read('workflow_run', example('workflow_run', 'completed', { action }))).toBeNull();
  });
});

describe('a check', () => {
  it.each(['check_run', 'check_suite'])('that is asked for again is told by its head: %s', (event) => {
    const payload = example(event, 'rerequested');
    const { head_sha } = payload[event] as { head_sha: string };
    expect(read(event, payload)).toMatchObject({ kind: 'check-rerequested', head: head_sha });
  });

  it.each([
    ['check_run', 'requested_action'],
    ['check_suite', 'requested'],
    ['check_suite', 'completed'],
  ])('concerns nobody otherwise: %s %s', (event, action) => {
    expect(read(event, example(event, action))).toBeNull();
  });

  it.each(['created', 'completed'])('of somebody else that was %s has reported', (action) => {
    const payload = example('check_run', action);
    const { head_sha } = payload['check_run'] as { head_sha: string };
    expect(read('check_run', payload)).toMatchObject({ kind: 'check-reported', head: head_sha });
  });

  it.each(['jit/merge', 'jit/deploy: production'])(
    'that is called like one of ours is told with its app: %s',
    (name) => {
      const payload = example('check_run', 'completed');
      expect(read('check_run', { ...payload, check_run: part(payload, 'check_run', { name }) })).toMatchObject({
        kind: 'own-name-reported',
        name,
        app: { slug: 'github-actions' },
        conclusion: 'failure',
      });
    },
  );
});

describe('people', () => {
  it.each(['added', 'edited', 'removed'])('who are collaborators: %s', (action) => {
    expect(read('member', example('member', 'added', { action }))).toEqual({
      kind: 'collaborator-changed',
      repo,
      person: { id: 39652351, login: 'hacktocat' },
      by: 39652351,
      change: action,
    });
  });

  it.each(['added', 'removed'])('who are members of a team: %s', (action) => {
    expect(read('membership', example('membership', action))).toEqual({
      kind: 'membership-changed',
      installation: 1,
      person: { id: 21031067, login: 'Codertocat' },
      team: 3253328,
      change: action,
      by: 21031067,
    });
  });

  it('who leave the organisation are told; who join have no say yet', () => {
    const membership = { user: { id: 5, login: 'octo-gone', type: 'User' } };
    expect(
      read('organization', example('organization', 'member_added', { action: 'member_removed', membership })),
    ).toEqual({
      kind: 'membership-changed',
      installation: 1,
      person: { id: 5, login: 'octo-gone' },
      team: null,
      change: 'removed',
      by: 21031067,
    });
    expect(read('organization', example('organization', 'member_added'))).toBeNull();
  });

  it('of a team that changed may be anybody', () => {
    expect(read('team', example('team', 'deleted'))).toEqual({
      kind: 'membership-changed',
      installation: 1,
      person: null,
      team: 3253328,
      change: 'edited',
      by: 21031067,
    });
  });
});

describe('where the app is', () => {
  const space = { installationId: 957387, id: 186853002, owner: 'Codertocat', name: 'Hello-World' };

  it('begins with the repositories of a new installation', () => {
    expect(read('installation', example('installation', 'created'))).toEqual({
      kind: 'installation-changed',
      installation: 957387,
      change: 'created',
      by: 21031067,
      repos: [space],
    });
  });

  it.each(['deleted', 'suspend', 'unsuspend', 'new_permissions_accepted'])(
    'changes with its installation: %s',
    (change) => {
      expect(read('installation', example('installation', change))).toMatchObject({
        kind: 'installation-changed',
        change,
      });
    },
  );

  it('changes with single repositories', () => {
    expect(read('installation_repositories', example('installation_repositories', 'added'))).toEqual({
      kind: 'repositories-added',
      repos: [{ installationId: 957387, id: 186853007, owner: 'Codertocat', name: 'Space' }],
    });
    expect(read('installation_repositories', example('installation_repositories', 'removed'))).toMatchObject({
      kind: 'repositories-removed',
      installation: 2,
      ids: [1296269],
    });
  });

  it('changes when a repository gets another name, another owner or goes', () => {
    for (const action of ['renamed', 'transferred']) {
      expect(read('repository', example('repository', action))).toEqual({
        kind: 'repository-renamed',
        repo: { installationId: 1, id: 186853261, owner: 'Octocoders', name: 'Hello-World' },
      });
    }
    expect(read('repository', example('repository', 'created', { action: 'deleted' }))).toMatchObject({
      kind: 'repositories-removed',
      why: 'the repository was deleted',
    });
    expect(read('repository', example('repository', 'privatized'))).toBeNull();
  });
});
