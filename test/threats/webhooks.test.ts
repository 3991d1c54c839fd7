/** Attacks at the door: webhooks that are forged, sent again, mixed up, from elsewhere, or made to hurt. */

import { describe, expect, it } from 'vitest';
import { startApp } from '../../src/app.ts';
import { asLog, createLogger } from '../../src/log.ts';
import { gates, MAIN_GATE } from '../support/policies.ts';
import { useStage } from '../support/scene.ts';
import { account, altered, audited, nothingGivenAway, post, requestsOf, sent, staysHeld } from './support.ts';

const stage = useStage();

const held = async (title?: string) => {
  const scene = stage.scene(gates(MAIN_GATE));
  const pull = scene.open(title === undefined ? {} : { title });
  await scene.held(pull.sha);
  return { scene, pull };
};

/** A comment of ana's that says something harmless, as GitHub told of it: what an attacker would turn into a vote. */
const harmless = async ({ scene, pull }: Awaited<ReturnType<typeof held>>) => {
  scene.say('ana', pull.number, 'I will look at it tomorrow.');
  await stage.current().settled();
  return sent(scene, 'issue_comment', 'created');
};

describe('a webhook that GitHub did not send', () => {
  it.each<[string, { readonly signature: string | null }]>([
    ['without a signature', { signature: null }],
    ['with a made-up signature', { signature: `sha256=${'0'.repeat(64)}` }],
    ['with an empty signature', { signature: 'sha256=' }],
    ['with the older kind of signature', { signature: `sha1=${'0'.repeat(40)}` }],
  ])('%s is turned away and kept nowhere', async (_name, envelope) => {
    const given = await held();
    const { payload } = await harmless(given);
    const status = await post(
      stage.current(),
      'issue_comment',
      altered(payload, { comment: { id: 9_999_999, body: '/approve' } }),
      { ...envelope, id: 'forged-1' },
    );
    expect(status).toBeGreaterThanOrEqual(400);
    await staysHeld(given.scene, given.pull);
    await nothingGivenAway(given.scene);
    const kept = await stage
      .current()
      .database.db.selectFrom('delivery')
      .select('id')
      .where('id', '=', 'forged-1')
      .execute();
    expect(kept).toEqual([]);
  });

  it('with the id of a delivery that was handled, and another body, changes nothing', async () => {
    const given = await held();
    const { guid, payload } = await harmless(given);
    const forged = altered(payload, { comment: { id: 9_999_998, body: '/approve' } });
    expect(await post(stage.current(), 'issue_comment', forged, { id: guid })).toBeLessThan(300);
    await staysHeld(given.scene, given.pull);
    await nothingGivenAway(given.scene);
  });
});

