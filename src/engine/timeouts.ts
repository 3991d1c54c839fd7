/** How the engine is woken at the end of the time that a request has. */

import type { Timer } from '../domain/effect.ts';
import type { Request } from '../domain/request.ts';

/** The timer for a request's deadline, as long as it waits. */
export const deadlineTimers = (request: Request): readonly Timer[] =>
  request.state === 'pending' && request.deadline !== null
    ? [{ kind: 'request-deadline', requestId: request.id, at: request.deadline }]
    : [];
