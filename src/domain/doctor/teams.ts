/** Can the teams be given that access rules offer? The organisation, the operator and the installation have to allow it. */

import { teamWord } from '../grantable.ts';
import type { Limits, Policy } from '../policy/model.ts';
import { finding, levelOf, nameOf, type DoctorFinding, type InstallationFacts, type RepoFacts } from './model.ts';

/** The organisation's policy, as far as it can let teams be granted. */
export type TeamsPlace = {
  /** The repository where it stands. */
  readonly name: string;
  /** Whether the operator lets that repository's policy say which teams can be granted. */
  readonly trusted: boolean;
  /** The teams that it names; `null` where it names none or can't be read. */
  readonly teams: Limits['teams'];
};

/** What `doctor` knows of the operator's settings is what stands where it runs. */
const HERE = 'TEAMS_ALLOWED_BY, as it is set where this command runs, does not name';

const isOffered = ({ access, withheldTeams }: Policy): boolean =>
  withheldTeams.length > 0 || access.some(({ teams }) => teams.length > 0);

/** `place` is `null` where no policy of the organisation is to be found. */
export function teamFindings(
  { repo }: RepoFacts,
  policy: Policy,
  place: TeamsPlace | null,
  installation: InstallationFacts | null,
): readonly DoctorFinding[] {
  if (!isOffered(policy)) return [];
  const about = nameOf(repo);
  return [
    ...policy.withheldTeams.map((slug) => withheldFinding(about, slug, repo.owner, place)),
    ...(installation === null ? [] : permissionFindings(about, installation)),
  ];
}

/** That an access rule offers a team in vain. */
function withheldFinding(about: string, slug: string, owner: string, place: TeamsPlace | null): DoctorFinding {
  const said = `an access rule offers ${teamWord(slug)}, which is given to nobody`;
  const name = `name it under limits: { teams: [${slug}] }`;
  const orElse = 'or take it out of the rule';
  if (place === null) {
    const todo = `have a policy in ${owner}/.github-private ${name}, and add that repository to TEAMS_ALLOWED_BY where the app runs; ${orElse}`;
    return finding(
      'warning',
      'team-not-allowed',
      about,
      `${said}: no policy of the organisation can be read that allows it`,
      { todo },
    );
  }
  const named = place.teams?.some((team) => team.slug === slug) === true;
  if (place.trusted) {
    return finding('warning', 'team-not-allowed', about, said, {
      todo: `have the policy of ${place.name} ${name}, ${orElse}`,
    });
  }
  return finding('warning', 'teams-not-trusted', about, `${said}: ${HERE} ${place.name}`, {
    todo: `${named ? '' : `have the policy of ${place.name} ${name}, and `}add ${place.name} to TEAMS_ALLOWED_BY where the app runs, once owners alone can write to it; ${orElse}`,
  });
}

/** That the app may not change who is in a team. */
function permissionFindings(
  about: string,
  { account, page, permissions }: InstallationFacts,
): readonly DoctorFinding[] {
  if (levelOf(permissions['members']) >= levelOf('write')) return [];
  const message = `access rules offer teams, and the installation on ${account} has not accepted members: write, so that whoever is given one gets nothing`;
  const todo = 'have an owner accept the new permissions';
  return [finding('error', 'teams-permission-missing', about, message, { todo, page })];
}

/** What is wrong with the organisation's policy itself: it names teams, and is not listened to. */
export function teamsPlaceFindings(place: TeamsPlace): readonly DoctorFinding[] {
  if (place.teams === null || place.trusted) return [];
  const message = `limits name teams, and no team is granted: ${HERE} it`;
  const todo = `add ${place.name} to TEAMS_ALLOWED_BY where the app runs, once owners alone can write to it`;
  return [finding('warning', 'teams-not-trusted', place.name, message, { todo })];
}
