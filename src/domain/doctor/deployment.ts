/** Does a job that deploys wait for this app? */

import { isShared } from '../policy/baseline.ts';
import { matchesAny } from '../policy/glob.ts';
import type { DeploymentGate, Policy } from '../policy/model.ts';
import { environmentKey } from '../subject.ts';
import { finding, nameOf, ok, type DoctorFinding, type EnvironmentFacts, type RepoFacts } from './model.ts';

const deploymentGates = (policy: Policy): readonly DeploymentGate[] =>
  policy.gates.filter((gate) => gate.on === 'deployment');

/** Whether deployments to an environment are held by a gate. */
const isHeld = (policy: Policy, environment: string): boolean =>
  deploymentGates(policy).some((gate) => matchesAny(gate.environments, environmentKey(environment)));

/** What stands in the way of every deployment gate of a policy. */
export function deploymentFindings(
  facts: RepoFacts,
  policy: Policy,
  environments: readonly EnvironmentFacts[],
): readonly DoctorFinding[] {
  const about = nameOf(facts.repo);
  const found = environments.flatMap((one) =>
    isHeld(policy, one.name) ? heldFindings(facts, one) : unheldFindings(about, policy, one),
  );
  for (const gate of deploymentGates(policy)) {
    if (isShared(gate) || environments.some(({ name }) => matchesAny(gate.environments, environmentKey(name))))
      continue;
    const message = `the gate "${gate.name}" matches no environment that is there: what deploys without one is not held`;
    const rest = {
      todo: 'make the environment and name it in the workflow, or correct `environments`',
      page: `${facts.page}/settings/environments`,
    };
    found.push(finding('warning', 'gate-without-environment', about, message, rest));
  }
  return found;
}

function heldFindings({ repo, private: isPrivate }: RepoFacts, one: EnvironmentFacts): readonly DoctorFinding[] {
  const about = nameOf(repo);
  const { name, page } = one;
  const found: DoctorFinding[] = [];
  if (!one.rule) {
    const plan = isPrivate
      ? '. In a private repository GitHub offers the rule with Enterprise alone; without it nothing holds a job there'
      : '';
    const message = `this app’s protection rule is off for the environment ${name}, so a job does not wait${plan}`;
    const repair = { kind: 'enable-rule', repo, environment: name } as const;
    found.push(
      finding('error', 'rule-off', about, message, {
        todo: 'tick the app among the deployment protection rules',
        page,
        repair,
      }),
    );
  }
  if (one.adminsBypass) {
    const message = `administrators may bypass the protection rules of the environment ${name}`;
    const todo = 'untick "Allow administrators to bypass configured protection rules"';
    found.push(finding('error', 'environment-bypass', about, message, { todo, page }));
  }
  return found.length > 0
    ? found
    : [ok('environment', about, `${name}: a job waits for this app, and nobody bypasses it`)];
}

function unheldFindings(
  about: string,
  policy: Policy,
  { name, rule, page }: EnvironmentFacts,
): readonly DoctorFinding[] {
  if (!rule || policy.unmatched.deployment === 'allow') return [];
  const message = `the environment ${name} asks this app, and no gate covers it: every deployment there is denied`;
  return [
    finding('warning', 'rule-without-gate', about, message, {
      todo: 'add a gate for it, or switch the rule off',
      page,
    }),
  ];
}
