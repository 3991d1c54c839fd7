/** Walks through all that can happen to a person's access, and holds the local GitHub against the model after every step. */

import fc from 'fast-check';
import { isLive, type Grant } from '../../src/domain/grant.ts';
import { instant } from '../../src/domain/identity.ts';
import { lookForDrift } from '../../src/engine/drift.ts';
import { endDueGrant, endGrant } from '../../src/engine/end-grant.ts';
import { moveGrant } from '../../src/engine/move-grant.ts';
import { openAccessBench, type AccessBench } from './access-bench.ts';
import { declined, look, passTime, ROLES, running, settle, type Model, type ModelRole } from './access-model.ts';

/** One person in the real thing. */
type Real = { readonly bench: AccessBench; readonly login: string; readonly grants: Grant[] };

type Step = fc.AsyncCommand<Model, Real>;

const MINUTE = 60_000;

/** What is done, and that GitHub and the grants are then as the model says. */
const step = (
  name: string,
  check: (model: Model) => boolean,
  act: (model: Model, real: Real) => Promise<void> | void,
): Step => ({
  check,
  toString: () => name,
  run: async (model, real) => {
    await act(model, real);
    await settleBoth(model, real);
    compare(name, model, real, await statesOf(real));
    counted += 1;
  },
});

let counted = 0;

async function settleBoth(model: Model, { bench }: Real): Promise<void> {
  settle(model);
  if (model.suspended) return;
  // What an invitation holds up is looked at again by the sweep.
  for (let round = 0; round < 2; round += 1) {
    const failures = await bench.run();
    const unfinished = failures.find(({ message }) => !message.includes('looked at again'));
    if (unfinished !== undefined) throw unfinished;
    const left = (await bench.world.store.allRunningGrants()).filter(({ state }) => state === 'ending');
    if (left.length === 0) break;
    await bench.world.store.commit({
      effects: left.map(({ repo, grantee }) => ({ kind: 'access', repo, userId: grantee.id })),
    });
  }
  await bench.run();
}

const statesOf = async ({ bench, grants }: Real): Promise<readonly string[]> =>
  await Promise.all(grants.map(async ({ id }) => (await bench.world.store.grant(id))?.state ?? 'none'));

function compare(name: string, model: Model, { bench, login }: Real, states: readonly string[]): void {
  const invitation = bench.local.see.invitations(bench.name).find((one) => one.login === login)?.role ?? null;
  const seen = {
    direct: bench.direct(login),
    invitation,
    states: states.map((state) => (state === 'ended' || state === 'failed' ? 'over' : state)),
  };
  const wanted = { direct: model.direct, invitation: model.invitation, states: model.grants.map(({ state }) => state) };
  if (JSON.stringify(seen) === JSON.stringify(wanted)) return;
  throw new Error(`after ${name}: GitHub shows ${JSON.stringify(seen)}, and it should be ${JSON.stringify(wanted)}`);
}

async function forwardBy(model: Model, { bench }: Real, minutes: number): Promise<void> {
  model.now += minutes * MINUTE;
  await bench.setNow(instant(model.now));
  passTime(model);
  for (const grant of await bench.world.store.dueGrants()) if (isLive(grant)) await endDueGrant(bench.world, grant.id);
}

/** The sweep's look at what no webhook told of. */
async function lookBoth(model: Model, real: Real): Promise<void> {
  await settleBoth(model, real);
  look(model);
  const { store } = real.bench.world;
  await lookForDrift(real.bench.world, await store.runningGrants(real.bench.repo.id, real.bench.person(real.login).id));
}

const role = fc.constantFrom(...ROLES);
const canHave = (model: Model): boolean => model.member || model.direct !== null;
const active = (model: Model): boolean => running(model).every(({ state }) => state === 'active');

