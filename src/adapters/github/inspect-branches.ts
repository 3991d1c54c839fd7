/** What protects the branches of a repository, and who may bypass it? */

import { z } from 'zod';
import type {
  Bypass,
  BranchesFacts,
  BranchFacts,
  DormantRuleset,
  Guard,
  RepoFacts,
} from '../../domain/doctor/model.ts';
import { MERGE_CHECK } from '../../domain/subject.ts';
import type { RepoRef } from '../../domain/identity.ts';
import type { Client } from './client.ts';
import { at, unless } from './repository.ts';

/** Branches of which the protection is read, in one repository. */
const MAX_BRANCHES = 50;
/** Branches that are listed to find those. */
const MAX_LISTED = 1000;
/** Rulesets that are not in force and are looked into. */
const MAX_DORMANT = 20;
/** Branches that are read at once. */
const AT_ONCE = 8;

/** The name of the ruleset that `--fix` writes, and the README too. */
export const OWN_RULESET = 'jit-gate';

const Branches = z.array(z.object({ name: z.string() }));

/** A rule as it stands in a ruleset, and in the answer for a branch. What is not understood protects nothing. */
export const Rule = z.looseObject({
  type: z.string(),
  parameters: z
    .looseObject({
      required_status_checks: z
        .array(z.looseObject({ context: z.string(), integration_id: z.int().nullish() }))
        .optional(),
      required_approving_review_count: z.int().optional(),
    })
    .nullish(),
});
type WireRule = z.output<typeof Rule>;
const BranchRules = z.array(z.intersection(Rule, z.looseObject({ ruleset_id: z.int() })));

export const Ruleset = z.object({
  id: z.int(),
  name: z.string(),
  target: z.string().optional(),
  source_type: z.string().optional(),
  source: z.string(),
  enforcement: z.string(),
  /** Left out where the app may not change the ruleset. */
  bypass_actors: z
    .array(z.object({ actor_id: z.int().nullish(), actor_type: z.string(), bypass_mode: z.string().optional() }))
    .optional(),
  conditions: z
    .object({ ref_name: z.object({ include: z.array(z.string()), exclude: z.array(z.string()) }).optional() })
    .nullish(),
  rules: z.array(Rule).optional(),
  _links: z.object({ html: z.object({ href: z.string() }).nullish() }).optional(),
});
export type WireRuleset = z.output<typeof Ruleset>;
export const Rulesets = z.array(Ruleset);

const Protection = z.object({
  required_status_checks: z
    .object({ checks: z.array(z.object({ context: z.string(), app_id: z.int().nullable() })) })
    .optional(),
  required_pull_request_reviews: z
    .object({
      required_approving_review_count: z.int().optional(),
      bypass_pull_request_allowances: z
        .object({
          users: z.array(z.object({ login: z.string() })).optional(),
          teams: z.array(z.object({ slug: z.string() })).optional(),
          apps: z.array(z.object({ slug: z.string() })).optional(),
        })
        .optional(),
    })
    .optional(),
  enforce_admins: z.object({ enabled: z.boolean() }).optional(),
});

export const isOwn = ({ name, source_type }: Pick<WireRuleset, 'name' | 'source_type'>): boolean =>
  name === OWN_RULESET && source_type !== 'Organization' && source_type !== 'Enterprise';

/** Reads the protection of the branches that `wanted` takes, and of the default branch. */
export function inspectBranches(
  client: Client,
): (facts: RepoFacts, wanted: (branch: string) => boolean) => Promise<BranchesFacts> {
  return async (facts, wanted) => {
    const { repo } = facts;
    let seen = 0;
    const enough = (page: readonly unknown[]): boolean => (seen += page.length) >= MAX_LISTED;
    const listed = await client.list(
      repo.installationId,
      'GET /repos/{owner}/{repo}/branches',
      at(repo),
      Branches,
      enough,
    );
    const names = [...new Set([facts.defaultBranch, ...listed.map(({ name }) => name).filter(wanted)])];
    const read = rulesetReader(client, facts);
    const branches: BranchFacts[] = [];
    for (let from = 0; from < Math.min(names.length, MAX_BRANCHES); from += AT_ONCE) {
      const some = names.slice(from, Math.min(from + AT_ONCE, MAX_BRANCHES));
      branches.push(...(await Promise.all(some.map(async (name) => await branchOf(client, facts, name, read)))));
    }
    const idle = branches.some(({ guards }) => guards.every(({ pins }) => pins.length === 0));
    return {
      branches,
      dormant: idle ? await dormantOf(client, repo, read) : [],
      unseen: Math.max(0, names.length - MAX_BRANCHES),
      cut: seen >= MAX_LISTED,
    };
  };
}

type Reader = (id: number) => Promise<WireRuleset | null>;

/** Reads each ruleset once. A repository's own page can't tell an organisation's: `null` where it is not shown. */
function rulesetReader(client: Client, { repo }: RepoFacts): Reader {
  const known = new Map<number, Promise<WireRuleset | null>>();
  return async (id) => {
    const had = known.get(id);
    if (had !== undefined) return await had;
    const parameters = { ...at(repo), ruleset_id: id };
    const asked = unless(
      [403, 404],
      client.get(repo.installationId, 'GET /repos/{owner}/{repo}/rulesets/{ruleset_id}', parameters, Ruleset),
    );
    known.set(id, asked);
    return await asked;
  };
}

