/** Comments, reactions, issues and labels. */

import nock from 'nock';
import { describe, expect, it } from 'vitest';
import { GitHubRefused, GitHubUnavailable } from '../../../src/engine/ports.ts';
import { adapter, api, API, APP_ID, AT, hundred, REPO, REPOSITORY, onlyNockAnswers } from './setup.ts';

const COMMENTS = `${AT}/issues/7/comments`;
const whoami = () => nock(API).get('/app').reply(200, { id: APP_ID, slug: 'jit-gate' });
const comment = (id: number, body: string | null, app: number | null) => ({
  id,
  body,
  performed_via_github_app: app === null ? null : { id: app },
});

onlyNockAnswers();

describe("the app's comment", () => {
  it('is found by its marker, among its own only, on whatever page', async () => {
    whoami();
    api()
      .get(`${COMMENTS}?per_page=100`)
      .reply(
        200,
        hundred((index) => comment(index + 1, '<!-- jit:1 -->', index % 2 === 0 ? null : 1)),
      )
      .get(`${COMMENTS}?per_page=100&page=2`)
      .reply(200, [
        comment(201, null, APP_ID),
        comment(202, 'x <!-- jit:12 -->', APP_ID),
        comment(203, 'x <!-- jit:1 -->', APP_ID),
      ]);
    await expect(adapter().github.findComment(REPO, 7, '<!-- jit:1 -->')).resolves.toBe(203);
  });

  it('is found to be missing', async () => {
    whoami();
    api().get(`${COMMENTS}?per_page=100`).reply(200, []);
    await expect(adapter().github.findComment(REPO, 7, '<!-- jit:1 -->')).resolves.toBeNull();
  });

  it('is written', async () => {
    api().post(COMMENTS, { body: 'hello' }).reply(201, { id: 41 });
    await expect(adapter().github.createComment(REPO, 7, 'hello')).resolves.toBe(41);
  });

  it('is brought up to date', async () => {
    api().patch(`${AT}/issues/comments/41`, { body: 'hello' }).reply(200, { id: 41 });
    await expect(adapter().github.updateComment(REPO, 41, 'hello')).resolves.toBe('updated');
  });

  it('is gone when somebody deleted it', async () => {
    api().patch(`${AT}/issues/comments/41`).reply(404).get(AT).reply(200, REPOSITORY);
    await expect(adapter().github.updateComment(REPO, 41, 'hello')).resolves.toBe('gone');
  });

  it('is not called gone when the app lost its sight of the repository', async () => {
    api().patch(`${AT}/issues/comments/41`).reply(404).get(AT).reply(404);
    await expect(adapter().github.updateComment(REPO, 41, 'hello')).rejects.toThrow(GitHubUnavailable);
  });
});

describe('a reaction', () => {
  it.each([200, 201])('is given, whether it stood there already or not (%i)', async (status) => {
    api().post(`${AT}/issues/comments/41/reactions`, { content: 'rocket' }).reply(status, { id: 1 });
    await adapter().github.react(REPO, 41, 'rocket');
    expect(nock.isDone()).toBe(true);
  });

  it('to a deleted comment is no failure', async () => {
    api().post(`${AT}/issues/comments/41/reactions`).reply(404).get(AT).reply(200, REPOSITORY);
    await expect(adapter().github.react(REPO, 41, 'rocket')).resolves.toBeUndefined();
  });
});

