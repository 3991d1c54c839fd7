/** Who may ask for which access, and who approves it, before and after. */

import { formatDuration } from '../../duration.ts';
import type { Millis } from '../../identity.ts';
import { teamWord } from '../../grantable.ts';
import { roleName } from '../../role.ts';
import type { AccessRule, AutoApprove, Policy } from '../model.ts';
import { offeredNames, sharesOffer } from '../offers.ts';
import type { TeamName } from '../team-name.ts';
import { flag, listed, movedBetween, movedBy, quoted, stricter, timeout, weaker, type Said } from './change.ts';
import { heirsOf } from './heirs.ts';
import { peopleMoved, sourcesOf } from './people.ts';
import { reviewChanged } from './review.ts';
import { orderOnly, stagesChanged } from './stages.ts';

type Sides = { readonly before: Policy; readonly after: Policy };
type Compare = (was: AccessRule, is: AccessRule, sides: Sides) => readonly Said[];

/** A key of access rules that is missing here does not compile. */
const RULE = {
  name: () => [],
  roles: (was, is) => {
    const { come, gone } = movedBetween(was.roles.map(roleName), is.roles.map(roleName));
    return [
      ...(come.length === 0 ? [] : [weaker(`the role ${listed(come)} may now be asked for`)]),
      ...(gone.length === 0 ? [] : [stricter(`the role ${listed(gone)} may no longer be asked for`)]),
    ];
  },
  teams: (was, is) => {
    const { come, gone } = movedBetween(was.teams.map(teamWords), is.teams.map(teamWords));
    return [
      ...(come.length === 0 ? [] : [weaker(`membership of ${listed(come)} may now be asked for`)]),
      ...(gone.length === 0 ? [] : [stricter(`membership of ${listed(gone)} may no longer be asked for`)]),
    ];
  },
  requesters: (was, is, sides) => {
    const { come, gone } = requestersMoved(was, is, sides);
    return [
      ...(come === null ? [] : [weaker(`${come} may now ask`)]),
      ...(gone === null ? [] : [stricter(`${gone} may no longer ask`)]),
    ];
  },
  maxDuration: (was, is) => span('for at most', was.maxDuration, is.maxDuration),
  defaultDuration: (was, is) => span('where no time is named, for', was.defaultDuration, is.defaultDuration),
  maxAhead: (was, is) => ahead(was.maxAhead, is.maxAhead),
  maxLive: (was, is) => liveChanged(was.maxLive, is.maxLive),
  // Only the organisation's limits say it, and they are compared as limits.
  maxLiveInOrganisation: () => [],
  coolDown: (was, is) => coolDownChanged(was.coolDown, is.coolDown),
  reason: (was, is) => [...reasonLength(was, is), ...ticketChanged(was, is)],
  approvals: (was, is, { before, after }) => [
    ...stagesChanged({ policy: before, stages: was.approvals }, { policy: after, stages: is.approvals }),
    ...orderOnly(was.approvals, is.approvals),
  ],
  autoApprove: (was, is, { before, after }) => autoApproveChanged(was, is, before, after),
  timeout: (was, is) => timeout(was.timeout, is.timeout),
  selfApproval: (was, is) =>
    flag(was.selfApproval, is.selfApproval, 'who asks may now approve it', 'who asks may no longer approve it'),
  onExpiry: (was, is) =>
    flag(
      was.onExpiry === 'lower-to-read',
      is.onExpiry === 'lower-to-read',
      'the end now leaves the role to read',
      'the end no longer leaves the role to read',
    ),
  onDrift: (was, is) =>
    flag(
      was.onDrift === 'report',
      is.onDrift === 'report',
      'a role that is changed by hand is now only recorded',
      'a role that is changed by hand now ends the access',
    ),
} as const satisfies Readonly<Record<keyof AccessRule, Compare>>;

/** A team as the policy names it: with its number where that is there. */
export const teamWords = ({ slug, id }: TeamName): string => teamWord(id === null ? slug : `${slug}#${id}`);

/** Everything that differs between two rules of one name. */
export const accessChanged = (was: AccessRule, is: AccessRule, sides: Sides): readonly Said[] => [
  ...Object.values(RULE).flatMap((compare) => compare(was, is, sides)),
  ...heirsOf(was, is, goneFrom(was, is, sides), sides),
];

/** What a rule no longer offers, and whether somebody may no longer ask. */
function goneFrom(was: AccessRule, is: AccessRule, { before, after }: Sides): Parameters<typeof heirsOf>[2] {
  const roles = movedBy(was.roles, is.roles, roleName).gone;
  const teams = movedBy(was.teams, is.teams, teamWords).gone;
  const { gone } = requestersMoved(was, is, { before, after });
  return { offer: { roles, teams }, requesters: gone !== null };
}

