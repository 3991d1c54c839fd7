/** Which grants should be over by now, told by an export of the audit log alone. */

import type { AuditEntry, Json } from '../../domain/audit.ts';
import { replayer } from '../../domain/audit-replay.ts';
import { isRecord, type RowRecord } from '../../domain/audit-record.ts';
import { LIVE_STATES } from '../../domain/grant.ts';
import {
  installationId,
  repoId,
  userId,
  type InstallationId,
  type RepoId,
  type UserId,
} from '../../domain/identity.ts';
import { recordedTeam, type TeamRole } from '../../domain/grantable.ts';
import { compareRoles, recordedRole, type Role } from '../../domain/role.ts';

/** One person's access to one repository of which a part should be over. */
export type DueAccess = {
  readonly installation: InstallationId;
  readonly repo: RepoId;
  readonly person: UserId;
  /** Ids of the grants whose end is over, and of those that were being taken back. */
  readonly due: readonly string[];
  /** When the first of them was to end, in milliseconds. */
  readonly since: number;
  /** The highest role that the grants gave, the due ones included. */
  readonly given: Role;
  /** The highest role of the grants that go on; `null` where none does. */
  readonly goesOn: Role | null;
  /** What the person had before, by GitHub's name; `null` for nothing, and where the export does not tell. */
  readonly before: string | null;
  readonly leavesRead: boolean;
  /** GitHub's numbers of invitations that were open. */
  readonly invitations: readonly number[];
};

/** One person's membership of one team of which a part should be over. */
export type DueMembership = Pick<DueAccess, 'installation' | 'person' | 'due' | 'since'> & {
  readonly team: TeamRole;
  /** Whether a grant that is not over yet keeps the person in the team. */
  readonly goesOn: boolean;
  /** Whether the log tells that the person was not in the team before. */
  readonly given: boolean;
};

export type Due = DueAccess | DueMembership;

type Row = { readonly id: string; readonly row: RowRecord; readonly installation: InstallationId };

/** Reads entries to their end. `now` is in milliseconds; what ends at that very moment is due. */
export async function dueInExport(entries: AsyncIterable<AuditEntry>, now: number): Promise<readonly Due[]> {
  const { take, finish } = replayer();
  const homes = new Map<string, InstallationId>();
  const before = new Map<string, string | null>();
  const lastOver = endsOfTeams();
  for await (const entry of entries) {
    take(entry);
    if (entry.grantId !== null) homes.set(entry.grantId, entry.installationId);
    const had = entry.data['before'];
    if (entry.kind === 'grant.changed' && had !== undefined) {
      const { team, grantee } = entry.data;
      const key = team === undefined ? keyOf(entry.repoId, grantee) : teamKeyOf(team, grantee);
      before.set(key, typeof had === 'string' ? had : null);
    }
    const over = lastOver(entry);
    if (over !== null) before.delete(over);
  }
  const running = [...finish().grants].flatMap(([id, row]): readonly Row[] => {
    const installation = homes.get(id);
    return installation === undefined || !isRunning(row) ? [] : [{ id, row, installation }];
  });
  const groups = Map.groupBy(running, ({ row }) => keyOfRow(row));
  return [...groups].flatMap(([key, rows]): readonly Due[] => {
    const due = membershipOf(rows, before.get(key), now) ?? accessOf(rows, before.get(key) ?? null, now);
    return due === null ? [] : [due];
  });
}

/** Grants of one team count together, from whichever repositories they come. */
const teamKeyOf = (team: Json | undefined, person: Json | undefined): string => JSON.stringify(['team', team, person]);

const keyOf = (repo: Json | undefined, person: Json | undefined): string => JSON.stringify([repo, person]);

/**
 * Tells whose last grant of a team an entry ended, by key. The app forgets then what was before, and looks anew for the
 * next grant.
 */
function endsOfTeams(): (entry: AuditEntry) => string | null {
  const lent = new Map<string, Set<string>>();
  return ({ grantId, data: { grant } }) => {
    if (grantId === null || !isRecord(grant) || recordedTeam(grant['role']) === null) return null;
    const key = keyOfRow(grant);
    const running = lent.get(key) ?? new Set();
    lent.set(key, running);
    if (isRunning(grant)) running.add(grantId);
    else running.delete(grantId);
    return running.size === 0 ? key : null;
  };
}

function keyOfRow(row: RowRecord): string {
  const team = recordedTeam(row['role']);
  return team === null ? keyOf(row['repo'], row['grantee']) : teamKeyOf(team.id, row['grantee']);
}

const isRunning = ({ state }: RowRecord): boolean => state === 'ending' || isLiveState(state);

const isLiveState = (state: Json | undefined): boolean => LIVE_STATES.some((one) => one === state);

const isDue = ({ row }: Row, now: number): boolean => !isLiveState(row['state']) || numberOf(row['endsAt']) <= now;

/** `null` where the grants are of no team, or none is due. */
function membershipOf(rows: readonly Row[], before: string | null | undefined, now: number): DueMembership | null {
  const due = rows.filter((row) => isDue(row, now));
  const [first] = due;
  const team = recordedTeam(first?.row['role']);
  if (first === undefined || team === null) return null;
  return {
    team,
    installation: installationId(first.installation),
    person: userId(numberOf(first.row['grantee'])),
    due: due.map(({ id }) => id),
    since: Math.min(...due.map(({ row }) => numberOf(row['endsAt']))),
    goesOn: rows.length > due.length,
    given: before === null,
  };
}

function accessOf(rows: readonly Row[], before: string | null, now: number): DueAccess | null {
  const due = rows.filter((row) => isDue(row, now));
  const given = highest(rows);
  const [first] = due;
  if (first === undefined || given === null) return null;
  return {
    installation: installationId(first.installation),
    repo: repoId(numberOf(first.row['repo'])),
    person: userId(numberOf(first.row['grantee'])),
    due: due.map(({ id }) => id),
    since: Math.min(...due.map(({ row }) => numberOf(row['endsAt']))),
    given,
    goesOn: highest(rows.filter((row) => !isDue(row, now))),
    before,
    leavesRead: due.some(({ row }) => row['onExpiry'] === 'lower-to-read' && row['invitationId'] === null),
    invitations: due.flatMap(({ row }) => (typeof row['invitationId'] === 'number' ? [row['invitationId']] : [])),
  };
}

function highest(rows: readonly Row[]): Role | null {
  const roles = rows.map(({ row }) => recordedRole(row['role']));
  return roles.reduce<Role | null>((best, role) => (compareRoles(role, best) === 'more' ? role : best), null);
}

const numberOf = (value: Json | undefined): number => (typeof value === 'number' ? value : Number.NaN);
