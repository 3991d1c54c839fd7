/** Who is there when the demo begins: an organisation, its people, one repository with a policy, and the app on it. */

import { readFileSync } from 'node:fs';
import type { Installation, LocalGitHub } from '../test/support/github/index.ts';

export const REPO = 'octo/shop';

/** What everyone is, in the words of the timeline. */
export const CAST: readonly (readonly [login: string, part: string])[] = [
  ['ana', 'release manager'],
  ['ben', 'developer, and a release manager too'],
  ['sam', 'security'],
  ['erin', 'engineer who can only read'],
  ['mia', 'maintainer of the repository'],
  ['olga', 'owner of the organisation'],
];

/** Fills the GitHub. Branch protection and the environment's rule are what the README tells to set up on a real one. */
export function populate(github: LocalGitHub): void {
  github.createOrganization('octo', {
    owners: ['olga'],
    members: CAST.flatMap(([login]) => (login === 'olga' ? [] : [login])),
    baseRole: 'read',
  });
  github.createTeam('octo', 'release-managers', ['ana', 'ben']);
  github.createTeam('octo', 'security', ['sam']);
  github.createTeam('octo', 'engineers', ['ben', 'erin']);
  github.createRepository('octo', 'shop', {
    files: {
      '.jit-policy.yml': readFileSync(new URL('jit-policy.yml', import.meta.url), 'utf8'),
      'src/total.ts': 'export const total = (prices: number[]) => prices.reduce((sum, price) => sum + price);\n',
    },
    collaborators: { ana: 'push', ben: 'push', sam: 'push', mia: 'maintain' },
  });
  github.protectBranch(REPO, 'main', { requiredChecks: [{ name: 'jit/merge', appId: github.appId }] });
  github.createEnvironment(REPO, 'production', { customRule: true });
}

/** Tells GitHub where the app listens, and installs it. */
export function install(github: LocalGitHub, appUrl: string): Installation {
  github.webhookTarget = `${appUrl}/api/github/webhooks`;
  return github.installApp('octo');
}
