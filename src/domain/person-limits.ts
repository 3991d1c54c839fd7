/** Whether a person has so much, or had it so lately, that a rule gives no more for now. */

import { when } from './explain.ts';
import { after, type InstallationId, type Instant, type RepoId } from './identity.ts';
import type { AccessRule } from './policy/model.ts';
import { formatDuration } from './duration.ts';

/** A grant that a person has or had. */
export type Holding = {
  readonly repo: RepoId;
  readonly installation: InstallationId;
  /** Name of the rule that it was given under. */
  readonly rule: string;
  readonly endsAt: Instant;
  /** When GitHub showed that it was gone; `null` while it runs or is being taken back. */
  readonly endedAt: Instant | null;
};

/** Why a rule gives nothing more now. `possibleAt`: when it will at the earliest, if nothing ends before its time. */
export type LimitRefusal =
  | {
      readonly kind: 'too-many-live';
      readonly where: 'repository' | 'organisation';
      readonly most: number;
      readonly held: number;
      readonly possibleAt: Instant;
    }
  | { readonly kind: 'cool-down'; readonly runs: boolean; readonly rule: string; readonly possibleAt: Instant };

type Place = { readonly id: RepoId; readonly installationId: InstallationId };

/** By which time it is judged: a start that lies ahead, or now, when everything counts that GitHub does not show gone. */
export type Begin = { readonly at: Instant; readonly ahead: boolean };

/**
 * The limit that another grant would break. What ends before a start that lies ahead does not count against it. A rule with a cool-down gives nothing beside its
 * own running grant either: two that overlap would have no end to cool down after.
 */
export function limitRefusal(
  rule: Pick<AccessRule, 'name' | 'maxLive' | 'maxLiveInOrganisation' | 'coolDown'>,
  holdings: readonly Holding[],
  place: Place,
  begin: Begin,
): LimitRefusal | null {
  const mine = holdings.filter(({ installation }) => installation === place.installationId);
  const here = mine.filter(({ repo }) => repo === place.id);
  return (
    tooMany('repository', rule.maxLive, here, begin) ??
    tooMany('organisation', rule.maxLiveInOrganisation, mine, begin) ??
    tooSoon(rule, here, begin)
  );
}

function tooMany(
  where: 'repository' | 'organisation',
  most: number | null,
  holdings: readonly Holding[],
  { at, ahead }: Begin,
): LimitRefusal | null {
  if (most === null) return null;
  const live = holdings
    .filter(({ endsAt, endedAt }) => endedAt === null && (!ahead || endsAt > at))
    .map(({ endsAt }) => endsAt)
    .sort((a, b) => a - b);
  const possibleAt = live[live.length - most];
  return possibleAt === undefined ? null : { kind: 'too-many-live', where, most, held: live.length, possibleAt };
}

function tooSoon(
  { name, coolDown }: Pick<AccessRule, 'name' | 'coolDown'>,
  holdings: readonly Holding[],
  { at, ahead }: Begin,
): LimitRefusal | null {
  if (coolDown === null) return null;
  const waits = holdings
    .filter(({ rule }) => rule === name)
    .map(({ endsAt, endedAt }) => ({ runs: endedAt === null, possibleAt: after(endedAt ?? endsAt, coolDown) }))
    // What runs is never over for now, whatever its end says.
    .filter(({ runs, possibleAt }) => (runs && !ahead) || possibleAt > at);
  const last = waits.reduce<(typeof waits)[number] | null>(
    (latest, each) => (latest === null || each.possibleAt > latest.possibleAt ? each : latest),
    null,
  );
  return last === null ? null : { kind: 'cool-down', rule: name, ...last };
}

/** The refusal as one plain sentence that names nobody. */
export function limitWords(refusal: LimitRefusal, rule: Pick<AccessRule, 'coolDown'>): string {
  const again = `it can be given from ${when(refusal.possibleAt)} on, or earlier if something ends before its time`;
  switch (refusal.kind) {
    case 'too-many-live': {
      const { where, most, held } = refusal;
      return `a person has at most ${most} running at a time in this ${where} (max-live), and ${held} ${held === 1 ? 'runs' : 'run'}: ${again}`;
    }
    case 'cool-down': {
      const span = rule.coolDown === null ? '' : ` of ${formatDuration(rule.coolDown)}`;
      const since = refusal.runs ? 'and one of its grants still runs' : 'and its last grant ended shortly before';
      return `the rule ${refusal.rule} gives again only after a cool-down${span}, ${since}: it can be given from ${when(refusal.possibleAt)} on`;
    }
  }
}
