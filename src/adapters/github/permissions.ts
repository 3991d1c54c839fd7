/** Which of GitHub's operations the app uses, and which permission each of them needs. */

/**
 * Every route that the adapter calls, with the permission of the app that GitHub asks for, as written in `app.yml`
 * (`name: level`; two where the number can be an issue's or a pull request's). `app` is called as the app itself and needs none; `any` is open to every installation.
 * The client takes only routes of this table, so that nothing is called that is not listed.
 * See https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps.
 */
export const PERMISSIONS = {
  'GET /app': 'app',
  'GET /app/installations': 'app',
  'GET /app/hook/config': 'app',
  'GET /app/hook/deliveries': 'app',
  'POST /app/hook/deliveries/{delivery_id}/attempts': 'app',
  'GET /repos/{owner}/{repo}/installation': 'app',
  'GET /installation/repositories': 'metadata: read',
  'GET /users/{username}': 'any',
  'GET /user/{account_id}': 'any',
  'GET /orgs/{org}/memberships/{username}': 'members: read',
  'GET /orgs/{org}/teams': 'members: read',
  'GET /orgs/{org}/teams/{team_slug}': 'members: read',
  'GET /orgs/{org}/teams/{team_slug}/members': 'members: read',
  'GET /orgs/{org}/teams/{team_slug}/memberships/{username}': 'members: read',
  'PUT /orgs/{org}/teams/{team_slug}/memberships/{username}': 'members: write',
  'DELETE /orgs/{org}/teams/{team_slug}/memberships/{username}': 'members: write',

  'GET /repos/{owner}/{repo}': 'metadata: read',
  'GET /repos/{owner}/{repo}/activity': 'contents: read',
  'GET /repos/{owner}/{repo}/contents/{path}': 'contents: read',
  'GET /repos/{owner}/{repo}/git/blobs/{file_sha}': 'contents: read',
  'GET /repos/{owner}/{repo}/git/matching-refs/{ref}': 'contents: read',
  'GET /repos/{owner}/{repo}/git/ref/{ref}': 'contents: read',
  'GET /repos/{owner}/{repo}/git/tags/{tag_sha}': 'contents: read',
  'GET /repos/{owner}/{repo}/commits/{ref}': 'contents: read',
  'GET /repos/{owner}/{repo}/compare/{basehead}': 'contents: read',

  'GET /repos/{owner}/{repo}/branches': 'contents: read',
  'GET /repos/{owner}/{repo}/branches/{branch}/protection': 'administration: read',
  'GET /repos/{owner}/{repo}/rules/branches/{branch}': 'metadata: read',
  'GET /repos/{owner}/{repo}/rulesets': 'metadata: read',
  'GET /repos/{owner}/{repo}/rulesets/{ruleset_id}': 'metadata: read',
  'POST /repos/{owner}/{repo}/rulesets': 'administration: write',
  'PUT /repos/{owner}/{repo}/rulesets/{ruleset_id}': 'administration: write',

  'GET /repos/{owner}/{repo}/pulls': 'pull_requests: read',
  'GET /repos/{owner}/{repo}/pulls/{pull_number}': 'pull_requests: read',
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/files': 'pull_requests: read',
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/commits': 'pull_requests: read',
  'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls': 'pull_requests: read',

  'GET /repos/{owner}/{repo}/actions/runs': 'actions: read',
  'GET /repos/{owner}/{repo}/actions/runs/{run_id}': 'actions: read',
  'GET /repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments': 'actions: read',
  'GET /repos/{owner}/{repo}/environments': 'actions: read',
  'GET /repos/{owner}/{repo}/environments/{environment_name}/deployment_protection_rules': 'actions: read',
  'POST /repos/{owner}/{repo}/environments/{environment_name}/deployment_protection_rules': 'administration: write',
  'GET /repos/{owner}/{repo}/deployments': 'deployments: read',
  'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses': 'deployments: read',
  'POST /repos/{owner}/{repo}/actions/runs/{run_id}/deployment_protection_rule': 'deployments: write',

  'GET /repos/{owner}/{repo}/commits/{ref}/check-runs': 'checks: read',
  'POST /repos/{owner}/{repo}/check-runs': 'checks: write',
  'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}': 'checks: write',

  'GET /repos/{owner}/{repo}/collaborators': 'metadata: read',
  'GET /repos/{owner}/{repo}/collaborators/{username}/permission': 'metadata: read',
  'PUT /repos/{owner}/{repo}/collaborators/{username}': 'administration: write',
  'DELETE /repos/{owner}/{repo}/collaborators/{username}': 'administration: write',
  'GET /repos/{owner}/{repo}/forks': 'metadata: read',
  'GET /repos/{owner}/{repo}/invitations': 'administration: read',
  'DELETE /repos/{owner}/{repo}/invitations/{invitation_id}': 'administration: write',
  'POST /graphql': 'metadata: read',

  'GET /repos/{owner}/{repo}/issues': 'issues: read',
  'POST /repos/{owner}/{repo}/issues': 'issues: write',
  'GET /repos/{owner}/{repo}/issues/{issue_number}': 'issues: read, pull_requests: read',
  'PATCH /repos/{owner}/{repo}/issues/{issue_number}': 'issues: write, pull_requests: write',
  'GET /repos/{owner}/{repo}/issues/{issue_number}/comments': 'issues: read, pull_requests: read',
  'POST /repos/{owner}/{repo}/issues/{issue_number}/comments': 'issues: write, pull_requests: write',
  'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}': 'issues: write, pull_requests: write',
  'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions': 'issues: write, pull_requests: write',
  'POST /repos/{owner}/{repo}/issues/{issue_number}/labels': 'issues: write, pull_requests: write',
  'DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}': 'issues: write, pull_requests: write',
} as const satisfies Readonly<Record<string, string>>;

/** A route of GitHub's REST API that the app uses, with the names of its parameters in braces. */
export type Route = keyof typeof PERMISSIONS;

/** What a route needs, in words for an operator. */
export function needs(route: Route): string {
  const permission = PERMISSIONS[route];
  if (permission === 'app' || permission === 'any') return 'no permission of its own';
  return `the permission "${permission}"`;
}
