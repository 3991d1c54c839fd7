/** How does the app talk in issues and pull requests, and find again what it said? */

import { userId, type RepoRef } from '../../domain/identity.ts';
import type { GitHub, Issue } from '../../engine/ports.ts';
import type { Client } from './client.ts';
import type { OwnApp } from './own-app.ts';
import { at, insideOr, repositoryOf } from './repository.ts';
import { cut, MAX_BODY } from './text.ts';
import { wire, type WireIssue } from './wire.ts';

/** The longest title of an issue, in characters. */
const MAX_TITLE = 256;

/** GitHub says 404 or 410 for what somebody deleted. */
const GONE = [404, 410] as const;

const ISSUE = '/repos/{owner}/{repo}/issues/{issue_number}';

type Part = Pick<
  GitHub,
  | 'findComment'
  | 'createComment'
  | 'updateComment'
  | 'react'
  | 'issue'
  | 'findIssue'
  | 'createIssue'
  | 'addLabels'
  | 'removeLabel'
  | 'closeIssue'
>;

export function conversations(client: Client, app: OwnApp): Part {
  /** Whether an issue is of this repository: the address of one that was moved away leads to its new place. */
  async function isHere(repo: RepoRef, found: WireIssue): Promise<boolean> {
    const place = found.repository_url.toLowerCase();
    if (place.endsWith(`/repos/${repo.owner}/${repo.name}`.toLowerCase())) return true;
    const now = await repositoryOf(client, repo);
    return place.endsWith(`/repos/${now.full_name}`.toLowerCase());
  }

  return {
    async findComment(repo, number, marker) {
      const { id: appId } = await app();
      const parameters = { ...at(repo), issue_number: number };
      const list = await client.list(repo.installationId, `GET ${ISSUE}/comments`, parameters, wire.comments);
      const own = list.find(
        (comment) => comment.performed_via_github_app?.id === appId && comment.body?.includes(marker) === true,
      );
      return own?.id ?? null;
    },

    async createComment(repo, number, body) {
      const parameters = { ...at(repo), issue_number: number, body: cut(body, MAX_BODY) };
      const { value } = await client.write(
        repo.installationId,
        'talk',
        `POST ${ISSUE}/comments`,
        parameters,
        wire.created,
      );
      return value.id;
    },

    async updateComment(repo, id, body) {
      const parameters = { ...at(repo), comment_id: id, body: cut(body, MAX_BODY) };
      const route = 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}';
      const request = client.write(repo.installationId, 'talk', route, parameters, wire.created);
      return (await insideOr(client, repo, request, GONE)) === null ? 'gone' : 'updated';
    },

    async react(repo, commentId, reaction) {
      const parameters = { ...at(repo), comment_id: commentId, content: reaction };
      const route = 'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions';
      // Where the comment is gone, there is nothing to answer any more.
      await insideOr(client, repo, client.write(repo.installationId, 'talk', route, parameters, wire.created), GONE);
    },

    async issue(repo, number) {
      const parameters = { ...at(repo), issue_number: number };
      const request = client.get(repo.installationId, `GET ${ISSUE}`, parameters, wire.issue);
      const found = await insideOr(client, repo, request, GONE);
      return found === null || !(await isHere(repo, found)) ? null : issueFrom(found);
    },

    async findIssue(repo, marker) {
      const { id: appId, slug } = await app();
      const parameters = { ...at(repo), state: 'open', creator: `${slug}[bot]` };
      const list = await client.list(repo.installationId, 'GET /repos/{owner}/{repo}/issues', parameters, wire.issues);
      const own = list.find(
        (found) =>
          found.performed_via_github_app?.id === appId &&
          !isPull(found) &&
          found.state === 'open' &&
          found.body?.includes(marker) === true,
      );
      return own?.number ?? null;
    },

    async createIssue(repo, title, body, labels) {
      const parameters = { ...at(repo), title: cut(title, MAX_TITLE), body: cut(body, MAX_BODY), labels };
      const route = 'POST /repos/{owner}/{repo}/issues';
      return (await client.write(repo.installationId, 'talk', route, parameters, wire.numbered)).value.number;
    },

    async addLabels(repo, number, labels) {
      if (labels.length === 0) return;
      const parameters = { ...at(repo), issue_number: number, labels };
      await client.write(repo.installationId, 'talk', `POST ${ISSUE}/labels`, parameters, wire.done);
    },

    async removeLabel(repo, number, label) {
      const parameters = { ...at(repo), issue_number: number, name: label };
      const request = client.write(repo.installationId, 'talk', `DELETE ${ISSUE}/labels/{name}`, parameters, wire.done);
      await insideOr(client, repo, request, GONE);
    },

    async closeIssue(repo, number) {
      const parameters = { ...at(repo), issue_number: number, state: 'closed' };
      const request = client.write(repo.installationId, 'talk', `PATCH ${ISSUE}`, parameters, wire.numbered);
      await insideOr(client, repo, request, GONE);
    },
  };
}

/** GitHub keeps pull requests among the issues and marks them with this. */
const isPull = (found: WireIssue): boolean => found.pull_request !== undefined && found.pull_request !== null;

function issueFrom(found: WireIssue): Issue {
  const author = found.user ?? { id: 10_137, login: 'ghost' };
  return {
    number: found.number,
    open: found.state === 'open',
    author: { id: userId(author.id), login: author.login },
    title: found.title,
    body: found.body ?? '',
    labels: found.labels.flatMap((label) => (typeof label === 'string' ? label : (label.name ?? []))),
    isPull: isPull(found),
  };
}
