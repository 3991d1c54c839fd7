/** How is the port `GitHub` answered by GitHub's API? */

import type { GitHub } from '../../engine/ports.ts';
import { access } from './access.ts';
import { checks } from './checks.ts';
import { createClient, type ClientOptions } from './client.ts';
import { contents } from './contents.ts';
import { contributors } from './contributors.ts';
import { conversations } from './conversations.ts';
import { deployments } from './deployments.ts';
import { hookDeliveries } from './hook-deliveries.ts';
import { origins } from './origin.ts';
import { ownApp } from './own-app.ts';
import { memberships } from './memberships.ts';
import { people } from './people.ts';
import { pulls } from './pulls.ts';
import { refs } from './refs.ts';
import { repositories } from './repository.ts';
import { runs } from './runs.ts';
import { signatures } from './signatures.ts';

/**
 * The port `GitHub` over octokits that are already authenticated: `octokitFor` gives one for an installation's id, and
 * for `app` one that acts as the app itself. In production they are Probot's: `probot.auth(id)` and `probot.auth()`.
 */
export function createGitHub(options: ClientOptions): GitHub {
  const client = createClient(options);
  const app = ownApp(client);
  return {
    ...contents(client),
    ...pulls(client),
    ...contributors(client),
    ...origins(client),
    ...signatures(client),
    ...runs(client),
    ...refs(client),
    ...deployments(client, app, options.log),
    ...people(client),
    ...memberships(client, options.log),
    ...access(client, options.log),
    ...checks(client, app),
    ...conversations(client, app),
    ...repositories(client),
    ...hookDeliveries(client),
  };
}
