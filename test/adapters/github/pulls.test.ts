/** Pull requests, their files, and what lies between two commits. */

import { describe, expect, it } from 'vitest';
import { queueRefFrom } from '../../../src/adapters/github/pulls.ts';
import { sha } from '../../../src/domain/identity.ts';
import { GitHubUnavailable } from '../../../src/engine/ports.ts';
import { adapter, api, AT, hundred, REPO, REPOSITORY, sha40, onlyNockAnswers } from './setup.ts';

const A = sha(sha40('a'));
const B = sha(sha40('b'));

const pull = (over: object = {}) => ({
  number: 7,
  state: 'open',
  draft: false,
  title: 'Add a thing',
  user: { id: 5, login: 'octo-ana', type: 'User' },
  labels: [{ name: 'risky' }],
  merged: false,
  merged_at: null,
  commits: 1,
  changed_files: 1,
  additions: 20,
  deletions: 3,
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-02T00:00:00Z',
  head: { sha: A, ref: 'topic', repo: { id: 22 } },
  base: { ref: 'main', repo: { id: 22 } },
  ...over,
});

onlyNockAnswers();

describe('a pull request', () => {
  it('is read with the facts that rules ask for', async () => {
    api().get(`${AT}/pulls/7`).reply(200, pull());
    await expect(adapter().github.pull(REPO, 7)).resolves.toEqual({
      number: 7,
      open: true,
      merged: false,
      draft: false,
      author: { id: 5, login: 'octo-ana' },
      head: A,
      headRef: 'topic',
      base: 'main',
      fork: false,
      labels: ['risky'],
      title: 'Add a thing',
      lines: 23,
    });
  });

  it.each([
    ['from another repository', { sha: A, ref: 'main', repo: { id: 99 } }],
    ['whose repository was deleted', { sha: A, ref: 'main', repo: null }],
  ])('%s comes from a fork', async (_what, head) => {
    api().get(`${AT}/pulls/7`).reply(200, pull({ head }));
    await expect(adapter().github.pull(REPO, 7)).resolves.toMatchObject({ fork: true });
  });

  it('is null when the repository is there and it is not', async () => {
    api().get(`${AT}/pulls/7`).reply(404).get(AT).reply(200, REPOSITORY);
    await expect(adapter().github.pull(REPO, 7)).resolves.toBeNull();
  });

  it('is an outage, not null, when the app cannot see the repository', async () => {
    api().get(`${AT}/pulls/7`).reply(404).get(AT).reply(404);
    await expect(adapter().github.pull(REPO, 7)).rejects.toThrow(GitHubUnavailable);
  });

  it('of another repository under the same name is not taken for ours', async () => {
    api()
      .get(`${AT}/pulls/7`)
      .reply(200, pull({ base: { ref: 'main', repo: { id: 23 } } }));
    await expect(adapter().github.pull(REPO, 7)).rejects.toThrow(/another repository/u);
  });

  it('with a head that is no commit id is not read', async () => {
    api()
      .get(`${AT}/pulls/7`)
      .reply(200, pull({ head: { sha: '', ref: 'topic', repo: { id: 22 } } }));
    await expect(adapter().github.pull(REPO, 7)).rejects.toThrow(GitHubUnavailable);
  });
});

describe('the open pull requests', () => {
  it('are all read', async () => {
    api()
      .get(`${AT}/pulls?state=open&sort=created&direction=asc&per_page=100`)
      .reply(
        200,
        hundred((index) => pull({ number: index + 1 })),
      )
      .get(`${AT}/pulls?state=open&sort=created&direction=asc&per_page=100&page=2`)
      .reply(200, [pull({ number: 101 })]);
    await expect(adapter().github.openPulls(REPO)).resolves.toHaveLength(101);
  });
});

describe('the files of a pull request', () => {
  it('name both ends of a rename', async () => {
    api()
      .get(`${AT}/pulls/7`)
      .reply(200, pull({ changed_files: 2 }))
      .get(`${AT}/pulls/7/files?per_page=100`)
      .reply(200, [{ filename: 'docs/a.md', previous_filename: 'infra/a.tf' }, { filename: 'b' }]);
    await expect(adapter().github.pullFiles(REPO, 7)).resolves.toEqual({
      kind: 'known',
      value: ['docs/a.md', 'infra/a.tf', 'b'],
    });
  });

  it('are unknown when GitHub lists fewer than there are', async () => {
    api()
      .get(`${AT}/pulls/7`)
      .reply(200, pull({ changed_files: 2 }))
      .get(`${AT}/pulls/7/files?per_page=100`)
      .reply(200, [{ filename: 'b' }]);
    await expect(adapter().github.pullFiles(REPO, 7)).resolves.toMatchObject({ kind: 'unknown' });
  });

  it('are unknown at the most that GitHub lists', async () => {
    const scope = api()
      .get(`${AT}/pulls/7`)
      .reply(200, pull({ changed_files: 3000 }));
    for (let page = 1; page <= 31; page += 1) {
      const files = page <= 30 ? hundred((index) => ({ filename: `${page}/${index}` })) : [];
      scope.get(`${AT}/pulls/7/files?per_page=100${page === 1 ? '' : `&page=${page}`}`).reply(200, files);
    }
    await expect(adapter().github.pullFiles(REPO, 7)).resolves.toMatchObject({ kind: 'unknown' });
  });
});

