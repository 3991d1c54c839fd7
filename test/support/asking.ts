/** How the end-to-end tests ask for access, and what they read of it. */

import type { Scene } from './scene.ts';

export type Form = {
  readonly role?: string;
  readonly duration?: string;
  readonly start?: string;
  readonly repository?: string;
  readonly reason?: string;
  readonly ticket?: string;
};

/** The text that GitHub makes of the issue form; fields that were left empty say so. */
export const formText = ({ role, duration, start, repository, reason, ticket }: Form): string =>
  [
    ['Role', role],
    ['Duration', duration],
    ['Start', start],
    ['Repository', repository],
    ['Reason', reason],
    ['Ticket', ticket],
  ]
    .map(([heading, value]) => `### ${heading ?? ''}\n\n${value ?? '_No response_'}`)
    .join('\n\n');

/** Opens an issue from the form. Returns its number. */
export const ask = (scene: Scene, who: string, form: Form): number =>
  scene.as(who).openIssue(scene.repo, {
    title: 'Access request',
    body: formText({ role: 'push', reason: 'Repair the checkout page', ...form }),
    labels: ['access-request'],
  });

/** The app's comment about the request, once there is one. */
export async function shownRequest(scene: Scene, issue: number): Promise<string> {
  await scene.until(
    'the comment about the request',
    () => scene.spoken(issue).some((text) => text.includes('jit-gate:comment:')),
    () => scene.spoken(issue),
  );
  await scene.stage.settled();
  return scene.spoken(issue).find((text) => text.includes('jit-gate:comment:')) ?? '';
}

/** Asks, has it approved, and waits until GitHub shows the role. */
export async function granted(scene: Scene, who: string, form: Form = {}, approver = 'mia'): Promise<number> {
  const issue = ask(scene, who, form);
  await shownRequest(scene, issue);
  await scene.tell(approver, issue, '/approve');
  const role = form.role ?? 'push';
  // A grant of seconds can be over before anyone looks: then GitHub's calls tell that the role was given.
  const given = `/repos/${scene.repo}/collaborators/${who}`;
  await scene.until(
    `${who} to have ${role}`,
    () =>
      directRole(scene, who) === role ||
      scene.github.calls.some(({ method, path, status }) => method === 'PUT' && path === given && status === 204),
    () => [scene.github.see.collaborators(scene.repo), scene.spoken(issue)],
  );
  return issue;
}

/** The direct role of a person; `null` for none. */
export const directRole = (scene: Scene, who: string, repo = scene.repo): string | null =>
  scene.github.see.collaborators(repo)[who] ?? null;

/** Waits until the grant asked for on an issue is over and shown as over. */
export async function ended(scene: Scene, issue: number): Promise<string> {
  await scene.until(
    'the end of the access',
    () => scene.github.see.labels(scene.repo, issue).includes('jit:ended'),
    () => [scene.github.see.labels(scene.repo, issue), scene.spoken(issue)],
  );
  await scene.stage.settled();
  return await shownRequest(scene, issue);
}

/** Lets the time of a person's grants be over; of those with one of the roles where some are named. Nothing is told of it. */
export async function timeIsOver(scene: Scene, who: string, roles: readonly string[] = []): Promise<void> {
  const { db } = scene.stage.database;
  let due = db
    .updateTable('access_grant')
    // A worker that has read the row already finds that it was changed, and does not write the old end again.
    .set((row) => ({ ends_at: Date.now() - 1000, version: row('version', '+', 1) }))
    .where('grantee_login', '=', who)
    .where('repo_id', '=', repoId(scene))
    .where('state', 'in', ['applying', 'invited', 'active']);
  if (roles.length > 0) due = due.where('role', 'in', roles);
  await due.execute();
}

/** The same, and the sweep comes. */
export async function timePasses(scene: Scene, who: string, roles: readonly string[] = []): Promise<void> {
  await timeIsOver(scene, who, roles);
  await scene.stage.sweep();
}

/** A grant of a person as the database has it, newest last. */
export const grantsOf = async (scene: Scene, who: string) =>
  await scene.stage.database.db
    .selectFrom('access_grant')
    .selectAll()
    .where('grantee_login', '=', who)
    .where('repo_id', '=', repoId(scene))
    .orderBy('ord')
    .execute();

/** How many access requests about the repository were ever opened. */
export async function requestCount(scene: Scene): Promise<number> {
  const rows = await scene.stage.database.db
    .selectFrom('request')
    .select('id')
    .where('kind', '=', 'access')
    .where('conversation_repo_id', '=', repoId(scene))
    .execute();
  return rows.length;
}

function repoId({ github, repo, org }: Scene): number {
  const found = [...github.world.repos.values()].find(
    (one) => one.owner.login === org && `${org}/${one.name}` === repo,
  );
  if (found === undefined) throw new Error(`there is no repository ${repo}`);
  return found.id;
}
