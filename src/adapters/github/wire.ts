/** Which part of GitHub's answers is used, and what must it look like? */

import { z } from 'zod';
import { sha } from '../../domain/identity.ts';

const id = z.number().int().nonnegative();
const commitId = z
  .string()
  .regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/iu)
  .transform((text) => sha(text));

const account = z.object({ id, login: z.string() });
export type WireAccount = z.output<typeof account>;

/** An account may be missing; GitHub also sends `{}` for one that it does not know. */
const maybeAccount = account
  .nullish()
  .catch(null)
  .transform((value) => value ?? null);

const named = z.object({ id: id.nullish().transform((value) => value ?? null) });

const repository = z.object({
  id,
  name: z.string(),
  full_name: z.string(),
  private: z.boolean(),
  owner: z.object({ login: z.string() }),
});
export type WireRepository = z.output<typeof repository>;

/** `author` and `committer` are accounts, `commit.author` and `commit.committer` are what Git recorded. */
const gitPerson = z.object({ email: z.string().nullish() }).nullish();
const commit = z.object({
  sha: commitId,
  parents: z.array(z.object({ sha: commitId })),
  author: maybeAccount,
  committer: maybeAccount,
  commit: z.object({
    message: z.string(),
    author: gitPerson,
    committer: gitPerson,
    verification: z.object({ verified: z.boolean() }).nullish(),
  }),
});
export type WireCommit = z.output<typeof commit>;

const file = z.object({ filename: z.string(), previous_filename: z.string().optional() });
export type WireFile = z.output<typeof file>;

const pullBase = {
  number: z.number(),
  state: z.string(),
  draft: z.boolean().nullish(),
  title: z.string(),
  user: maybeAccount,
  labels: z.array(z.object({ name: z.string().nullish() })),
  merged_at: z.string().nullish(),
  head: z.object({
    sha: commitId,
    ref: z.string(),
    repo: z.object({ id, name: z.string().optional(), owner: z.object({ login: z.string() }).optional() }).nullish(),
  }),
  base: z.object({ ref: z.string(), repo: z.object({ id }) }),
  /** Counted where one pull request is asked for, not in lists. */
  additions: z.number().optional(),
  deletions: z.number().optional(),
};
const pullListed = z.object(pullBase);
export type WirePull = z.output<typeof pullListed>;
export type WireAnnotated = z.output<typeof wire.annotated>;

const run = z.object({
  id,
  run_attempt: z.number().nullish(),
  event: z.string(),
  actor: maybeAccount,
  triggering_actor: maybeAccount,
  head_sha: commitId,
  head_branch: z.string().nullish(),
  status: z.string().nullish(),
  run_started_at: z.string().nullish(),
  repository: z.object({ id }),
  head_repository: z.object({ id }).nullish(),
});
export type WireRun = z.output<typeof run>;

/** What a ref or a tag points at. */
const target = z.object({ type: z.string(), sha: commitId });

const label = z.union([z.string(), z.object({ name: z.string().nullish() })]);
const issue = z.object({
  number: z.number(),
  state: z.string(),
  title: z.string(),
  body: z.string().nullish(),
  user: maybeAccount,
  labels: z.array(label),
  repository_url: z.string(),
  pull_request: z.unknown().optional(),
  performed_via_github_app: named.nullish(),
});
export type WireIssue = z.output<typeof issue>;

const flags = z.object({
  pull: z.boolean().optional(),
  triage: z.boolean().optional(),
  push: z.boolean().optional(),
  maintain: z.boolean().optional(),
  admin: z.boolean().optional(),
});

const collaborator = z.object({ id, login: z.string(), role_name: z.string(), permissions: flags.optional() });

const permissionSource = z.object({
  permission: z.string(),
  roleName: z.string().nullish(),
  source: z.object({ __typename: z.string(), slug: z.string().optional(), login: z.string().optional() }),
});

const collaboratorEdge = z.object({
  permissionSources: z.array(permissionSource).nullish(),
  node: z.object({ databaseId: id.nullish() }),
});

/** The answer to the query in access-sources.ts. */
const permissionSources = z.object({
  repository: z
    .object({
      databaseId: id,
      collaborators: z
        .object({
          pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
          edges: z.array(collaboratorEdge).nullish(),
        })
        .nullish(),
    })
    .nullish(),
});
export type WirePermissionSources = z.output<typeof permissionSources>;
export type WirePermissionSource = z.output<typeof permissionSource>;

const entry = z.object({
  type: z.string(),
  sha: z.string(),
  size: z.number(),
  path: z.string(),
  encoding: z.string().optional(),
  content: z.string().optional(),
});

