/** Does a person have what is asked for already, or something that it can't be compared with? */

import { isLive } from '../domain/grant.ts';
import type { Instant, Person, RepoRef } from '../domain/identity.ts';
import { codeSpan } from '../domain/markdown.ts';
import { compareRoles, includesRole, roleName, type Role } from '../domain/role.ts';
import { repoName } from './access-rule.ts';
import { baselineRole } from './record-grants.ts';
import { runningClashWords, standingClashWords, unclearWords } from './role-words.ts';
import type { World } from './world.ts';

/** Words for somebody who asks for no more than what is there, as Markdown. `null`: the role would be more. */
export async function hadAlready(
  world: World,
  repo: RepoRef,
  person: Person,
  role: Role,
  start: Instant | null,
): Promise<string | null> {
  const { effective, direct, others, exact } = await world.github.access(repo, person);
  const all = [effective, direct?.role ?? null, ...others.map((other) => other.role)];
  const enough = all.find((each) => includesRole(each, role));
  if (enough !== undefined) {
    return `${codeSpan(person.login)} already has ${codeSpan(roleName(enough ?? 'pull'))} on ${repoName(repo)}, which includes ${codeSpan(roleName(role))}. Nothing changes. A running grant is made longer with \`/extend\`.`;
  }
  const running = (await world.store.runningGrants(repo.id, person.id)).filter(isLive);
  const clash = running.find((grant) => isUnclear(role, grant.role) && (start === null || grant.endsAt > start));
  if (clash !== undefined) return runningClashWords(role, clash.role, clash.endsAt);
  // Where sources are not told, whatever is there may be the direct role, which is what would be replaced.
  const standing = (exact ? [direct?.role ?? null] : all).find(
    (each) => isUnclear(role, each) && !running.some((grant) => compareRoles(grant.role, each) === 'same'),
  );
  return standing === undefined || standing === null ? null : standingClashWords(person, repo, role, standing, exact);
}

/**
 * Why the role can't be given beside the grants that run and what the person had before them, in words that name nobody;
 * `null` where it can. Two requests can be approved though only one of them can be given.
 */
export async function clashWithGrants(world: World, repo: RepoRef, person: Person, role: Role): Promise<string | null> {
  const [grants, before] = await Promise.all([
    world.store.runningGrants(repo.id, person.id),
    world.store.baseline(repo.id, person.id),
  ]);
  const had = before === null ? null : baselineRole(before);
  const standing = [...grants.filter(isLive).map((grant) => grant.role), ...(had === null ? [] : [had.role])];
  return standing.some((each) => isUnclear(role, each)) ? unclearWords(role, standing) : null;
}

const isUnclear = (role: Role, other: Role | null): boolean => compareRoles(role, other) === 'unclear';
