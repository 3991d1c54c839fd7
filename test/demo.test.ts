/** `jit-gate demo`, as a stranger starts it: the whole story, what it leaves behind, and how it ends. */

import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plainWords } from '../demo/plain-words.ts';
import { createWatch, NotSeen } from '../demo/watch.ts';
import { lintPolicy } from '../src/domain/policy/parse.ts';
import { createClock } from './support/github/world/clock.ts';
import { waitFor } from './support/github/wait.ts';

const ROOT = join(import.meta.dirname, '..');
/** Milliseconds; the demo takes a tenth of it on a machine that has nothing else to do. */
const PATIENCE = 280_000;

/** Where the demo makes its folder. Empty means that it cleaned up. */
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jit-gate-demo-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type End = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** Starts `jit-gate demo`; `heard` is asked at every piece of output whether it is time to act. */
function startDemo(heard: (output: string, interrupt: () => void) => void = () => undefined, ...args: string[]) {
  const child = spawn(process.execPath, [join(ROOT, 'bin/jit-gate.js'), 'demo', ...args], {
    // Nothing of the caller's own set-up may find its way into the demo's app.
    env: {
      PATH: process.env['PATH'],
      TMPDIR: folder,
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
      APP_ID: '0',
      PORT: '1',
    },
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const take = (piece: Buffer): void => {
    output += piece.toString('utf8');
    heard(output, () => child.kill('SIGINT'));
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  return new Promise<End & { readonly output: string }>((resolve, reject) => {
    child.once('error', reject).once('close', (code, signal) => resolve({ code, signal, output }));
  });
}

type Seen = {
  readonly pulls: readonly {
    readonly number: number;
    readonly checks: readonly { readonly name: string; readonly state: string }[];
  }[];
};

describe('the demo', () => {
  it('tells the whole story, sees every step, and leaves nothing behind', { timeout: PATIENCE }, async () => {
    const { code, output } = await startDemo();
    expect(output).toContain('every one of them was seen');
    expect(code).toBe(0);
    const story = [
      '1. A deployment',
      '[waits] jit/deploy: production: Held: 0 of 2 approvals',
      'erin is in none of the groups',
      'ana and sam',
      'the rule is answered: approved',
      '2. A merge',
      'Required status check "jit/merge" is expected',
      'The approval of ben does not count: they opened the pull request',
      '[passed] jit/merge',
      'pushes one more commit',
      '[waits] jit/merge: Held: 0 of 1 approvals',
      'is merged into main',
      '3. A role',
      'is write now',
      'is read again',
      'Access ended',
      '4. Everything',
      'entries, chain intact',
    ];
    let at = 0;
    for (const words of story) {
      const next = output.indexOf(words, at);
      expect(next, `"${words}" after:\n${output.slice(0, at)}`).toBeGreaterThan(-1);
      at = next;
    }
    expect(output).not.toContain('\u001B');
    expect(Math.max(...output.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('stops the app and removes everything when it is interrupted', { timeout: PATIENCE }, async () => {
    let app = '';
    const { code, signal } = await startDemo((output, interrupt) => {
      const ready = /the app takes webhooks at\s+(http:\S+)\n/u.exec(output)?.[1];
      if (ready === undefined || app !== '') return;
      app = ready;
      interrupt();
    });
    expect({ code, signal }).toEqual({ code: null, signal: 'SIGINT' });
    expect(readdirSync(folder)).toEqual([]);
    await expect(fetch(`${app}/ping`)).rejects.toThrow();
  });

  it('is left running where that was asked for, to be tried by hand', { timeout: PATIENCE }, async () => {
    const desk = Promise.withResolvers<string>();
    let end: () => void = () => undefined;
    let told = '';
    const ended = startDemo((output, interrupt) => {
      end = interrupt;
      told = output;
      const url = /^by hand +(http:\S+)$[^]*Ctrl-C ends everything/mu.exec(output)?.[1];
      if (url !== undefined) desk.resolve(url);
    }, '--serve');
    void ended.then(({ output }) => desk.reject(new Error(`it ended:\n${output}`)));
    const url = await desk.promise;
    const act = async (what: string, body: string): Promise<Response> =>
      await fetch(`${url}/${what}`, { method: 'POST', body });
    const shows = async (pull: number, state: string): Promise<void> => {
      await waitFor(
        async () => {
          const seen = (await (await fetch(`${url}/see`)).json()) as Seen;
          const checks = seen.pulls.find(({ number }) => number === pull)?.checks ?? [];
          return checks.some((check) => check.name === 'jit/merge' && check.state === state);
        },
        { what: `the pull request to be ${state}`, timeoutMs: 60_000 },
      );
    };
    const { pull } = (await (await act('ben/change/by-hand', 'export {};')).json()) as { pull: number };
    await shows(pull, 'in_progress');
    expect((await act(`ana/comment/${pull}`, '/approve')).status).toBe(200);
    await shows(pull, 'success');
    const api = /^GitHub's API +(http:\S+)$/mu.exec(told)?.[1] ?? '';
    const token = (await (await fetch(`${url}/token`)).text()).trim();
    const asked = await fetch(`${api}/repos/octo/shop/pulls`, { headers: { authorization: `Bearer ${token}` } });
    expect(asked.status).toBe(200);
    expect((await act('ana/comment/%zz', '/approve')).status).toBe(400);
    expect((await act('ana/steal/1', '')).status).toBe(404);
    end();
    expect(await ended).toMatchObject({ code: null, signal: 'SIGINT' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('has a policy without findings', () => {
    expect(lintPolicy(readFileSync(join(ROOT, 'demo/jit-policy.yml'), 'utf8'))).toEqual([]);
  });
});

describe('what the demo watches', () => {
  const watch = () => createWatch({ waitFor, clock: createClock() }, 30);

  it('is not seen where it does not come, and says what is there instead', async () => {
    const waited = watch().sees(
      'a green check',
      () => null,
      () => 'a red one',
    );
    await expect(waited).rejects.toThrow(NotSeen);
    await expect(waited).rejects.toMatchObject({ expected: 'a green check', seen: 'a red one' });
  });

  it('is not seen where looking fails to the end, and says how', async () => {
    const waited = watch().sees(
      'an issue',
      () => {
        throw new Error('there is no issue 1');
      },
      () => 'nothing',
    );
    await expect(waited).rejects.toThrow('there is no issue 1');
  });

  it('counts what was seen, and nothing else', async () => {
    const { sees, is, count } = watch();
    await sees(
      'a number',
      () => 1,
      () => null,
    );
    is('the truth', true, null);
    expect(() => is('a lie', false, 'seen')).toThrow(NotSeen);
    expect(count()).toBe(2);
  });

  it('lets a person read until GitHub’s clock shows a later second', async () => {
    const clock = createClock();
    const before = Math.floor(clock.now() / 1000);
    await createWatch({ waitFor, clock }).reading();
    expect(Math.floor(clock.now() / 1000)).toBeGreaterThan(before);
  });
});

describe('a comment on the terminal', () => {
  it('shows what a reader of the page sees at once', () => {
    const markdown = [
      '<!-- jit-gate:comment:1 -->',
      '### Access request: waits for approval',
      '',
      '| | |',
      '| --- | --- |',
      '| **Who** | `erin` |',
      '',
      'a\\*b **bold**',
      '',
      '<details><summary>How</summary>',
      '',
      'hidden',
      '',
      '</details>',
    ].join('\n');
    expect(plainWords(markdown)).toBe('Access request: waits for approval\nWho: erin\na*b bold');
  });
});
