/** Whether the store gives back what was put in, on both engines. */

import { sql } from 'kysely';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { Database } from '../../../src/adapters/postgres/database.ts';
import { forgetOldDeliveries } from '../../../src/adapters/postgres/retention.ts';
import { createStore } from '../../../src/adapters/postgres/store.ts';
import { instant, repoId, requestId, sha, userId } from '../../../src/domain/identity.ts';
import type { Request } from '../../../src/domain/request.ts';
import { known, unknown } from '../../../src/domain/result.ts';
import type { Store } from '../../../src/engine/ports.ts';
import { clearJobs, describeEachEngine } from '../../support/database.ts';
import {
  aGrant,
  ana,
  anAccessRequest,
  anEntry,
  aRequest,
  aVote,
  ben,
  HEAD,
  INSTALLATION,
  NOON,
  OTHER_HEAD,
  shop,
  tools,
} from './values.ts';

const TABLES =
  'delivery, repository, policy, login_pin, request, vote, access_grant, baseline, merge_group, surface, person';

describeEachEngine('the store', (engine) => {
  let database: Database;
  let store: Store;

  beforeAll(async () => {
    database = await engine.fresh();
    store = createStore(database);
  });
  beforeEach(async () => {
    await sql.raw(`truncate ${TABLES}`).execute(database.db);
    await clearJobs(database);
  });

  const jobs = async (queue: string): Promise<readonly unknown[]> =>
    (await database.boss.findJobs(queue)).map((job) => job.data);

  it('tells the time of the database in milliseconds', async () => {
    const before = Date.now();
    const now = await store.now();
    // The database runs on this machine, so its clock is this one.
    expect(now).toBeGreaterThanOrEqual(before - 5);
    expect(now).toBeLessThanOrEqual(Date.now() + 5);
  });

  it('keeps a delivery once, with one job, however often it comes', async () => {
    const delivery = { id: 'a-1', event: 'issues', payload: { action: 'opened', n: 1 } };
    expect(await store.keepDelivery(delivery)).toBe('stored');
    expect(await store.keepDelivery({ ...delivery, payload: { action: 'forged' } })).toBe('known');
    expect(await store.delivery('a-1')).toEqual(delivery);
    expect(await jobs('delivery')).toEqual([{ id: 'a-1' }]);
  });

  it('keeps one of two deliveries with one id that come at the same time', async () => {
    const twice = [1, 2, 3].map((n) => ({ id: 'same', event: 'issues', payload: { n } }));
    const answers = await Promise.all(twice.map(async (delivery) => await store.keepDelivery(delivery)));
    expect(answers).toEqual(['stored', 'known', 'known']);
    expect((await store.delivery('same'))?.payload).toEqual({ n: 1 });
    expect(await jobs('delivery')).toHaveLength(1);
  });

  it('keeps every delivery of a burst, whether or not they share a transaction', async () => {
    const ids = Array.from({ length: 250 }, (_, n) => `burst-${n}`);
    const answers = await Promise.all(
      ids.map(async (id) => await store.keepDelivery({ id, event: 'push', payload: { id } })),
    );
    expect(new Set(answers)).toEqual(new Set(['stored']));
    expect(await store.knownDeliveries([...ids, 'never-seen'])).toEqual(new Set(ids));
    expect(await database.boss.findJobs('delivery', { limit: 1000 })).toHaveLength(250);
  });

  it('keeps the good deliveries of a batch in which one can not be stored', async () => {
    const good = [1, 2].map((n) => ({ id: `good-${n}`, event: 'push', payload: {} }));
    // The door lets no such id in; it stands for whatever PostgreSQL refuses.
    const bad = { id: 'bad\0', event: 'push', payload: {} };
    const answers = await Promise.allSettled([bad, ...good].map(async (one) => await store.keepDelivery(one)));
    expect(answers.map((answer) => answer.status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(await store.knownDeliveries(['good-1', 'good-2'])).toEqual(new Set(['good-1', 'good-2']));
  });

  it('keeps a payload with what PostgreSQL has no room for: zero characters and half a surrogate pair', async () => {
    const payload = { body: 'a\0b\ud800c', __proto__x: [1.5, null, true] };
    await store.keepDelivery({ id: 'odd', event: 'issue_comment', payload });
    expect((await store.delivery('odd'))?.payload).toEqual(payload);
  });

  it('has no delivery that never came', async () => {
    expect(await store.delivery('nothing')).toBeNull();
    expect(await store.knownDeliveries([])).toEqual(new Set());
  });

  it('drops the payload of a settled delivery after 3 days and its id after 30', async () => {
    const age = async (id: string, days: number): Promise<void> => {
      await sql`update delivery set received_at = jit_now() - ${days * 86_400_000}::int8,
        settled_at = settled_at - ${days * 86_400_000}::int8 where id = ${id}`.execute(database.db);
    };
    for (const id of ['fresh', 'four-days', 'month', 'unsettled']) {
      await store.keepDelivery({ id, event: 'push', payload: {} });
      if (id !== 'unsettled') await store.settleDelivery(id, 'handled', null);
    }
    await age('four-days', 4);
    await age('month', 31);
    await age('unsettled', 31);
    await forgetOldDeliveries(database.db);
    expect(await store.delivery('fresh')).not.toBeNull();
    expect(await store.delivery('four-days')).toBeNull();
    expect(await store.delivery('unsettled')).not.toBeNull();
    expect(await store.knownDeliveries(['fresh', 'four-days', 'month', 'unsettled'])).toEqual(
      new Set(['fresh', 'four-days', 'unsettled']),
    );
  });

  it('keeps what became of a delivery', async () => {
    await store.keepDelivery({ id: 'd', event: 'push', payload: {} });
    await store.settleDelivery('d', 'failed', 'GitHub\0 was away');
    const rows = await database.db.selectFrom('delivery').select(['outcome', 'note', 'settled_at']).execute();
    expect(rows).toEqual([{ outcome: 'failed', note: 'GitHub\ufffd was away', settled_at: expect.any(Number) }]);
  });

  it('keeps repositories, follows their new names, and forgets them', async () => {
    await store.saveRepositories([shop, tools]);
    await store.saveRepositories([{ ...shop, owner: 'octo-new' }]);
    expect(await store.repository(shop.id)).toEqual({ ...shop, owner: 'octo-new' });
    expect(await store.repositories()).toEqual([{ ...shop, owner: 'octo-new' }, tools]);
    await store.forgetRepositories([shop.id]);
    expect(await store.repository(shop.id)).toBeNull();
    expect(await store.repositories()).toEqual([tools]);
    await store.saveRepositories([]);
    await store.forgetRepositories([]);
  });

  it('takes a repository that stands twice in one list', async () => {
    await store.saveRepositories([shop, { ...shop, name: 'renamed' }]);
    expect(await store.repositories()).toEqual([{ ...shop, name: 'renamed' }]);
  });

  it('keeps a policy file, and the absence of one, with the time of reading', async () => {
    expect(await store.policy(shop.id)).toBeNull();
    const file = { kind: 'found', path: '.jit-policy.yml', blob: 'c0ffee', text: 'version: 1\n' } as const;
    const before = await store.now();
    await store.commit({ policy: { repoId: shop.id, file } });
    const stored = await store.policy(shop.id);
    expect(stored?.file).toEqual(file);
    expect(stored?.readAt).toBeGreaterThanOrEqual(before);
    await store.commit({ policy: { repoId: shop.id, file: { kind: 'absent' } } });
    expect((await store.policy(shop.id))?.file).toEqual({ kind: 'absent' });
  });

  it('pins a login to the account that was first, whatever the case', async () => {
    expect(await store.pinnedLogin(shop.id, 'octo-ana')).toBeNull();
    expect(await store.pinLogin(shop.id, 'Octo-Ana', ana.id)).toBe(ana.id);
    expect(await store.pinLogin(shop.id, 'octo-ana', ben.id)).toBe(ana.id);
    expect(await store.pinnedLogin(shop.id, 'OCTO-ANA')).toBe(ana.id);
    expect(await store.pinnedLogin(tools.id, 'octo-ana')).toBeNull();
  });

  it('gives requests back as they were put in, of every kind', async () => {
    const merge = aRequest({ deadline: instant(NOON + 1), policyBlob: 'c0ffee' });
    const access = anAccessRequest({ requester: null, conversation: null });
    const deployment = aRequest({
      state: 'denied',
      closedAt: NOON,
      outcome: 'not \u00fcber night',
      subject: {
        kind: 'deployment',
        environment: 'Production',
        sha: HEAD,
        ref: 'v1.0',
        refKinds: ['tag'],
        deploymentId: 4_000_000_001,
        run: { id: 6_000_000_001, attempt: 2, event: 'push', actor: ana.id, triggeringActor: null, fork: false },
        ruleWaits: true,
        creator: ben.id,
      },
    });
    for (const row of [merge, access, deployment]) {
      expect(await store.commit({ requests: [{ was: null, row }] })).toBe(true);
      expect(await store.request(row.id)).toEqual(row);
    }
    expect(await store.request(requestId('no such id'))).toBeNull();
  });

  it('keeps a custom role with its base, in a request and in a grant', async () => {
    const role = { custom: 'release-captain', base: 'push' } as const;
    const plain = anAccessRequest();
    const request = { ...plain, subject: { ...plain.subject, role } };
    const grant = aGrant(request, { role });
    await store.commit({ requests: [{ was: null, row: request }], grants: [{ was: null, row: grant }] });
    expect((await store.request(request.id))?.subject).toMatchObject({ role });
    expect(await store.grant(grant.id)).toEqual(grant);
  });

  it('keeps a team with its numbers, and finds its grants by them alone, apart from those of roles', async () => {
    const role = { team: 'on-call', id: 4711, org: 33 };
    const plain = anAccessRequest();
    const request = { ...plain, subject: { ...plain.subject, role } };
    const here = aGrant(request, { role });
    const elsewhere = aGrant(request, { role: { ...role, team: 'renamed' }, repo: shop });
    const other = aGrant(request, { role: { ...role, id: 4712 } });
    const onRepository = aGrant(request, { role: 'push' });
    const grants = [here, elsewhere, other, onRepository];
    await store.commit({
      requests: [{ was: null, row: request }],
      grants: grants.map((row) => ({ was: null, row })),
    });
    expect((await store.request(request.id))?.subject).toMatchObject({ role });
    expect(await store.grant(here.id)).toEqual(here);
    const ids = (found: readonly { readonly id: string }[]) => found.map(({ id }) => id).toSorted();
    expect(ids(await store.teamGrants(4711, here.grantee.id))).toEqual([here.id, elsewhere.id].toSorted());
    expect(ids(await store.runningGrants(here.repo.id, here.grantee.id))).toContain(onRepository.id);
    expect(ids(await store.runningGrants(here.repo.id, here.grantee.id))).not.toContain(here.id);
    expect((await store.lastGrant(here.repo.id, here.grantee.id))?.id).toBe(onRepository.id);
  });

  it('keeps what a person was in a team, and forgets it', async () => {
    const { id: userId } = aGrant(anAccessRequest()).grantee;
    expect(await store.teamBaseline(4711, userId)).toBeNull();
    for (const role of [null, 'maintainer'] as const) {
      await store.commit({ teamBaselines: [{ team: 4711, userId, baseline: { role } }] });
      expect(await store.teamBaseline(4711, userId)).toEqual({ role });
    }
    expect(await store.teamBaseline(4712, userId)).toBeNull();
    await store.commit({ teamBaselines: [{ team: 4711, userId, baseline: null }] });
    expect(await store.teamBaseline(4711, userId)).toBeNull();
  });

  it('shows every repository of a request under its present name', async () => {
    await store.saveRepositories([shop, tools]);
    const request = anAccessRequest({ repo: tools, conversation: { repo: shop, number: 5 } });
    await store.commit({ requests: [{ was: null, row: request }] });
    await store.commit({ grants: [{ was: null, row: aGrant(request) }] });
    await store.commit({ mergeGroups: [{ repo: tools, head: HEAD, base: 'main', baseSha: null, pulls: known([1]) }] });
    await store.saveRepositories([
      { ...shop, name: 'shop-2' },
      { ...tools, owner: 'moved' },
    ]);
    const found = await store.request(request.id);
    expect(found?.repo).toEqual({ ...tools, owner: 'moved' });
    expect(found?.conversation?.repo).toEqual({ ...shop, name: 'shop-2' });
    expect(found?.subject).toMatchObject({ target: { owner: 'moved' } });
    expect((await store.grantOf(request.id))?.repo.owner).toBe('moved');
    expect((await store.mergeGroup(tools.id, HEAD))?.repo.owner).toBe('moved');
    await store.forgetRepositories([shop.id, tools.id]);
    expect(await store.request(request.id)).toEqual(request);
  });

  it('finds open requests by repository and by key, and the newest of a key', async () => {
    const old = aRequest({ key: 'k', state: 'superseded', closedAt: NOON });
    const open = aRequest({ key: 'k', state: 'approved' });
    const elsewhere = aRequest({ repo: tools });
    for (const row of [old, open, elsewhere]) await store.commit({ requests: [{ was: null, row }] });
    expect(await store.openRequests(shop.id)).toEqual([open]);
    expect(await store.openRequestByKey('k')).toEqual(open);
    expect(await store.lastRequestByKey('k')).toEqual(open);
    await store.commit({ requests: [{ was: 1, row: { ...open, version: 2, state: 'closed', closedAt: NOON } }] });
    expect(await store.openRequestByKey('k')).toBeNull();
    expect((await store.lastRequestByKey('k'))?.state).toBe('closed');
    expect(await store.lastRequestByKey('other')).toBeNull();
  });

  it('finds the merge requests at a head, only where it is the newest of its pull request and that is not closed', async () => {
    const pull = (n: number, head: typeof HEAD, fields: Partial<Parameters<typeof aRequest>[0]> = {}) =>
      aRequest({ key: `merge:${n}`, subject: { kind: 'merge', pull: n, head, base: 'main', pushers: [] }, ...fields });
    const one = pull(1, HEAD, { state: 'denied' });
    const twoBefore = pull(2, HEAD, { state: 'superseded' });
    const two = pull(2, OTHER_HEAD);
    const three = pull(3, HEAD);
    const four = pull(4, HEAD, { state: 'closed' });
    const otherRepo = pull(5, HEAD, { repo: tools });
    for (const row of [one, twoBefore, two, three, four, otherRepo]) {
      await store.commit({ requests: [{ was: null, row }] });
    }
    expect(await store.mergeRequestsAt(shop.id, HEAD)).toEqual([three, one]);
    expect(await store.mergeRequestsAt(shop.id, OTHER_HEAD)).toEqual([two]);
  });

  it('finds the requests of a conversation, newest first', async () => {
    const first = aRequest({ state: 'denied' });
    const second = anAccessRequest();
    const other = aRequest({ conversation: { repo: shop, number: 2 } });
    for (const row of [first, second, other]) await store.commit({ requests: [{ was: null, row }] });
    expect(await store.requestsIn(shop.id, 1)).toEqual([second, first]);
    expect(await store.requestsIn(tools.id, 1)).toEqual([]);
  });

  it('finds open requests whose deadline is over by the clock of the database', async () => {
    const now = await store.now();
    const over = aRequest({ deadline: instant(now - 1) });
    const rows = [
      over,
      aRequest({ deadline: instant(now + 60_000) }),
      aRequest({ deadline: null }),
      aRequest({ deadline: instant(now - 1), state: 'expired' }),
    ];
    for (const row of rows) await store.commit({ requests: [{ was: null, row }] });
    expect(await store.overdueRequests()).toEqual([over]);
  });

  it('finds access that waits for its start, and what is due by the clock of the database', async () => {
    const now = await store.now();
    const from = (at: number, fields: Partial<Request> = {}): Request => {
      const plain = anAccessRequest(fields);
      return plain.subject.kind === 'access' ? { ...plain, subject: { ...plain.subject, start: instant(at) } } : plain;
    };
    const later = from(now + 120_000, { state: 'approved' });
    const due = from(now - 1, { state: 'approved' });
    const unanswered = from(now - 2, { state: 'pending' });
    const rows = [
      later,
      due,
      unanswered,
      from(now + 60_000, { state: 'pending' }),
      from(now - 1, { state: 'released' }),
      anAccessRequest({ state: 'approved' }),
    ];
    for (const row of rows) await store.commit({ requests: [{ was: null, row }] });
    expect(await store.scheduledRequests()).toEqual([due, later]);
    expect(await store.startedRequests()).toEqual([unanswered, due]);
  });

  it('finds what a person has through grants, and had lately, with the rule that gave it', async () => {
    const now = await store.now();
    const request = anAccessRequest({ state: 'released' });
    const day = 86_400_000;
    const running = aGrant(request, { state: 'ending', endsAt: instant(now - 5) });
    const over = aGrant(request, { state: 'ended', endsAt: NOON, endedAt: instant(now - 365 * day) });
    const rows = [
      running,
      over,
      aGrant(request, { state: 'ended', endedAt: instant(now - 367 * day) }),
      aGrant(request, { state: 'failed', endedAt: instant(now - 1) }),
      aGrant(request, { grantee: ben }),
    ];
    await store.commit({ requests: [{ was: null, row: request }] });
    for (const row of rows) await store.commit({ grants: [{ was: null, row }] });
    const held = { repo: tools.id, installation: tools.installationId, rule: 'write for a shift' };
    expect(await store.holdings(ana.id)).toEqual([
      { ...held, endsAt: running.endsAt, endedAt: null },
      { ...held, endsAt: NOON, endedAt: over.endedAt },
    ]);
  });

  it('keeps votes in the order in which they came, once a source and request, and voids each by both', async () => {
    const [one, two] = [aRequest(), aRequest()];
    await store.commit({
      requests: [
        { was: null, row: one },
        { was: null, row: two },
      ],
    });
    const vote = aVote(one, { reason: 'looks\0 good' });
    const same = aVote(two);
    const review = aVote(one, {
      voter: ana,
      answer: 'deny',
      source: { kind: 'review', id: vote.source.id },
      head: null,
    });
    const moved = (row: typeof one, was: number) => ({ was, row: { ...row, version: was + 1 } });
    await store.commit({ requests: [moved(one, 1), moved(two, 1)], votes: [vote, same] });
    await store.commit({ requests: [moved(one, 2)], votes: [review, { ...vote, answer: 'deny' }] });
    const kept = { ...vote, reason: 'looks\ufffd good' };
    expect(await store.votes(one.id)).toEqual([kept, review]);
    expect(await store.votesFrom(vote.source)).toEqual([kept, same]);

    const ofOne = { requestId: one.id, source: vote.source };
    await store.commit({ voids: [{ ...ofOne, at: NOON, why: 'comment-edited' }] });
    await store.commit({ voids: [{ ...ofOne, at: instant(NOON + 5), why: 'comment-deleted' }] });
    const voided = { at: NOON, why: 'comment-edited' };
    expect(await store.votesFrom(vote.source)).toEqual([{ ...kept, voided }, same]);
    expect(await store.votesFrom(review.source)).toEqual([review]);
    expect(await store.votesFrom({ kind: 'review', id: 1 })).toEqual([]);
  });

  it('finds grants by id, by request, by person, by being due', async () => {
    const now = await store.now();
    const request = anAccessRequest();
    await store.commit({ requests: [{ was: null, row: request }] });
    const ended = aGrant(request, { state: 'ended', endsAt: instant(now - 9), endReason: 'revoked', endedAt: NOON });
    const overdue = aGrant(request, { state: 'invited', endsAt: instant(now - 5), invitationId: 8_000_000_001 });
    const ending = aGrant(request, { state: 'ending', residual: { role: 'pull', source: 'team readers' } });
    const active = aGrant(request, { failure: null });
    const bens = aGrant(request, { grantee: ben });
    for (const row of [ended, overdue, ending, active, bens]) await store.commit({ grants: [{ was: null, row }] });
    expect(await store.grant(overdue.id)).toEqual(overdue);
    expect(await store.grantOf(request.id)).toEqual(bens);
    expect(await store.lastGrant(tools.id, ana.id)).toEqual(active);
    expect(await store.lastGrant(shop.id, ana.id)).toBeNull();
    expect(await store.runningGrants(tools.id, ana.id)).toEqual([overdue, ending, active]);
    expect(await store.allRunningGrants()).toEqual([overdue, ending, active, bens]);
    expect(await store.dueGrants()).toEqual([overdue, ending]);
    expect(await store.grant('nothing' as typeof ended.id)).toBeNull();
    expect(await store.grantOf(requestId('nothing'))).toBeNull();
  });

  it('remembers what a person had, and forgets it', async () => {
    const set = async (role: string | null): Promise<boolean> =>
      await store.commit({ baselines: [{ repoId: shop.id, userId: ana.id, baseline: { role } }] });
    expect(await store.baseline(shop.id, ana.id)).toBeNull();
    await set('triage');
    expect(await store.baseline(shop.id, ana.id)).toEqual({ role: 'triage' });
    await set(null);
    expect(await store.baseline(shop.id, ana.id)).toEqual({ role: null });
    await store.commit({ baselines: [{ repoId: shop.id, userId: ana.id, baseline: null }] });
    expect(await store.baseline(shop.id, ana.id)).toBeNull();
    expect(await store.baseline(repoId(1), ana.id)).toBeNull();
  });

  it('finds merge groups by head and by each of their pull requests', async () => {
    const third = sha('c'.repeat(40));
    const BASE = sha('d'.repeat(40));
    const one = { repo: shop, head: HEAD, base: 'main', baseSha: BASE, pulls: known([1, 12]) };
    const two = { repo: shop, head: OTHER_HEAD, base: 'main', baseSha: BASE, pulls: known([2]) };
    const three = { repo: shop, head: third, base: 'main', baseSha: BASE, pulls: unknown('the queue was gone') };
    await store.commit({ mergeGroups: [one, two, three] });
    expect(await store.mergeGroup(shop.id, third)).toEqual(three);
    expect(await store.mergeGroup(tools.id, HEAD)).toBeNull();
    expect(await store.mergeGroupsWith(shop.id, 12)).toEqual([one]);
    expect(await store.mergeGroupsWith(shop.id, 2)).toEqual([two]);
    expect(await store.mergeGroupsWith(tools.id, 2)).toEqual([]);
    expect(await store.unreadMergeGroups()).toEqual([three]);
    await store.commit({
      mergeGroups: [{ ...two, pulls: known([2, 12]) }],
      endedMergeGroups: [{ repoId: shop.id, head: HEAD }],
    });
    expect(await store.mergeGroupsWith(shop.id, 12)).toEqual([{ ...two, pulls: known([2, 12]) }]);
    expect(await store.mergeGroup(shop.id, HEAD)).toBeNull();
  });

  it('keeps surfaces with the time when they were shown, and finds the old ones by the beginning of their key', async () => {
    const before = await store.now();
    await store.saveSurface({ key: 'check:1', githubId: 5_000_000_009, digest: 'x' });
    await store.saveSurface({ key: 'check:1', githubId: 5_000_000_009, digest: 'y' });
    await store.saveSurface({ key: 'check:%', githubId: null, digest: 'z' });
    await store.saveSurface({ key: 'comment:1', githubId: 3, digest: 'z' });
    const found = await store.surface('check:1');
    expect(found).toMatchObject({ key: 'check:1', githubId: 5_000_000_009, digest: 'y' });
    expect(found?.shownAt).toBeGreaterThanOrEqual(before);
    const later = instant((await store.now()) + 60_000);
    const keys = async (prefix: string): Promise<string[]> =>
      (await store.surfacesShownBefore(prefix, later)).map((surface) => surface.key);
    expect(await keys('check:')).toEqual(expect.arrayContaining(['check:1', 'check:%']));
    expect(await keys('check:%')).toEqual(['check:%']);
    expect(await store.surfacesShownBefore('check:', before)).toEqual([]);
    expect(await store.surface('nothing')).toBeNull();
  });

  it('knows the last name of an account', async () => {
    expect(await store.personName(ana.id)).toBeNull();
    await store.commit({ people: [ana, ben, { ...ana, login: 'ana-renamed' }] });
    expect(await store.personName(ana.id)).toBe('ana-renamed');
    expect(await store.personName(ben.id)).toBe('octo-ben');
    await store.commit({ people: [{ id: ben.id, login: 'ben-2' }] });
    expect(await store.personName(ben.id)).toBe('ben-2');
    expect(await store.personName(userId(1))).toBeNull();
  });

  it('pages through an audit chain in order, one chain for each installation', async () => {
    const other = (INSTALLATION + 1) as typeof INSTALLATION;
    const before = (await store.auditEntries(INSTALLATION, 1, 1_000)).length;
    await store.commit({ audit: [anEntry(), anEntry({ installationId: other }), anEntry({ kind: 'vote.cast' })] });
    await store.commit({ audit: [anEntry({ kind: 'grant.ended', data: { why: 'a\0b', n: [1, { b: 1, a: 2 }] } })] });
    const entries = await store.auditEntries(INSTALLATION, before + 1, 10);
    expect(entries.map(({ seq, kind }) => [seq, kind])).toEqual([
      [before + 1, 'policy.changed'],
      [before + 2, 'vote.cast'],
      [before + 3, 'grant.ended'],
    ]);
    expect(entries[2]?.data).toEqual({ why: 'a\ufffdb', n: [1, { b: 1, a: 2 }] });
    expect(await store.auditEntries(INSTALLATION, before + 2, 1)).toEqual([entries[1]]);
    expect(await store.auditEntries(INSTALLATION, before + 4, 10)).toEqual([]);
    expect(await store.auditInstallations()).toEqual([INSTALLATION, other]);
  });
});
