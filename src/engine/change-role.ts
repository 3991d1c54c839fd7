/** How a person's direct role is changed on GitHub, which takes logins: a login is held to the account that is meant. */

import type { Person, RepoRef } from '../domain/identity.ts';
import { GitHubUnavailable, type GiveRoleAnswer } from './ports.ts';
import type { World } from './world.ts';

/**
 * Gives a role to an account. Throws where the login went to somebody else: before it was used, nothing was done; in that
 * very moment, what the other account got is taken from it again.
 */
export async function giveRoleTo(world: World, repo: RepoRef, person: Person, role: string): Promise<GiveRoleAnswer> {
  await mustGoBy(world, repo, person);
  const answer = await world.github.giveRole(repo, person.login, role);
  if (answer.kind === 'refused') return answer;
  const holder = await world.github.userByLogin(repo.installationId, person.login);
  if (holder?.id === person.id) return answer;
  world.log.error(
    { repo: repo.id, person: person.id, holder: holder?.id ?? null, role },
    'a login changed hands while a role was given to it; the role is taken from it again',
  );
  if (answer.kind === 'invited') await world.github.deleteInvitation(repo, answer.invitationId);
  else await world.github.takeRole(repo, person.login);
  throw anotherName(person);
}

/** Takes the direct role of an account; fine when there is none. Throws where the login is somebody else's by now. */
export async function takeRoleFrom(world: World, repo: RepoRef, person: Person): Promise<void> {
  await mustGoBy(world, repo, person);
  await world.github.takeRole(repo, person.login);
}

async function mustGoBy(world: World, repo: RepoRef, person: Person): Promise<void> {
  const holder = await world.github.userByLogin(repo.installationId, person.login);
  if (holder?.id !== person.id) throw anotherName(person);
}

const anotherName = (person: Person): GitHubUnavailable =>
  new GitHubUnavailable(`account ${person.id} goes by another login now; it is looked at again`, null);
