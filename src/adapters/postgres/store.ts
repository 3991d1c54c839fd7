/** What the engine reads and writes: the port `Store`, on either engine. */

import type { Store } from '../../engine/ports.ts';
import { readAudit } from './audit.ts';
import { commit } from './commit.ts';
import type { Database } from './database.ts';
import { readFigures } from './figures.ts';
import { readGrants } from './grants.ts';
import { createInbox } from './inbox.ts';
import { keepRepositories } from './repositories.ts';
import { readOwed } from './owed.ts';
import { erasePerson } from './people.ts';
import { keepPushes } from './pushes.ts';
import { readRequests } from './requests.ts';
import { keepSurfaces } from './surfaces.ts';
import { databaseNow } from './clock.ts';

/** The store of an open database. Any number of stores, in any number of processes, share a PostgreSQL. */
export const createStore = (database: Database): Store => ({
  now: async () => await databaseNow(database.db),
  ...createInbox(database),
  ...keepRepositories(database.db),
  ...keepPushes(database.db),
  ...readRequests(database.db),
  ...readGrants(database.db),
  ...readOwed(database.db),
  ...readFigures(database.db),
  ...keepSurfaces(database.db),
  ...readAudit(database.db),
  erasePerson: async (id) => await erasePerson(database.db, id),
  commit: async (change) => await commit(database, change),
});
