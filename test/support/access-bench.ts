/** The part of the app that gives and takes roles, in one process: the real engine, store and adapter, and no queue. */

import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { Probot } from 'probot';
import { createGitHub } from '../../src/adapters/github/github.ts';
import { jitOctokit } from '../../src/adapters/github/octokit.ts';
import type { Database } from '../../src/adapters/postgres/database.ts';
import { createStore } from '../../src/adapters/postgres/store.ts';
import type { Effect } from '../../src/domain/effect.ts';
import type { Grant } from '../../src/domain/grant.ts';
import {
  grantId,
  installationId,
  instant,
  millis,
  repoId,
  requestId,
  userId,
  type Instant,
  type Person,
  type RepoRef,
} from '../../src/domain/identity.ts';
import type { AccessRequest } from '../../src/domain/request.ts';
import { handleEvent } from '../../src/engine/handle.ts';
import { workOn } from '../../src/engine/move-grant.ts';
import { performEffect } from '../../src/engine/perform.ts';
import { GitHubUnavailable, type GitHub, type Log, type Store } from '../../src/engine/ports.ts';
import type { World } from '../../src/engine/world.ts';
import { readEvent } from '../../src/events/read.ts';
import { startGitHub, type Installation, type LocalGitHub } from './github/index.ts';
import { openStageDatabase } from './stage-database.ts';

export type GrantDraft = Partial<Pick<Grant, 'role' | 'endsAt' | 'onExpiry'>> & { readonly rule?: string };

/** Two rules that differ in what a change by hand does. */
const POLICY = `version: 1
groups: { all: { role: pull } }
access:
  - { name: shift, roles: [push], requesters: [all], max-duration: 8h, approvals: [{ from: [all] }] }
  - { name: strict, roles: [push], requesters: [all], max-duration: 8h, approvals: [{ from: [all] }], on-drift: revoke }
`;

