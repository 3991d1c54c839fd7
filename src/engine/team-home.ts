/** Where is a team now, and is what has its slug still that team? */

import type { TeamGrant } from '../domain/grant.ts';
import type { TeamRole } from '../domain/grantable.ts';
import type { InstallationId, Person } from '../domain/identity.ts';
import { GitHubUnavailable, InstallationGone, type AddMemberAnswer, type Membership } from './ports.ts';
import type { World } from './world.ts';

/** A team under its present slug, in its organisation under its present name. */
export type Home = {
  readonly team: TeamRole;
  readonly installation: InstallationId;
  readonly org: string;
  readonly slug: string;
};

/** What is given to whom: the team as it stands now, and the person's grants of it, from whichever repository. */
export type Joining = { readonly home: Home; readonly person: Person; readonly grants: readonly TeamGrant[] };

/** Looks the team up by its number, whatever it is called by now; `null` where it was deleted. */
export async function homeOf(world: World, team: TeamRole): Promise<Home | null> {
  const installed = (await world.github.installations()).find(({ accountId }) => accountId === team.org);
  if (installed === undefined) {
    throw new InstallationGone(`the app is not installed on the organisation ${team.org} any more`, null);
  }
  const { id: installation, account: org } = installed;
  const named = await world.github.team(installation, org, team.team);
  if (named?.id === team.id) return { team, installation, org, slug: team.team };
  const found = await world.github.teamById(installation, org, team.id);
  return found === null ? null : { team, installation, org, slug: found.team };
}

/** Whether the team is one of the organisation that the app is installed on by this installation. */
export async function isOwnTeam(world: World, installation: InstallationId, { org }: TeamRole): Promise<boolean> {
  const installed = await world.github.installations();
  return installed.some(({ id, accountId }) => id === installation && accountId === org);
}

/** What the person is in the team. Throws where the slug or the login is another's by now: then it tells of somebody else. */
export async function lookAt(world: World, home: Home, person: Person): Promise<Membership> {
  const seen = await world.github.membership(home.installation, home.org, home.slug, person);
  await mustBeMeant(world, home, person);
  return seen;
}

/**
 * Takes an account into the team. Throws where the slug or the login is another's by now: before they were used nothing
 * was done; in that very moment, what was given under them is taken again.
 */
export async function takeIn(world: World, home: Home, person: Person): Promise<AddMemberAnswer> {
  const { installation, org, slug, team } = home;
  await mustBeMeant(world, home, person);
  const answer = await world.github.addMember(installation, org, slug, person.login);
  if (answer.kind === 'refused') return answer;
  const wrong = await wrongNames(world, home, person);
  if (wrong === null) return answer;
  world.log.error(
    { team: team.id, slug, person: person.id, why: wrong },
    'a name changed hands while somebody was taken into a team; what has the name now is left again',
  );
  await world.github.removeMember(installation, org, slug, person.login);
  throw new GitHubUnavailable(`${wrong}; it is looked at again`, null);
}

/** Takes an account out of the team; fine where it is not in it. Throws where a name is another's by now. */
export async function takeOut(world: World, home: Home, person: Person): Promise<void> {
  await mustBeMeant(world, home, person);
  await world.github.removeMember(home.installation, home.org, home.slug, person.login);
}

async function mustBeMeant(world: World, home: Home, person: Person): Promise<void> {
  const wrong = await wrongNames(world, home, person);
  if (wrong !== null) throw new GitHubUnavailable(`${wrong}; it is looked at again`, null);
}

/** Why the slug or the login does not stand for what is meant; `null` where both do. */
async function wrongNames(world: World, home: Home, person: Person): Promise<string | null> {
  const { installation, org, slug, team } = home;
  const [holder, named] = await Promise.all([
    world.github.userByLogin(installation, person.login),
    world.github.team(installation, org, slug),
  ]);
  if (named?.id !== team.id) return `the team ${team.id} does not go by ${slug} now`;
  return holder?.id === person.id ? null : `account ${person.id} goes by another login now`;
}
