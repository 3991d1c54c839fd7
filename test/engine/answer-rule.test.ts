/** Is a protection rule answered though it began to ask while its deployment was let go as one that has no rule? */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { decide } from '../../src/domain/decide.ts';
import { sha } from '../../src/domain/identity.ts';
import type { DeploymentRequest } from '../../src/domain/request.ts';
import { answerRule } from '../../src/engine/answer-rule.ts';
import { openAccessBench, type AccessBench } from '../support/access-bench.ts';
import { deploymentRequest, factsOf, NOON, present, runOf } from '../support/domain.ts';

let bench: AccessBench;
beforeAll(async () => {
  bench = await openAccessBench([], []);
});
afterAll(async () => {
  const { violations } = bench.local;
  await bench.close();
  expect(violations).toEqual([]);
});

const POLICY = present('version: 1\nunmatched: { deployment: allow }\n');

it('a rule that asks while the deployment is let go is answered before the deployment counts as released', async () => {
  const { local, name, repo, world } = bench;
  local.createEnvironment(name, 'production', { customRule: true });
  const run = local.as('olga').startRun(name, { environment: 'production' });
  const ruleState = () => local.see.run(name, run).jobs[0]?.rules[0]?.state;
  const unasked: DeploymentRequest = deploymentRequest(
    { sha: sha(local.see.run(name, run).headSha), run: runOf({ id: run }), ruleWaits: false },
    { repo, state: 'approved', version: 1 },
  );
  const decision = decide({ policy: POLICY, request: unasked, votes: [], facts: factsOf({}), now: NOON });
  // The webhook of the rule is handled after the deployment's request was read, and before it is let go.
  const asked: DeploymentRequest = { ...unasked, subject: { ...unasked.subject, ruleWaits: true }, version: 2 };
  await world.store.commit({ requests: [{ was: null, row: unasked }] });
  await world.store.commit({ requests: [{ was: 1, row: asked }] });

  const current = await answerRule(world, unasked, decision);

  expect(current).toMatchObject({ state: 'approved', subject: { ruleWaits: true } });
  expect(ruleState()).toBe('waiting');
  expect((await answerRule(world, current, decision)).state).toBe('released');
  expect(ruleState()).toBe('approved');
});
