/** One exchange with GitHub: ETags, pages, errors, limits, time-outs. */

import nock from 'nock';
import { describe, expect, it } from 'vitest';
import { GitHubRefused, GitHubUnavailable, InstallationGone } from '../../../src/engine/ports.ts';
import { installationId, userId } from '../../../src/domain/identity.ts';
import { adapter, api, API, AT, hundred, REPO, TOKEN, onlyNockAnswers } from './setup.ts';

onlyNockAnswers();

const MEMBERS = '/orgs/octo/teams/release/members';
const member = (id: number) => ({ id, login: `person-${id}` });
const thrownBy = async (request: Promise<unknown>): Promise<unknown> =>
  await request.then(() => null).catch((error: unknown) => error);

describe('an answer that is asked for again', () => {
  it('is used again when GitHub says that nothing changed', async () => {
    api()
      .get(`${MEMBERS}?per_page=100`)
      .reply(200, [member(1)], { etag: '"one"' })
      .get(`${MEMBERS}?per_page=100`)
      .matchHeader('if-none-match', '"one"')
      .reply(304);
    const { github } = adapter();
    const first = await github.teamMembers(REPO.installationId, 'octo', 'release');
    await expect(github.teamMembers(REPO.installationId, 'octo', 'release')).resolves.toEqual(first);
    expect(nock.isDone()).toBe(true);
  });

  it('is replaced when GitHub has another one', async () => {
    api()
      .get(`${MEMBERS}?per_page=100`)
      .reply(200, [member(1)], { etag: '"one"' })
      .get(`${MEMBERS}?per_page=100`)
      .reply(200, [member(2)], { etag: '"two"' })
      .get(`${MEMBERS}?per_page=100`)
      .matchHeader('if-none-match', '"two"')
      .reply(304);
    const { github } = adapter();
    await github.teamMembers(REPO.installationId, 'octo', 'release');
    const two = { kind: 'known', value: [{ id: 2, login: 'person-2' }] };
    await expect(github.teamMembers(REPO.installationId, 'octo', 'release')).resolves.toEqual(two);
    await expect(github.teamMembers(REPO.installationId, 'octo', 'release')).resolves.toEqual(two);
  });

  it('is never used when GitHub does not answer', async () => {
    api()
      .get(`${MEMBERS}?per_page=100`)
      .reply(200, [member(1)], { etag: '"one"' })
      .get(`${MEMBERS}?per_page=100`)
      .times(2)
      .reply(502);
    const { github } = adapter();
    await github.teamMembers(REPO.installationId, 'octo', 'release');
    await expect(github.teamMembers(REPO.installationId, 'octo', 'release')).rejects.toThrow(GitHubUnavailable);
  });

  it('is kept for each installation apart', async () => {
    api()
      .get(`${MEMBERS}?per_page=100`)
      .reply(200, [member(1)], { etag: '"one"' });
    nock(API)
      .post('/app/installations/12/access_tokens')
      .reply(201, { token: 'ghs_other', expires_at: '2099-01-01T00:00:00Z', permissions: {} });
    nock(API, { badheaders: ['if-none-match'] })
      .get(`${MEMBERS}?per_page=100`)
      .reply(200, [member(2)]);
    const { github } = adapter();
    await github.teamMembers(REPO.installationId, 'octo', 'release');
    await expect(github.teamMembers(installationId(12), 'octo', 'release')).resolves.toMatchObject({
      value: [{ id: 2 }],
    });
  });
});

