/** Who had a hand in what is held. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coAuthorsOf, noreplyOf } from '../../../src/adapters/github/trailers.ts';
import { sha } from '../../../src/domain/identity.ts';
import { GitHubUnavailable } from '../../../src/engine/ports.ts';
import { processorTime } from '../../support/processor-time.ts';
import { adapter, api, AT, hundred, REPO, REPOSITORY, sha40, onlyNockAnswers } from './setup.ts';

const A = sha(sha40('a'));
const ANA = { id: 5, login: 'octo-ana' };
const BOB = { id: 6, login: 'octo-bob' };
const WEB_FLOW = { id: 19_864_447, login: 'web-flow' };

type Made = {
  readonly author?: unknown;
  readonly committer?: unknown;
  readonly message?: string;
  readonly verified?: boolean;
  readonly email?: string;
};
const commit = ({
  author = ANA,
  committer = author,
  message = 'x',
  verified = false,
  email = 'ana@octo.example',
}: Made = {}) => ({
  sha: A,
  parents: [],
  author,
  committer,
  commit: {
    message,
    author: { email },
    committer: { email: committer === author ? email : 'committer@octo.example' },
    verification: { verified },
  },
});

async function contributorsOf(...commits: readonly object[]) {
  api()
    .get(`${AT}/pulls/7`)
    .reply(200, pullWith(commits.length))
    .get(`${AT}/pulls/7/commits?per_page=100`)
    .reply(200, commits);
  return await adapter().github.pullContributors(REPO, 7);
}

const pullWith = (commits: number) => ({
  number: 7,
  state: 'open',
  title: 't',
  user: ANA,
  labels: [],
  merged: false,
  commits,
  changed_files: 1,
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-02T00:00:00Z',
  head: { sha: A, ref: 'topic', repo: { id: 22 } },
  base: { ref: 'main', repo: { id: 22 } },
});

const known = (people: readonly number[], unattributed = 0) => ({ kind: 'known', value: { people, unattributed } });

onlyNockAnswers();

describe('the contributors of a pull request', () => {
  it('are its authors and committers, each once', async () => {
    await expect(contributorsOf(commit(), commit({ committer: BOB }))).resolves.toEqual(known([5, 6]));
  });

  it("leave out GitHub's own committer where its signature is verified", async () => {
    await expect(contributorsOf(commit({ committer: WEB_FLOW, verified: true }))).resolves.toEqual(known([5]));
  });

  it("do not believe in GitHub's own committer without its signature", async () => {
    await expect(contributorsOf(commit({ committer: WEB_FLOW, verified: false }))).resolves.toEqual(known([5], 1));
  });

  it('do not take GitHub itself for an author', async () => {
    await expect(contributorsOf(commit({ author: WEB_FLOW, verified: true }))).resolves.toEqual(known([], 1));
  });

  it.each([[null], [{}]])(
    'count a commit whose author is %j once, though author and committer are one person',
    async (nobody) => {
      await expect(contributorsOf(commit({ author: nobody }))).resolves.toEqual(known([], 1));
    },
  );

  it('count an unknown committer beside a known author', async () => {
    await expect(contributorsOf(commit({ committer: null }))).resolves.toEqual(known([5], 1));
  });

  it('include co-authors by the id in their address', async () => {
    const message = 'x\n\nCo-authored-by: Bob <6+octo-bob@users.noreply.github.com>';
    await expect(contributorsOf(commit({ message }))).resolves.toEqual(known([5, 6]));
  });

  it('include co-authors by the login in their address', async () => {
    api().get('/users/octo-bob').reply(200, BOB);
    const message = 'x\n\nco-authored-by: Bob <octo-bob@users.noreply.github.com>';
    await expect(contributorsOf(commit({ message }))).resolves.toEqual(known([5, 6]));
  });

  it('include co-authors by an address that another commit shows to be theirs', async () => {
    const message = 'x\n\nCo-authored-by: Bob <Bob@octo.example>';
    const bobs = commit({ author: BOB, email: 'bob@octo.example' });
    await expect(contributorsOf(commit({ message }), bobs)).resolves.toEqual(known([5, 6]));
  });

  it.each(['Bob <bob@elsewhere.example>', 'Bob', '<>', 'Bob <6+octo-bob@users.noreply.github.com.evil.example>'])(
    'count the co-author %s as nobody known',
    async (coAuthor) => {
      await expect(contributorsOf(commit({ message: `x\n\nCo-authored-by: ${coAuthor}` }))).resolves.toEqual(
        known([5], 1),
      );
    },
  );

  it('count a co-author whose login nobody has as nobody known', async () => {
    api().get('/users/octo-bob').reply(404);
    const message = 'x\n\nCo-authored-by: Bob <octo-bob@users.noreply.github.com>';
    await expect(contributorsOf(commit({ message }))).resolves.toEqual(known([5], 1));
  });

  it('ask for no more than 50 logins', async () => {
    let asked = 0;
    api()
      .get(/\/users\/.*/u)
      .times(60)
      .reply(() => {
        asked += 1;
        return [404, {}];
      });
    const lines = Array.from({ length: 60 }, (_, index) => `Co-authored-by: x <l${index}@users.noreply.github.com>`);
    await expect(contributorsOf(commit({ message: lines.join('\n') }))).resolves.toEqual(known([5], 60));
    expect(asked).toBe(50);
  });

  it('are found on the second page', async () => {
    api()
      .get(`${AT}/pulls/7`)
      .reply(200, pullWith(101))
      .get(`${AT}/pulls/7/commits?per_page=100`)
      .reply(
        200,
        hundred(() => commit()),
      )
      .get(`${AT}/pulls/7/commits?per_page=100&page=2`)
      .reply(200, [commit({ author: BOB })]);
    await expect(adapter().github.pullContributors(REPO, 7)).resolves.toEqual(known([5, 6]));
  });

  it.each([
    ['GitHub lists no more of its commits', 251],
    ['GitHub lists fewer commits than there are', 2],
  ])('are unknown when %s', async (_why, count) => {
    api()
      .get(`${AT}/pulls/7`)
      .reply(200, pullWith(count))
      .get(`${AT}/pulls/7/commits?per_page=100`)
      .reply(200, [commit()]);
    await expect(adapter().github.pullContributors(REPO, 7)).resolves.toMatchObject({ kind: 'unknown' });
  });
});

