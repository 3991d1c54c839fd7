/** The whole product on one machine: the real app, the local GitHub, a real database, and small organisations. */

import type { Database } from '../../src/adapters/postgres/database.ts';
import { startApp, type App } from '../../src/app.ts';
import type { Config } from '../../src/config.ts';
import { millis } from '../../src/domain/identity.ts';
import { asLog, createLogger } from '../../src/log.ts';
import { secret } from '../../src/secret.ts';
import { workLeft } from './database.ts';
import { watchedLog } from './secrets.ts';
import { startGitHub, type GitHubOptions, type LocalGitHub } from './github/index.ts';

export const REPO = 'octo/shop';

/** A policy that uses most of the language; the people below fit it. */
const POLICY = `version: 1
groups:
  release: { teams: [release] }
  security: { teams: [security] }
  engineers: { teams: [engineers] }
  owners: { codeowners: true }
  maintainers: { role: maintain }
gates:
  - name: production
    on: deployment
    environments: ["production"]
    refs: ["main", "v*"]
    approvals:
      - { from: [release], count: 1 }
      - { from: [security], count: 1, when: { paths: ["infra/**"] } }
    timeout: 4h
  - name: main
    on: merge
    branches: ["main"]
    unless: { only-paths: ["docs/**"] }
    approvals: [{ from: [release], count: 1 }]
access:
  - name: write for a shift
    roles: [triage, push]
    requesters: [engineers]
    max-duration: 8h
    default-duration: 1h
    approvals: [{ from: [maintainers], count: 1 }]
`;

export type Stage = {
  readonly github: LocalGitHub;
  readonly app: App;
  /** The database that the app runs on now. */
  readonly database: Database;
  readonly config: Config;
  /** Stops the app; webhooks fail until `start`. */
  readonly stopApp: () => Promise<void>;
  /** Starts the app anew on the same database. */
  readonly startApp: () => Promise<void>;
  readonly restart: () => Promise<void>;
  /** Resolves when every webhook was delivered and handled, and no job is left that could be done now. */
  readonly settled: () => Promise<void>;
  /** Runs one sweep, as the app does every minute. */
  readonly sweep: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

export type StageOptions = {
  readonly policy?: string | null;
  readonly files?: Readonly<Record<string, string>>;
  readonly github?: GitHubOptions;
  /** Gives the database that the app runs on; asked again at a restart. */
  readonly open: (config: Config) => Promise<Database>;
  readonly config?: Partial<Config>;
  readonly logLevel?: Config['logLevel'];
};

/** Where the policies of the organisations stand that the tests of a file make, and that their operator trusts. */
const TRUSTED = Array.from({ length: 100 }, (_, index) => [
  `octo-${index}/.github-private`,
  `octo-${index}/.github`,
]).flat();

const MEMBERS = ['ana', 'rita', 'sam', 'mia', 'ben', 'erin', 'emil'];

export type Organized = {
  readonly org: string;
  readonly policy: string | null;
  readonly files?: Readonly<Record<string, string>>;
  /** Whether only those who are named can see the repository. */
  readonly private?: boolean;
};

/** Makes an organisation with the repository `shop`: olga owns it, eve is outside of it. */
export function organize(github: LocalGitHub, { org, policy, files = {}, private: hidden = false }: Organized): void {
  github.createOrganization(org, { owners: ['olga'], members: MEMBERS, baseRole: 'read' });
  github.createTeam(org, 'release', ['ana', 'rita']);
  github.createTeam(org, 'security', ['sam']);
  github.createTeam(org, 'engineers', ['ben', 'erin', 'emil']);
  github.createRepository(org, 'shop', {
    private: hidden,
    files: { 'README.md': '# Shop\n', ...(policy === null ? {} : { '.jit-policy.yml': policy }), ...files },
    collaborators: { ana: 'push', ben: 'push', mia: 'maintain', rita: 'push', sam: 'push' },
  });
  const repo = `${org}/shop`;
  github.protectBranch(repo, 'main', { requiredChecks: [{ name: 'jit/merge', appId: github.appId }] });
  github.createEnvironment(repo, 'production', { customRule: true });
  github.createEnvironment(repo, 'staging', { customRule: true });
}

/** Starts the GitHub, the people, one organisation and the app, installed on all of it. */
export async function startStage(options: StageOptions): Promise<Stage> {
  const github = await startGitHub(options.github);
  for (const login of ['olga', ...MEMBERS, 'eve']) github.createUser(login);
  organize(github, {
    org: 'octo',
    policy: options.policy === undefined ? POLICY : options.policy,
    files: options.files ?? {},
  });
  const config: Config = {
    appId: github.appId,
    privateKey: secret(github.privateKey),
    webhookSecret: secret(github.webhookSecret),
    host: '127.0.0.1',
    port: 0,
    githubApiUrl: github.url,
    databaseUrl: null,
    dataDir: '',
    logLevel: options.logLevel ?? 'silent',
    logFormat: 'pretty',
    sweepInterval: millis(60_000),
    teamsAllowedBy: TRUSTED,
    checkpoints: null,
    ...options.config,
  };
  // All that the app says is searched for secrets, whether it is shown or not.
  const logger = createLogger({ logLevel: 'trace', logFormat: 'json' }, watchedLog);
  const log = asLog(config.logLevel === 'silent' ? logger : createLogger(config));
  let database: Database | null = null;
  const opened = async (): Promise<Database> => (database = await options.open(config));
  let app: App | null = null;
  const start = async (): Promise<void> => {
    app = await startApp(config, log, opened, logger.child({}, { level: 'warn' }));
    github.webhookTarget = `${app.url}/api/github/webhooks`;
  };
  const stopApp = async (): Promise<void> => {
    const running = app;
    app = null;
    await running?.stop();
  };
  const current = (): Database => {
    if (database === null) throw new Error('no database is open');
    return database;
  };
  await start();
  github.installApp('octo');
  return {
    github,
    config,
    get app() {
      if (app === null) throw new Error('the app is stopped');
      return app;
    },
    get database() {
      return current();
    },
    stopApp,
    startApp: start,
    restart: async () => {
      await stopApp();
      await start();
    },
    settled: async () => await settled(github, current()),
    sweep: async () => {
      await current().boss.send('sweep', {});
      current().announce('sweep');
      await settled(github, current());
    },
    stop: async () => {
      await stopApp();
      await github.close();
    },
  };
}

/** Longer than anything takes that is not waiting for a person, on a machine that does much else. */
const PATIENCE_MS = 40_000;

async function settled(github: LocalGitHub, database: Database): Promise<void> {
  await github.waitFor(
    async () => {
      const before = github.deliveries.length;
      await github.webhooks.idle();
      return (await workLeft(database)) === 0 && github.deliveries.length === before;
    },
    { what: 'all work to be done', timeoutMs: PATIENCE_MS, seen: () => 'webhooks or jobs that are not done' },
  );
}
