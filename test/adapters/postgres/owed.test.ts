/** Is a debt that stands against letting more through seen by whoever commits at the same moment? */

import { expect, it } from 'vitest';
import { createStore } from '../../../src/adapters/postgres/store.ts';
import type { Change, Store } from '../../../src/engine/ports.ts';
import { instant } from '../../../src/domain/identity.ts';
import type { Request } from '../../../src/domain/request.ts';
import { describeEachEngine } from '../../support/database.ts';
import { ana, anEntry, aRequest, aVote, ben, INSTALLATION, NOON, shop } from './values.ts';

const LONG_AGO = instant(NOON + 1);
const LATER = instant(Date.parse('2100-01-01T00:00:00Z'));

/** A use of the emergency exit, as the engine stores it. */
const smash = (request: Request, id: number, due = LATER): Change => ({
  requests: [{ was: null, row: request }],
  votes: [aVote(request, { answer: 'break-glass', source: { kind: 'comment', id }, reason: 'fire', due })],
  audit: [anEntry({ requestId: request.id })],
  unowed: [{ kind: 'any', repo: shop.id }],
});

describeEachEngine('reviews that are owed', (engine) => {
  const opened = async (): Promise<Store> => {
    const store = createStore(await engine.fresh());
    await store.saveRepositories([shop]);
    return store;
  };

  it('let one of two at once through, and the other not', async () => {
    const store = await opened();
    for (let round = 0; round < 5; round += 1) {
      const [one, two] = [aRequest({ key: `a${round}` }), aRequest({ key: `b${round}` })];
      const stored = await Promise.all([
        store.commit(smash(one, round * 10 + 1)),
        store.commit(smash(two, round * 10 + 2)),
      ]);
      expect([...stored].sort()).toEqual([false, true]);
      const owed = await store.owedReviews(shop.id);
      expect(owed).toHaveLength(1);
      const [first] = owed;
      const paid = first?.requestId === one.id ? one : two;
      await store.commit({
        votes: [aVote(paid, { answer: 'review', voter: ana, source: { kind: 'comment', id: round * 10 + 3 } })],
        requests: [{ was: 1, row: { ...paid, version: 2 } }],
      });
      expect(await store.owedReviews(shop.id)).toEqual([]);
    }
  });

  it('bind one person only once they are overdue, and others never', async () => {
    const store = await opened();
    await store.commit(smash(aRequest({ key: 'first' }), 1, LATER));
    const next = (key: string, by = ben): Change => ({
      requests: [{ was: null, row: aRequest({ key }) }],
      unowed: [{ kind: 'overdue', by: by.id, installation: INSTALLATION }],
    });
    expect(await store.commit(next('in time'))).toBe(true);
    const late = aRequest({ key: 'second' });
    await store.commit({ ...smash(late, 2, LONG_AGO), unowed: [] });
    expect((await store.overdueReviews()).map(({ requestId }) => requestId)).toEqual([late.id]);
    expect(await store.commit(next('late'))).toBe(false);
    expect(await store.commit(next('late', ana))).toBe(true);
    expect(await store.figures()).toMatchObject({ reviewsOwed: 2, reviewsOverdue: 1 });
  });

  it('of another repository are told without their words', async () => {
    const store = await opened();
    await store.commit(smash(aRequest(), 1));
    const elsewhere = await store.owedBy(ben.id, INSTALLATION, 1 as never);
    expect(elsewhere).toMatchObject([{ by: ben, reason: '', conversation: null, rule: null }]);
    expect(await store.owedBy(ben.id, INSTALLATION, shop.id)).toMatchObject([{ reason: 'fire' }]);
  });
});