describe('a webhook that comes again', () => {
  it('with an approval of an older head does not approve the newer one', async () => {
    const { scene, pull } = await held();
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
    const vote = sent(scene, 'issue_comment', 'created');
    scene.github.clock.advance(2000);
    scene.as('ben').push(scene.repo, { branch: pull.branch, files: { 'src/evil.ts': 'evil' } });
    const next = { ...pull, sha: scene.github.see.pull(scene.repo, pull.number).headSha };
    await scene.held(next.sha);
    scene.github.webhooks.redeliver(vote);
    await post(stage.current(), 'issue_comment', vote.payload);
    await staysHeld(scene, next);
  });

  it('twice at once, under two ids, is one vote', async () => {
    const scene = stage.scene(
      gates('{ name: main, on: merge, branches: ["main"], approvals: [{ from: [release], count: 2 }] }'),
    );
    const pull = scene.open();
    await scene.held(pull.sha);
    scene.github.clock.advance(2000);
    scene.github.webhooks.pause();
    scene.as('ana').comment(scene.repo, pull.number, '/approve');
    const { payload } = sent(scene, 'issue_comment', 'created');
    scene.github.webhooks.resume(() => []);
    await Promise.all(Array.from({ length: 8 }, () => post(stage.current(), 'issue_comment', payload)));
    await staysHeld(scene, pull);
    expect(scene.check(pull.sha).title).toContain('1 of 2');
    expect((await audited(scene)).filter((kind) => kind === 'vote.cast')).toHaveLength(1);
    await nothingGivenAway(scene);
  });

  it('to two instances at once is one vote and one release', async () => {
    const { scene, pull } = await held();
    const { config, database } = stage.current();
    const lasting = { ...database, close: async () => await Promise.resolve() };
    const other = await startApp(
      { ...config, port: 0 },
      asLog(createLogger(config)),
      async () => await Promise.resolve(lasting),
    );
    try {
      scene.github.clock.advance(2000);
      scene.github.webhooks.pause();
      scene.as('ana').comment(scene.repo, pull.number, '/approve');
      const { payload } = sent(scene, 'issue_comment', 'created');
      scene.github.webhooks.resume(() => []);
      const doors = [
        stage.current(),
        { ...stage.current(), app: other },
        stage.current(),
        { ...stage.current(), app: other },
      ];
      await Promise.all(doors.map((door) => post(door, 'issue_comment', payload)));
      await scene.passed(pull.sha);
      await stage.current().settled();
      const kinds = await audited(scene);
      expect(kinds.filter((kind) => kind === 'vote.cast')).toHaveLength(1);
      expect(kinds.filter((kind) => kind === 'request.approved')).toHaveLength(1);
      expect(scene.github.see.checks(scene.repo, pull.sha).filter(({ name }) => name === 'jit/merge')).toHaveLength(1);
    } finally {
      await other.stop();
    }
  });

  it('in the wrong order, the opening last, opens and approves nothing again', async () => {
    const { scene, pull } = await held();
    const opening = sent(scene, 'pull_request', 'opened');
    scene.github.clock.advance(2000);
    scene.as('ben').push(scene.repo, { branch: pull.branch, files: { 'src/evil.ts': 'evil' } });
    const next = { ...pull, sha: scene.github.see.pull(scene.repo, pull.number).headSha };
    await scene.held(next.sha);
    await post(stage.current(), 'pull_request', opening.payload);
    await staysHeld(scene, next);
    expect(scene.check(pull.sha).conclusion).not.toBe('success');
    await nothingGivenAway(scene);
  });
});

describe('a webhook from somewhere else', () => {
  it('is about a pull request of a fork with the same number, where the approver means another change', async () => {
    const { scene, pull } = await held();
    const fork = scene.as('eve').fork(scene.repo);
    scene.github.installApp('eve');
    scene.as('eve').push(fork, { branch: 'mine', files: { 'mine.txt': 'mine' } });
    let number = 0;
    while (number < pull.number) number = scene.as('eve').openPull(fork, { head: 'mine', title: `${number}` });
    expect(number).toBe(pull.number);
    scene.github.clock.advance(2000);
    scene.as('ana').comment(fork, number, '/approve');
    await staysHeld(scene, pull);
    await nothingGivenAway(scene);
  });

  it('carries another installation than the one that the repository belongs to, and is decided by nobody else’s rights', async () => {
    const { scene, pull } = await held();
    const other = stage.scene(gates(MAIN_GATE));
    const elsewhere = other.open();
    await other.held(elsewhere.sha);
    scene.say('erin', pull.number, 'hello');
    await stage.current().settled();
    const { payload } = sent(scene, 'issue_comment', 'created');
    const wrong = (sent(other, 'pull_request', 'opened').payload as { installation: unknown }).installation;
    const forged = altered(payload, { installation: wrong, comment: { id: 9_999_997, body: '/approve' } });
    await post(stage.current(), 'issue_comment', forged);
    expect(scene.github.see.check(scene.repo, pull.sha, 'jit/merge')?.conclusion).not.toBe('success');
    await nothingGivenAway(scene);
    // The next true webhook puts it right.
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
  });

  it('tells of a check with our name from another app, which a pinned protection does not take', async () => {
    const { scene, pull } = await held();
    scene.github.reportCheck(scene.repo, pull.sha, { name: 'jit/merge', app: 'impostor', conclusion: 'success' });
    await stage.current().settled();
    expect(scene.as('ben').merge(scene.repo, pull.number).ok).toBe(false);
    await nothingGivenAway(scene);
  });
});

