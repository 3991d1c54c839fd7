/** `jit-gate setup`: what GitHub is asked for, whose answer is taken, and where the credentials end up. */

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/main.ts';
import { fakeTerminal, type FakeTerminal } from './fake-terminal.ts';

const PEM = '-----BEGIN RSA PRIVATE KEY-----\nnot-a-real-key\n-----END RSA PRIVATE KEY-----\n';

/** Answers as `POST /app-manifests/{code}/conversions` does: each code once. */
type Conversions = { readonly url: string; readonly server: Server; readonly asked: string[]; answer: Answer };
type Answer = { readonly status: number; readonly body: unknown };

async function conversions(): Promise<Conversions> {
  const asked: string[] = [];
  const server = createServer((incoming, response) => {
    asked.push(`${incoming.method ?? ''} ${incoming.url ?? ''}`);
    response.writeHead(found.answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found.answer.body));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const body = {
    id: 4242,
    slug: 'jit-gate-octo',
    html_url: 'https://github.com/apps/jit-gate-octo',
    pem: PEM,
    webhook_secret: 'drawn-by-github-and-long',
    client_id: 'Iv1.0000000000000000',
    client_secret: 'never-kept-anywhere',
  };
  const found: Conversions = { url, server, asked, answer: { status: 201, body } };
  return found;
}

let folder = '';
let github: Conversions;
let terminal: FakeTerminal;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jit-gate-setup-'));
  github = await conversions();
  terminal = fakeTerminal({ cwd: folder, env: { GITHUB_API_URL: github.url } });
});
afterEach(async () => {
  await new Promise((done) => github.server.close(done));
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the command up to the page, and reads the page. */
async function open(...args: readonly string[]) {
  const ended = run(['setup', ...args], terminal);
  const line = await terminal.said(/^Open http/u);
  const url = /http:\/\/\S+/u.exec(line)?.[0] ?? '';
  const page = await (await fetch(url)).text();
  const attribute = (name: string): string =>
    (new RegExp(`${name}="([^"]*)"`, 'u').exec(page)?.[1] ?? '').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
  const action = new URL(attribute('action'));
  const manifest = JSON.parse(attribute('value')) as Record<string, unknown>;
  return { ended, url, action, manifest, state: action.searchParams.get('state') ?? '' };
}

const callback = async (url: string, query: Readonly<Record<string, string>>): Promise<Response> =>
  await fetch(`${url}/callback?${new URLSearchParams(query).toString()}`);

describe('what GitHub is asked to register', () => {
  it('is app.yml with this server’s address as webhook, and a way back to this page', async () => {
    const page = await open('--url', 'https://jit.example.com/');
    expect(page.manifest).toMatchObject({
      name: 'JIT Gate',
      url: 'https://jit.example.com',
      public: false,
      hook_attributes: { url: 'https://jit.example.com/api/github/webhooks', active: true },
      redirect_url: `${page.url}/callback`,
    });
    expect(page.manifest['default_permissions']).toMatchObject({ administration: 'write', members: 'write' });
    expect(page.manifest['default_events']).toContain('deployment_protection_rule');
    await callback(page.url, { code: 'c0de', state: page.state });
    await page.ended;
  });

  it('has its webhook switched off while no address is known, and says so', async () => {
    const page = await open();
    expect(page.manifest['hook_attributes']).toMatchObject({ active: false });
    expect(terminal.saidAll()).toContain('switched off');
    await callback(page.url, { code: 'c0de', state: page.state });
    await page.ended;
  });

  it('belongs to the organisation that is named', async () => {
    const page = await open('--org', 'octo-org', '--name', 'JIT Gate of Octo');
    expect(page.action.pathname).toBe('/organizations/octo-org/settings/apps/new');
    expect(page.manifest['name']).toBe('JIT Gate of Octo');
    await callback(page.url, { code: 'c0de', state: page.state });
    await page.ended;
  });
});

describe('a finished registration', () => {
  it('keeps the credentials for this user alone and prints the address to install from', async () => {
    const page = await open('--url', 'https://jit.example.com');
    const answer = await callback(page.url, { code: 'c0de', state: page.state });
    expect(await page.ended).toBe(0);

    expect(github.asked).toEqual(['POST /app-manifests/c0de/conversions']);
    expect(parseEnv(readFileSync(join(folder, '.env'), 'utf8'))).toEqual({
      APP_ID: '4242',
      PRIVATE_KEY_PATH: 'jit-gate.private-key.pem',
      WEBHOOK_SECRET: 'drawn-by-github-and-long',
      AUDIT_KEY_FILE: 'jit-gate.audit-key.pem',
    });
    expect(readFileSync(join(folder, 'jit-gate.private-key.pem'), 'utf8')).toBe(PEM);
    for (const file of ['.env', 'jit-gate.private-key.pem', 'jit-gate.audit-key.pem']) {
      expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    }
    expect(terminal.printed()).toContain('https://github.com/apps/jit-gate-octo/installations/new');
    const shown = terminal.printed() + terminal.saidAll() + (await answer.text());
    expect(shown).not.toMatch(/not-a-real-key|drawn-by-github|never-kept/u);
  });

  it('leaves what .env held as it was', async () => {
    writeFileSync(join(folder, '.env'), '# ours\nPORT=8080');
    const page = await open();
    await callback(page.url, { code: 'c0de', state: page.state });
    await page.ended;
    const text = readFileSync(join(folder, '.env'), 'utf8');
    expect(text.startsWith('# ours\nPORT=8080\n')).toBe(true);
    expect(parseEnv(text)).toMatchObject({ PORT: '8080', APP_ID: '4242' });
  });

  it('keeps the key that signs checkpoints where there is one', async () => {
    writeFileSync(join(folder, 'jit-gate.audit-key.pem'), 'the old key');
    const page = await open();
    await callback(page.url, { code: 'c0de', state: page.state });
    await page.ended;
    expect(readFileSync(join(folder, 'jit-gate.audit-key.pem'), 'utf8')).toBe('the old key');
    expect(readFileSync(join(folder, '.env'), 'utf8')).toContain('AUDIT_KEY_FILE=jit-gate.audit-key.pem');
  });

  it('draws a webhook secret where GitHub gave none, and says where to enter it', async () => {
    github.answer = { status: 201, body: { ...(github.answer.body as object), webhook_secret: null } };
    const page = await open();
    await callback(page.url, { code: 'c0de', state: page.state });
    await page.ended;
    const drawn = parseEnv(readFileSync(join(folder, '.env'), 'utf8'))['WEBHOOK_SECRET'] ?? '';
    expect(drawn).toMatch(/^[0-9a-f]{64}$/u);
    expect(terminal.saidAll()).toContain('enter WEBHOOK_SECRET');
    expect(terminal.saidAll()).not.toContain(drawn);
  });

  it('prints JSON where it is asked for', async () => {
    const page = await open('--json');
    await callback(page.url, { code: 'c0de', state: page.state });
    await page.ended;
    expect(JSON.parse(terminal.printed())).toMatchObject({ appId: 4242, keyFile: 'jit-gate.private-key.pem' });
  });
});

describe('an answer that is not GitHub’s to this page', () => {
  it('is refused without the state that the page sent, and the right one is still taken', async () => {
    const page = await open();
    for (const state of ['', 'f'.repeat(64), page.state.slice(0, -1)]) {
      expect((await callback(page.url, { code: 'forged', state })).status).toBe(403);
    }
    expect(github.asked).toEqual([]);
    expect((await callback(page.url, { code: 'c0de', state: page.state })).status).toBe(200);
    expect(await page.ended).toBe(0);
  });

  it('is refused under another host name, so that no other page can read the state', async () => {
    const page = await open();
    const status = await new Promise((done, failed) => {
      request(page.url, { headers: { host: 'attacker.example' } }, (response) => {
        response.resume();
        done(response.statusCode);
      })
        .on('error', failed)
        .end();
    });
    expect(status).toBe(421);
    await callback(page.url, { code: 'c0de', state: page.state });
    await page.ended;
  });

  it('is refused where the code is not one', async () => {
    const page = await open();
    expect((await callback(page.url, { code: '../user', state: page.state })).status).toBe(400);
    expect(github.asked).toEqual([]);
    await callback(page.url, { code: 'c0de', state: page.state });
    await page.ended;
  });
});

describe('what goes wrong', () => {
  it('lets one try again after GitHub refused the code', async () => {
    const page = await open();
    const { answer } = github;
    github.answer = { status: 404, body: { message: 'Not Found' } };
    expect((await callback(page.url, { code: 'old', state: page.state })).status).toBe(502);
    github.answer = answer;
    expect((await callback(page.url, { code: 'c0de', state: page.state })).status).toBe(200);
    expect(await page.ended).toBe(0);
  });

  it.each([
    ['.env', 'APP_ID=1\n', 'APP_ID in .env'],
    ['.env', 'WEBHOOK_SECRET=abc\n', 'WEBHOOK_SECRET in .env'],
    ['jit-gate.private-key.pem', 'a key', 'jit-gate.private-key.pem'],
  ])('overwrites nothing: %s with %j stays, before GitHub is asked', async (file, text, named) => {
    writeFileSync(join(folder, file), text);
    expect(await run(['setup'], terminal)).toBe(2);
    expect(terminal.saidAll()).toContain(named);
    expect(readFileSync(join(folder, file), 'utf8')).toBe(text);
  });

  it.each([
    ['--url', 'jit.example.com'],
    ['--url', 'javascript:alert(1)'],
    ['--org', 'octo/org'],
    ['--port', '99999'],
  ])('refuses %s %s', async (...args) => {
    expect(await run(['setup', ...args], terminal)).toBe(2);
  });
});
