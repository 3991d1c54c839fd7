/** Which calls are there for check runs and suites? */

import { createCheck, tellAboutCheck, updateCheck, type CheckDraft } from '../acts/checks.ts';
import type { CheckAction, CheckConclusion, CheckRun, CheckStatus } from '../world/state.ts';
import { showCheck, checkState, showSuiteInFull } from '../show/checks.ts';
import { idParam, isObject, neededText, objectIn, oneOf, param, text, time } from '../http/input.ts';
import { counted, listed } from '../http/pages.ts';
import { answers, invalid, notFound, problem, Refusal, type Answer, type Context, type Route } from '../http/route.ts';
import { resolve } from './resolve.ts';

const { ok, created } = answers;

const STATUSES = ['queued', 'in_progress', 'completed'] as const satisfies readonly CheckStatus[];
const CONCLUSIONS = [
  'success',
  'failure',
  'neutral',
  'cancelled',
  'skipped',
  'timed_out',
  'action_required',
] as const satisfies readonly CheckConclusion[];

const LONGEST_OUTPUT = 65_535;
const MOST_ANNOTATIONS = 50;
const MOST_ACTIONS = 3;
/** GitHub takes no more runs of one name in one suite. */
const MOST_RUNS = 1000;

function draftOf(body: Readonly<Record<string, unknown>>): CheckDraft {
  const output = objectIn(body, 'output');
  const annotations = output?.['annotations'];
  const draft = {
    name: text(body, 'name'),
    externalId: text(body, 'external_id'),
    detailsUrl: text(body, 'details_url'),
    status: oneOf(body, 'status', STATUSES),
    conclusion: oneOf(body, 'conclusion', CONCLUSIONS),
    startedAt: time(body, 'started_at'),
    completedAt: time(body, 'completed_at'),
    title: output === undefined ? undefined : text(output, 'title'),
    summary: output === undefined ? undefined : bounded(text(output, 'summary'), 'summary'),
    text: output === undefined ? undefined : bounded(text(output, 'text'), 'text'),
    annotations: Array.isArray(annotations) ? annotations.filter(isObject) : undefined,
    actions: actionsOf(body['actions']),
  };
  if ((draft.annotations?.length ?? 0) > MOST_ANNOTATIONS)
    throw invalid(`No more than ${MOST_ANNOTATIONS} annotations can be sent at once`);
  if (draft.status === 'completed' && draft.conclusion === undefined)
    throw invalid('a completed check run needs a conclusion');
  return Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== undefined));
}

function bounded(value: string | undefined, name: string): string | undefined {
  if (value !== undefined && value.length > LONGEST_OUTPUT) {
    throw invalid(`${name} exceeds a maximum length of ${LONGEST_OUTPUT} characters`);
  }
  return value;
}

function actionsOf(value: unknown): CheckAction[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.length > MOST_ACTIONS)
    throw invalid(`At most ${MOST_ACTIONS} actions can be offered`);
  return value.filter(isObject).map((action) => ({
    label: neededText(action, 'label'),
    description: neededText(action, 'description'),
    identifier: neededText(action, 'identifier'),
  }));
}

function checkIn(context: Context): CheckRun {
  const check = context.repo.checks.find((candidate) => candidate.id === idParam(context, 'check_run_id'));
  if (check === undefined) throw notFound();
  return check;
}

function create(context: Context): Answer {
  const { world, repo, app, body } = context;
  const sha = neededText(body, 'head_sha');
  if (!world.objects.commits.has(sha)) throw invalid(`No commit found for SHA: ${sha}`);
  const name = neededText(body, 'name');
  const same = repo.checks.filter((check) => check.app === app && check.sha === sha && check.name === name);
  if (same.length >= MOST_RUNS) throw invalid(`${name} has ${MOST_RUNS} check runs on this commit`);
  return created(showCheck(world, createCheck(world, repo, app, sha, { ...draftOf(body), name })));
}

function update(context: Context): Answer {
  const check = checkIn(context);
  if (check.app !== context.app)
    throw new Refusal(
      problem(
        403,
        'Invalid app_id `' +
          String(context.app.id) +
          '` - check run can only be modified by the GitHub App that created it.',
      ),
    );
  updateCheck(context.world, check, draftOf(context.body));
  return ok(showCheck(context.world, check));
}

/** Newest first; `filter=latest` (the default) keeps the newest of each name and app. */
function list(context: Context): Answer {
  const { world, repo, query } = context;
  const sha = resolve(context, repo, param(context, 'ref'));
  if (sha === null) throw new Refusal(problem(422, `No commit found for SHA: ${param(context, 'ref')}`));
  const name = query.get('check_name');
  const status = query.get('status');
  const app = query.get('app_id');
  let found = repo.checks
    .filter((check) => check.sha === sha)
    .filter((check) => name === null || check.name === name)
    .filter((check) => app === null || check.app.id === Number(app))
    .toReversed();
  if (query.get('filter') !== 'all') {
    found = found.filter(
      (check, at) => found.findIndex((one) => one.name === check.name && one.app === check.app) === at,
    );
  }
  found = found.filter((check) => status === null || checkState(world, check).status === status);
  return counted(context, 'check_runs', found, (check) => showCheck(world, check));
}

const base = '/repos/{owner}/{repo}';

export const checkRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: `${base}/check-runs`,
    operation: 'checks/create',
    audience: 'installation',
    needs: ['checks:write'],
    handle: create,
  },
  {
    method: 'PATCH',
    path: `${base}/check-runs/{check_run_id}`,
    operation: 'checks/update',
    audience: 'installation',
    needs: ['checks:write'],
    handle: update,
  },
  {
    method: 'GET',
    path: `${base}/check-runs/{check_run_id}`,
    operation: 'checks/get',
    audience: 'installation',
    needs: ['checks:read'],
    handle: (context) => ok(showCheck(context.world, checkIn(context))),
  },
  {
    method: 'GET',
    path: `${base}/check-runs/{check_run_id}/annotations`,
    operation: 'checks/list-annotations',
    audience: 'installation',
    needs: ['checks:read'],
    handle: (context) => {
      const defaults = { start_column: null, end_column: null, title: null, raw_details: null, blob_href: '' };
      return listed(context, checkIn(context).annotations, (annotation) => ({ ...defaults, ...annotation }));
    },
  },
  {
    method: 'POST',
    path: `${base}/check-runs/{check_run_id}/rerequest`,
    operation: 'checks/rerequest-run',
    audience: 'installation',
    needs: ['checks:write'],
    handle: (context) => {
      const check = checkIn(context);
      tellAboutCheck(context.world, check, 'rerequested', context.app.bot, check.app);
      return created({});
    },
  },
  {
    method: 'GET',
    path: `${base}/commits/{ref}/check-runs`,
    operation: 'checks/list-for-ref',
    audience: 'installation',
    needs: ['checks:read'],
    handle: list,
  },
  {
    method: 'GET',
    path: `${base}/commits/{ref}/check-suites`,
    operation: 'checks/list-suites-for-ref',
    audience: 'installation',
    needs: ['checks:read'],
    handle: (context) => {
      const sha = resolve(context, context.repo, param(context, 'ref'));
      const suites = context.repo.suites.filter((suite) => suite.sha === sha);
      return counted(context, 'check_suites', suites, (suite) => showSuiteInFull(context.world, suite));
    },
  },
];