describe('the pull requests of a commit', () => {
  it('are those of this repository, merged ones first', async () => {
    api()
      .get(`${AT}/commits/${A}/pulls?per_page=100`)
      .reply(200, [
        pull({ number: 1 }),
        pull({ number: 2, merged_at: '2026-01-01T00:00:00Z', state: 'closed' }),
        pull({ number: 3, base: { ref: 'main', repo: { id: 99 } } }),
      ]);
    await expect(adapter().github.pullsOfCommit(REPO, A)).resolves.toEqual([2, 1]);
  });

  it('are none for a commit that GitHub does not know', async () => {
    api()
      .get(`${AT}/commits/${A}/pulls?per_page=100`)
      .reply(422, { message: 'No commit found' })
      .get(AT)
      .reply(200, REPOSITORY);
    await expect(adapter().github.pullsOfCommit(REPO, A)).resolves.toEqual([]);
  });
});

describe('what lies between two commits', () => {
  const compare = (base: string, head: string, page?: number) =>
    `${AT}/compare/${base}...${head}?per_page=100${page === undefined ? '' : `&page=${page}`}`;
  const commits = (count: number) => Array.from({ length: count }, () => ({ sha: B, parents: [{ sha: A }] }));
  const compared = (over: object) => ({ status: 'ahead', total_commits: 0, commits: [], files: [], ...over });

  it('are all its commits, over pages', async () => {
    api()
      .get(compare(A, B))
      .reply(200, compared({ total_commits: 120, commits: commits(100) }))
      .get(compare(A, B, 2))
      .reply(200, compared({ total_commits: 120, commits: commits(20) }));
    const answer = await adapter().github.commitsBetween(REPO, A, B);
    expect(answer.kind === 'known' && answer.value.length).toBe(120);
    expect(answer.kind === 'known' && answer.value[0]).toEqual({ sha: B, parents: [A] });
  });

  it.each([
    ['there are more than 250', 251, commits(100)],
    ['GitHub does not list them all', 2, []],
  ])('is unknown when %s', async (_why, total, listed) => {
    api()
      .get(compare(A, B))
      .reply(200, compared({ total_commits: total, commits: listed }))
      .get(compare(A, B, 2))
      .reply(200, compared({ total_commits: total }));
    await expect(adapter().github.commitsBetween(REPO, A, B)).resolves.toMatchObject({ kind: 'unknown' });
  });

  it('are the files of the comparison when the one follows the other', async () => {
    api()
      .get(compare(A, B))
      .reply(200, compared({ files: [{ filename: 'x', previous_filename: 'y' }] }));
    await expect(adapter().github.filesBetween(REPO, A, B)).resolves.toEqual({ kind: 'known', value: ['x', 'y'] });
  });

  it.each(['behind', 'diverged'])('are the files of both directions when the head is %s', async (status) => {
    api()
      .get(compare(A, B))
      .reply(200, compared({ status, files: [{ filename: 'x' }] }))
      .get(compare(B, A))
      .reply(200, compared({ files: [{ filename: 'rolled/back' }, { filename: 'x' }] }));
    await expect(adapter().github.filesBetween(REPO, A, B)).resolves.toEqual({
      kind: 'known',
      value: ['x', 'rolled/back'],
    });
  });

  it('is unknown at the 300 files that GitHub lists', async () => {
    const files = Array.from({ length: 300 }, (_, index) => ({ filename: String(index) }));
    api().get(compare(A, B)).reply(200, compared({ files }));
    await expect(adapter().github.filesBetween(REPO, A, B)).resolves.toMatchObject({ kind: 'unknown' });
  });

  it('is unknown when GitHub knows one of them not', async () => {
    api().get(compare(A, B)).reply(404).get(AT).reply(200, REPOSITORY);
    await expect(adapter().github.filesBetween(REPO, A, B)).resolves.toMatchObject({ kind: 'unknown' });
  });
});

describe('the merge queue', () => {
  it('is read from its branches, and other names are left alone', async () => {
    const prefix = 'refs/heads/gh-readonly-queue/main/';
    api()
      .get(`${AT}/git/matching-refs/heads%2Fgh-readonly-queue%2Fmain%2F`)
      .reply(200, [
        { ref: `${prefix}pr-12-${B}`, object: { sha: A, type: 'commit' } },
        { ref: `${prefix}next/pr-13-${B}`, object: { sha: A, type: 'commit' } },
      ]);
    await expect(adapter().github.queueRefs(REPO, 'main')).resolves.toEqual([{ pull: 12, sha: A, builtOn: B }]);
  });

  it.each(['pr-0-', 'pr-01-', 'pr--1-', 'pr-1e3-', 'pr-12-x', 'xpr-12-', 'pr-9999999999999999999-'])(
    'does not take %s for an entry',
    (start) => {
      expect(queueRefFrom(`p/${start}${B}`, 'p/', A)).toBeNull();
    },
  );
});
