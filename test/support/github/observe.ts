/** What does GitHub show? Plain values, as a person would read them off its pages, newest last. */

import { checkState } from './show/checks.ts';
import { invitationExpired } from './show/repositories.ts';
import { commentById } from './acts/conversation.ts';
import { teamNamed } from './setup.ts';
import { branchTip, issueNumbered, pullNumbered, repoNamed, accountNamed } from './world/find.ts';
import { mergeableState, missingChecks } from './world/mergeable.ts';
import { effectiveRole, peopleWithAccess, roleWord } from './world/roles.ts';
import type { CheckRun, Comment, World } from './world/state.ts';

const commentSeen = (comment: Comment) => ({
  id: comment.id,
  author: comment.author.login,
  viaApp: comment.via?.slug ?? null,
  body: comment.body,
  createdAt: comment.createdAt,
  updatedAt: comment.updatedAt,
  reactions: comment.reactions.map((reaction) => ({ by: reaction.author.login, content: reaction.content })),
});

const checkSeen = (world: World, check: CheckRun) => ({
  id: check.id,
  name: check.name,
  app: check.app.slug,
  sha: check.sha,
  externalId: check.externalId,
  ...checkState(world, check),
  title: check.title ?? '',
  summary: check.summary ?? '',
  text: check.text ?? '',
  detailsUrl: check.detailsUrl,
  actions: check.actions,
  annotations: check.annotations,
});

/** Getters over one world. Repositories are full names. */
export const createView = (world: World) => ({
  /** Every check run on a commit, older ones of the same name too. */
  checks: (repo: string, sha: string) =>
    repoNamed(world, repo)
      .checks.filter((check) => check.sha === sha)
      .map((check) => checkSeen(world, check)),

  /** The newest check run of a name on a commit; `null` where none was reported. */
  check: (repo: string, sha: string, name: string) => {
    const check = repoNamed(world, repo).checks.findLast(
      (candidate) => candidate.sha === sha && candidate.name === name,
    );
    return check === undefined ? null : checkSeen(world, check);
  },

  comments: (repo: string, number: number) => issueNumbered(repoNamed(world, repo), number).comments.map(commentSeen),

  comment: (repo: string, id: number) => {
    const comment = commentById(repoNamed(world, repo), id);
    return comment === null ? null : commentSeen(comment);
  },

  reactions: (repo: string, commentId: number) =>
    (commentById(repoNamed(world, repo), commentId)?.reactions ?? []).map((one) => ({
      by: one.author.login,
      content: one.content,
    })),

  labels: (repo: string, number: number) =>
    issueNumbered(repoNamed(world, repo), number).labels.map((label) => label.name),

  issue: (repo: string, number: number) => {
    const issue = issueNumbered(repoNamed(world, repo), number);
    return {
      number,
      title: issue.title,
      body: issue.body ?? '',
      author: issue.author.login,
      state: issue.state,
      stateReason: issue.stateReason,
      labels: issue.labels.map((label) => label.name),
      assignees: issue.assignees.map((account) => account.login),
    };
  },

  /** Every issue that is not a pull request. */
  issues: (repo: string) =>
    [...repoNamed(world, repo).issues.values()]
      .filter((issue) => issue.pull === null)
      .map((issue) => ({ number: issue.number, title: issue.title, author: issue.author.login, state: issue.state })),

  pull: (repo: string, number: number) => {
    const issue = pullNumbered(repoNamed(world, repo), number);
    const { headSha, headRef, baseRef, draft, mergedAt, mergeSha } = issue.pull;
    return {
      number,
      state: issue.state,
      merged: mergedAt !== null,
      mergeSha,
      headSha,
      headRef,
      baseRef,
      draft,
      mergeableState: mergeableState(world, issue),
      missingChecks: missingChecks(issue.repo, baseRef, headSha),
      reviews: issue.pull.reviews.map(({ id, author, state, commit }) => ({ id, author: author.login, state, commit })),
    };
  },

  /** Commit that a branch points at; throws where there is no such branch. */
  branch: (repo: string, name: string): string => {
    const sha = branchTip(repoNamed(world, repo), name);
    if (sha === null) throw new Error(`${repo} has no branch ${name}`);
    return sha;
  },

  /** Text of a file on a branch; `null` where there is none. */
  file: (repo: string, branch: string, path: string): string | null => {
    const sha = branchTip(repoNamed(world, repo), branch);
    const blob = sha === null ? undefined : world.objects.commits.get(sha)?.files.get(path);
    return blob === undefined ? null : (world.objects.blobs.get(blob)?.toString('utf8') ?? null);
  },

  /** Direct roles by login, in the collaborators API's words. */
  /** Who is in the very team, by login, and as what. */
  teamMembers: (org: string, slug: string) =>
    Object.fromEntries(
      [...teamNamed(world, org, slug).members].map(
        ([id, role]) => [world.accounts.get(id)?.login ?? id, role] as const,
      ),
    ),

  collaborators: (repo: string): Record<string, string> =>
    Object.fromEntries(
      [...repoNamed(world, repo).collaborators].map(([id, role]) => [
        world.accounts.get(id)?.login ?? String(id),
        role,
      ]),
    ),

  /** Role that counts in the end, by login, for everyone who has one; in the words of answers (`write` for `push`). */
  roles: (repo: string): Record<string, string> => {
    const home = repoNamed(world, repo);
    return Object.fromEntries(
      peopleWithAccess(world, home).map((person) => [
        person.login,
        roleWord(effectiveRole(world, home, person) ?? 'none'),
      ]),
    );
  },

  /** One person's role that counts in the end (`push`, not `write`); `null` for none. */
  role: (repo: string, login: string): string | null =>
    effectiveRole(world, repoNamed(world, repo), accountNamed(world, login)),

  invitations: (repo: string) =>
    repoNamed(world, repo).invitations.map((invitation) => ({
      id: invitation.id,
      login: invitation.invitee.login,
      role: invitation.role,
      expired: invitationExpired(world, invitation),
    })),

  /** A workflow run, with how its jobs of the latest attempt stand and what apps said about them. */
  run: (repo: string, id: number) => {
    const run = repoNamed(world, repo).runs.find((candidate) => candidate.id === id);
    if (run === undefined) throw new Error(`${repo} has no workflow run ${id}`);
    const jobs = run.jobs.filter((job) => job.attempt === run.attempt);
    return {
      id,
      attempt: run.attempt,
      status: run.status,
      conclusion: run.conclusion,
      headSha: run.headSha,
      jobs: jobs.map((job) => ({
        name: job.name,
        environment: job.environment,
        status: job.status,
        conclusion: job.conclusion,
        deploymentId: job.deployment?.id ?? null,
        rules: job.answers.map(({ app, state, comment, reports }) => ({
          app: app.slug,
          state,
          comment,
          reports: [...reports],
        })),
      })),
    };
  },

  deployment: (repo: string, id: number) => {
    const deployment = repoNamed(world, repo).deployments.find((candidate) => candidate.id === id);
    if (deployment === undefined) throw new Error(`${repo} has no deployment ${id}`);
    const { sha, ref, environment, statuses } = deployment;
    return { id, sha, ref, environment, states: statuses.map((status) => status.state) };
  },

  /** Groups that wait in the merge queue of a branch, first one first. */
  queue: (repo: string, base: string) =>
    (repoNamed(world, repo).queues.get(base) ?? []).map((group) => ({
      pulls: group.pulls.map((issue) => issue.number),
      ref: group.ref,
      headSha: group.headSha,
      baseSha: group.baseSha,
    })),
});
export type View = ReturnType<typeof createView>;
