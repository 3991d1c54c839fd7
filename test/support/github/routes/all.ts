/** Which calls does the local GitHub answer? */

import type { Delivery } from '../world/state.ts';
import type { Route } from '../http/route.ts';
import { appRoutes } from './app.ts';
import { checkRoutes } from './checks.ts';
import { commitRoutes } from './commits.ts';
import { deploymentRoutes } from './deployments.ts';
import { fileRoutes } from './files.ts';
import { issueRoutes } from './issues.ts';
import { peopleRoutes } from './people.ts';
import { pullRoutes } from './pulls.ts';
import { repositoryRoutes } from './repositories.ts';
import { ruleRoutes } from './rules.ts';

/** Every route. `redeliver` sends a webhook delivery again. */
export const allRoutes = (redeliver: (delivery: Delivery) => unknown): Route[] => [
  ...appRoutes(redeliver),
  ...repositoryRoutes,
  ...ruleRoutes,
  ...fileRoutes,
  ...commitRoutes,
  ...pullRoutes,
  ...issueRoutes,
  ...checkRoutes,
  ...deploymentRoutes,
  ...peopleRoutes,
];
