/** Which calls are there for what protects branches: the older protection, and rulesets? */

import { accountNamed, branchTip, fullName, newId } from '../world/find.ts';
import { protectionOf } from '../world/mergeable.ts';
import { rulesetsFor } from '../world/rulesets.ts';
import type { BypassActor, Protection, Ruleset, World } from '../world/state.ts';
import { showAccount } from '../show/accounts.ts';
import { showBranchRules, showRuleset, showRulesetBriefly } from '../show/rules.ts';
import { repoApi } from '../show/repositories.ts';
import type { Shape } from '../show/shape.ts';
import { idParam, isObject, neededText, objectIn, oneOf, param, text, texts } from '../http/input.ts';
import { listed } from '../http/pages.ts';
import { answers, invalid, notFound, problem, Refusal, type Answer, type Context, type Route } from '../http/route.ts';

const { ok, created } = answers;

function protection(context: Context): Answer {
  const { world, repo } = context;
  const name = param(context, 'branch');
  if (branchTip(repo, name) === null) throw new Refusal(problem(404, 'Branch not found'));
  const rules = protectionOf(repo, name);
  if (rules === null) throw new Refusal(problem(404, 'Branch not protected'));
  const api = `${repoApi(world, repo)}/branches/${encodeURIComponent(name)}/protection`;
  return ok({
    url: api,
    ...(rules.requiredChecks.length === 0 ? {} : { required_status_checks: statusChecks(api, rules) }),
    ...(rules.pullRequests ? { required_pull_request_reviews: reviews(world, api, rules) } : {}),
    enforce_admins: { url: `${api}/enforce_admins`, enabled: rules.enforceAdmins },
    required_linear_history: { enabled: false },
    allow_force_pushes: { enabled: false },
    allow_deletions: { enabled: false },
    block_creations: { enabled: false },
    required_conversation_resolution: { enabled: false },
    lock_branch: { enabled: false },
    allow_fork_syncing: { enabled: false },
    required_signatures: { url: `${api}/required_signatures`, enabled: false },
  });
}

const statusChecks = (api: string, rules: Protection): Shape => ({
  url: `${api}/required_status_checks`,
  strict: rules.strict,
  contexts: rules.requiredChecks.map((check) => check.name),
  contexts_url: `${api}/required_status_checks/contexts`,
  checks: rules.requiredChecks.map((check) => ({ context: check.name, app_id: check.appId })),
});

const reviews = (world: World, api: string, { approvals, pullBypass }: Protection): Shape => ({
  url: `${api}/required_pull_request_reviews`,
  dismiss_stale_reviews: false,
  require_code_owner_reviews: false,
  required_approving_review_count: approvals,
  ...(pullBypass.length === 0
    ? {}
    : {
        bypass_pull_request_allowances: {
          users: pullBypass.map((login) => showAccount(world, accountNamed(world, login))),
          teams: [],
          apps: [],
        },
      }),
});

function rulesetIn(context: Context): Ruleset {
  const found = context.repo.rulesets.find(({ id }) => id === idParam(context, 'ruleset_id'));
  if (found === undefined) throw notFound();
  return found;
}

/** Who bypasses is told only to those who may change the ruleset: an organisation's takes more than a repository's. */
const mayChange = ({ token }: Context, ruleset: Ruleset): boolean =>
  ruleset.sourceType === 'Repository' && token?.permissions['administration'] === 'write';

function create(context: Context): Answer {
  const { world, repo, body } = context;
  const now = world.clock.now();
  const name = neededText(body, 'name');
  if (repo.rulesets.some((one) => one.sourceType === 'Repository' && one.name === name)) {
    throw invalid('Name must be unique');
  }
  const ruleset: Ruleset = {
    id: newId(world),
    sourceType: 'Repository',
    source: fullName(repo),
    name,
    target: 'branch',
    enforcement: 'disabled',
    bypassActors: [],
    include: [],
    exclude: [],
    rules: [],
    createdAt: now,
    updatedAt: now,
  };
  change(ruleset, body);
  repo.rulesets.push(ruleset);
  return created(showRuleset(world, repo, ruleset, true));
}

function update(context: Context): Answer {
  const ruleset = rulesetIn(context);
  if (!mayChange(context, ruleset)) throw notFound();
  change(ruleset, context.body);
  ruleset.updatedAt = context.world.clock.now();
  return ok(showRuleset(context.world, context.repo, ruleset, true));
}

/** Takes over what the body names, and leaves the rest. */
function change(ruleset: Ruleset, body: Readonly<Record<string, unknown>>): void {
  ruleset.name = text(body, 'name') ?? ruleset.name;
  ruleset.target = oneOf(body, 'target', ['branch', 'tag', 'push'] as const) ?? ruleset.target;
  ruleset.enforcement = oneOf(body, 'enforcement', ['active', 'evaluate', 'disabled'] as const) ?? ruleset.enforcement;
  const names = objectIn(objectIn(body, 'conditions') ?? {}, 'ref_name');
  ruleset.include = texts(names ?? {}, 'include') ?? ruleset.include;
  ruleset.exclude = texts(names ?? {}, 'exclude') ?? ruleset.exclude;
  if (Array.isArray(body['rules'])) ruleset.rules = body['rules'].filter(isObject);
  // The description of the request was held against the body already.
  if (Array.isArray(body['bypass_actors'])) ruleset.bypassActors = body['bypass_actors'] as BypassActor[];
}

const base = '/repos/{owner}/{repo}';
const reading = (operation: string, needs: string) =>
  ({ method: 'GET', operation, audience: 'installation', needs: [needs] }) as const;
const changing = (operation: string) =>
  ({ operation, audience: 'installation', needs: ['administration:write'] }) as const;

export const ruleRoutes: readonly Route[] = [
  {
    ...reading('repos/get-branch-protection', 'administration:read'),
    path: `${base}/branches/{branch}/protection`,
    handle: protection,
  },
  {
    ...reading('repos/get-branch-rules', 'metadata:read'),
    path: `${base}/rules/branches/{branch}`,
    handle: (context) =>
      listed(context, rulesetsFor(context.repo, param(context, 'branch')).flatMap(showBranchRules), (rule) => rule),
  },
  {
    ...reading('repos/get-repo-rulesets', 'metadata:read'),
    path: `${base}/rulesets`,
    handle: (context) => {
      const parents = context.query.get('includes_parents') !== 'false';
      const found = context.repo.rulesets.filter((one) => parents || one.sourceType === 'Repository');
      return listed(context, found, (ruleset) => showRulesetBriefly(context.world, context.repo, ruleset));
    },
  },
  {
    ...reading('repos/get-repo-ruleset', 'metadata:read'),
    path: `${base}/rulesets/{ruleset_id}`,
    handle: (context) => {
      const ruleset = rulesetIn(context);
      return ok(showRuleset(context.world, context.repo, ruleset, mayChange(context, ruleset)));
    },
  },
  { ...changing('repos/create-repo-ruleset'), method: 'POST', path: `${base}/rulesets`, handle: create },
  { ...changing('repos/update-repo-ruleset'), method: 'PUT', path: `${base}/rulesets/{ruleset_id}`, handle: update },
];
