/** Takes a person into a team for as long as grants run, and out again where they ended while that was on its way. */

import { isLive, type TeamBaseline, type TeamGrant } from '../domain/grant.ts';
import { grantAudit } from './move-grant.ts';
import { GitHubUnavailable, type AddMemberAnswer, type Membership } from './ports.ts';
import { recordMembers, STILL_GRANTED } from './record-members.ts';
import { isSame, mustBeSame, overtaken } from './same-grants.ts';
import { lookAt, takeIn, takeOut, type Joining } from './team-home.ts';
import { INVITED_WORDS, outsiderWords } from './team-words.ts';
import type { World } from './world.ts';

/** A grant begins, or goes on while another one ends: the person stays in the team until the last of them is over. */
export async function giveMembership(world: World, joining: Joining): Promise<void> {
  const { home, person, grants } = joining;
  const begins = grants.some(({ state }) => state === 'applying');
  const seen = begins ? await lookAt(world, home, person) : null;
  // Whoever was taken out by hand is not taken in again by a grant that was there: only one that begins gives.
  if (seen?.place !== null) {
    if (seen !== null) await rememberFirst(world, joining, seen);
    await recordGiven(world, grants);
    return;
  }
  await rememberFirst(world, joining, seen);
  const member = await world.github.orgMembership(home.installation, home.org, person);
  const answer: AddMemberAnswer =
    member === null ? { kind: 'refused', why: outsiderWords(home.org) } : await takeInUnlessOvertaken(world, joining);
  switch (answer.kind) {
    case 'refused': {
      await refused(world, joining, answer.why);
      return;
    }
    case 'invited': {
      // The person left the organisation in this very moment. The invitation into it is an owner's to withdraw.
      world.log.error({ team: home.team.id, person: person.id }, INVITED_WORDS);
      await refused(world, joining, INVITED_WORDS);
      return;
    }
    case 'added': {
      const now = await lookAt(world, home, person);
      if (now.place === null) {
        throw new GitHubUnavailable(
          `GitHub took ${person.id} into the team ${home.team.id} but does not show it yet`,
          null,
        );
      }
      await recordGiven(world, grants);
      return;
    }
  }
}

const recordGiven = async (world: World, grants: readonly TeamGrant[]): Promise<void> => {
  await recordMembers(world, grants, ({ state }) => {
    if (state === 'ending') return { kind: 'removed', residual: STILL_GRANTED };
    return state === 'applying' ? { kind: 'applied' } : null;
  });
};

/**
 * Stores what the person is before anything is given. Who is not in the team now was in it before by nothing that could be
 * left at the end, whatever was known then: what is given next is all ours.
 */
async function rememberFirst(world: World, { home, person, grants }: Joining, seen: Membership): Promise<void> {
  const stored = await world.store.teamBaseline(home.team.id, person.id);
  if (stored !== null && (stored.role === null || seen.place !== null)) return;
  const baseline: TeamBaseline = { role: seen.place };
  // The log has it before anything is given: a log that is all that is left of us has to tell what to give back.
  const data = { before: baseline.role, proven: seen.exact };
  const audit = grants.slice(0, 1).map((grant) => grantAudit(grant, 'grant.changed', null, data));
  await world.store.commit({ teamBaselines: [{ team: home.team.id, userId: person.id, baseline }], audit });
}

/**
 * A process can stand still for minutes anywhere, and others do its work meanwhile: the grants are read again right
 * before and right after. Who was taken in too late is taken out here, since nobody else would look.
 */
async function takeInUnlessOvertaken(world: World, { home, person, grants }: Joining): Promise<AddMemberAnswer> {
  mustBeSame(person, grants, await world.store.teamGrants(home.team.id, person.id));
  const answer = await takeIn(world, home, person);
  const now = await world.store.teamGrants(home.team.id, person.id);
  if (isSame(grants, now) || answer.kind === 'refused') return answer;
  if (!now.some(isLive)) {
    world.log.error(
      { team: home.team.id, person: person.id },
      'somebody was taken into a team after the grant had ended: taken out again',
    );
    const data = { change: 'given-after-the-end', given: 'member', undone: true };
    const audit = grants.slice(0, 1).map((grant) => grantAudit(grant, 'grant.drift', null, data));
    await world.store.commit({ audit });
    await takeOut(world, home, person);
  }
  throw overtaken(person);
}

/** An earlier try can have taken the person in, and its answer was lost: nothing of it is left when the grant has failed. */
async function refused(world: World, { home, person, grants }: Joining, why: string): Promise<void> {
  if (!grants.some(({ state }) => state === 'active')) {
    const now = await lookAt(world, home, person);
    if (now.place !== null || now.pending) {
      await takeOut(world, home, person);
      const left = await lookAt(world, home, person);
      if (left.place !== null) {
        throw new GitHubUnavailable(`${person.id} was taken out of the team ${home.team.id} but is still shown`, null);
      }
    }
  }
  await recordMembers(world, grants, ({ state }) => {
    if (state === 'ending') return { kind: 'removed', residual: null };
    return state === 'applying' ? { kind: 'refused', why } : null;
  });
}
