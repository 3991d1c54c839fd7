/** How a command gets at the database: opened for it, and closed whatever happens. */

import { existsSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { describeProblems, readStorageConfig } from '../config.ts';
import type { Store } from '../engine/ports.ts';
import { EXIT, type ExitCode, type Terminal } from './terminal.ts';

/**
 * Runs `use` with the store that the environment names. An embedded database belongs to one process at a time: while
 * the app runs on it, this throws what its lock says.
 */
export async function withStore(terminal: Terminal, use: (store: Store) => Promise<ExitCode>): Promise<ExitCode> {
  const config = readStorageConfig(terminal.env, terminal.cwd);
  if (!config.ok) {
    terminal.say(describeProblems(config.error));
    return EXIT.usage;
  }
  const { databaseUrl, dataDir } = config.value;
  if (databaseUrl === null && !existsSync(dataDir)) {
    // An empty database would be made, and say that all is well.
    terminal.say(`There is no database in ${dataDir}. Run this where the app runs, or set DATA_DIR or DATABASE_URL.`);
    return EXIT.usage;
  }
  terminal.say(databaseUrl === null ? `Opening ${dataDir} ...` : 'Connecting to DATABASE_URL ...');
  // A command is over before optimised code for the embedded database pays: its largest function alone takes a thread
  // more than two seconds, and the process waits for that before it ends.
  setFlagsFromString('--wasm-tiering-budget=2000000000');
  // Imported only here, so that the commands without a database start at once.
  const { openDatabase } = await import('../adapters/postgres/database.ts');
  const { createStore } = await import('../adapters/postgres/store.ts');
  const database = await openDatabase({ url: databaseUrl?.reveal() ?? null, folder: dataDir });
  try {
    return await use(createStore(database));
  } finally {
    await database.close();
  }
}