/** One schema an answer. Lists that GitHub wraps in an object are unwrapped. */
export const wire = {
  /** For a change whose answer holds nothing that is used; `done` tells it from a refusal. */
  done: z.unknown().transform(() => true as const),
  created: z.object({ id }),
  /** A check run that was written, with how many annotations it has by now. */
  annotated: z.object({ id, output: z.object({ annotations_count: z.int() }) }),
  /** The id of the invitation; `null` where the role was given at once, with no content. */
  given: z.union([z.object({ id }).transform((invitation) => invitation.id), z.unknown().transform(() => null)]),
  numbered: z.object({ number: z.number() }),
  app: z.object({ id, slug: z.string() }),
  account,
  accounts: z.array(account),
  team: z.object({ id, slug: z.string(), organization: z.object({ id }) }),
  /** Teams of an organisation as they are listed, which leaves out what they have in common. */
  teams: z.array(z.object({ id, slug: z.string() })),
  orgMembership: z.object({ state: z.string(), role: z.string(), user: maybeAccount }),
  teamMembership: z.object({ state: z.string(), role: z.enum(['member', 'maintainer']) }),
  /** `inherited` came late to GitHub: an older one leaves it out. */
  teamMembers: z.array(account.extend({ inherited: z.boolean().optional() })),
  repository,
  installation: z.object({ id }),
  installations: z.array(
    z.object({
      id,
      account: z.object({ id: id.optional(), login: z.string().optional(), slug: z.string().optional() }).nullish(),
      suspended_at: z.string().nullish(),
    }),
  ),
  forks: z.array(z.object({ full_name: z.string(), owner: z.object({ id }) })),
  repositories: z.object({ repositories: z.array(repository) }).transform((page) => page.repositories),
  /** A file, symbolic link or submodule; a directory is a list. */
  contents: z.union([z.array(z.unknown()).transform(() => null), entry]),
  blob: z.object({ encoding: z.string(), content: z.string() }),
  ref: z.object({ ref: z.string(), object: target }),
  tag: z.object({ object: target }),
  refs: z.array(z.object({ ref: z.string(), object: z.object({ sha: commitId }) })),
  commit,
  commits: z.array(commit),
  /** How two commits stand to each other, without what lies between them. */
  compared: z.object({ status: z.string() }),
  /** The commits between two, whole, and without the files. */
  range: z.object({ total_commits: z.number(), commits: z.array(commit) }),
  comparison: z.object({
    status: z.string(),
    total_commits: z.number(),
    commits: z.array(z.object({ sha: commitId, parents: z.array(z.object({ sha: commitId })) })),
    files: z.array(file).optional(),
  }),
  pull: z.object({
    ...pullBase,
    merged: z.boolean(),
    commits: z.number(),
    changed_files: z.number(),
    created_at: z.string(),
    updated_at: z.string(),
  }),
  activity: z.array(
    z.object({
      actor: maybeAccount,
      before: commitId,
      after: commitId,
      activity_type: z.string(),
      timestamp: z.string(),
    }),
  ),
  pulls: z.array(pullListed),
  files: z.array(file),
  run,
  runs: z.object({ workflow_runs: z.array(run) }).transform((page) => page.workflow_runs),
  pendingDeployments: z.array(z.object({ environment: z.object({ name: z.string().optional() }) })),
  customRules: z
    .object({
      custom_deployment_protection_rules: z.array(z.object({ enabled: z.boolean(), app: z.object({ id }) })).optional(),
    })
    .transform((page) => page.custom_deployment_protection_rules ?? []),
  deployments: z.array(z.object({ id, sha: commitId, environment: z.string() })),
  statuses: z.array(z.object({ state: z.string() })),
  checks: z
    .object({
      check_runs: z.array(z.object({ id, name: z.string(), external_id: z.string().nullish(), app: named.nullish() })),
    })
    .transform((page) => page.check_runs),
  /** The same list, for what others report. */
  checkRuns: z
    .object({
      check_runs: z.array(
        z.object({
          name: z.string(),
          status: z.string(),
          conclusion: z.string().nullish(),
          app: z.object({ slug: z.string().optional() }).nullish(),
        }),
      ),
    })
    .transform((page) => page.check_runs),
  collaborators: z.array(collaborator),
  permission: z.object({
    permission: z.string(),
    role_name: z.string().optional(),
    user: account.extend({ permissions: flags.optional() }).nullish(),
  }),
  invitations: z.array(
    z.object({
      id,
      invitee: maybeAccount,
      inviter: z.object({ type: z.string().optional() }).nullish(),
      permissions: z.string(),
      expired: z.boolean().optional(),
    }),
  ),
  sources: permissionSources,
  issue,
  issues: z.array(issue),
  comments: z.array(z.object({ id, body: z.string().nullish(), performed_via_github_app: named.nullish() })),
} as const;
