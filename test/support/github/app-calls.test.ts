/** Does the local GitHub treat apps, tokens and permissions as GitHub does? */

import { SignJWT, importPKCS8 } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import type { LocalGitHub } from './index.ts';
import { keys } from './setup.ts';
import { clientOf, openShop } from './testing.ts';

let github: LocalGitHub | undefined;
afterEach(async () => {
  await github?.close();
  github = undefined;
});

const jwt = async (key: string, claims: { iss: string; exp: number; iat?: number }): Promise<string> =>
  await new SignJWT({ iss: claims.iss, exp: claims.exp, iat: claims.iat ?? Math.floor(Date.now() / 1000) })
    .setProtectedHeader({ alg: 'RS256' })
    .sign(await importPKCS8(key, 'RS256'));

const asApp = async (url: string, token: string): Promise<Response> =>
  await fetch(`${url}/app`, { headers: { authorization: `Bearer ${token}` } });

describe('an app', () => {
  it('signs in with its key and sees itself and its installations', async () => {
    const shop = await openShop();
    github = shop.github;
    const me = await shop.app.rest.apps.getAuthenticated();
    expect(me.data?.slug).toBe('jit-gate');
    const installations = await shop.app.rest.apps.listInstallations();
    expect(installations.data.map((one) => one.account?.id)).toEqual([shop.installation.account.id]);
    expect(github.violations).toEqual([]);
  });

  it('is refused with a key that is not its own, an expired JWT, one that lives too long, or none', async () => {
    ({ github } = await openShop());
    const now = Math.floor(Date.now() / 1000);
    const iss = String(github.appId);
    const good = await jwt(github.privateKey, { iss, exp: now + 300 });
    const forged = await jwt(keys(true).privateKey, { iss, exp: now + 300 });
    const expired = await jwt(github.privateKey, { iss, exp: now - 300, iat: now - 600 });
    const endless = await jwt(github.privateKey, { iss, exp: now + 7200 });
    expect((await asApp(github.url, good)).status).toBe(200);
    expect((await asApp(github.url, forged)).status).toBe(401);
    expect((await asApp(github.url, expired)).status).toBe(401);
    expect((await asApp(github.url, endless)).status).toBe(401);
    expect((await fetch(`${github.url}/app`)).status).toBe(401);
  });

  it('gets tokens that reach what the installation reaches, and less where it asks for less', async () => {
    const shop = await openShop();
    github = shop.github;
    github.createRepository('octo', 'other', { private: true });
    const made = await shop.app.rest.apps.createInstallationAccessToken({
      installation_id: shop.installation.id,
      repositories: ['shop'],
      permissions: { contents: 'read' },
    });
    const token = made.data.token;
    const get = async (path: string): Promise<number> =>
      (await fetch(`${github?.url ?? ''}${path}`, { headers: { authorization: `token ${token}` } })).status;
    expect(await get('/repos/octo/shop/contents/README.md')).toBe(200);
    expect(await get('/repos/octo/other/contents/README.md')).toBe(404);
    expect(await get('/repos/octo/shop/collaborators')).toBe(200);
    expect(await get('/repos/octo/shop/actions/runs')).toBe(403);
    expect(github.violations.splice(0).map((one) => one.kind)).toEqual(['permission']);
  });

  it('cannot ask for a permission that the installation does not have', async () => {
    const shop = await openShop();
    github = shop.github;
    const asked = shop.app.rest.apps.createInstallationAccessToken({
      installation_id: shop.installation.id,
      permissions: { contents: 'write' },
    });
    await expect(asked).rejects.toMatchObject({ status: 422 });
  });

  it('sees 403 while suspended and 404 when removed', async () => {
    const shop = await openShop();
    github = shop.github;
    const { target, octokit, app, installation } = shop;
    await octokit.rest.repos.get(target);
    github.suspendInstallation(installation, 'olga');
    await expect(octokit.rest.repos.get(target)).rejects.toMatchObject({ status: 403 });
    await expect(clientOf(github, installation).rest.repos.get(target)).rejects.toMatchObject({ status: 403 });
    expect(
      (await app.rest.apps.getInstallation({ installation_id: installation.id })).data.suspended_at,
    ).not.toBeNull();
    github.unsuspendInstallation(installation, 'olga');
    await octokit.rest.repos.get(target);
    github.uninstall(installation, 'olga');
    await expect(app.rest.apps.getInstallation({ installation_id: installation.id })).rejects.toMatchObject({
      status: 404,
    });
    await expect(clientOf(github, installation).rest.repos.get(target)).rejects.toMatchObject({ status: 404 });
  });

  it('may not do what its token has no permission for, and it is written down', async () => {
    const shop = await openShop();
    github = shop.github;
    const { target } = shop;
    const sha = github.see.branch('octo/shop', 'main');
    const token = github.token(shop.installation, { checks: 'read' });
    const answer = await fetch(`${github.url}/repos/octo/shop/check-runs`, {
      method: 'POST',
      headers: { authorization: `token ${token}` },
      body: JSON.stringify({ name: 'x', head_sha: sha }),
    });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ message: 'Resource not accessible by integration' });
    expect(github.violations.splice(0)).toMatchObject([{ kind: 'permission', operation: 'checks/create' }]);
    expect(github.see.checks(`${target.owner}/${target.repo}`, sha)).toEqual([]);
  });

  it('reaches no repository outside its installation', async () => {
    const shop = await openShop();
    github = shop.github;
    github.createOrganization('rival');
    github.createRepository('rival', 'secret', { private: true });
    const secret = shop.octokit.rest.repos.get({ owner: 'rival', repo: 'secret' });
    await expect(secret).rejects.toMatchObject({ status: 404 });
  });
});

