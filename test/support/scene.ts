/** How an end-to-end test plays: a stage for each file, and for each test an organisation that no other test touches. */

import { afterAll, beforeAll, expect } from 'vitest';
import type { Database } from '../../src/adapters/postgres/database.ts';
import type { Delivery, LocalGitHub } from './github/index.ts';
import { organize, startStage, type Organized, type Stage, type StageOptions } from './stage.ts';
import { openStageDatabase } from './stage-database.ts';

/** The machine is shared: what takes milliseconds alone can take seconds beside other tests. */
const PATIENCE_MS = 40_000;

export type Pull = { readonly number: number; readonly sha: string; readonly branch: string };

type PullDraft = {
  readonly by?: string;
  readonly files?: Readonly<Record<string, string | null>>;
  readonly base?: string;
  readonly from?: string;
  readonly draft?: boolean;
  readonly coAuthors?: readonly string[];
  readonly authorEmail?: string;
  readonly committerEmail?: string;
  readonly title?: string;
};

export type Answered = { readonly reaction: string; readonly words: string };

/** One organisation with the app installed, and the repository `shop` in it. */
export type Scene = {
  readonly stage: Stage;
  readonly github: LocalGitHub;
  readonly org: string;
  /** Full name of the repository. */
  readonly repo: string;
  readonly as: LocalGitHub['as'];
  /** Waits for something that GitHub shows. */
  readonly until: <T>(
    what: string,
    question: () => T | Promise<T>,
    seen?: () => unknown,
  ) => Promise<Exclude<Awaited<T>, null | undefined | false>>;
  /** A new branch with a commit, and its pull request. */
  readonly open: (draft?: PullDraft) => Pull;
  /** The check as it stands; fails where there is none. */
  readonly check: (sha: string, name?: string) => NonNullable<ReturnType<LocalGitHub['see']['check']>>;
  readonly held: (sha: string, name?: string) => Promise<void>;
  readonly passed: (sha: string, name?: string) => Promise<void>;
  readonly failed: (sha: string, name?: string) => Promise<void>;
  /** Comments two seconds later, so that the comment is younger than whatever came before. Returns its id. */
  readonly say: (who: string, number: number, body: string) => number;
  /** Waits for the app's reaction, and for everything that follows; `words` is empty where it said none. */
  readonly answer: (number: number, comment: number) => Promise<Answered>;
  readonly tell: (who: string, number: number, body: string) => Promise<Answered>;
  /** Acts, and lets the webhooks of one event arrive only after everything else was handled. */
  readonly delayed: <T>(event: string, act: () => T) => Promise<T>;
  /** Olga pushes another policy to the default branch; `null` deletes it. */
  readonly setPolicy: (policy: string | null) => void;
  /** Texts of everything that the app said on an issue or pull request, oldest first. */
  readonly spoken: (number: number) => readonly string[];
};

export type UsedStage = {
  readonly current: () => Stage;
  readonly scene: (policy: string | null, options?: Omit<Organized, 'org' | 'policy'>) => Scene;
};

/**
 * One stage for the tests of a file. An organisation for each test keeps the tests apart, and gives each its own share
 * of GitHub's limits, which are the installation's. At the end nothing must have been said that GitHub does not know.
 */
export function useStage(options: Partial<StageOptions> = {}): UsedStage {
  let stage: Stage | null = null;
  let close: () => Promise<void> = async () => {};
  let made = 0;
  const current = (): Stage => {
    if (stage === null) throw new Error('the stage has not started');
    return stage;
  };

  beforeAll(async () => {
    const kept = await openStageDatabase();
    close = kept.close;
    const lasting: Database = { ...kept, close: async () => await Promise.resolve() };
    stage = await startStage({ open: async () => await Promise.resolve(lasting), ...options });
  });

  afterAll(async () => {
    const violations = stage?.github.violations ?? [];
    await stage?.stop();
    await close();
    expect(violations).toEqual([]);
  });

  return {
    current,
    scene: (policy, more = {}) => {
      const org = `octo-${(made += 1)}`;
      organize(current().github, { org, policy, ...more });
      current().github.installApp(org);
      return createScene(current(), org);
    },
  };
}

