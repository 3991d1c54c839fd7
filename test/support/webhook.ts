/** How a test sends a webhook of its own making through the door. */

import { randomUUID } from 'node:crypto';
import { Webhooks } from '@octokit/webhooks';
import type { Stage } from './stage.ts';

export type Posted = { readonly status: number; readonly text: string };

type Envelope = {
  /** Signed with this; the app's secret where nothing is said, not signed at all with `null`. */
  readonly secret?: string | null;
  readonly id?: string;
};

/** Posts a payload as GitHub does. */
export async function postWebhook(
  { github, app }: Stage,
  event: string,
  payload: unknown,
  { secret = github.webhookSecret, id = randomUUID() }: Envelope = {},
): Promise<Posted> {
  const body = JSON.stringify(payload);
  const answer = await fetch(`${app.url}/api/github/webhooks`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-delivery': id,
      'x-github-event': event,
      ...(secret === null ? {} : { 'x-hub-signature-256': await new Webhooks({ secret }).sign(body) }),
    },
  });
  return { status: answer.status, text: await answer.text() };
}
