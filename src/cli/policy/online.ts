/** Whether the teams and people that a policy names are there: asked of GitHub, with the app's credentials or a token. */

import { describeProblems, readAppCredentials, readGitHubUrl } from '../../config.ts';
import { installationId, userId, type InstallationId } from '../../domain/identity.ts';
import { absentFinding, emptyTeamFinding, namedIn, type NamedThere } from '../../domain/policy/check-online.ts';
import type { Finding } from '../../domain/policy/model.ts';
import type { GitHub, Log } from '../../engine/ports.ts';
import type { Terminal } from '../terminal.ts';

/** What of GitHub is asked. */
export type Asked = Pick<GitHub, 'teamMembers' | 'userByLogin' | 'userById'>;
type Way = { readonly github: Asked; readonly installation: InstallationId };

/**
 * The findings that only GitHub can tell; `null` where it is not known how to ask it, which was said then. Throws when
 * GitHub could not be reached.
 */
export async function onlineFindings(
  text: string,
  repo: string | undefined,
  terminal: Terminal,
): Promise<readonly Finding[] | null> {
  const name = repo ?? terminal.env['GITHUB_REPOSITORY'] ?? '';
  const [owner = '', rest = ''] = name.split('/');
  if (!/^[\w.-]+\/[\w.-]+$/u.test(name) || rest === '') {
    terminal.say('Name the repository that the policy is for with --repo OWNER/NAME, or in GITHUB_REPOSITORY.');
    return null;
  }
  const way = await wayTo(owner, terminal);
  if (way === null) return null;
  terminal.say(`Asking GitHub for the teams and users of ${owner} ...`);
  return await askAll(way, owner, namedIn(text));
}

/** Asks for everything that is named, each thing once, as the installation on `owner`. */
export async function askAll(way: Way, owner: string, all: readonly NamedThere[]): Promise<readonly Finding[]> {
  const answers = new Map<string, Promise<Answer>>();
  const findings = await Promise.all(
    all.map(async (named): Promise<readonly Finding[]> => {
      const key = keyOf(named);
      const asked = answers.get(key) ?? answerOn(way, owner, named);
      answers.set(key, asked);
      const answer = await asked;
      if (answer.kind === 'there') return [];
      if (answer.kind === 'absent') return [absentFinding(named, answer.why)];
      // What people are given for a time has nobody in it most of the time.
      return named.kind === 'team' && named.granted ? [] : [emptyTeamFinding(named, answer.slug)];
    }),
  );
  return findings.flat();
}

type Answer =
  | { readonly kind: 'there' }
  | { readonly kind: 'absent'; readonly why: string }
  | { readonly kind: 'empty'; readonly slug: string };

function keyOf(named: NamedThere): string {
  switch (named.kind) {
    case 'team':
      return `team ${named.slug}`;
    case 'login':
      return `login ${named.login.toLowerCase()}`;
    case 'id':
      return `id ${named.id}`;
  }
}

async function answerOn({ github, installation }: Way, owner: string, named: NamedThere): Promise<Answer> {
  switch (named.kind) {
    case 'team': {
      const members = await github.teamMembers(installation, owner, named.slug);
      if (members.kind === 'unknown') return { kind: 'absent', why: members.why };
      return members.value.length === 0 ? { kind: 'empty', slug: named.slug } : { kind: 'there' };
    }
    case 'login': {
      const person = await github.userByLogin(installation, named.login);
      return person === null ? { kind: 'absent', why: `there is no account named ${named.login}` } : { kind: 'there' };
    }
    case 'id': {
      const person = await github.userById(installation, userId(named.id));
      return person === null
        ? { kind: 'absent', why: `there is no account with the id ${named.id}` }
        : { kind: 'there' };
    }
  }
}

/** As the app, so that what it sees is what the running app will see; else with a token. */
async function wayTo(owner: string, terminal: Terminal): Promise<Way | null> {
  const { env, cwd } = terminal;
  const token = env['GITHUB_TOKEN'] ?? env['GH_TOKEN'] ?? '';
  const asApp = (env['APP_ID'] ?? '') !== '';
  if (!asApp && token === '') {
    terminal.say(
      'Set APP_ID and PRIVATE_KEY_PATH to ask as this app, or GITHUB_TOKEN to a token that may read the teams.',
    );
    return null;
  }
  // Imported only here, so that what needs no network starts at once.
  const { createGitHub } = await import('../../adapters/github/github.ts');
  const log = quietLog(terminal);
  if (!asApp) {
    const url = readGitHubUrl(env);
    if (!url.ok) return told(describeProblems(url.error), terminal);
    const { Octokit } = await import('@octokit/rest');
    const octokit = new Octokit({ auth: token, baseUrl: url.value });
    return { github: createGitHub({ octokitFor: async () => octokit, log }), installation: installationId(0) };
  }
  const app = readAppCredentials(env, cwd);
  if (!app.ok) return told(describeProblems(app.error), terminal);
  const { octokitsOf } = await import('../../adapters/github/octokit.ts');
  const github = createGitHub({
    octokitFor: octokitsOf({ ...app.value, privateKey: app.value.privateKey.reveal() }),
    log,
  });
  const home = (await github.installations()).find(({ account }) => account.toLowerCase() === owner.toLowerCase());
  if (home === undefined) return told(`The app is not installed on ${owner}, so it can see nothing of it.`, terminal);
  return { github, installation: home.id };
}

function told(words: string, terminal: Terminal): null {
  terminal.say(words);
  return null;
}

/** Whatever goes wrong is thrown, too: on the way there is nothing to tell but that it takes longer. */
const quietLog = (terminal: Terminal): Log => ({
  debug: () => undefined,
  info: () => undefined,
  warn: (_, message) => terminal.say(message),
  error: () => undefined,
});
