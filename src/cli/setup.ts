/** `jit-gate setup`: registers the app on GitHub from its manifest and keeps its credentials in `.env`. */

import { Command, InvalidArgumentError } from 'commander';
import { describeProblems, readGitHubUrl } from '../config.ts';
import { webUrlOf } from '../config/api-url.ts';
import { inTheWay, keep, KEY_FILE } from './setup/credentials.ts';
import type { NewApp } from './setup/conversion.ts';
import { manifest, readAppFile } from './setup/manifest.ts';
import { openRegistration } from './setup/registration.ts';
import { EXIT, outJson, type Ends, type ExitCode, type Terminal } from './terminal.ts';

type Options = {
  readonly url?: string;
  readonly org?: string;
  readonly name?: string;
  readonly port: number;
  readonly json?: true;
};

export const setupCommand = (terminal: Terminal, ends: Ends): Command =>
  new Command('setup')
    .description('Register the app on GitHub: opens a page on this machine with one button.')
    .option('--url <address>', 'where GitHub reaches this server, such as https://jit.example.com', publicUrl)
    .option('--org <login>', 'the organisation that will own the app; without it, you', login)
    .option('--name <name>', 'the app’s name, unique on GitHub')
    .option('--port <number>', 'port of the page; 0 takes a free one', portNumber, 0)
    .option('--json', 'print the result as JSON')
    .action(ends(async (options: Options) => await setup(options, terminal)));

async function setup(options: Options, terminal: Terminal): Promise<ExitCode> {
  const api = readGitHubUrl(terminal.env);
  if (!api.ok) {
    terminal.say(describeProblems(api.error));
    return EXIT.usage;
  }
  const blocked = inTheWay(terminal.cwd);
  if (blocked.length > 0) {
    terminal.say(
      `An app is set up here already (${blocked.join(', ')}). Nothing is overwritten: remove them, or use another folder.`,
    );
    return EXIT.usage;
  }
  const app = readAppFile();
  const owner = options.org === undefined ? '' : `/organizations/${options.org}`;
  const registration = await openRegistration({
    port: options.port,
    apiUrl: api.value,
    registrationUrl: `${webUrlOf(api.value)}${owner}/settings/apps/new`,
    manifest: (redirectUrl) => manifest(app, options.name ?? null, options.url ?? null, redirectUrl),
    keep: (registered) => keep(terminal.cwd, registered),
  });
  terminal.say(`Open ${registration.url} in a browser on this machine and press the button. Ctrl-C ends.`);
  if (options.url === undefined) {
    terminal.say('Without --url the app is registered with its webhook switched off, and will hear of nothing.');
  }
  try {
    report(await registration.registered, options, terminal);
    return EXIT.fine;
  } finally {
    await registration.close();
  }
}

function report(app: NewApp, options: Options, terminal: Terminal): void {
  const installUrl = `${app.htmlUrl}/installations/new`;
  terminal.say(`Registered as app ${app.appId}. Its key is in ${KEY_FILE}, the rest in .env: keep both out of Git.`);
  if (!app.secretKnown) {
    terminal.say(
      `GitHub has no webhook secret yet: enter WEBHOOK_SECRET from .env on the settings page of ${app.htmlUrl}`,
    );
  }
  if (options.json === true)
    outJson(terminal, { appId: app.appId, htmlUrl: app.htmlUrl, installUrl, keyFile: KEY_FILE });
  else terminal.out(`Install it on your repositories: ${installUrl}`);
}

function publicUrl(given: string): string {
  const url = URL.parse(given);
  if (url === null || !/^https?:$/u.test(url.protocol) || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new InvalidArgumentError('Give an address such as https://jit.example.com.');
  }
  return url.href.replace(/\/+$/u, '');
}

function login(given: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,38}$/u.test(given))
    throw new InvalidArgumentError('That is not a login on GitHub.');
  return given;
}

function portNumber(given: string): number {
  const port = /^\d{1,5}$/u.test(given) ? Number(given) : NaN;
  if (!(port <= 65_535)) throw new InvalidArgumentError('Give a number from 0 to 65535.');
  return port;
}