describe('a list', () => {
  it('is read to its last page by the Link header', async () => {
    const next = `<${API}${MEMBERS}?per_page=100&page=2>; rel="next", <${API}${MEMBERS}?per_page=100&page=2>; rel="last"`;
    api()
      .get(`${MEMBERS}?per_page=100`)
      .reply(200, [member(1), member(2)], { link: next })
      .get(`${MEMBERS}?per_page=100&page=2`)
      .reply(200, [member(3)], { link: `<${API}${MEMBERS}?per_page=100&page=1>; rel="prev"` });
    const { github } = adapter();
    const answer = await github.teamMembers(REPO.installationId, 'octo', 'release');
    expect(answer).toEqual({ kind: 'known', value: [member(1), member(2), member(3)] });
  });

  it('finds a second page that came up after the first one was kept', async () => {
    const full = hundred((index) => member(index + 1));
    api()
      .get(`${MEMBERS}?per_page=100`)
      .reply(200, full, { etag: '"full"' })
      .get(`${MEMBERS}?per_page=100&page=2`)
      .reply(200, [])
      .get(`${MEMBERS}?per_page=100`)
      .matchHeader('if-none-match', '"full"')
      .reply(304)
      .get(`${MEMBERS}?per_page=100&page=2`)
      .reply(200, [member(101)]);
    const { github } = adapter();
    await github.teamMembers(REPO.installationId, 'octo', 'release');
    const answer = await github.teamMembers(REPO.installationId, 'octo', 'release');
    expect(answer.kind === 'known' && answer.value.length).toBe(101);
  });

  it('never follows a link to another host', async () => {
    api()
      .get(`${MEMBERS}?per_page=100`)
      .reply(200, [member(1)], { link: `<https://evil.example${MEMBERS}?page=2>; rel="next"` })
      .get(`${MEMBERS}?per_page=100&page=2`)
      .reply(200, [member(2)]);
    const { github } = adapter();
    await expect(github.teamMembers(REPO.installationId, 'octo', 'release')).resolves.toMatchObject({
      value: [{ id: 1 }, { id: 2 }],
    });
  });

  it('fails as a whole when one of its pages fails', async () => {
    api()
      .get(`${MEMBERS}?per_page=100`)
      .reply(200, hundred(member))
      .get(`${MEMBERS}?per_page=100&page=2`)
      .times(2)
      .reply(500);
    const { github } = adapter();
    await expect(github.teamMembers(REPO.installationId, 'octo', 'release')).rejects.toThrow(GitHubUnavailable);
  });
});

describe('an error', () => {
  const comment = `${AT}/issues/7/comments`;
  it.each([
    ['a failure of the server', 500, { message: 'oops' }, {}, null],
    ['a gateway that gives up', 504, '<html>', {}, null],
    [
      'a secondary limit with a time',
      403,
      { message: 'You have exceeded a secondary rate limit' },
      { 'retry-after': '7' },
      7000,
    ],
    ['a secondary limit without a time', 403, { message: 'You have exceeded a secondary rate limit.' }, {}, 60_000],
    ['429', 429, { message: 'Too many' }, { 'retry-after': '3' }, 3000],
    ['429 without a time', 429, '', {}, 60_000],
    [
      'an exhausted hour',
      403,
      { message: 'API rate limit exceeded for installation' },
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1767225900', date: 'Thu, 01 Jan 2026 00:00:00 GMT' },
      300_000,
    ],
  ] as const)('that is %s means: later', async (_what, status, body, headers, retryAfter) => {
    api().post(comment).reply(status, body, headers);
    const { github } = adapter();
    const error = await thrownBy(github.createComment(REPO, 7, 'hello'));
    expect(error).toBeInstanceOf(GitHubUnavailable);
    expect((error as GitHubUnavailable).retryAfter).toBe(retryAfter);
  });

  it.each([
    ['a missing permission', 403, { message: 'Resource not accessible by integration' }, /issues: write/u],
    [
      'a wrong request',
      422,
      { message: 'Validation Failed', errors: [{ resource: 'Issue', field: 'body', code: 'missing' }] },
      /body missing/u,
    ],
    ['words in a string', 422, { message: 'Validation Failed', errors: 'too long' }, /too long/u],
    ['a locked conversation', 403, { message: 'Unable to create comment because issue is locked.' }, /locked/u],
  ] as const)('that is %s means no, in the words of GitHub', async (_what, status, body, words) => {
    api().post(comment).reply(status, body);
    const { github } = adapter();
    const error = await thrownBy(github.createComment(REPO, 7, 'hello'));
    expect(error).toBeInstanceOf(GitHubRefused);
    expect(error).toMatchObject({ status, message: expect.stringMatching(words) });
    expect((error as Error).message).toContain('POST /repos/octo/hello/issues/7/comments');
  });

  it('that says how long to wait keeps the next request from going out', async () => {
    api().post(comment).reply(403, { message: 'secondary rate limit' }, { 'retry-after': '30' });
    const { github } = adapter();
    await thrownBy(github.createComment(REPO, 7, 'hello'));
    const error = await thrownBy(github.userByLogin(REPO.installationId, 'octo-ana'));
    expect(error).toBeInstanceOf(GitHubUnavailable);
    expect((error as GitHubUnavailable).retryAfter).toBeGreaterThan(25_000);
  });

  it.each([
    ['a suspended installation', 403, { message: 'This installation has been suspended' }, /suspended/u],
    ['a removed installation', 404, { message: 'Not Found' }, /removed/u],
  ])('of %s is an outage that is said loudly', async (_what, status, body, words) => {
    nock(API).post('/app/installations/11/access_tokens').reply(status, body);
    const { github, lines } = adapter();
    const error = await thrownBy(github.pull(REPO, 7));
    expect(error).toBeInstanceOf(GitHubUnavailable);
    // Where it was removed work is given up; where it is suspended it is tried again.
    expect(error instanceof InstallationGone).toBe(status === 404);
    expect((error as Error).message).toMatch(words);
    expect(lines.filter((line) => line.level === 'error').map((line) => line.message)).toEqual([
      expect.stringMatching(words),
    ]);
  });

  it('of a key that GitHub does not accept is an outage that is said loudly', async () => {
    nock(API).get('/app/installations?per_page=100').reply(401, { message: 'A JSON web token could not be decoded' });
    const { github, lines } = adapter();
    await expect(github.installations()).rejects.toThrow(/private key/u);
    expect(lines.some((line) => line.level === 'error')).toBe(true);
  });

  it('never shows a token', async () => {
    api().post(comment).reply(403, { message: 'Resource not accessible by integration' });
    const { github, lines } = adapter();
    const error = await thrownBy(github.createComment(REPO, 7, 'hello'));
    expect((error as Error).message + JSON.stringify(lines)).not.toContain(TOKEN);
  });
});