export type AccessBench = {
  readonly local: LocalGitHub;
  readonly installation: Installation;
  readonly world: World;
  /** Begins anew, as a process does: with no memory of what was asked, and of how much. */
  readonly restart: () => void;
  readonly database: Database;
  readonly repo: RepoRef;
  /** Full name of the repository. */
  readonly name: string;
  readonly person: (login: string) => Person;
  /** Stores a grant as an approval does, and leaves the work that it brings. */
  readonly approve: (login: string, draft?: GrantDraft) => Promise<Grant>;
  /** The app hears of what happened, and does all that is to be done. Says what GitHub did not let it do. */
  readonly run: () => Promise<readonly GitHubUnavailable[]>;
  readonly direct: (login: string) => string | null;
  /** Sets the database's clock, which stands still otherwise. */
  readonly setNow: (at: Instant) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** What is heard of, and which work is done here. */
const HEARD: ReadonlySet<string> = new Set(['member', 'membership', 'installation']);
const DONE: ReadonlySet<Effect['kind']> = new Set(['access', 'membership', 'late-acceptance']);

/** How often work is tried before what keeps it from being done is told. */
const TRIES = 4;

/** Makes an organisation with people who have nothing, on GitHub and in the database. */
export async function openAccessBench(members: readonly string[], outsiders: readonly string[]): Promise<AccessBench> {
  const local = await startGitHub();
  local.createOrganization('octo', { owners: ['olga'], members, baseRole: 'none' });
  for (const login of outsiders) local.createUser(login);
  const made = local.createRepository('octo', 'shop', { private: true, files: { '.jit-policy.yml': POLICY } });
  const installation = local.installApp('octo');
  const repo = { installationId: installationId(installation.id), id: repoId(made.id), owner: 'octo', name: 'shop' };
  const database = await openStageDatabase();
  const store = createStore(database);
  const waiting: Effect[] = [];
  const heard: { readonly event: string; readonly payload: unknown }[] = [];
  local.world.enqueue = ({ event, payload }) => {
    if (HEARD.has(event)) heard.push({ event, payload });
  };
  let world: World = {
    github: github(local),
    store: keeping(store, waiting),
    log: SILENT,
    appId: local.appId,
    notary: null,
    teamsAllowedBy: [],
    newId: randomUUID,
    compiled: new Map(),
  };
  await store.saveRepositories([repo]);
  const person = (login: string): Person => ({ id: userId(local.as(login).id), login });

  return {
    local,
    installation,
    get world() {
      return world;
    },
    restart: () => {
      world = { ...world, github: github(local), compiled: new Map() };
    },
    database,
    repo,
    name: 'octo/shop',
    person,
    approve: async (login, { rule = 'shift', ...draft } = {}) => {
      const now = await store.now();
      const request = requestOf(repo, person(login), rule, now);
      const grant: Grant = { ...grantOf(request, now), ...draft };
      await world.store.commit({
        requests: [{ was: null, row: request }],
        grants: [{ was: null, row: grant }],
        effects: [workOn(grant)],
      });
      return grant;
    },
    run: async () => await run(world, waiting, heard, local.url),
    direct: (login) => local.see.collaborators('octo/shop')[login] ?? null,
    setNow: async (at) => {
      await sql`create or replace function jit_now() returns int8 language sql volatile as
        $$ select ${sql.lit(at)}::int8 $$`.execute(database.db);
    },
    close: async () => {
      await database.close();
      await local.close();
    },
  };
}

const SILENT: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

function github(local: LocalGitHub): GitHub {
  const probot = new Probot({
    appId: local.appId,
    privateKey: local.privateKey,
    secret: local.webhookSecret,
    baseUrl: local.url,
    Octokit: jitOctokit,
    logLevel: 'fatal',
  });
  return createGitHub({
    octokitFor: async (who) => (who === 'app' ? await probot.auth() : await probot.auth(who)),
    log: SILENT,
  });
}

/** Keeps here what would become a job about somebody's access; the rest is for conversations, which there are none of. */
const keeping = (store: Store, waiting: Effect[]): Store => ({
  ...store,
  commit: async (change) => {
    const { effects = [], reminders = [] } = change;
    const stored = await store.commit({ ...change, effects: [], reminders: [], timers: [], turns: [] });
    if (stored) {
      waiting.push(...[...effects, ...reminders].filter(({ kind }) => DONE.has(kind)));
    }
    return stored;
  },
});

async function run(
  world: World,
  waiting: Effect[],
  heard: { readonly event: string; readonly payload: unknown }[],
  url: string,
): Promise<readonly GitHubUnavailable[]> {
  const failures: GitHubUnavailable[] = [];
  const again = new Map<string, number>();
  while (heard.length + waiting.length > 0) {
    const delivery = heard.shift();
    if (delivery !== undefined) {
      const event = readEvent(delivery.event, delivery.payload, url);
      if (event !== null) await handleEvent(world, event);
      continue;
    }
    const effect = waiting.shift();
    if (effect === undefined) break;
    try {
      await performEffect(world, effect);
    } catch (error) {
      if (!(error instanceof GitHubUnavailable)) throw error;
      const key = JSON.stringify(effect);
      const tries = (again.get(key) ?? 0) + 1;
      again.set(key, tries);
      if (tries < TRIES) waiting.push(effect);
      else failures.push(error);
    }
  }
  return failures;
}

const requestOf = (repo: RepoRef, grantee: Person, rule: string, now: Instant): AccessRequest => {
  const id = requestId(randomUUID());
  return {
    id,
    version: 1,
    state: 'released',
    repo,
    subject: {
      kind: 'access',
      grantee,
      target: repo,
      role: 'push',
      duration: millis(3_600_000),
      reason: 'a test',
      ticket: null,
      rule,
      extends: null,
    },
    key: `access:${id}`,
    conversation: null,
    requester: grantee,
    since: now,
    openedAt: now,
    deadline: null,
    closedAt: now,
    outcome: null,
    policyBlob: null,
  };
};

const grantOf = ({ id, repo, subject }: AccessRequest, now: Instant): Grant => ({
  id: grantId(randomUUID()),
  version: 1,
  state: 'applying',
  requestId: id,
  repo,
  grantee: subject.grantee,
  role: 'push',
  startsAt: now,
  endsAt: instant(now + 3_600_000),
  onExpiry: 'remove',
  endReason: null,
  endedAt: null,
  residual: null,
  failure: null,
  invitationId: null,
});
