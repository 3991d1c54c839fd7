/** `jit-gate doctor` and teams on offer: do the organisation, the operator and the installation let them be given? */

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/main.ts';
import { startGitHub, type LocalGitHub } from '../support/github/index.ts';
import { fakeTerminal } from './fake-terminal.ts';
import { readAppFile } from '../../src/cli/setup/manifest.ts';

const PERMISSIONS = readAppFile().default_permissions as Readonly<Record<string, 'read' | 'write'>>;

const GATE = `gates: [{ name: main, on: merge, branches: [main], approvals: [{ from: [leads] }] }]\n`;
const BASELINE = `version: 1
groups: { leads: { users: [olga] } }
${GATE}limits: { teams: [on-call] }
`;
const OWN = `version: 1
groups: { leads: { users: [olga] } }
${GATE}access:
  - name: on call
    teams: [on-call]
    requesters: [leads]
    max-duration: 4h
    self-approval: allowed
    approvals: [{ from: [leads] }]
`;

type Shown = { severity: string; code: string; about: string; message: string; todo: string | null; page: string };

let github: LocalGitHub;
let org = '';
let count = 0;

beforeAll(async () => {
  github = await startGitHub();
  for (const login of ['olga', 'ana']) github.createUser(login);
});
afterAll(async () => await github.close());
beforeEach(() => {
  count += 1;
  org = `octo${count}`;
  github.createOrganization(org, { owners: ['olga'], members: ['ana'] });
  github.createTeam(org, 'on-call', ['ana']);
});
afterEach(() => expect(github.violations).toEqual([]));

type Setting = {
  readonly baseline?: string | null;
  readonly own?: string;
  readonly members?: 'read' | 'write';
};

function organisation({ baseline = BASELINE, own = OWN, members = 'write' }: Setting = {}): void {
  github.createRepository(org, '.github-private', { files: baseline === null ? {} : { '.jit-policy.yml': baseline } });
  github.createRepository(org, 'shop', { files: { '.jit-policy.yml': own } });
  github.installApp(org, 'all', { ...PERMISSIONS, members });
}

const CODES: ReadonlySet<string> = new Set(['team-not-allowed', 'teams-not-trusted', 'teams-permission-missing']);

/** What is said of teams, of the repository `shop` and of the one where the organisation's policy stands. */
async function teamsSaid(allowedBy: string): Promise<readonly Shown[]> {
  const terminal = fakeTerminal({
    env: {
      APP_ID: String(github.appId),
      PRIVATE_KEY: github.privateKey,
      GITHUB_API_URL: github.url,
      TEAMS_ALLOWED_BY: allowedBy,
    },
  });
  await run(['doctor', '--repo', `${org}/shop`, '--json'], terminal);
  const { findings } = JSON.parse(terminal.printed()) as { findings: Shown[] };
  return findings.filter(({ code }) => CODES.has(code));
}

describe('a team on offer', () => {
  it('is fine where the organisation names it, the operator trusts its policy, and members may be changed', async () => {
    organisation();
    expect(await teamsSaid(`${org}/.github-private`)).toEqual([]);
    expect(await teamsSaid(`other/.github, ${org.toUpperCase()}/.GitHub-Private`)).toEqual([]);
  });

  it.each(['', 'other/.github-private', 'ORG/.github'])(
    'is given to nobody while TEAMS_ALLOWED_BY is "%s"',
    async (set) => {
      organisation();
      const [place, shop, ...more] = await teamsSaid(set.replace('ORG', org));
      expect(place).toMatchObject({ severity: 'warning', code: 'teams-not-trusted', about: `${org}/.github-private` });
      expect(shop).toMatchObject({ severity: 'warning', code: 'teams-not-trusted', about: `${org}/shop` });
      expect(shop?.message).toContain('an access rule offers team:on-call, which is given to nobody: TEAMS_ALLOWED_BY');
      expect(shop?.todo).toBe(
        `add ${org}/.github-private to TEAMS_ALLOWED_BY where the app runs, once owners alone can write to it; or take it out of the rule`,
      );
      expect(more).toEqual([]);
    },
  );

  it('says both things where the organisation does not name it, either', async () => {
    organisation({ baseline: BASELINE.replace('on-call', 'release') });
    const [, shop] = await teamsSaid('');
    expect(shop?.todo).toContain('limits: { teams: [on-call] }, and add');
    const [trusted, ...more] = await teamsSaid(`${org}/.github-private`);
    expect(trusted).toMatchObject({ code: 'team-not-allowed', about: `${org}/shop` });
    expect(trusted?.todo).toBe(
      `have the policy of ${org}/.github-private name it under limits: { teams: [on-call] }, or take it out of the rule`,
    );
    expect(more).toEqual([]);
  });

  it('says where the organisation’s policy has to stand where there is none', async () => {
    organisation({ baseline: null });
    const [shop, ...more] = await teamsSaid(`${org}/.github-private`);
    expect(shop).toMatchObject({ code: 'team-not-allowed', about: `${org}/shop` });
    expect(shop?.todo).toContain(`have a policy in ${org}/.github-private name it under limits: { teams: [on-call] }`);
    expect(shop?.todo).toContain('add that repository to TEAMS_ALLOWED_BY');
    expect(more).toEqual([]);
  });

  it('is an error where the installation has not accepted members: write, with the page to do it on', async () => {
    organisation({ members: 'read' });
    const [shop, ...more] = await teamsSaid(`${org}/.github-private`);
    expect(shop).toMatchObject({ severity: 'error', code: 'teams-permission-missing', about: `${org}/shop` });
    expect(shop?.page).toContain('installations');
    expect(more).toEqual([]);
  });

  it('in the organisation’s own policy is withheld as well, while that is not trusted', async () => {
    organisation({ baseline: `${OWN}limits: { teams: [on-call] }\n`, own: BASELINE.replace(/limits.*\n/u, '') });
    const said = await teamsSaid('');
    expect(said.map(({ code, about }) => [code, about])).toEqual([
      ['teams-not-trusted', `${org}/.github-private`],
      ['teams-not-trusted', `${org}/.github-private`],
    ]);
    expect(await teamsSaid(`${org}/.github-private`)).toEqual([]);
  });
});

it('nothing is said of teams where none is on offer', async () => {
  const none = BASELINE.replace(/limits.*\n/u, '');
  organisation({ baseline: none, own: OWN.replace('teams: [on-call]', 'roles: [push]'), members: 'read' });
  expect(await teamsSaid('')).toEqual([]);
});

it('a variable that names something else is refused before anything is asked', async () => {
  const terminal = fakeTerminal({
    env: {
      APP_ID: String(github.appId),
      PRIVATE_KEY: github.privateKey,
      GITHUB_API_URL: github.url,
      TEAMS_ALLOWED_BY: 'octo/shop',
    },
  });
  expect(await run(['doctor'], terminal)).toBe(2);
  expect(terminal.saidAll()).toContain('TEAMS_ALLOWED_BY');
});
