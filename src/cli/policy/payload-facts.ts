/** What a webhook's payload itself says of the pull request and the run: the app asks GitHub instead, who says the same. */

import { z } from 'zod';
import { sha, userId, type Sha } from '../../domain/identity.ts';
import { pullFrom, runFrom, type Accounts } from '../../domain/policy/supposed-facts.ts';
import type { Supposed } from '../../domain/policy/supposed.ts';
import type { PullFacts, RunFacts } from '../../domain/subject.ts';

const Account = z.object({ id: z.int(), login: z.string() });

const Pull = z.object({
  number: z.int(),
  user: Account,
  title: z.string().default(''),
  labels: z.array(z.object({ name: z.string() })).default([]),
  draft: z.boolean().nullish(),
  additions: z.int().optional(),
  deletions: z.int().optional(),
  head: z.object({
    sha: z.string().regex(/^[0-9a-f]{40,64}$/iu),
    ref: z.string(),
    repo: z.object({ id: z.int() }).nullish(),
  }),
  base: z.object({ ref: z.string(), repo: z.object({ id: z.int() }) }),
});

const Run = z.object({
  id: z.int(),
  event: z.string().optional(),
  actor: Account.nullish(),
  triggering_actor: Account.nullish(),
  head_repository: z.object({ id: z.int() }).nullish(),
});

const Payload = z.object({
  pull_request: Pull.optional().catch(undefined),
  workflow_run: Run.optional().catch(undefined),
  repository: z.object({ id: z.int() }).optional().catch(undefined),
});

const Someone = z.object({ user: Account.optional().catch(undefined), creator: Account.optional().catch(undefined) });
const People = z.object({
  sender: Account.optional().catch(undefined),
  issue: Someone.optional().catch(undefined),
  comment: Someone.optional().catch(undefined),
  review: Someone.optional().catch(undefined),
  deployment: Someone.optional().catch(undefined),
});

/** Makes the accounts of the payload known, so that facts which name them by login mean the same people. */
export function learnPeople(payload: unknown, accounts: Accounts): void {
  const { sender, issue, comment, review, deployment } = People.safeParse(payload).data ?? {};
  const found = [sender, issue?.user, comment?.user, review?.user, deployment?.creator];
  for (const person of found) if (person !== undefined) accounts.learn({ id: userId(person.id), login: person.login });
}

const NO_COMMIT: Sha = sha('0'.repeat(40));

/** The pull request of the payload, with what the facts say of it instead. `null`: neither says whose it is and where it goes. */
export function pullIn(payload: unknown, said: Supposed['pull'], accounts: Accounts): PullFacts | null {
  const found = Payload.safeParse(payload).data?.pull_request;
  if (found !== undefined) accounts.learn({ id: userId(found.user.id), login: found.user.login });
  const { author, base, ...rest } = { ...(found === undefined ? {} : supposedPull(found)), ...said };
  if (author === undefined || base === undefined) return null;
  const head = found === undefined ? NO_COMMIT : sha(found.head.sha);
  return pullFrom(rest, { author: accounts.of(author), head, base }, accounts);
}

const supposedPull = (found: z.output<typeof Pull>): NonNullable<Supposed['pull']> => ({
  number: found.number,
  author: found.user.id,
  title: found.title,
  labels: found.labels.map(({ name }) => name),
  draft: found.draft === true,
  // The head repository is missing where a fork was deleted.
  fork: found.head.repo?.id !== found.base.repo.id,
  base: found.base.ref,
  head: found.head.ref,
  ...(found.additions === undefined || found.deletions === undefined
    ? {}
    : { lines: found.additions + found.deletions }),
});

/** The run of the payload, with what the facts say of it instead. `null`: nothing is known of one. */
export function runIn(payload: unknown, said: Supposed['run'], accounts: Accounts): RunFacts | null {
  const { workflow_run: run, repository } = Payload.safeParse(payload).data ?? {};
  if (said === 'unknown') return null;
  const found = run?.event === undefined ? {} : supposedRun(run, repository?.id);
  if (said?.event === undefined && found.event === undefined) return null;
  return { ...runFrom({ ...found, ...said }, accounts, null), ...(run === undefined ? {} : { id: run.id }) };
}

const supposedRun = (run: z.output<typeof Run>, repository: number | undefined): SupposedRun => ({
  ...(run.event === undefined ? {} : { event: run.event }),
  ...(run.actor ? { actor: run.actor.id } : {}),
  ...(run.triggering_actor ? { 'rerun-by': run.triggering_actor.id } : {}),
  fork: run.head_repository?.id !== repository,
});

type SupposedRun = Exclude<Supposed['run'], 'unknown' | undefined>;