const approve = fc
  .record({ role, hours: fc.integer({ min: 1, max: 8 }), leavesRead: fc.boolean(), strict: fc.boolean() })
  .map(({ role: given, hours, leavesRead, strict }) =>
    step(
      `approve ${given} for ${hours} h${leavesRead ? ', leaves read' : ''}${strict ? ', strict' : ''}`,
      (model) => model.grants.length < 12,
      async (model, { bench, login, grants }) => {
        const endsAt = model.now + hours * 60 * MINUTE;
        const grant = await bench.approve(login, {
          role: given,
          endsAt: instant(endsAt),
          onExpiry: leavesRead ? 'lower-to-read' : 'remove',
          rule: strict ? 'strict' : 'shift',
        });
        grants.push(grant);
        model.grants.push({ number: grants.length, role: given, endsAt, leavesRead, strict, state: 'applying' });
      },
    ),
  );

const wait = fc.integer({ min: 11, max: 300 }).map((minutes) =>
  step(
    `wait ${minutes} min`,
    () => true,
    async (model, real) => {
      await forwardBy(model, real, minutes);
      if (!model.suspended) await lookBoth(model, real);
    },
  ),
);

/** Something about one of the running grants. */
const onGrant = (name: string, act: (model: Model, real: Real, at: number) => Promise<void>): fc.Arbitrary<Step> =>
  fc.nat({ max: 3 }).map((pick) =>
    step(
      `${name} ${pick}`,
      (model) => running(model).some(({ state }) => state !== 'ending'),
      async (model, real) => {
        const live = running(model).filter(({ state }) => state !== 'ending');
        const chosen = live[pick % live.length];
        if (chosen !== undefined) await act(model, real, model.grants.indexOf(chosen));
      },
    ),
  );

const revoke = onGrant('return', async (model, { bench, grants }, at) => {
  const [mine, real] = [model.grants[at], grants[at]];
  if (mine === undefined || real === undefined) return;
  mine.state = 'ending';
  await endGrant(bench.world, real.id, 'returned', real.grantee.id);
});

const extend = onGrant('extend', async (model, { bench, grants }, at) => {
  const [mine, real] = [model.grants[at], grants[at]];
  const row = real === undefined ? null : await bench.world.store.grant(real.id);
  if (mine === undefined || row === null) return;
  mine.endsAt += 90 * MINUTE;
  const change = moveGrant(row, { kind: 'extend', endsAt: instant(mine.endsAt) }, instant(model.now), null);
  if (change === null) throw new Error('a live grant could not be extended');
  await bench.world.store.commit(change);
});

const changedByHand = (model: Model, to: ModelRole | null): void => {
  model.direct = to;
  look(model);
};

const setByHand = role.map((to) =>
  step(
    `set by hand to ${to}`,
    (model) => canHave(model) && model.direct !== to && (model.suspended || active(model)),
    (model, { bench, login }) => {
      bench.local.as('olga').addCollaborator(bench.name, login, to);
      changedByHand(model, to);
    },
  ),
);

const removeByHand = fc.constant(
  step(
    'remove by hand',
    (model) => model.direct !== null,
    (model, { bench, login }) => {
      bench.local.as('olga').removeCollaborator(bench.name, login);
      changedByHand(model, null);
    },
  ),
);

const leave = fc.constant(
  step(
    'leave the organisation',
    (model) => model.member,
    (model, { bench, login }) => {
      bench.local.as('olga').removeFromOrganization('octo', login);
      model.member = false;
      if (model.direct !== null) changedByHand(model, null);
    },
  ),
);

const join = fc.constant(
  step(
    'join the organisation',
    (model) => !model.member && model.invitation === null && running(model).length === 0,
    (model, { bench, login }) => {
      bench.local.addMember('octo', login);
      model.member = true;
    },
  ),
);

const accept = fc.constant(
  step(
    'accept the invitation',
    (model) => model.invitation !== null && !model.suspended,
    (model, { bench, login }) => {
      bench.local.as(login).acceptInvitation(bench.name);
      model.direct = model.invitation;
      model.invitation = null;
    },
  ),
);

