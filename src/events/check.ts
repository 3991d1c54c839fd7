/** `check_run` and `check_suite`: someone asks for a check to be done again, or a check has something to say. */

import { z } from 'zod';
import type { DomainEvent } from '../domain/event.ts';
import { isOwnCheck } from '../domain/subject.ts';
import { RepositoryEvent, repoOf, Sha } from './payload.ts';

const RunPayload = RepositoryEvent.extend({
  action: z.string(),
  check_run: z.object({
    head_sha: Sha,
    name: z.string(),
    id: z.int().optional(),
    conclusion: z.string().nullish(),
    app: z.object({ id: z.int(), slug: z.string().nullish() }).nullish(),
  }),
});
const SuitePayload = RepositoryEvent.extend({ action: z.string(), check_suite: z.object({ head_sha: Sha }) });

export function fromCheckRun(raw: unknown): DomainEvent | null {
  const payload = RunPayload.parse(raw);
  const { name, head_sha: head } = payload.check_run;
  switch (payload.action) {
    case 'rerequested':
      return { kind: 'check-rerequested', repo: repoOf(payload), head };
    case 'created':
    case 'completed':
      // What this app reports changes no decision: without this every report would lead to the next.
      return isOwnCheck(name) ? ownName(payload) : { kind: 'check-reported', repo: repoOf(payload), head };
    default:
      return null;
  }
}

/** Ours, or an impostor's: only who knows this app's number can tell. */
function ownName(payload: z.output<typeof RunPayload>): DomainEvent {
  const { name, head_sha: head, id, app, conclusion } = payload.check_run;
  return {
    kind: 'own-name-reported',
    repo: repoOf(payload),
    head,
    name,
    run: id ?? null,
    conclusion: conclusion ?? null,
    app: app ? { id: app.id, slug: app.slug ?? String(app.id) } : null,
    by: payload.sender?.id ?? null,
  };
}

export function fromCheckSuite(raw: unknown): DomainEvent | null {
  const payload = SuitePayload.parse(raw);
  if (payload.action !== 'rerequested') return null;
  return { kind: 'check-rerequested', repo: repoOf(payload), head: payload.check_suite.head_sha };
}
