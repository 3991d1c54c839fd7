/** How does a check run show what is held? */

import type { RepoRef } from '../../domain/identity.ts';
import type { Annotation } from '../../domain/policy/check-report.ts';
import { known, unknown } from '../../domain/result.ts';
import type { Check, GitHub } from '../../engine/ports.ts';
import type { Client } from './client.ts';
import type { OwnApp } from './own-app.ts';
import { at, insideOr } from './repository.ts';
import { cut, MAX_OUTPUT } from './text.ts';
import { wire, type WireAnnotated } from './wire.ts';

/** GitHub takes no more annotations at once. */
const MAX_ANNOTATIONS = 50;
/** GitHub's limit is 64 KB; nothing that is longer than this is read on a line. */
const MAX_MESSAGE = 4_000;

type Part = Pick<GitHub, 'findCheck' | 'createCheck' | 'updateCheck' | 'checksOn'>;

export function checks(client: Client, app: OwnApp): Part {
  return {
    async findCheck(repo, commit, name, externalId) {
      const { id: appId } = await app();
      const route = 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs';
      const parameters = { ...at(repo), ref: commit, check_name: name, app_id: appId, filter: 'all' };
      const request = client.list(repo.installationId, route, parameters, wire.checks);
      const list = (await insideOr(client, repo, request, [404, 422])) ?? [];
      const own = list.filter((run) => run.app?.id === appId && run.name === name && run.external_id === externalId);
      // Ids only grow, so the highest is the newest.
      return own.reduce<number | null>((newest, run) => Math.max(newest ?? 0, run.id), null);
    },

    async checksOn(repo, commit) {
      const route = 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs';
      const parameters = { ...at(repo), ref: commit, filter: 'latest' };
      const request = client.list(repo.installationId, route, parameters, wire.checkRuns);
      const list = await insideOr(client, repo, request, [404, 422]);
      if (list === null) return unknown(`GitHub knows no commit ${commit}`);
      return known(
        list.map(({ name, app: by, status, conclusion }) => ({
          name,
          app: by?.slug ?? null,
          state: status === 'completed' ? (conclusion === 'success' ? 'succeeded' : 'failed') : 'running',
        })),
      );
    },

    async createCheck(repo, commit, check) {
      const parameters = { ...at(repo), head_sha: commit, ...shown(check) };
      const route = 'POST /repos/{owner}/{repo}/check-runs';
      const { value } = await client.write(repo.installationId, 'release', route, parameters, wire.annotated);
      await annotate(client, repo, value, check);
      return value.id;
    },

    async updateCheck(repo, id, check) {
      const parameters = { ...at(repo), check_run_id: id, ...shown(check) };
      const route = 'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}';
      const { value } = await client.write(repo.installationId, 'release', route, parameters, wire.annotated);
      await annotate(client, repo, value, check);
    },
  };
}

/**
 * Sends the annotations that the run does not have yet: GitHub takes 50 a call and adds them to those that are there, so
 * a report that was cut off goes on where it stopped.
 */
async function annotate(client: Client, repo: RepoRef, run: WireAnnotated, check: Check): Promise<void> {
  const { annotations = [] } = check;
  for (let sent = run.output.annotations_count; sent < annotations.length; sent += MAX_ANNOTATIONS) {
    const part = annotations.slice(sent, sent + MAX_ANNOTATIONS).map(annotationOf);
    const shape = shown(check);
    const parameters = { ...at(repo), check_run_id: run.id, ...shape, output: { ...shape.output, annotations: part } };
    const route = 'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}';
    await client.write(repo.installationId, 'release', route, parameters, wire.done);
  }
}

const annotationOf = ({ path, line, column, level, title, message }: Annotation) => ({
  path,
  start_line: line,
  end_line: line,
  start_column: column,
  end_column: column,
  annotation_level: level,
  title: cut(title, 255),
  message: cut(message, MAX_MESSAGE),
});

/** Anything that is not a success or a failure is in progress, which never passes a required check. */
function shown(check: Check) {
  return {
    name: check.name,
    external_id: check.externalId,
    ...(check.state === 'pending' ? { status: 'in_progress' } : { status: 'completed', conclusion: check.state }),
    ...(check.detailsUrl === null ? {} : { details_url: check.detailsUrl }),
    output: {
      title: cut(check.title, MAX_OUTPUT),
      summary: cut(check.summary, MAX_OUTPUT),
      text: cut(check.text, MAX_OUTPUT),
    },
  };
}
