/** Which database an end-to-end test runs on: a PostgreSQL where one is given, else the embedded one in memory. */

import { openDatabase, type Database } from '../../src/adapters/postgres/database.ts';
import { createDatabase, dropDatabase, openTestDatabase } from './database.ts';

/** A database with nothing in it, gone when it is closed. `TEST_DATABASE_URL` is set by scripts/with-postgres.ts. */
export async function openStageDatabase(): Promise<Database> {
  if ((process.env['TEST_DATABASE_URL'] ?? '') === '') return await openTestDatabase();
  const url = await createDatabase();
  const database = await openDatabase({ url, folder: null });
  return {
    ...database,
    close: async () => {
      await database.close();
      await dropDatabase(url);
    },
  };
}
