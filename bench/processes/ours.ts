/** Our app, as `jit-gate serve` starts it, in a process that can be asked what it has stored. */

import { sql } from 'kysely';
import { openDatabase, type Database } from '../../src/adapters/postgres/database.ts';
import { startApp, type App } from '../../src/app.ts';
import { millis } from '../../src/domain/identity.ts';
import { asLog, createLogger } from '../../src/log.ts';
import { secret } from '../../src/secret.ts';
import type { Credentials } from './github.ts';
import { answerQuestions } from './talk.ts';

/** Deliveries whose id starts with a prefix: how many are stored, and how many of those are handled and how. */
export type Stored = {
  readonly stored: number;
  readonly handled: number;
  readonly ignored: number;
  readonly failed: number;
};

export type Place = {
  readonly github: Credentials;
  /** Folder of the embedded database. */
  readonly folder: string;
  /** A PostgreSQL in its place. */
  readonly databaseUrl: string | null;
};

let app: App | null = null;
let database: Database | null = null;

const questions = {
  start: async ({ github, folder, databaseUrl }: Place): Promise<string> => {
    const config = {
      appId: github.appId,
      privateKey: secret(github.privateKey),
      webhookSecret: secret(github.webhookSecret),
      host: '127.0.0.1',
      port: 0,
      githubApiUrl: github.url,
      databaseUrl: databaseUrl === null ? null : secret(databaseUrl),
      dataDir: folder,
      logLevel: 'warn',
      logFormat: 'json',
      sweepInterval: millis(60_000),
      teamsAllowedBy: [],
      checkpoints: null,
    } as const;
    app = await startApp(config, asLog(createLogger(config)), async () => {
      database = await openDatabase({ url: databaseUrl, folder: databaseUrl === null ? folder : null });
      return database;
    });
    return `${app.url}/api/github/webhooks`;
  },

  count: async ({ prefix }: { prefix: string }): Promise<Stored> => {
    if (database === null) throw new Error('no database is open');
    const { rows } = await sql<Stored>`
      select count(*)::int4 as stored,
        count(*) filter (where outcome = 'handled')::int4 as handled,
        count(*) filter (where outcome = 'ignored')::int4 as ignored,
        count(*) filter (where outcome = 'failed')::int4 as failed
      from delivery where starts_with(id, ${prefix})`.execute(database.db);
    const [row] = rows;
    if (row === undefined) throw new Error('the database counted nothing');
    return row;
  },

  stop: async (): Promise<null> => {
    await app?.stop();
    return null;
  },
} as const;

export type OurQuestions = typeof questions;

answerQuestions(questions);