describe('the contributors of a commit', () => {
  it('are its own', async () => {
    api()
      .get(`${AT}/commits/${A}?per_page=1`)
      .reply(200, commit({ committer: BOB }));
    await expect(adapter().github.commitContributors(REPO, A)).resolves.toEqual(known([5, 6]));
  });

  it.each([404, 422])('are unknown when GitHub does not know it (%i)', async (status) => {
    api().get(`${AT}/commits/${A}?per_page=1`).reply(status).get(AT).reply(200, REPOSITORY);
    await expect(adapter().github.commitContributors(REPO, A)).resolves.toMatchObject({ kind: 'unknown' });
  });

  it('are unknown when GitHub answers with another commit', async () => {
    api()
      .get(`${AT}/commits/${A}?per_page=1`)
      .reply(200, { ...commit(), sha: sha40('c') });
    await expect(adapter().github.commitContributors(REPO, A)).resolves.toMatchObject({ kind: 'unknown' });
  });
});

describe('co-author lines', () => {
  it('are found wherever they stand, in any case, with any line ends', () => {
    const message = 'a\r\nCO-AUTHORED-BY:One <one@x>\r\n\r\nCo-authored-by : Two <TWO@x>\n\nSigned-off-by: Z <z@x>';
    expect(coAuthorsOf(message)).toEqual(['one@x', 'two@x']);
  });

  it('give every address that was written as one, whatever the name', () => {
    const name = fc.string().filter((text) => !/[\r\n<>\u2028\u2029]/u.test(text));
    const address = fc.emailAddress();
    fc.assert(
      fc.property(fc.string(), name, address, (before, who, email) => {
        expect(coAuthorsOf(`${before}\n\nCo-authored-by: ${who} <${email}>\n`)).toContain(email.toLowerCase());
      }),
    );
  });

  it('are read in time that grows with the length alone', () => {
    const read = (): void => {
      coAuthorsOf(`Co-authored-by: ${'<'.repeat(500_000)}\n`.repeat(2));
      noreplyOf(`${'a-'.repeat(250_000)}@users.noreply.github.com`);
    };
    expect(processorTime(read, 500)).toBeLessThan(500);
  });
});

