/** How does GitHub show rulesets? */

import { stamp } from '../world/clock.ts';
import type { Repo, Ruleset, World } from '../world/state.ts';
import { repoApi, repoWeb } from './repositories.ts';
import { nodeId, WEB, type Shape } from './shape.ts';

/** As it stands in a list: without who bypasses it, the branches that it is for, and its rules. */
export const showRulesetBriefly = (world: World, repo: Repo, ruleset: Ruleset): Shape => ({
  id: ruleset.id,
  node_id: nodeId('RepositoryRuleset', ruleset.id),
  name: ruleset.name,
  target: ruleset.target,
  source_type: ruleset.sourceType,
  source: ruleset.source,
  enforcement: ruleset.enforcement,
  created_at: stamp(ruleset.createdAt),
  updated_at: stamp(ruleset.updatedAt),
  _links: { self: { href: `${repoApi(world, repo)}/rulesets/${ruleset.id}` }, html: { href: page(repo, ruleset) } },
});

/** One ruleset; `whole` tells who bypasses it, too. */
export const showRuleset = (world: World, repo: Repo, ruleset: Ruleset, whole: boolean): Shape => ({
  ...showRulesetBriefly(world, repo, ruleset),
  ...(whole ? { bypass_actors: ruleset.bypassActors } : {}),
  conditions: { ref_name: { include: ruleset.include, exclude: ruleset.exclude } },
  rules: ruleset.rules,
});

const page = (repo: Repo, { sourceType, source, id }: Ruleset): string =>
  sourceType === 'Repository' ? `${repoWeb(repo)}/rules/${id}` : `${WEB}/organizations/${source}/settings/rules/${id}`;

/** Its rules as they stand in the answer for a branch. */
export const showBranchRules = (ruleset: Ruleset): Shape[] =>
  ruleset.rules.map((rule) => ({
    ...rule,
    ruleset_source_type: ruleset.sourceType,
    ruleset_source: ruleset.source,
    ruleset_id: ruleset.id,
  }));