describe('a lost answer', () => {
  it('to a read is asked for once more', async () => {
    api()
      .get('/users/octo-ana')
      .replyWithError('socket hang up')
      .get('/users/octo-ana')
      .reply(200, { id: 5, login: 'octo-ana' });
    const { github } = adapter();
    await expect(github.userByLogin(REPO.installationId, 'octo-ana')).resolves.toEqual({
      id: userId(5),
      login: 'octo-ana',
    });
  });

  it('to a change is not sent again: the job finds out what became of it', async () => {
    let sent = 0;
    api()
      .post(`${AT}/issues/7/comments`)
      .times(2)
      .reply(() => {
        sent += 1;
        return [502, ''];
      });
    const { github } = adapter();
    await expect(github.createComment(REPO, 7, 'hello')).rejects.toThrow(GitHubUnavailable);
    expect(sent).toBe(1);
  });

  it('that broke off in the middle is no answer', async () => {
    api().get('/users/octo-ana').reply(200, '{"id":5,"log', { 'content-type': 'application/json' });
    const { github } = adapter();
    await expect(github.userByLogin(REPO.installationId, 'octo-ana')).rejects.toThrow(GitHubUnavailable);
  });

  it('of an octokit that could not be had is an outage, and it is asked for again', async () => {
    let asked = 0;
    const { github } = adapter({
      octokitFor: async () => {
        asked += 1;
        throw new Error('no key yet');
      },
    });
    await expect(github.userByLogin(REPO.installationId, 'octo-ana')).rejects.toThrow(GitHubUnavailable);
    await expect(github.userByLogin(REPO.installationId, 'octo-ana')).rejects.toThrow(GitHubUnavailable);
    expect(asked).toBeGreaterThan(1);
  });
});

describe('what is put into an address', () => {
  it('cannot reach another one', async () => {
    api().get('/users/..%2F..%2Frepos%2Focto%2Fhello').reply(404);
    const { github } = adapter();
    await expect(github.userByLogin(REPO.installationId, '../../repos/octo/hello')).resolves.toBeNull();
  });
});
