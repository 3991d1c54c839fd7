/** What can be done with check runs? */

import { newId, openPullsAt } from '../world/find.ts';
import type {
  Account,
  App,
  CheckAction,
  CheckConclusion,
  CheckRun,
  CheckStatus,
  CheckSuite,
  Repo,
  World,
} from '../world/state.ts';
import { showCheckInPayload, showSuite } from '../show/checks.ts';
import { tellAboutRepo } from '../webhooks/emit.ts';
import { settleQueues } from './merge-queue.ts';

/** What an app says about a check. Fields that are left out stay as they were. */
export type CheckDraft = {
  readonly name?: string;
  readonly externalId?: string;
  readonly detailsUrl?: string;
  readonly status?: CheckStatus;
  readonly conclusion?: CheckConclusion;
  readonly startedAt?: number;
  readonly completedAt?: number;
  readonly title?: string;
  readonly summary?: string;
  readonly text?: string | null;
  readonly annotations?: readonly Record<string, unknown>[];
  readonly actions?: readonly CheckAction[];
};

/** The suite of an app on a commit; made where it is not there yet. */
export function suiteOf(
  world: World,
  repo: Repo,
  app: App,
  sha: string,
  branch: string | null,
  before: string | null,
): CheckSuite {
  const known = repo.suites.find((suite) => suite.app === app && suite.sha === sha);
  if (known !== undefined) return known;
  const now = world.clock.now();
  const suite: CheckSuite = { id: newId(world), repo, app, sha, branch, before, createdAt: now, updatedAt: now };
  repo.suites.push(suite);
  return suite;
}

/** Branch whose tip the commit is; `null` where none has it. */
function branchOf(repo: Repo, sha: string): string | null {
  for (const [ref, tip] of repo.refs)
    if (tip === sha && ref.startsWith('refs/heads/')) return ref.slice('refs/heads/'.length);
  return openPullsAt(repo, sha)[0]?.pull.headRef ?? null;
}

export function createCheck(
  world: World,
  repo: Repo,
  app: App,
  sha: string,
  draft: CheckDraft & { name: string },
): CheckRun {
  const now = world.clock.now();
  const check: CheckRun = {
    id: newId(world),
    repo,
    suite: suiteOf(world, repo, app, sha, branchOf(repo, sha), null),
    app,
    sha,
    name: draft.name,
    externalId: '',
    detailsUrl: null,
    status: 'queued',
    conclusion: null,
    createdAt: now,
    startedAt: now,
    completedAt: null,
    title: null,
    summary: null,
    text: null,
    annotations: [],
    actions: [],
  };
  apply(world, check, draft);
  repo.checks.push(check);
  tellAboutCheck(world, check, 'created', app.bot);
  if (check.status === 'completed') tellAboutCheck(world, check, 'completed', app.bot);
  settleQueues(world, repo);
  return check;
}

export function updateCheck(world: World, check: CheckRun, draft: CheckDraft): void {
  const was = check.status;
  apply(world, check, draft);
  if (was !== 'completed' && check.status === 'completed') tellAboutCheck(world, check, 'completed', check.app.bot);
  settleQueues(world, check.repo);
}

function apply(world: World, check: CheckRun, draft: CheckDraft): void {
  check.name = draft.name ?? check.name;
  check.externalId = draft.externalId ?? check.externalId;
  check.detailsUrl = draft.detailsUrl ?? check.detailsUrl;
  check.title = draft.title ?? check.title;
  check.summary = draft.summary ?? check.summary;
  if (draft.text !== undefined) check.text = draft.text;
  check.startedAt = draft.startedAt ?? check.startedAt;
  // Annotations add up over updates; actions are those of the last update that names some.
  check.annotations.push(...(draft.annotations ?? []));
  if (draft.actions !== undefined) check.actions = [...draft.actions];
  moveOn(world, check, draft);
  check.suite.updatedAt = world.clock.now();
}

/** A conclusion completes a run, whatever its status says; any other status opens it again. */
function moveOn(world: World, check: CheckRun, draft: CheckDraft): void {
  if (draft.conclusion !== undefined) {
    check.status = 'completed';
    check.conclusion = draft.conclusion;
    check.completedAt = draft.completedAt ?? world.clock.now();
  } else if (draft.status !== undefined && draft.status !== 'completed') {
    check.status = draft.status;
    check.conclusion = null;
    check.completedAt = null;
  }
}

export function tellAboutCheck(world: World, check: CheckRun, action: string, sender: Account, only?: App): void {
  tellAboutRepo(world, check.repo, {
    event: 'check_run',
    action,
    sender,
    body: { check_run: showCheckInPayload(world, check) },
    ...(only === undefined ? {} : { only }),
  });
}

/** A person presses a button. Refuses what GitHub would not show: buttons of a run that is not completed, unknown ones. */
export function pressButton(world: World, check: CheckRun, by: Account, identifier: string): void {
  if (check.status !== 'completed')
    throw new Error(`check run "${check.name}" is not completed, so GitHub shows no buttons`);
  if (!check.actions.some((action) => action.identifier === identifier)) {
    throw new Error(`check run "${check.name}" has no button ${identifier}`);
  }
  tellAboutRepo(world, check.repo, {
    event: 'check_run',
    action: 'requested_action',
    sender: by,
    only: check.app,
    body: { check_run: showCheckInPayload(world, check), requested_action: { identifier } },
  });
}

/** Tells an app that a commit was pushed for which it may report checks, or that its suite is asked for again. */
export function tellAboutSuite(world: World, suite: CheckSuite, action: string, sender: Account): void {
  tellAboutRepo(world, suite.repo, {
    event: 'check_suite',
    action,
    sender,
    only: suite.app,
    body: { check_suite: showSuite(world, suite) },
  });
}