describe('words that are made to hurt', () => {
  const HOSTILE =
    '<img src=x onerror=alert(1)> [click](https://evil.example) @octo/everyone **bold** `code` | cell\r\n/approve\r\n<!-- jit-gate:comment:1 --> =cmd|calc!A1';

  it('in a reason, a title and a branch are shown as they were typed, everywhere', async () => {
    const { scene, pull } = await held(HOSTILE);
    await scene.tell('ana', pull.number, `/deny: ${HOSTILE.replaceAll('\r\n', ' ')}`);
    await scene.failed(pull.sha);
    await staysHeld(scene, pull);
    const check = scene.check(pull.sha);
    for (const text of [
      check.summary,
      check.text,
      ...scene.spoken(pull.number).map((own) => own.replace(/^<!-- .* -->$/gmu, '')),
    ]) {
      expect(text).not.toMatch(
        /(?<!\\)<(?:img|!--)|(?<!\\)\[click\](?!\\)\(|@octo\/everyone|(?<!\\)\*\*bold|^\/approve$/mu,
      );
    }
    await nothingGivenAway(scene);
  });

  it('in a branch that is retargeted to are shown as they were typed', async () => {
    const branch = 'x<img src=x>`y`|@octo*b*';
    const scene = stage.scene(gates('{ name: all, on: merge, branches: ["**"], approvals: [{ from: [release] }] }'));
    scene.as('ben').push(scene.repo, { branch, files: { 'a.txt': 'a' } });
    const pull = scene.open({ base: branch, from: branch });
    await scene.held(pull.sha);
    const { summary } = scene.check(pull.sha);
    expect(summary).toContain(branch);
    expect(summary.replaceAll(/(`+)[^`].*?[^`]\1(?!`)/gu, '')).not.toContain('<img');
    await nothingGivenAway(scene);
  });

  it.each<[string, string]>([
    ['65,535 slashes', '/'.repeat(65_535)],
    ['quotes in quotes', `${'>'.repeat(32_000)} /approve`],
    ['brackets that never close', '['.repeat(65_535)],
    ['stars', '*a_'.repeat(21_800)],
    ['backticks', '`'.repeat(65_535)],
    ['thousands of commands', '/approve\n'.repeat(7_000)],
    [
      'lists in lists',
      Array.from({ length: 300 }, (_, at) => `${' '.repeat(at * 2)}- a`)
        .join('\n')
        .slice(0, 65_000),
    ],
    ['HTML that never closes', '<a '.repeat(21_000)],
    ['a form with 10,000 lines', `### Role\n\npush\n\n### Reason\n\n${'word\n'.repeat(10_000)}`],
  ])('%s are read in a moment, and change nothing', async (_name, body) => {
    const { scene, pull } = await held();
    const began = performance.now();
    scene.say('eve', pull.number, body);
    scene.as('eve').openIssue(scene.repo, { title: 'x', body });
    await stage.current().settled();
    expect(performance.now() - began).toBeLessThan(10_000);
    await staysHeld(scene, pull);
    await nothingGivenAway(scene);
    expect((await requestsOf(scene)).filter(({ kind }) => kind === 'access')).toEqual([]);
  });

  it('are no JSON, or none that GitHub would send, and stop nothing', async () => {
    const { scene, pull } = await held();
    scene.say('ben', pull.number, 'hello');
    await stage.current().settled();
    const { payload } = sent(scene, 'issue_comment', 'created');
    for (const broken of [
      {},
      { action: 'created' },
      altered(payload, { comment: null }),
      altered(payload, { repository: { id: 'x' } }),
      altered(payload, { comment: { id: -1, user: { id: 1.5, login: 7 } } }),
      JSON.parse(`{"__proto__":{"action":"created"},"constructor":1}`) as Record<string, unknown>,
    ]) {
      await post(stage.current(), 'issue_comment', broken);
    }
    await staysHeld(scene, pull);
    await nothingGivenAway(scene);
    expect(account(scene, 'ana').login).toBe('ana');
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
  });
});