const decline = fc.constant(
  step(
    'decline the invitation',
    (model) => model.invitation !== null && !model.suspended,
    async (model, real) => {
      const { bench, login } = real;
      bench.local.as(login).declineInvitation(bench.name);
      declined(model);
      await bench.world.store.commit({
        effects: [{ kind: 'access', repo: bench.repo, userId: bench.person(login).id }],
      });
      // What was given before, and taken by hand since, is found to be gone by the next look.
      await lookBoth(model, real);
    },
  ),
);

const suspend = fc.constant(
  step(
    'suspend the app',
    (model) => !model.suspended,
    (model, { bench }) => {
      bench.local.suspendInstallation(bench.installation, 'olga');
      model.suspended = true;
    },
  ),
);

const comeBack = async (model: Model, real: Real): Promise<void> => {
  real.bench.local.unsuspendInstallation(real.bench.installation, 'olga');
  model.suspended = false;
  await forwardBy(model, real, 11);
  await lookBoth(model, real);
};

const unsuspend = fc.constant(step('let the app go on', (model) => model.suspended, comeBack));

const STEPS = [
  approve,
  approve,
  approve,
  wait,
  wait,
  revoke,
  extend,
  setByHand,
  removeByHand,
  leave,
  join,
  accept,
  accept,
  decline,
  suspend,
  unsuspend,
  unsuspend,
];

export type Walked = { readonly steps: number; readonly seed: number };

/**
 * Walks with one person after another until so many steps were taken. Throws with the shortest walk that goes wrong, and
 * with the seed that finds it again.
 */
export async function walk(
  bench: AccessBench,
  steps: number,
  seed: number,
  each: (done: number) => void = () => undefined,
): Promise<Walked> {
  counted = 0;
  let people = 0;
  for (let round = 0; counted < steps; round += 1) {
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.commands(STEPS, { maxCommands: 60, size: 'max' }), async (member, commands) => {
        const login = `walker-${(people += 1)}`;
        // One process would reach the limit of what GitHub lets it write in an hour.
        bench.restart();
        bench.local.createUser(login);
        if (member) bench.local.addMember('octo', login);
        const model: Model = {
          now: await bench.world.store.now(),
          member,
          direct: null,
          invitation: null,
          suspended: false,
          grants: [],
          before: undefined,
        };
        const real: Real = { bench, login, grants: [] };
        try {
          await fc.asyncModelRun(() => ({ model, real }), commands);
          await endOfWalk(model, real);
        } finally {
          await tidy(bench, login);
        }
      }),
      { seed: seed + round, numRuns: 10, endOnFailure: true },
    );
    each(counted);
  }
  return { steps: counted, seed };
}

/** When all the time has passed, nothing that was given is left. */
async function endOfWalk(model: Model, real: Real): Promise<void> {
  if (model.suspended) await comeBack(model, real);
  await forwardBy(model, real, 3 * 24 * 60);
  await settleBoth(model, real);
  compare('the end of all time', model, real, await statesOf(real));
  if (running(model).length > 0) throw new Error('a grant is left at the end of all time');
}

/** The next walk begins on clean ground, also after one that went wrong. */
async function tidy(bench: AccessBench, login: string): Promise<void> {
  if (bench.installation.suspendedAt !== null) bench.local.unsuspendInstallation(bench.installation, 'olga');
  const repo = bench.local.world.repos.get(bench.repo.id);
  const { id } = bench.person(login);
  repo?.collaborators.delete(id);
  repo?.invitations.splice(0);
  await bench.database.db.updateTable('access_grant').set({ state: 'ended' }).where('grantee_id', '=', id).execute();
  await bench.database.db.deleteFrom('baseline').where('user_id', '=', id).execute();
  bench.local.calls.length = 0;
  await bench.run();
}

export const openWalk = async (): Promise<AccessBench> => {
  const bench = await openAccessBench([], []);
  bench.local.world.rateLimit = Number.MAX_SAFE_INTEGER;
  await bench.setNow(instant(Date.parse('2026-03-01T00:00:00Z')));
  return bench;
};
