/** Is a person given no more than the limits let, when two workers give at the same moment? */

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestId } from '../../src/domain/identity.ts';
import { parsePolicy } from '../../src/domain/policy/parse.ts';
import type { AccessRule } from '../../src/domain/policy/model.ts';
import type { AccessRequest } from '../../src/domain/request.ts';
import { giveFor } from '../../src/engine/make-grant.ts';
import type { Change } from '../../src/engine/ports.ts';
import type { World } from '../../src/engine/world.ts';
import { openAccessBench, type AccessBench } from '../support/access-bench.ts';
import { accessRequest } from '../support/domain.ts';
import { access, SHIFT_RULE } from '../support/policies.ts';

let bench: AccessBench;
beforeAll(async () => {
  bench = await openAccessBench(['ana', 'ben', 'cid'], []);
});
afterAll(async () => {
  await bench.close();
});

function ruleWith(key: string): AccessRule {
  const parsed = parsePolicy(access(SHIFT_RULE.replace('max-duration', `${key}, max-duration`)));
  const [rule] = parsed.ok ? parsed.value.access : [];
  if (rule === undefined) throw new Error('the rule can not be read');
  return rule;
}

/** An approved request of the person, stored. */
async function approved(login: string): Promise<AccessRequest> {
  const { repo, world, person } = bench;
  const id = requestId(randomUUID());
  const grantee = person(login);
  const row = accessRequest(
    { grantee, target: repo, rule: 'shift' },
    { id, repo, key: `access:${id}`, state: 'approved', requester: grantee, conversation: null },
  );
  expect(await world.store.commit({ requests: [{ was: null, row }] })).toBe(true);
  return row;
}

async function given(world: World, request: AccessRequest, rule: AccessRule): Promise<Change | string> {
  const result = await giveFor(world, request, rule, await world.store.now());
  return result.ok ? result.value : result.error;
}

describe('two workers that give at the same moment', () => {
  it.each([
    ['ana', 'max-live: 1', 'at most 1 running'],
    ['ben', 'cool-down: 4h', 'still runs'],
  ])('count for %s under %s what the other gave', async (login, key, words) => {
    const { world } = bench;
    const rule = ruleWith(key);
    const [first, second] = [await approved(login), await approved(login)];
    // The other one is done just after this one has counted.
    const slow: World = {
      ...world,
      store: {
        ...world.store,
        holdings: async (user) => {
          const counted = await world.store.holdings(user);
          const other = await given(world, second, rule);
          expect(typeof other === 'string' ? other : await world.store.commit(other)).toBe(true);
          return counted;
        },
      },
    };
    const change = await given(slow, first, rule);
    expect(typeof change === 'string' ? change : await world.store.commit(change)).toBe(false);
    expect(await given(world, first, rule)).toContain(words);
    expect(await world.store.runningGrants(bench.repo.id, bench.person(login).id)).toHaveLength(1);
  });

  it('do not keep each other from giving to different people, or twice where that is allowed', async () => {
    const { world } = bench;
    const rule = ruleWith('max-live: 2');
    for (const request of [await approved('cid'), await approved('cid')]) {
      const change = await given(world, request, rule);
      expect(typeof change === 'string' ? change : await world.store.commit(change)).toBe(true);
    }
    expect(await world.store.runningGrants(bench.repo.id, bench.person('cid').id)).toHaveLength(2);
  });
});
