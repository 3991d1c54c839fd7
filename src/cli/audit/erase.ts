/** `jit-gate audit erase`: makes the database forget what a person is called. */

import type { UserId } from '../../domain/identity.ts';
import type { Store } from '../../engine/ports.ts';
import { EXIT, outJson, type ExitCode, type Terminal } from '../terminal.ts';

/** Ends with findings where something of the person is still under way, and then erases nothing. */
export async function erasePerson(
  store: Pick<Store, 'erasePerson'>,
  user: UserId,
  json: boolean,
  terminal: Terminal,
): Promise<ExitCode> {
  const erasure = await store.erasePerson(user);
  if (json) outJson(terminal, erasure);
  if (erasure.kind === 'under-way') {
    if (!json) for (const what of erasure.what) terminal.out(what);
    terminal.say('Nothing was erased: this needs the name as long as it is under way. End it, then erase.');
    return EXIT.findings;
  }
  const { rows, left } = erasure;
  if (!json) {
    terminal.out(
      `Erased from ${rows.people} names, ${rows.requests} requests, ${rows.votes} votes, ${rows.grants} grants.`,
    );
  }
  const places = Object.entries(left).filter(([, count]) => count > 0);
  terminal.say(
    places.length === 0
      ? 'The name stands nowhere any more.'
      : `The name still stands in text that people wrote, or in a repository's name: ${places.map(([place, count]) => `${count} ${place}`).join(', ')}. Entries of the log can't be changed.`,
  );
  terminal.say('GitHub still has its comments and issues, and a name is kept anew when its account acts again.');
  return EXIT.fine;
}