describe('an issue', () => {
  const issue = (over: object = {}) => ({
    number: 7,
    state: 'open',
    title: 'Access',
    body: null,
    user: { id: 5, login: 'octo-ana' },
    labels: ['plain', { name: 'access-request' }, { name: null }],
    repository_url: `${API}/repos/octo/hello`,
    performed_via_github_app: null,
    ...over,
  });

  it('is read, with labels in either of their shapes', async () => {
    api().get(`${AT}/issues/7`).reply(200, issue());
    await expect(adapter().github.issue(REPO, 7)).resolves.toEqual({
      number: 7,
      open: true,
      author: { id: 5, login: 'octo-ana' },
      title: 'Access',
      body: '',
      labels: ['plain', 'access-request'],
      isPull: false,
    });
  });

  it('tells a pull request apart', async () => {
    api()
      .get(`${AT}/issues/7`)
      .reply(200, issue({ pull_request: { url: 'x' } }));
    await expect(adapter().github.issue(REPO, 7)).resolves.toMatchObject({ isPull: true });
  });

  it('that was moved to another repository is not there any more', async () => {
    api()
      .get(`${AT}/issues/7`)
      .reply(200, issue({ repository_url: `${API}/repos/octo/other` }))
      .get(AT)
      .reply(200, REPOSITORY);
    await expect(adapter().github.issue(REPO, 7)).resolves.toBeNull();
  });

  it('is still there when the repository was renamed', async () => {
    api()
      .get(`${AT}/issues/7`)
      .reply(200, issue({ repository_url: `${API}/repos/octo/hallo` }))
      .get(AT)
      .reply(200, { ...REPOSITORY, name: 'hallo', full_name: 'octo/hallo' });
    await expect(adapter().github.issue(REPO, 7)).resolves.toMatchObject({ number: 7 });
  });

  it.each([404, 410])('is null when it is gone (%i)', async (status) => {
    api().get(`${AT}/issues/7`).reply(status).get(AT).reply(200, REPOSITORY);
    await expect(adapter().github.issue(REPO, 7)).resolves.toBeNull();
  });

  it("of the app's own is found by its marker", async () => {
    whoami();
    const own = { performed_via_github_app: { id: APP_ID }, body: '<!-- jit:1 -->' };
    api()
      .get(`${AT}/issues?state=open&creator=jit-gate%5Bbot%5D&per_page=100`)
      .reply(200, [
        issue({ ...own, number: 1, performed_via_github_app: null }),
        issue({ ...own, number: 2, pull_request: {} }),
        issue({ ...own, number: 3, body: 'other' }),
        issue({ ...own, number: 4 }),
      ]);
    await expect(adapter().github.findIssue(REPO, '<!-- jit:1 -->')).resolves.toBe(4);
  });

  it('is opened with its labels and a title that GitHub takes', async () => {
    api()
      .post(
        `${AT}/issues`,
        (body: { readonly title: string; readonly labels: readonly string[] }) =>
          body.title.length <= 256 && body.labels[0] === 'jit:pending',
      )
      .reply(201, { number: 8 });
    await expect(adapter().github.createIssue(REPO, 't'.repeat(300), 'b', ['jit:pending'])).resolves.toBe(8);
  });

  it('is given labels, and asked for nothing when there are none', async () => {
    api()
      .post(`${AT}/issues/7/labels`, { labels: ['jit:active'] })
      .reply(200, []);
    const { github } = adapter();
    await github.addLabels(REPO, 7, []);
    await github.addLabels(REPO, 7, ['jit:active']);
    expect(nock.isDone()).toBe(true);
  });

  it('loses a label, and it is fine when it never had it', async () => {
    api()
      .delete(`${AT}/issues/7/labels/jit%3Apending`)
      .reply(200, [])
      .delete(`${AT}/issues/7/labels/jit%3Apending`)
      .reply(404)
      .get(AT)
      .reply(200, REPOSITORY);
    const { github } = adapter();
    await github.removeLabel(REPO, 7, 'jit:pending');
    await github.removeLabel(REPO, 7, 'jit:pending');
    expect(nock.isDone()).toBe(true);
  });

  it('is closed', async () => {
    api()
      .patch(`${AT}/issues/7`, { state: 'closed' })
      .reply(200, issue({ state: 'closed' }));
    await adapter().github.closeIssue(REPO, 7);
    expect(nock.isDone()).toBe(true);
  });

  it('that may not be closed is a refusal', async () => {
    api().patch(`${AT}/issues/7`).reply(403, { message: 'Resource not accessible by integration' });
    await expect(adapter().github.closeIssue(REPO, 7)).rejects.toThrow(GitHubRefused);
  });
});