async function branchOf(client: Client, facts: RepoFacts, name: string, read: Reader): Promise<BranchFacts> {
  const { repo } = facts;
  const parameters = { ...at(repo), branch: name };
  const [rules, protection] = await Promise.all([
    // 403 is a plan that has no rules for private repositories: then there are none.
    unless(
      [403, 404],
      client.list(repo.installationId, 'GET /repos/{owner}/{repo}/rules/branches/{branch}', parameters, BranchRules),
    ),
    unless(
      [403, 404],
      client.get(repo.installationId, 'GET /repos/{owner}/{repo}/branches/{branch}/protection', parameters, Protection),
    ),
  ]);
  const bySet = Map.groupBy(rules ?? [], ({ ruleset_id }) => ruleset_id);
  const guards = await Promise.all([...bySet].map(async ([id, of]) => guardOf(facts, await read(id), id, of)));
  return { name, guards: protection === null ? guards : [...guards, protectionGuard(facts, protection)] };
}

const pinsIn = (rules: readonly WireRule[]): readonly (number | null)[] =>
  rules
    .filter(({ type }) => type === 'required_status_checks')
    .flatMap(({ parameters }) => parameters?.required_status_checks ?? [])
    .filter(({ context }) => context === MERGE_CHECK)
    .map(({ integration_id }) => integration_id ?? null);

const approvalsIn = ({ type, parameters }: WireRule): number =>
  type === 'pull_request' ? (parameters?.required_approving_review_count ?? 0) : 0;

function guardOf(facts: RepoFacts, ruleset: WireRuleset | null, id: number, rules: readonly WireRule[]): Guard {
  return {
    name: ruleset === null ? `the ruleset ${id}` : inWords(ruleset),
    page: pageOf(facts, ruleset),
    own: ruleset !== null && isOwn(ruleset),
    pins: pinsIn(rules),
    pullRequests: rules.some(({ type }) => type === 'pull_request'),
    approvals: Math.max(0, ...rules.map(approvalsIn)),
    bypass: bypassOf(ruleset),
    pullBypass: bypassOf(ruleset),
    mergeQueue: rules.some(({ type }) => type === 'merge_queue'),
  };
}

const inWords = ({ name, source_type, source }: WireRuleset): string =>
  source_type === 'Organization' || source_type === 'Enterprise'
    ? `the ruleset "${name}" of ${source}`
    : `the ruleset "${name}"`;

const pageOf = (facts: RepoFacts, ruleset: WireRuleset | null): string =>
  ruleset === null || ruleset.source_type === 'Organization'
    ? (ruleset?._links?.html?.href ?? `${facts.page}/settings/rules`)
    : `${facts.page}/settings/rules/${ruleset.id}`;

const ACTORS: Readonly<Record<string, string>> = {
  Integration: 'an app',
  OrganizationAdmin: 'the organisation’s owners',
  RepositoryRole: 'everyone with a role',
  Team: 'a team',
  DeployKey: 'deploy keys',
  User: 'a person',
};

function bypassOf(ruleset: WireRuleset | null): Bypass {
  const actors = ruleset?.bypass_actors;
  if (actors === undefined) return { kind: 'unknown' };
  if (actors.length === 0) return { kind: 'nobody' };
  const who = actors.map(({ actor_type: type, actor_id: id }) => `${ACTORS[type] ?? type}${id ? ` (${id})` : ''}`);
  return { kind: 'some', who: [...new Set(who)].join(', ') };
}

function protectionGuard(facts: RepoFacts, protection: z.output<typeof Protection>): Guard {
  const checks = protection.required_status_checks?.checks ?? [];
  const bypass: Bypass =
    protection.enforce_admins?.enabled === true ? { kind: 'nobody' } : { kind: 'some', who: 'administrators' };
  const pushers = allowedToPush(protection);
  return {
    name: 'the branch protection',
    page: `${facts.page}/settings/branches`,
    own: false,
    // GitHub writes -1 for "any app" where that was chosen.
    pins: checks
      .filter(({ context }) => context === MERGE_CHECK)
      .map(({ app_id }) => (app_id === null || app_id < 0 ? null : app_id)),
    pullRequests: protection.required_pull_request_reviews !== undefined,
    approvals: protection.required_pull_request_reviews?.required_approving_review_count ?? 0,
    bypass,
    pullBypass: pushers.length === 0 ? bypass : { kind: 'some', who: pushers.join(', ') },
    mergeQueue: false,
  };
}

/** Who need not make a pull request, in words. */
function allowedToPush({ required_pull_request_reviews: reviews }: z.output<typeof Protection>): readonly string[] {
  const { users = [], teams = [], apps = [] } = reviews?.bypass_pull_request_allowances ?? {};
  return [
    ...users.map(({ login }) => login),
    ...teams.map(({ slug }) => `the team ${slug}`),
    ...apps.map(({ slug }) => `the app ${slug}`),
  ];
}

/** Rulesets that require the check, and only watch or are switched off. */
async function dormantOf(client: Client, repo: RepoRef, read: Reader): Promise<readonly DormantRuleset[]> {
  const list = await unless(
    [403, 404],
    client.list(repo.installationId, 'GET /repos/{owner}/{repo}/rulesets', at(repo), Rulesets),
  );
  const sleeping = (list ?? []).filter(({ enforcement }) => enforcement !== 'active').slice(0, MAX_DORMANT);
  const whole = await Promise.all(sleeping.map(async ({ id }) => await read(id)));
  return whole.flatMap((one) =>
    one === null || pinsIn(one.rules ?? []).length === 0
      ? []
      : [{ name: inWords(one), enforcement: one.enforcement, page: one._links?.html?.href ?? '' }],
  );
}
