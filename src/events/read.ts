/** Which reader turns which webhook into a domain event. */

import type { DomainEvent } from '../domain/event.ts';
import { fromCheckRun, fromCheckSuite } from './check.ts';
import { fromDeployment, fromDeploymentProtectionRule } from './deployment.ts';
import { fromInstallation, fromInstallationRepositories, fromRepository } from './installation.ts';
import { fromIssueComment } from './issue-comment.ts';
import { fromIssues } from './issues.ts';
import { fromMergeGroup } from './merge-group.ts';
import { fromMember, fromMembership, fromOrganization, fromTeam } from './people.ts';
import { fromPullRequestReview } from './pull-request-review.ts';
import { fromPullRequest } from './pull-request.ts';
import { fromPush } from './push.ts';
import { fromWorkflowRun } from './workflow-run.ts';

type Reader = (payload: unknown, apiUrl: string) => DomainEvent | null;

const READERS = {
  check_run: fromCheckRun,
  check_suite: fromCheckSuite,
  deployment: fromDeployment,
  deployment_protection_rule: fromDeploymentProtectionRule,
  installation: fromInstallation,
  installation_repositories: fromInstallationRepositories,
  issue_comment: fromIssueComment,
  issues: fromIssues,
  member: fromMember,
  membership: fromMembership,
  merge_group: fromMergeGroup,
  organization: fromOrganization,
  pull_request: fromPullRequest,
  pull_request_review: fromPullRequestReview,
  push: fromPush,
  repository: fromRepository,
  team: fromTeam,
  workflow_run: fromWorkflowRun,
} as const satisfies Readonly<Record<string, Reader>>;

/** The webhook events that this app understands; `app.yml` subscribes to those that GitHub does not send by itself. */
export const EVENTS = Object.keys(READERS) as readonly (keyof typeof READERS)[];

/**
 * Reads one delivery. `null`: nothing that concerns us. Throws where the payload lacks what its event promises, or
 * a callback leads elsewhere: such a delivery is kept, reported and changes nothing.
 */
export function readEvent(event: string, payload: unknown, apiUrl: string): DomainEvent | null {
  if (!Object.hasOwn(READERS, event)) return null;
  const reader: Reader = READERS[event as keyof typeof READERS];
  return reader(payload, apiUrl);
}