export function createScene(stage: Stage, org: string): Scene {
  const { github } = stage;
  const repo = `${org}/shop`;
  const until: Scene['until'] = async (what, question, seen) =>
    await github.waitFor(question, { what, timeoutMs: PATIENCE_MS, ...(seen === undefined ? {} : { seen }) });
  let branches = 0;

  const reach = async (sha: string, name: string, wanted: string, is: (check: SeenCheck) => boolean): Promise<void> => {
    await until(
      `${name} to be ${wanted}`,
      () => {
        const check = github.see.check(repo, sha, name);
        return check !== null && is(check);
      },
      () =>
        github.see
          .checks(repo, sha)
          .map(({ name: own, status, conclusion, title }) => [own, status, conclusion, title]),
    );
  };

  const answer: Scene['answer'] = async (number, comment) => {
    const reaction = await until(
      'a reaction to the command',
      () => github.see.reactions(repo, comment).find(({ by }) => by === github.botLogin)?.content,
      () => github.see.comments(repo, number).map(({ author, body }) => [author, body]),
    );
    await stage.settled();
    const words = spoken(github, repo, number).find((text) => text.includes(`<!-- jit-gate:answer:${comment} -->`));
    return { reaction, words: words ?? '' };
  };

  const say: Scene['say'] = (who, number, body) => {
    github.clock.advance(2000);
    return github.as(who).comment(repo, number, body);
  };

  return {
    stage,
    github,
    org,
    repo,
    as: (login) => github.as(login),
    until,
    open: ({ by = 'ben', files, base, from, draft = false, coAuthors, authorEmail, committerEmail, title } = {}) => {
      const branch = `change-${(branches += 1)}`;
      github.as(by).push(repo, {
        branch,
        files: files ?? { [`src/${branch}.ts`]: `// ${branch}\n` },
        ...(from === undefined ? {} : { from }),
        ...(coAuthors === undefined ? {} : { coAuthors }),
        ...(authorEmail === undefined ? {} : { authorEmail }),
        ...(committerEmail === undefined ? {} : { committerEmail }),
      });
      const number = github.as(by).openPull(repo, {
        head: branch,
        draft,
        ...(base === undefined ? {} : { base }),
        ...(title === undefined ? {} : { title }),
      });
      return { number, branch, sha: github.see.pull(repo, number).headSha };
    },
    check: (sha, name = MERGE) => {
      const check = github.see.check(repo, sha, name);
      if (check === null) throw new Error(`there is no check ${name} on ${sha}`);
      return check;
    },
    held: async (sha, name = MERGE) =>
      await reach(sha, name, 'pending', ({ status, title }) => status === 'in_progress' && title !== ''),
    passed: async (sha, name = MERGE) => await reach(sha, name, 'passed', ({ conclusion }) => conclusion === 'success'),
    failed: async (sha, name = MERGE) => await reach(sha, name, 'failed', ({ conclusion }) => conclusion === 'failure'),
    say,
    answer,
    tell: async (who, number, body) => await answer(number, say(who, number, body)),
    delayed: async (event, act) => {
      github.webhooks.pause();
      const done = act();
      const late: Delivery[] = [];
      github.webhooks.resume((held) => {
        late.push(...held.filter((delivery) => delivery.event === event));
        return held.filter((delivery) => delivery.event !== event);
      });
      await stage.settled();
      for (const delivery of late) github.webhooks.redeliver(delivery);
      return done;
    },
    setPolicy: (policy) => {
      github.as('olga').editFile(repo, 'main', '.jit-policy.yml', policy);
    },
    spoken: (number) => spoken(github, repo, number),
  };
}

const MERGE = 'jit/merge';

type SeenCheck = NonNullable<ReturnType<LocalGitHub['see']['check']>>;

const spoken = (github: LocalGitHub, repo: string, number: number): readonly string[] =>
  github.see
    .comments(repo, number)
    .filter(({ author }) => author === github.botLogin)
    .map(({ body }) => body);
