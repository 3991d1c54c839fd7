/** The exchange that turns the code from GitHub's redirect into the new app's credentials. */

import { randomBytes } from 'node:crypto';
import { Octokit } from '@octokit/rest';
import { z } from 'zod';
import { SHORTEST_WEBHOOK_SECRET } from '../../config.ts';
import { ok, refused, type Result } from '../../domain/result.ts';
import type { Credentials } from './credentials.ts';

const Answer = z.object({
  id: z.int().positive(),
  html_url: z.url({ protocol: /^https?$/u }),
  pem: z.string().includes('PRIVATE KEY'),
  webhook_secret: z.string().nullish(),
});

/** Octokit would write the code to the terminal when GitHub refuses it. */
const nothing = (): void => undefined;
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** What octokit throws when GitHub answered; without a response nobody did. */
const Refusal = z.object({ status: z.int(), response: z.object({}) });

export type NewApp = Credentials & {
  /** The app's public page. */
  readonly htmlUrl: string;
  /** Whether GitHub knows the webhook secret; if not, it has to be entered there by hand. */
  readonly secretKnown: boolean;
};

/** The code is good for one hour and for one exchange. Refuses, in words without credentials, what GitHub refused. */
export async function convert(apiUrl: string, code: string): Promise<Result<NewApp, string>> {
  const octokit = new Octokit({ baseUrl: apiUrl, userAgent: 'jit-gate', log: silent });
  const request = { signal: AbortSignal.timeout(30_000) };
  const exchanged = await octokit.rest.apps.createFromManifest({ code, request }).catch((error: unknown) => {
    const refusal = Refusal.safeParse(error);
    if (refusal.success) return refusal.data.status;
    throw error;
  });
  if (typeof exchanged === 'number') {
    return refused(`GitHub answered ${exchanged}; a code is good for one hour and one use, so start again`);
  }
  const answer = Answer.safeParse(exchanged.data);
  if (!answer.success) {
    const missing = answer.error.issues.map((issue) => issue.path.join('.')).join(', ');
    return refused(`GitHub’s answer lacks what it promises (${missing}); see the app’s settings page for the rest`);
  }
  const { data } = answer;
  const given = data.webhook_secret ?? '';
  const secretKnown = given.length >= SHORTEST_WEBHOOK_SECRET;
  return ok({
    appId: data.id,
    pem: data.pem,
    webhookSecret: secretKnown ? given : randomBytes(32).toString('hex'),
    htmlUrl: data.html_url,
    secretKnown,
  });
}