describe('the contract', () => {
  it('notes a request that GitHub would not understand', async () => {
    const shop = await openShop();
    github = shop.github;
    const sha = github.see.branch('octo/shop', 'main');
    const wrong = shop.octokit.request('POST /repos/{owner}/{repo}/check-runs', {
      ...shop.target,
      name: 'x',
      head_sha: sha,
      // @ts-expect-error: no such status
      status: 'sleeping',
    });
    await expect(wrong).rejects.toMatchObject({ status: 422 });
    expect(github.violations.splice(0)).toMatchObject([{ kind: 'request', operation: 'checks/create' }]);
  });

  it('notes a query that GitHub does not have, and a call that does not exist', async () => {
    const shop = await openShop();
    github = shop.github;
    await shop.octokit.request('GET /repos/{owner}/{repo}/pulls?stat=open', shop.target);
    await expect(shop.octokit.request('GET /repos/{owner}/{repo}/nothing', shop.target)).rejects.toMatchObject({
      status: 404,
    });
    expect(github.violations.splice(0).map((one) => one.kind)).toEqual(['request', 'unknown-route']);
  });

  it('notes an answer that GitHub would not give', async () => {
    const shop = await openShop();
    github = shop.github;
    // A branch name that no GitHub repository has, put there behind the API's back.
    Object.assign([...github.world.repos.values()][0] ?? {}, { defaultBranch: 7 });
    await shop.octokit.rest.repos.get(shop.target);
    expect(github.violations.splice(0)).toMatchObject([
      { kind: 'response', operation: 'repos/get', message: expect.stringContaining('/default_branch must be string') },
    ]);
  });
});

describe('calls and limits', () => {
  it('are listed by route, and told in the headers', async () => {
    const shop = await openShop();
    github = shop.github;
    const answer = await shop.octokit.rest.repos.get(shop.target);
    const { headers } = answer;
    expect(Number(headers['x-ratelimit-limit'])).toBe(5000);
    expect(Number(headers['x-ratelimit-remaining'])).toBe(5000 - Number(headers['x-ratelimit-used']));
    expect(github.calls.map(({ method, route, status }) => `${method} ${route ?? ''} ${status}`)).toEqual([
      'POST /app/installations/{installation_id}/access_tokens 201',
      'GET /repos/{owner}/{repo} 200',
    ]);
  });

  it('end when the hour is used up, and begin anew with the next one', async () => {
    const shop = await openShop();
    github = shop.github;
    github.rateLimit = 2;
    await shop.octokit.rest.repos.get(shop.target);
    await shop.octokit.rest.repos.get(shop.target);
    const number = github.as('ana').openIssue('octo/shop', { title: 'x' });
    const say = shop.octokit.rest.issues.createComment({ ...shop.target, issue_number: number, body: 'hi' });
    await expect(say).rejects.toMatchObject({ status: 403, response: { headers: { 'x-ratelimit-remaining': '0' } } });
    expect(github.see.comments('octo/shop', number)).toEqual([]);
    github.clock.advance(3_600_001);
    await shop.octokit.rest.repos.get(shop.target);
  });
});

describe('conditional requests', () => {
  it('are answered 304 without a body and free of charge until something changes', async () => {
    const shop = await openShop();
    github = shop.github;
    const number = github.as('ana').openIssue('octo/shop', { title: 'hello' });
    const first = await shop.octokit.rest.issues.get({ ...shop.target, issue_number: number });
    const again = { ...shop.target, issue_number: number, headers: { 'if-none-match': first.headers.etag ?? '' } };
    expect(first.headers.etag).toMatch(/^W\/"/u);
    await expect(shop.octokit.rest.issues.get(again)).rejects.toMatchObject({ status: 304 });
    expect(github.calls.at(-1)).toMatchObject({ status: 304, counted: false });

    const comment = github.as('ben').comment('octo/shop', number, 'hi');
    const second = await shop.octokit.rest.issues.get(again);
    expect(second.status).toBe(200);

    github.as('ana').react('octo/shop', comment, 'eyes');
    const unmoved = { ...again, headers: { 'if-none-match': second.headers.etag ?? '' } };
    await expect(shop.octokit.rest.issues.get(unmoved)).rejects.toMatchObject({ status: 304 });

    github.as('olga').label('octo/shop', number, 'bug');
    expect((await shop.octokit.rest.issues.get(unmoved)).status).toBe(200);
  });
});

describe("GitHub's clock", () => {
  it('is what answers carry, and moves on demand', async () => {
    const shop = await openShop();
    github = shop.github;
    github.clock.advance(30 * 24 * 3_600_000);
    const answer = await shop.octokit.rest.repos.get(shop.target);
    const told = Date.parse(String(answer.headers.date));
    expect(told - Date.now()).toBeGreaterThan(29 * 24 * 3_600_000);
    const number = github.as('ana').openIssue('octo/shop', { title: 'later' });
    const issue = await shop.octokit.rest.issues.get({ ...shop.target, issue_number: number });
    expect(issue.data.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/u);
    expect(Date.parse(issue.data.created_at)).toBeGreaterThan(Date.now() + 29 * 24 * 3_600_000);
  });
});
