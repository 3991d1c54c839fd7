/** Tells a deployment's protection rule where things stand: reports while it waits, one answer at the end. */

import { createHash } from 'node:crypto';
import type { Decision } from '../domain/decision.ts';
import { title } from '../domain/title.ts';
import { advance, isDeployment, isOpen, type DeploymentRequest, type RequestState } from '../domain/request.ts';
import { auditOf, step } from '../domain/settle.ts';
import { environmentKey } from '../domain/subject.ts';
import { moveRequest } from './move-request.ts';
import { GitHubRefused, GitHubUnavailable } from './ports.ts';
import { commit, type World } from './world.ts';

/** GitHub takes at most ten reports on a rule; the last one is kept for the answer's sake. */
const REPORTS = 9;
/** GitHub's limit for the words on a rule, in characters. */
const RULE_WORDS = 1024;
/** An approval is being given: whether GitHub has it is not known until it says so. */
const ANSWERING = 'answering';
/** Jobs of one run that wait for one environment are answered one after another, at most so many at a time. */
const JOBS = 64;

/** What a request's state means for the rule. A run that is over, or was released before, asks for nothing. */
const RULE_STATES = {
  pending: 'report',
  approved: 'approved',
  denied: 'rejected',
  expired: 'rejected',
  cancelled: 'rejected',
  released: null,
  superseded: null,
  closed: null,
} as const satisfies Readonly<Record<RequestState, 'report' | 'approved' | 'rejected' | null>>;

type RuleState = 'approved' | 'rejected';

/**
 * Answers or reports, and returns the request as it is then: released once GitHub took the approval. An approval whose
 * answer was lost is asked about by answering again; GitHub refuses a second answer and so tells that it has the first.
 */
export async function answerRule(
  world: World,
  request: DeploymentRequest,
  decision: Decision,
): Promise<DeploymentRequest> {
  const { run, ruleWaits } = request.subject;
  if (run === null || !ruleWaits) return request.state === 'approved' ? await released(world, request) : request;
  const shown = (await world.store.surface(ruleKey(request)))?.digest ?? '';
  if (shown === 'answered:approved' && isOpen(request)) return await released(world, request);
  if (shown.startsWith('answered:')) return request;
  const words = request.outcome ?? title(decision);
  switch (RULE_STATES[request.state]) {
    case 'report':
      return shown === ANSWERING
        ? await takeBack(world, request, run.id)
        : await report(world, request, run.id, shown, words);
    case 'approved':
      return await approve(world, request, run.id, words);
    case 'rejected':
      return await reject(world, request, run.id, words);
    case null:
      return request;
  }
}

/**
 * Lets further jobs of a released run go ahead that wait for the same environment, as far as GitHub says that any wait.
 * The caller has decided that what was approved is approved still.
 */
export async function answerAgain(world: World, request: DeploymentRequest): Promise<void> {
  const { run, deploymentId } = request.subject;
  if (run === null) return;
  const answers = await answerRest(world, request, run.id, 'approved', request.outcome ?? 'approved');
  if (answers === 0) return;
  const data = {
    environment: request.subject.environment,
    run: run.id,
    attempt: run.attempt,
    deployment: deploymentId,
  };
  await world.store.commit({ audit: [auditOf(request, 'deployment.answered', null, { ...data, answers })] });
}

/** A rule is named by its run and by no attempt: what stands there now must be the attempt that the request is about. */
async function isSameAttempt(world: World, { repo, subject }: DeploymentRequest): Promise<boolean> {
  const now = subject.run === null ? null : await world.github.run(repo, subject.run.id);
  return now?.attempt === subject.run?.attempt;
}

async function approve(
  world: World,
  request: DeploymentRequest,
  runId: number,
  words: string,
): Promise<DeploymentRequest> {
  if (!(await isSameAttempt(world, request))) return await closed(world, request);
  await saveDigest(world, request, runId, ANSWERING);
  const answered = await answer(world, request, runId, 'approved', words);
  if (answered === 'gone') return await closed(world, request);
  const row = await released(world, request);
  await answerRest(world, request, runId, 'approved', words);
  return row;
}

/** A denial of one attempt says nothing of the next, which has a request of its own. */
async function reject(
  world: World,
  request: DeploymentRequest,
  runId: number,
  words: string,
): Promise<DeploymentRequest> {
  if (!(await isSameAttempt(world, request))) {
    await saveDigest(world, request, runId, 'answered:nothing');
    return request;
  }
  await answer(world, request, runId, 'rejected', words);
  await answerRest(world, request, runId, 'rejected', words);
  return request;
}