describe('an address that hides another', () => {
  it.each([
    ['6+octo-bob@users.noreply.github.com', { id: 6, login: 'octo-bob' }],
    ['octo-bob@users.noreply.github.com', { id: null, login: 'octo-bob' }],
    ['49699333+dependabot[bot]@users.noreply.github.com', { id: 49_699_333, login: 'dependabot[bot]' }],
    ['octo-bob@users.noreply.github.example', null],
    ['x@y@users.noreply.github.com', null],
    ['../a@users.noreply.github.com', null],
    ['octo-bob@github.com', null],
  ])('%s stands for %j', (email, account) => {
    expect(noreplyOf(email)).toEqual(account);
  });
});

describe('the contributors of a range of commits', () => {
  const B = sha(sha40('b'));
  const page = (number: number) => `${AT}/compare/${A}...${B}?per_page=100&page=${number}`;
  const numbered = (index: number, made: Made = {}) => ({
    ...commit(made),
    sha: index.toString(16).padStart(40, '0'),
    parents: [{ sha: (index - 1).toString(16).padStart(40, '0') }],
  });

  it('are those of every page, and the line follows first parents', async () => {
    const last = { ...commit({ author: BOB }), sha: B, parents: [{ sha: numbered(100).sha }, { sha: A }] };
    api()
      .get(page(1))
      .reply(200, { total_commits: 101, commits: hundred((index) => numbered(index + 1)) })
      .get(page(2))
      .reply(200, { total_commits: 101, commits: [last] });
    const range = await adapter().github.contributorsBetween(REPO, A, B);
    expect(range).toMatchObject({
      kind: 'known',
      value: { contributors: { people: [5, 6], unattributed: 0 }, total: 101, read: 101 },
    });
    expect(range.kind === 'known' ? range.value.line.slice(0, 2) : []).toEqual([B, numbered(100).sha]);
    expect(range.kind === 'known' ? range.value.line.length : 0).toBe(101);
  });

  it('of more than a thousand commits are those of the newest thousand, with how many there are', async () => {
    const scope = api()
      .get(page(1))
      .reply(200, { total_commits: 1500, commits: hundred((index) => numbered(index + 1, { author: BOB })) });
    for (let number = 6; number <= 15; number += 1) {
      scope
        .get(page(number))
        .reply(200, { total_commits: 1500, commits: hundred((index) => numbered(number * 100 + index)) });
    }
    await expect(adapter().github.contributorsBetween(REPO, A, B)).resolves.toMatchObject({
      kind: 'known',
      value: { contributors: { people: [5] }, total: 1500, read: 1000 },
    });
  });

  it('are unknown where the two have nothing in common', async () => {
    api().get(page(1)).reply(404, { message: 'No common ancestor' }).get(AT).reply(200, REPOSITORY);
    await expect(adapter().github.contributorsBetween(REPO, A, B)).resolves.toMatchObject({ kind: 'unknown' });
  });

  it('are an outage where GitHub does not answer', async () => {
    api().get(page(1)).times(2).reply(502);
    await expect(adapter().github.contributorsBetween(REPO, A, B)).rejects.toThrow(GitHubUnavailable);
  });
});
