/** Which grants should be over by now, told by an export of the audit log alone. */

import type { AuditEntry, Json } from '../../domain/audit.ts';
import { replayer } from '../../domain/audit-replay.ts';
import type { RowRecord } from '../../domain/audit-record.ts';
import { LIVE_STATES } from '../../domain/grant.ts';
import {
  installationId,
  repoId,
  userId,
  type InstallationId,
  type RepoId,
  type UserId,
} from '../../domain/identity.ts';
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

type Row = { readonly id: string; readonly row: RowRecord; readonly installation: InstallationId };

/** Reads entries to their end. `now` is in milliseconds; what ends at that very moment is due. */
export async function dueInExport(entries: AsyncIterable<AuditEntry>, now: number): Promise<readonly DueAccess[]> {
  const { take, finish } = replayer();
  const homes = new Map<string, InstallationId>();
  const before = new Map<string, string | null>();
  for await (const entry of entries) {
    take(entry);
    if (entry.grantId !== null) homes.set(entry.grantId, entry.installationId);
    const had = entry.data['before'];
    if (entry.kind === 'grant.changed' && had !== undefined) {
      before.set(keyOf(entry.repoId, entry.data['grantee']), typeof had === 'string' ? had : null);
    }
  }
  const running = [...finish().grants].flatMap(([id, row]): readonly Row[] => {
    const installation = homes.get(id);
    return installation === undefined || !isRunning(row) ? [] : [{ id, row, installation }];
  });
  const groups = Map.groupBy(running, ({ row }) => keyOf(row['repo'], row['grantee']));
  return [...groups].flatMap(([key, rows]) => accessOf(rows, before.get(key) ?? null, now) ?? []);
}

const keyOf = (repo: Json | undefined, person: Json | undefined): string => JSON.stringify([repo, person]);

const isRunning = ({ state }: RowRecord): boolean => state === 'ending' || isLiveState(state);

const isLiveState = (state: Json | undefined): boolean => LIVE_STATES.some((one) => one === state);

function accessOf(rows: readonly Row[], before: string | null, now: number): DueAccess | null {
  const isDue = ({ row }: Row): boolean => !isLiveState(row['state']) || numberOf(row['endsAt']) <= now;
  const due = rows.filter(isDue);
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
    goesOn: highest(rows.filter((row) => !isDue(row))),
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
