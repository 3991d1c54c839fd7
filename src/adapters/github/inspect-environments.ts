/** Which environments has a repository, and does each of them ask this app? */

import { z } from 'zod';
import type { EnvironmentFacts, RepoFacts } from '../../domain/doctor/model.ts';
import type { Client } from './client.ts';
import { at, unless } from './repository.ts';
import { wire } from './wire.ts';

const Environments = z
  .object({
    environments: z
      .array(z.object({ id: z.int(), name: z.string(), can_admins_bypass: z.boolean().optional() }))
      .optional(),
  })
  .transform((page) => page.environments ?? []);

/** 404 and 403 are plans that have no environments, or no rules, for private repositories: then there are none. */
export function inspectEnvironments(
  client: Client,
): (facts: RepoFacts, appId: number) => Promise<readonly EnvironmentFacts[]> {
  return async ({ repo, page }, appId) => {
    const listed = await unless(
      [403, 404],
      client.list(repo.installationId, 'GET /repos/{owner}/{repo}/environments', at(repo), Environments),
    );
    return await Promise.all(
      (listed ?? []).map(async ({ id, name, can_admins_bypass: bypass }) => {
        const rules = await unless(
          [403, 404],
          client.get(
            repo.installationId,
            'GET /repos/{owner}/{repo}/environments/{environment_name}/deployment_protection_rules',
            { ...at(repo), environment_name: name },
            wire.customRules,
          ),
        );
        return {
          name,
          page: `${page}/settings/environments/${id}/edit`,
          rule: rules?.some((rule) => rule.enabled && rule.app.id === appId) === true,
          // Administrators may where GitHub does not say that they may not.
          adminsBypass: bypass !== false,
        };
      }),
    );
  };
}
