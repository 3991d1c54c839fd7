/** How a person acts by hand on the demo's GitHub: a line of curl for each thing that anyone in the cast can do. */

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Installation, LocalGitHub } from '../test/support/github/index.ts';
import { repoNamed } from '../test/support/github/world/find.ts';
import { CAST, REPO } from './cast.ts';

export type Desk = {
  /** What can be done, as lines to copy. */
  readonly help: (appUrl: string, log: string) => readonly string[];
  readonly close: () => Promise<void>;
};

/** Words that follow the person in the address, and the text that was sent. Returns what to show. */
type Act = (github: LocalGitHub, who: string, argument: string, body: string) => unknown;

const ACTS: ReadonlyMap<string, Act> = new Map<string, Act>(
  Object.entries({
    deploy: (github, who) => {
      const run = github.as(who).startRun(REPO, { workflow: 'deploy', branch: 'main', environments: ['production'] });
      return { run };
    },
    change: (github, who, branch, body) => {
      const files = { [`src/${branch}.ts`]: body };
      const sha = github.as(who).push(REPO, { branch, files });
      const open = pullsOf(github).find((pull) => pull.state === 'open' && pull.headRef === branch);
      return { sha, pull: open?.number ?? github.as(who).openPull(REPO, { head: branch }) };
    },
    comment: (github, who, number, body) => ({ comment: github.as(who).comment(REPO, Number(number), body) }),
    merge: (github, who, number) => github.as(who).merge(REPO, Number(number)),
    ask: (github, who, role, body) => {
      const form = `### Role\n\n${role}\n\n### Duration\n\n30s\n\n### Reason\n\n${body}\n`;
      const draft = { title: 'Access request', body: form, labels: ['access-request'] };
      return { issue: github.as(who).openIssue(REPO, draft) };
    },
    'close-issue': (github, who, number) => {
      github.as(who).closeIssue(REPO, Number(number));
      return {};
    },
  } satisfies Readonly<Record<string, Act>>),
);

const pullsOf = (github: LocalGitHub): readonly ReturnType<LocalGitHub['see']['pull']>[] =>
  [...repoNamed(github.world, REPO).issues.values()].flatMap(({ number, pull }) =>
    pull === null ? [] : [github.see.pull(REPO, number)],
  );

export async function openDesk(github: LocalGitHub, installation: Installation): Promise<Desk> {
  const server = createServer((request, response) => {
    void answer(github, installation, request).then(({ status, body }) => {
      const plain = typeof body === 'string';
      response.writeHead(status, { 'content-type': `${plain ? 'text/plain' : 'application/json'}; charset=utf-8` });
      response.end(`${plain ? body : JSON.stringify(body, null, 2)}\n`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    help: (appUrl, log) => help(github, url, appUrl, log),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Look = (github: LocalGitHub, installation: Installation) => unknown;

const LOOKS: ReadonlyMap<string, Look> = new Map<string, Look>([
  ['see', overview],
  ['token', (github, installation) => github.token(installation)],
]);

type Answer = { readonly status: number; readonly body: unknown };

async function answer(github: LocalGitHub, installation: Installation, request: IncomingMessage): Promise<Answer> {
  try {
    const [who = '', what = '', argument = ''] = (request.url ?? '').slice(1).split('/').map(decodeURIComponent);
    const look = request.method === 'GET' ? LOOKS.get(who) : undefined;
    if (look !== undefined) return { status: 200, body: look(github, installation) };
    const act = request.method === 'POST' ? ACTS.get(what) : undefined;
    if (act === undefined) {
      const body = {
        error: `GET /see or /token, or POST /PERSON/WHAT/WHICH with WHAT one of ${[...ACTS.keys()].join(', ')}`,
      };
      return { status: 404, body };
    }
    return { status: 200, body: act(github, who, argument, await text(request)) };
  } catch (error) {
    return { status: 400, body: { error: error instanceof Error ? error.message : String(error) } };
  }
}

/** What GitHub's pages would show, without what ended long ago. */
function overview(github: LocalGitHub): unknown {
  const { see, botLogin } = github;
  const talk = (number: number) =>
    see.comments(REPO, number).map(({ author, body, reactions }) => ({
      author,
      body,
      reactions: reactions.map(({ by, content }) => (by === botLogin ? content : `${content} by ${by}`)),
    }));
  const checks = (sha: string) =>
    see.checks(REPO, sha).map(({ name, status, conclusion, title, summary }) => ({
      name,
      state: conclusion ?? status,
      title,
      summary,
    }));
  return {
    pulls: pullsOf(github).map(({ number, state, headSha }) => ({
      number,
      state,
      checks: checks(headSha),
      comments: talk(number),
    })),
    issues: see.issues(REPO).map(({ number, title, state }) => ({
      number,
      title,
      state,
      labels: see.labels(REPO, number),
      comments: talk(number),
    })),
    main: checks(see.branch(REPO, 'main')),
    runs: repoNamed(github.world, REPO).runs.map(({ id }) => see.run(REPO, id)),
    roles: see.roles(REPO),
  };
}

function help(github: LocalGitHub, desk: string, app: string, log: string): readonly string[] {
  return [
    `GitHub's API  ${github.url}`,
    `the app       ${app}`,
    `its log       ${log}`,
    `by hand       ${desk}`,
    '',
    `Act as anyone of ${CAST.map(([login]) => login).join(', ')}. Each answer says the number of what came of it:`,
    `  curl ${desk}/ben/deploy -d ''                          # a deployment to production`,
    `  curl ${desk}/ben/change/fix -d 'export {};'            # push to a branch and open a pull request`,
    `  curl ${desk}/ana/comment/NUMBER -d '/approve'          # or /deny: why, /explain, /status, /help`,
    `  curl ${desk}/ben/merge/NUMBER -d ''`,
    `  curl ${desk}/erin/ask/push -d 'Repair the checkout'    # the access form, for 30 seconds`,
    `  curl ${desk}/see                                       # what GitHub shows, as JSON`,
    'The same API that the app uses, with a token for an hour:',
    `  curl -H "Authorization: Bearer $(curl -s ${desk}/token)" ${github.url}/repos/${REPO}/pulls`,
  ];
}
