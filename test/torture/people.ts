/** What do people do meanwhile? They open, approve, deny, push, deploy, ask for access and give it back, at random. */

import type { LocalGitHub } from '../support/github/index.ts';
import { formText } from '../support/asking.ts';
import { gates, MAIN_GATE, PRODUCTION_GATE, SHIFT_RULE } from '../support/policies.ts';
import type { Chance } from './chance.ts';
import type { AccessLine, Ledger, PullLine, RunLine } from './ledger.ts';

const POLICY = `${gates(MAIN_GATE, PRODUCTION_GATE)}access:\n  - ${SHIFT_RULE}\n`;
const ENGINEERS = 12;
const SHORT = 2_000;
const LONG = 3_600_000;

export type People = {
  /** One thing that somebody can do just now. */
  readonly act: () => void;
};

/** Makes the organisations and installs the app. Each has limits of its own at GitHub. */
export function gather(github: LocalGitHub, names: readonly string[]): void {
  for (const login of ['olga', 'rita', 'ben', 'mia']) github.createUser(login);
  const engineers = Array.from({ length: ENGINEERS }, (_, index) => `erin-${index}`);
  for (const login of engineers) github.createUser(login);
  for (const org of names) {
    github.createOrganization(org, {
      owners: ['olga'],
      members: ['rita', 'ben', 'mia', ...engineers],
      baseRole: 'read',
    });
    github.createTeam(org, 'release', ['rita']);
    github.createTeam(org, 'security', []);
    github.createTeam(org, 'engineers', engineers);
    github.createRepository(org, 'shop', {
      files: { 'README.md': '# Shop\n', '.jit-policy.yml': POLICY },
      collaborators: { ben: 'push', mia: 'maintain', rita: 'push' },
    });
    github.protectBranch(`${org}/shop`, 'main', { requiredChecks: [{ name: 'jit/merge', appId: github.appId }] });
    github.createEnvironment(`${org}/shop`, 'production', { customRule: true });
    github.installApp(org);
  }
}

/** People of the organisations, who do only what GitHub shows them that they can. */
export function createPeople(github: LocalGitHub, orgs: readonly string[], ledger: Ledger, chance: Chance): People {
  const { see } = github;
  let count = 0;

  const say = (who: string, repo: string, number: number, body: string): void => {
    github.clock.advance(2000);
    const id = github.as(who).comment(repo, number, body);
    ledger.commands.push({ repo, number, id });
  };

  const open = (repo: string): void => {
    const branch = `change-${(count += 1)}`;
    github.as('ben').push(repo, { branch, files: { [`src/${branch}.ts`]: `// ${branch}\n` } });
    const number = github.as('ben').openPull(repo, { head: branch });
    ledger.pulls.push({ repo, number, sha: see.pull(repo, number).headSha, verdict: 'none', replaced: false });
  };

  const push = (line: PullLine): void => {
    count += 1;
    line.replaced = true;
    const branch = see.pull(line.repo, line.number).headRef;
    const sha = github.as('ben').push(line.repo, { branch, files: { [`src/more-${count}.ts`]: `// ${count}\n` } });
    ledger.pulls.push({ ...line, sha, verdict: 'none', replaced: false });
  };

  const judge = (line: PullLine): void => {
    line.verdict = chance.happens(0.8) ? 'approved' : 'denied';
    say('rita', line.repo, line.number, line.verdict === 'approved' ? '/approve' : '/deny : not like this');
  };

  const deploy = (repo: string): void => {
    const run = github.as('ben').startRun(repo, { branch: 'main', environment: 'production' });
    ledger.runs.push({ repo, run, verdict: 'none' });
  };

  const judgeRun = (line: RunLine, place: number): void => {
    line.verdict = chance.happens(0.8) ? 'approved' : 'denied';
    say('rita', line.repo, place, line.verdict === 'approved' ? '/approve' : '/deny : not today');
  };

  const ask = (repo: string): void => {
    const busy = new Set(ledger.asked.filter((line) => line.repo === repo).map(({ who }) => who));
    const who = Array.from({ length: ENGINEERS }, (_, index) => `erin-${index}`).find((login) => !busy.has(login));
    if (who === undefined) return;
    const length = chance.happens(0.7) ? SHORT : LONG;
    const issue = github.as(who).openIssue(repo, {
      title: 'Access request',
      body: formText({ role: 'push', reason: 'Repair the checkout page', duration: `${length / 1000}s` }),
      labels: ['access-request'],
    });
    ledger.asked.push({ repo, issue, who, length, approved: false, returned: false });
  };

  const approveAccess = (line: AccessLine): void => {
    line.approved = true;
    say('mia', line.repo, line.issue, '/approve');
  };

  const giveBack = (line: AccessLine): void => {
    line.returned = true;
    say(line.who, line.repo, line.issue, '/done');
  };

  const shows = (line: PullLine): boolean => see.check(line.repo, line.sha, 'jit/merge')?.status === 'in_progress';
  const choices = (repo: string): (() => void)[] => {
    const here = <T extends { readonly repo: string }>(lines: readonly T[]): readonly T[] =>
      lines.filter((line) => line.repo === repo);
    const held = here(ledger.pulls).filter((line) => line.verdict === 'none' && !line.replaced && shows(line));
    const judged = here(ledger.pulls).filter((line) => line.verdict === 'approved' && !line.replaced);
    return [
      () => open(repo),
      () => deploy(repo),
      () => ask(repo),
      ...held.flatMap((line) => [() => judge(line), () => judge(line)]),
      ...judged.slice(0, 1).map((line) => () => push(line)),
      ...here(ledger.runs).flatMap((line) => {
        const place = line.verdict === 'none' ? placeOf(github, line) : null;
        return place === null ? [] : [() => judgeRun(line, place), () => judgeRun(line, place)];
      }),
      ...here(ledger.asked)
        .filter((line) => !line.approved && see.labels(repo, line.issue).includes('jit:pending'))
        .flatMap((line) => [() => approveAccess(line), () => approveAccess(line)]),
      ...here(ledger.asked)
        .filter((line) => line.length === LONG && !line.returned && see.labels(repo, line.issue).includes('jit:active'))
        .map((line) => () => giveBack(line)),
    ];
  };

  return {
    act: () => {
      const org = chance.pick(orgs);
      if (org !== undefined) chance.pick(choices(`${org}/shop`))?.();
    },
  };
}

/** Where the app says that a deployment can be approved; `null` as long as it says nothing. */
function placeOf({ see }: LocalGitHub, { repo, run }: RunLine): number | null {
  const reports = see.run(repo, run).jobs.flatMap(({ rules }) => rules.flatMap((rule) => rule.reports));
  const number = /#(?<number>\d+)/u.exec(reports[0] ?? '')?.groups?.['number'];
  return number === undefined ? null : Number(number);
}
