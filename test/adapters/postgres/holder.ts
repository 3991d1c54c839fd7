/** A process of its own for the tests of the lock and of crashes: opens the folder or address, then does as it is told. */

import { openDatabase } from '../../../src/adapters/postgres/database.ts';
import { createStore } from '../../../src/adapters/postgres/store.ts';
import { anEntry, aRequest, aVote } from './values.ts';

const [, , place = '', act = 'hold'] = process.argv;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const url = place.startsWith('postgres') ? place : null;
const database = await openDatabase({ url, folder: url === null ? place : null }).catch((error: unknown) => {
  say(error instanceof Error ? `refused ${error.name} ${error.message}` : 'refused');
  process.exit(3);
});
say('open');

if (act === 'commit') {
  // Says what was acknowledged: all of that must be there afterwards.
  const store = createStore(database);
  await Promise.all(
    [1, 2, 3].map(async () => {
      for (;;) {
        const row = aRequest();
        const vote = aVote(row);
        const cast = { kind: 'vote.cast', data: { source: { ...vote.source } } } as const;
        const audit = [anEntry({ requestId: row.id }), anEntry({ requestId: row.id, ...cast })];
        const effects = [{ kind: 'deployment', requestId: row.id }] as const;
        await store.commit({ requests: [{ was: null, row }], votes: [vote], audit, effects });
        say(`stored ${row.id}`);
      }
    }),
  );
} else {
  setInterval(() => undefined, 1_000);
}
