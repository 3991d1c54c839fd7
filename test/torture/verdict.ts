/** What has to be so when everything is over: nothing is lost, nothing was done twice, and what was due is gone. */

import type { LocalGitHub } from '../support/github/index.ts';
import type { AccessLine, Ledger, PullLine, RunLine } from './ledger.ts';

/** What GitHub does not show yet, though it should, or shows twice; empty when all is well. */
export const missing = (github: LocalGitHub, ledger: Ledger): readonly string[] => [
  ...ledger.pulls.flatMap((line) => pullMissing(github, line)),
  ...ledger.runs.flatMap((line) => runMissing(github, line)),
  ...ledger.asked.flatMap((line) => accessMissing(github, line)),
  ...ledger.commands.flatMap(({ repo, number, id }) =>
    github.see.reactions(repo, id).some(({ by }) => by === github.botLogin)
      ? []
      : [`${repo}#${number}: the command ${id} has no answer`],
  ),
];

const CONCLUSIONS = { approved: 'success', denied: 'failure', none: null } as const;

/** The whole conversation on one line: what tells why something is missing. */
const conversation = ({ see }: LocalGitHub, repo: string, number: number): string =>
  see
    .comments(repo, number)
    .map(({ author, body, reactions }) => {
      const answers = reactions.map(({ content }) => content).join();
      return `${author}: ${JSON.stringify(body.slice(0, 1_000))} [${answers}]`;
    })
    .join(' | ');

function pullMissing(github: LocalGitHub, { repo, number, sha, verdict, replaced }: PullLine): readonly string[] {
  const { see } = github;
  if (replaced) return [];
  const check = see.check(repo, sha, 'jit/merge');
  if (check === null) return [`${repo}#${number}: ${sha} has no check`];
  const wanted = CONCLUSIONS[verdict];
  return check.conclusion === wanted
    ? []
    : [`${repo}#${number}: ${verdict}, but shows "${check.title}". ${conversation(github, repo, number)}`];
}

const RULES = { approved: 'approved', denied: 'rejected', none: 'waiting' } as const;

function runMissing({ see }: LocalGitHub, { repo, run, verdict }: RunLine): readonly string[] {
  const states = see.run(repo, run).jobs.flatMap(({ rules }) => rules.map(({ state }) => state));
  return states.every((state) => state === RULES[verdict])
    ? []
    : [`${repo} run ${run}: ${verdict}, but is ${states.join()}`];
}

function accessMissing(github: LocalGitHub, line: AccessLine): readonly string[] {
  const { repo, issue, who, length, approved, returned } = line;
  const role = github.see.collaborators(repo)[who] ?? null;
  const labels = github.see.labels(repo, issue);
  const over = returned || length < 60_000;
  const [wantedRole, label] = !approved ? [null, 'jit:pending'] : over ? [null, 'jit:ended'] : ['push', 'jit:active'];
  return role === wantedRole && labels.includes(label)
    ? []
    : [
        `${repo}#${issue}: ${who} should have ${wantedRole ?? 'nothing'} and be shown as ${label}, but has ${role ?? 'nothing'} and ${labels.join()}. ${conversation(github, repo, issue)}`,
      ];
}

/** What shows twice: checks of one key, comments and issues with one marker, and people who were added more than once. */
export function doubled(github: LocalGitHub, ledger: Ledger, repos: readonly string[]): readonly string[] {
  const { see, botLogin } = github;
  return repos.flatMap((repo) => {
    const commits = new Set([
      ...ledger.pulls.filter((line) => line.repo === repo).map(({ sha }) => sha),
      see.branch(repo, 'main'),
    ]);
    const checks = [...commits].flatMap((sha) =>
      see
        .checks(repo, sha)
        .flatMap(({ app, name, externalId }) => (app === github.appSlug ? [`check ${name} ${externalId}`] : [])),
    );
    const numbers = [
      ...see.issues(repo).map(({ number }) => number),
      ...ledger.pulls.filter((line) => line.repo === repo).map(({ number }) => number),
    ];
    const comments = [...new Set(numbers)].flatMap((number) =>
      see
        .comments(repo, number)
        .flatMap(({ author, body }) => (author === botLogin ? [`comment on #${number} ${marker(body)}`] : [])),
    );
    const issues = see
      .issues(repo)
      .flatMap(({ number, author }) => (author === botLogin ? [`issue ${marker(see.issue(repo, number).body)}`] : []));
    const added = github.deliveries.flatMap(({ event, action, payload, redelivery }) =>
      event === 'member' && action === 'added' && !redelivery && nameOf(payload, 'repository', 'full_name') === repo
        ? [`adding of ${nameOf(payload, 'member', 'login')}`]
        : [],
    );
    return twice([...checks, ...comments, ...issues, ...added]).map((what) => `${repo}: twice: ${what}`);
  });
}

const marker = (body: string): string => /<!-- (?<marker>\S+) -->/u.exec(body)?.groups?.['marker'] ?? body;

function nameOf(payload: Readonly<Record<string, unknown>>, part: string, key: string): string {
  const value = payload[part];
  return typeof value === 'object' && value !== null ? String((value as Record<string, unknown>)[key]) : '';
}

function twice(list: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return list.filter((one) => seen.size === seen.add(one).size);
}
