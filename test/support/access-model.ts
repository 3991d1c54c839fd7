/** What GitHub has to show of one person's access after each thing that can happen, told without any of the app's code. */

export const ROLES = ['pull', 'triage', 'push', 'maintain', 'admin'] as const;
export type ModelRole = (typeof ROLES)[number];

export type ModelGrant = {
  readonly number: number;
  readonly role: ModelRole;
  endsAt: number;
  readonly leavesRead: boolean;
  /** Ends when somebody changes the role by hand. */
  readonly strict: boolean;
  state: 'applying' | 'invited' | 'active' | 'ending' | 'over';
};

/** One person: who belongs to the organisation or not, and has nothing on the repository but what is given directly. */
export type Model = {
  now: number;
  member: boolean;
  direct: ModelRole | null;
  /** The open invitation of a grant. */
  invitation: ModelRole | null;
  suspended: boolean;
  grants: ModelGrant[];
  /** What was there before the first running grant was given; `undefined` before that. */
  before: ModelRole | null | undefined;
};

const rank = (role: ModelRole | null): number => (role === null ? -1 : ROLES.indexOf(role));
const higher = (a: ModelRole | null, b: ModelRole | null): ModelRole | null => (rank(a) >= rank(b) ? a : b);

export const running = (model: Model): ModelGrant[] => model.grants.filter(({ state }) => state !== 'over');
const going = (model: Model): ModelGrant[] => running(model).filter(({ state }) => state !== 'ending');

/** The highest role of the grants that go on; what was there before, where that is more. */
const roleOf = (model: Model): ModelRole | null =>
  higher(
    going(model).reduce<ModelRole | null>((best, { role }) => higher(best, role), null),
    model.before ?? null,
  );

/** Everything whose time is over begins to end. */
export function passTime(model: Model): void {
  for (const grant of going(model)) if (grant.endsAt <= model.now) grant.state = 'ending';
}

/** The app brings GitHub in line with the grants. */
export function settle(model: Model): void {
  if (model.suspended || running(model).length === 0) return;
  if (going(model).length === 0) takeBack(model);
  else give(model);
}

function takeBack(model: Model): void {
  if (model.before !== undefined) {
    const leavesRead = running(model).some((grant) => grant.leavesRead) && model.invitation === null;
    model.invitation = null;
    const left = model.before ?? (leavesRead ? 'pull' : null);
    // What somebody took or lowered by hand is not given again.
    if (rank(model.direct) > rank(left)) model.direct = left;
  }
  for (const grant of running(model)) grant.state = 'over';
  model.before = undefined;
}

function give(model: Model): void {
  if (model.before === undefined) model.before = model.direct;
  const role = roleOf(model);
  const raises = going(model).some(({ state }) => state === 'applying') && rank(model.direct) < rank(role);
  const lowers = running(model).some(({ state }) => state === 'ending') && rank(model.direct) > rank(role);
  if (model.direct === null && !model.member && (raises || model.invitation !== null)) {
    invite(model, role, raises);
    return;
  }
  if (raises || lowers) model.direct = role;
  leaveRead(model);
  for (const grant of running(model)) grant.state = grant.state === 'ending' ? 'over' : 'active';
}

/** What a grant leaves behind is from then on what is given back after the last one. */
function leaveRead(model: Model): void {
  const leaves = running(model).some((grant) => grant.state === 'ending' && grant.leavesRead);
  if (leaves && model.before === null) model.before = 'pull';
}

/** A person from outside has a role once its invitation is accepted. It never offers more than what goes on. */
function invite(model: Model, role: ModelRole | null, raises: boolean): void {
  if (raises || rank(model.invitation) > rank(role)) model.invitation = role;
  for (const grant of going(model)) if (grant.state === 'applying') grant.state = 'invited';
  for (const grant of running(model)) if (grant.state === 'ending') grant.state = 'over';
}

/** The app sees what is there: a role that is gone ends its grants, one that was changed those whose rule says so. */
export function look(model: Model): void {
  const grants = running(model);
  if (model.suspended || grants.some(({ state }) => state !== 'active')) return;
  const expected = roleOf(model);
  for (const grant of grants) {
    if (model.direct === null || (grant.strict && model.direct !== expected)) grant.state = 'ending';
  }
  settle(model);
}

/** What an invitation offered comes to nothing. */
export function declined(model: Model): void {
  model.invitation = null;
  for (const grant of running(model)) if (grant.state === 'invited') grant.state = 'over';
  if (running(model).length === 0) model.before = undefined;
}