/** The approval stopped counting while it was being given: GitHub says whether it had arrived. */
async function takeBack(world: World, request: DeploymentRequest, runId: number): Promise<DeploymentRequest> {
  if (!(await isSameAttempt(world, request))) return await closed(world, request);
  const words = 'The approval no longer counted when it was to be given.';
  const answered = await answer(world, request, runId, 'rejected', words);
  if (answered === 'already-answered') return await released(world, request);
  return await closed(world, request);
}

async function answer(
  world: World,
  request: DeploymentRequest,
  runId: number,
  state: RuleState,
  words: string,
): Promise<'answered' | 'already-answered' | 'gone'> {
  const { environment } = request.subject;
  const answered = await world.github.answerRule(request.repo, runId, { environment, state, comment: fitting(words) });
  if (answered !== 'answered') world.log.info({ request: request.id, answered }, 'the protection rule took no answer');
  await saveDigest(world, request, runId, `answered:${state}`);
  return answered;
}

/**
 * Several jobs of a run can wait for one environment, as those of a matrix do. Whether one answer is for all of them
 * GitHub does not say, so it is given again until nothing waits. Returns how often GitHub took it. What fails here is left
 * to the sweep: the request itself has its answer.
 */
async function answerRest(
  world: World,
  request: DeploymentRequest,
  runId: number,
  state: RuleState,
  words: string,
): Promise<number> {
  const { repo, subject } = request;
  let answers = 0;
  try {
    while (answers < JOBS && (await stillWaits(world, request, runId))) {
      const { environment } = subject;
      const answered = await world.github.answerRule(repo, runId, { environment, state, comment: fitting(words) });
      if (answered !== 'answered') break;
      answers += 1;
    }
  } catch (error) {
    if (!(error instanceof GitHubRefused) && !(error instanceof GitHubUnavailable)) throw error;
    world.log.warn(
      { request: request.id, why: error.message },
      'whether more jobs wait could not be told; looked at again',
    );
  }
  return answers;
}

async function stillWaits(world: World, request: DeploymentRequest, runId: number): Promise<boolean> {
  const key = environmentKey(request.subject.environment);
  const [same, waiting] = await Promise.all([
    isSameAttempt(world, request),
    world.github.pendingEnvironments(request.repo, runId),
  ]);
  return same && waiting.some((environment) => environmentKey(environment) === key);
}

/** A pending request whose run was started again waits for nothing any more. */
async function report(
  world: World,
  request: DeploymentRequest,
  runId: number,
  shown: string,
  words: string,
): Promise<DeploymentRequest> {
  const reports = Number(/^reported:(\d+):/u.exec(shown)?.[1] ?? 0);
  const digest = createHash('sha256').update(words).digest('hex');
  if (reports >= REPORTS || shown.endsWith(`:${digest}`)) return request;
  if (!(await isSameAttempt(world, request))) return await closed(world, request);
  const where = request.conversation === null ? '' : ` Approve in #${request.conversation.number}.`;
  await world.github.reportRule(request.repo, runId, request.subject.environment, fitting(`${words}.${where}`));
  await saveDigest(world, request, runId, `reported:${reports + 1}:${digest}`);
  return request;
}

/**
 * Records that the deployment goes ahead. What GitHub has taken is recorded as released, whatever was decided since. A rule
 * that has begun to ask since the request was read is answered first.
 */
async function released(world: World, request: DeploymentRequest): Promise<DeploymentRequest> {
  return await commit(world, async () => {
    const current = await world.store.request(request.id);
    if (current === null || !isDeployment(current)) return { change: null, value: request };
    if (current.subject.ruleWaits && !request.subject.ruleWaits) return { change: null, value: current };
    const now = await world.store.now();
    const approved = current.state === 'pending' ? advance(current, 'approve', now, null) : current;
    const row = approved === null ? null : advance(approved, 'release', now, 'approved and released');
    if (row === null) return { change: null, value: current };
    const audit = [auditOf(row, 'request.released', null, { outcome: row.outcome, policy: row.policyBlob })];
    return { change: { requests: [{ was: current.version, row }], audit }, value: row };
  });
}

async function closed(world: World, request: DeploymentRequest): Promise<DeploymentRequest> {
  const moved = await moveRequest(world, request.id, (current, now) =>
    step(current, 'close', now, null, 'the run no longer waits for an answer'),
  );
  return moved !== null && isDeployment(moved) ? moved : request;
}

const saveDigest = async (world: World, request: DeploymentRequest, runId: number, digest: string): Promise<void> => {
  await world.store.saveSurface({ key: ruleKey(request), githubId: runId, digest });
};

const ruleKey = (request: DeploymentRequest): string => `rule:${request.id}`;

const fitting = (text: string): string => (text.length <= RULE_WORDS ? text : `${text.slice(0, RULE_WORDS - 1)}…`);
