/** `workflow_run`: a run that is over waits for nothing any more. */

import { z } from 'zod';
import type { DomainEvent } from '../domain/event.ts';
import { RepositoryEvent, repoOf } from './payload.ts';

const Payload = RepositoryEvent.extend({
  action: z.string(),
  workflow_run: z.object({ id: z.int(), run_attempt: z.int().nullish() }),
});

export function fromWorkflowRun(raw: unknown): DomainEvent | null {
  const payload = Payload.parse(raw);
  if (payload.action !== 'completed') return null;
  return {
    kind: 'run-ended',
    repo: repoOf(payload),
    runId: payload.workflow_run.id,
    attempt: payload.workflow_run.run_attempt ?? 1,
  };
}