const requestersMoved = (was: AccessRule, is: AccessRule, { before, after }: Sides): ReturnType<typeof peopleMoved> =>
  peopleMoved({ policy: before, names: was.requesters }, { policy: after, names: is.requesters });

/** A rule that is new. */
export const accessCame = (rule: AccessRule, policy: Policy): Said =>
  weaker(
    `${listed(sourcesOf(policy, rule.requesters))} may ask for ${listed(offeredNames([rule]))} for up to ${formatDuration(rule.maxDuration)}`,
  );

/** A rule that is gone: what it took may fall to another, which may ask for less. */
export function accessWent(rule: AccessRule, after: Policy): Said {
  const heir = after.access.find((each) => sharesOffer(each, rule));
  const roles = listed(offeredNames([rule]));
  return heir === undefined
    ? stricter(`${roles} may no longer be asked for by it`)
    : weaker(`requests for ${roles} may now fall under ${quoted(heir.name)}`);
}

function span(what: string, was: Millis, is: Millis): readonly Said[] {
  if (was === is) return [];
  return [
    (is > was ? weaker : stricter)(`access is given ${what} ${formatDuration(is)}; it was ${formatDuration(was)}`),
  ];
}

function ahead(was: Millis, is: Millis): readonly Said[] {
  if (was === is) return [];
  const what = `a start may be asked for ${formatDuration(is)} ahead; it was ${formatDuration(was)}`;
  return [(is > was ? weaker : stricter)(what)];
}

/** How many grants of one person may run at a time. */
export function liveChanged(was: number | null, is: number | null): readonly Said[] {
  if (was === is) return [];
  const said = (count: number | null): string => (count === null ? 'any number of grants' : `at most ${String(count)}`);
  return [
    ((is ?? Infinity) > (was ?? Infinity) ? weaker : stricter)(
      `one person may have ${said(is)} at a time; it was ${said(was)}`,
    ),
  ];
}

/** How long a person has to wait for another grant. */
export function coolDownChanged(was: Millis | null, is: Millis | null): readonly Said[] {
  if (was === is) return [];
  const said = (span: Millis | null): string => (span === null ? 'at once' : `after ${formatDuration(span)}`);
  return [((is ?? 0) < (was ?? 0) ? weaker : stricter)(`it is given again ${said(is)}; it was ${said(was)}`)];
}

function autoApproveChanged(
  { autoApprove: was }: AccessRule,
  { autoApprove: is }: AccessRule,
  before: Policy,
  after: Policy,
): readonly Said[] {
  const { come, gone } = peopleMoved(
    { policy: before, names: was?.requesters ?? [] },
    { policy: after, names: is?.requesters ?? [] },
  );
  return [
    ...(come === null || is === null ? [] : [weaker(`${come} may now be granted it at once, ${hoursOf(is)}`)]),
    ...(gone === null ? [] : [stricter(`${gone} may no longer be granted it at once`)]),
    ...(was === null || is === null ? [] : autoKept(was, is, before, after)),
  ];
}

function autoKept(was: AutoApprove, is: AutoApprove, before: Policy, after: Policy): readonly Said[] {
  const hours = `it is granted at once ${hoursOf(is)}; it was ${hoursOf(was)} (which is more can't be told)`;
  return [
    ...(hoursOf(was) === hoursOf(is) ? [] : [weaker(hours)]),
    ...reviewChanged({ policy: before, ...was }, { policy: after, ...is }),
  ];
}

const hoursOf = ({ hours: { side, text, window } }: AutoApprove): string => `${side} ${text} (${window.zone})`;

function reasonLength({ reason: was }: AccessRule, { reason: is }: AccessRule): readonly Said[] {
  if (was.minLength === is.minLength) return [];
  const what = `the reason needs ${String(is.minLength)} characters; it needed ${String(was.minLength)}`;
  return [(is.minLength < was.minLength ? weaker : stricter)(what)];
}

function ticketChanged({ reason: was }: AccessRule, { reason: is }: AccessRule): readonly Said[] {
  const [before, after] = [was.ticket?.source ?? null, is.ticket?.source ?? null];
  if (before === after) return [];
  if (after === null) return [weaker('no ticket has to be named')];
  if (before === null) return [stricter(`a ticket like ${quoted(after)} has to be named`)];
  return [
    weaker(`a ticket like ${quoted(after)} has to be named; it was ${quoted(before)} (which is more can't be told)`),
  ];
}
