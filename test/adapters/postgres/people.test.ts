/** Whether a person's names are gone from the tables after they were erased, and the log still whole. */

import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../../src/adapters/postgres/database.ts';
import { createStore } from '../../../src/adapters/postgres/store.ts';
import { erasePerson } from '../../../src/cli/audit/erase.ts';
import { checkTables } from '../../../src/cli/audit/rebuild.ts';
import { verifyChain } from '../../../src/domain/audit.ts';
import { requestId, userId, type Person } from '../../../src/domain/identity.ts';
import { auditOf, openedData } from '../../../src/domain/settle.ts';
import type { Store } from '../../../src/engine/ports.ts';
import { fakeTerminal } from '../../cli/fake-terminal.ts';
import { describeEachEngine } from '../../support/database.ts';
import { aGrant, anAccessRequest, ben, INSTALLATION, NOON } from './values.ts';

const zoe: Person = { id: userId(900_001), login: 'zoe-of-octo' };
/** Another person whose name holds the first one's. */
const zoes: Person = { id: userId(900_002), login: 'zoe-of-octo-2' };

describeEachEngine('erasing a person', (engine) => {
  let database: Database;
  let store: Store;

  beforeAll(async () => {
    database = await engine.fresh();
    store = createStore(database);
  });

  const erased = async (id = zoe.id) => {
    const terminal = fakeTerminal();
    const code = await erasePerson(store, id, false, terminal);
    return { code, printed: terminal.printed(), said: terminal.saidAll() };
  };

  /** Everything in the database as one text, but for the audit log. */
  const everything = async (): Promise<string> => {
    const { rows } = await sql<{ text: string }>`
      select request::text as text from request union all select vote::text from vote
      union all select access_grant::text from access_grant union all select person::text from person
      union all select coalesce(payload, '') from delivery`.execute(database.db);
    return rows.map(({ text }) => text).join('\n');
  };

  const accessOf = (who: Person, fields: Parameters<typeof anAccessRequest>[0] = {}) => {
    const request = anAccessRequest({ requester: who, key: `access:${who.id}:${Math.random()}`, ...fields });
    return request.subject.kind === 'access' ? { ...request, subject: { ...request.subject, grantee: who } } : request;
  };

  const opened = async (request: ReturnType<typeof accessOf>, more: Parameters<Store['commit']>[0] = {}) => {
    await store.commit({
      requests: [{ was: null, row: request }],
      people: [zoe, zoes, ben],
      ...more,
      audit: [auditOf(request, 'request.opened', zoe.id, openedData(request))],
    });
  };

  describe('whose access is still under way', () => {
    it('erases nothing, and names what is in the way', async () => {
      const request = accessOf(zoe, { state: 'released', closedAt: NOON });
      const grant = aGrant(request, { grantee: zoe });
      const waiting = accessOf(zoe);
      await opened(request, { grants: [{ was: null, row: grant }] });
      await opened(waiting);
      const { code, printed } = await erased();
      expect(code).toBe(1);
      expect(printed.split('\n').toSorted()).toEqual([`grant ${grant.id}`, `request ${waiting.id}`]);
      expect(await store.personName(zoe.id)).toBe(zoe.login);
      expect(await store.request(waiting.id)).toMatchObject({ requester: zoe });
      // Both end, so that the rest can be erased.
      const done = { ...grant, version: 2, state: 'ended' as const, endedAt: NOON };
      await store.commit({
        grants: [{ was: 1, row: done }],
        requests: [{ was: 1, row: { ...waiting, version: 2, state: 'cancelled', closedAt: NOON } }],
      });
    });
  });

  describe('of whom nothing is under way', () => {
    it('leaves the name in no table, and everybody else’s where it was', async () => {
      const asked = accessOf(ben, { state: 'denied', closedAt: NOON, outcome: `Denied by ${zoe.login}: ask me first` });
      const other = accessOf(zoes, { state: 'denied', closedAt: NOON, outcome: `Denied by ${zoes.login}` });
      const vote = (request: ReturnType<typeof accessOf>, voter: Person, id: number) => ({
        requestId: request.id,
        voter,
        answer: 'deny' as const,
        source: { kind: 'comment' as const, id },
        head: null,
        castAt: NOON,
        reason: 'ask me first',
        voided: null,
      });
      await opened(asked, { votes: [vote(asked, zoe, 71)] });
      await opened(other, { votes: [vote(other, zoes, 72)] });
      await store.keepDelivery({ id: 'd-1', event: 'issues', payload: { sender: { login: zoe.login, id: zoe.id } } });
      await store.keepDelivery({ id: 'd-2', event: 'issues', payload: { sender: { login: zoes.login, id: zoes.id } } });
      await store.settleDelivery('d-1', 'handled', null);
      await store.settleDelivery('d-2', 'handled', null);

      const { code, said } = await erased();
      expect(code).toBe(0);
      expect(said).toContain('The name stands nowhere any more');
      expect(await everything()).not.toMatch(/zoe-of-octo(?!-2)/u);
      expect((await store.request(asked.id))?.outcome).toBe('Denied by (erased): ask me first');
      expect(await store.request(other.id)).toMatchObject({ outcome: `Denied by ${zoes.login}`, requester: zoes });
      expect(await store.votes(other.id)).toMatchObject([{ voter: zoes }]);
      expect(await store.personName(zoe.id)).toBeNull();
      expect(await store.personName(zoes.id)).toBe(zoes.login);
      expect(await store.delivery('d-1')).toBeNull();
      expect(await store.delivery('d-2')).not.toBeNull();
    });

    it('leaves the log whole, says in it that names were erased, and what, by number', async () => {
      const entries = await store.auditEntries(INSTALLATION, 1, 1000);
      expect(verifyChain(entries).ok).toBe(true);
      const told = entries.filter(({ kind }) => kind === 'person.erased');
      expect(told).toHaveLength(1);
      expect(told[0]?.data).toMatchObject({ user: zoe.id });
      expect(JSON.stringify(entries)).not.toContain(zoe.login);
    });

    it('leaves the tables as the log tells them', async () => {
      const terminal = fakeTerminal();
      await checkTables(store, true, terminal);
      const { differences } = JSON.parse(terminal.printed()) as { differences: readonly { field: string }[] };
      // The rows of this test were put in as if they had ended, which no entry tells of.
      expect(differences.filter(({ field }) => field !== 'state')).toEqual([]);
    });

    it('says where the name still stands: in words that people wrote', async () => {
      const request = accessOf(ben, { state: 'cancelled', closedAt: NOON, id: requestId(crypto.randomUUID()) });
      const subject =
        request.subject.kind === 'access' ? { ...request.subject, reason: 'ask @Yan-Octo about it' } : request.subject;
      const yan: Person = { id: userId(900_003), login: 'yan-octo' };
      await opened({ ...request, subject });
      await store.commit({ people: [yan] });
      const { code, printed, said } = await erased(yan.id);
      expect(code).toBe(0);
      expect(printed).toContain('Erased from 1 names, 0 requests, 0 votes, 0 grants');
      expect(said).toMatch(/still stands in text .*1 requests, 1 entries/u);
    });

    it('can be done again, and for somebody who never was here', async () => {
      await erased();
      expect((await erased()).printed).toContain('Erased from 0 names, 0 requests, 0 votes, 0 grants');
      expect((await erased(userId(424_242))).code).toBe(0);
    });
  });
});
