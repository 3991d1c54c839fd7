/** What does GraphQL answer about the members of a team? */

import { z } from 'zod';

const id = z.number().int().nonnegative().nullish();

/** People as GraphQL finds them in a team. */
const found = z.object({ nodes: z.array(z.object({ databaseId: id }).nullish()).nullish() });

/** The answer to the query in memberships.ts. */
export const teamWays = z.object({
  organization: z
    .object({
      team: z
        .object({
          members: found,
          childTeams: z.object({
            pageInfo: z.object({ hasNextPage: z.boolean() }),
            nodes: z.array(z.object({ slug: z.string(), members: found }).nullish()).nullish(),
          }),
        })
        .nullish(),
    })
    .nullish(),
});
export type WireTeamWays = z.output<typeof teamWays>;
