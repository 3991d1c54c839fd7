/** The least that a Probot app can be: the same server as ours, and a handler that does nothing. */

import { Probot, Server } from 'probot';
import { jitOctokit } from '../../src/adapters/github/octokit.ts';
import { createLogger } from '../../src/log.ts';
import type { Credentials } from './github.ts';
import { answerQuestions } from './talk.ts';

const questions = {
  start: async ({ github, port }: { github: Credentials; port: number }): Promise<string> => {
    const server = new Server({
      host: '127.0.0.1',
      port,
      log: createLogger({ logLevel: 'warn', logFormat: 'json' }),
      Probot: Probot.defaults({
        appId: github.appId,
        privateKey: github.privateKey,
        secret: github.webhookSecret,
        baseUrl: github.url,
        Octokit: jitOctokit,
      }),
    });
    await server.load((probot) => {
      probot.onAny(() => undefined);
    });
    await server.start();
    return `http://127.0.0.1:${server.port}/api/github/webhooks`;
  },
} as const;

export type BareQuestions = typeof questions;

answerQuestions(questions);
