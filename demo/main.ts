/** The demo: the real app against a GitHub on this machine, told as it happens. `--serve` leaves both running. */

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startGitHub, type LocalGitHub } from '../test/support/github/index.ts';
import { logFile, startApp, type AppProcess, type Place } from './app-process.ts';
import { CAST, install, populate, REPO } from './cast.ts';
import { openDesk } from './desk.ts';
import { access } from './story/access.ts';
import { audit } from './story/audit.ts';
import { deployment } from './story/deployment.ts';
import { merge } from './story/merge.ts';
import type { Scene } from './story/scene.ts';
import { createTimeline, type Timeline } from './timeline.ts';
import { createWatch, NotSeen, type Watch } from './watch.ts';

/** What has to be undone, whatever happens; the last one first. */
const undo: (() => unknown)[] = [];

async function cleanUp(): Promise<void> {
  for (let last = undo.pop(); last !== undefined; last = undo.pop()) await last();
}

async function play(timeline: Timeline, serve: boolean): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'jit-gate-demo-'));
  undo.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  timeline.lines('The real app, run as in production, and a small GitHub on this machine. Nothing leaves it.', '');
  const github = await startGitHub();
  undo.push(() => github.close());
  populate(github);
  timeline.here(`a GitHub with the organisation octo and the repository ${REPO} is at ${github.url}`);
  for (const [login, part] of CAST) timeline.lines(`${' '.repeat(18)}${login.padEnd(5)} ${part}`);

  timeline.here('$ jit-gate serve');
  timeline.here('making a new embedded database, which takes a few seconds');
  const place: Place = { folder, github, port: 0 };
  const app = start(place);
  try {
    const url = await app.ready;
    timeline.here(`the app takes webhooks at ${url}`);
    const scene: Scene = { github, timeline, watch: createWatch(github), installation: install(github, url) };
    await deployment(scene);
    await merge(scene);
    await access(scene);
    await audit(place, app, timeline, scene.watch);
    noViolations(github, scene.watch);
    timeline.lines(
      '',
      `Done in ${seconds(timeline)} s. ${scene.watch.count()} things were expected, and every one of them was seen.`,
      `GitHub answered ${github.calls.length} requests, none of them against its own description of its API.`,
    );
    if (serve) await stay(scene, { ...place, port: Number(new URL(url).port) });
  } catch (error) {
    timeline.lines('', 'The end of the app’s log:', ...lastLines(logFile(folder)));
    throw error;
  }
}

function start(place: Place): AppProcess {
  const app = startApp(place);
  undo.push(() => app.kill());
  return app;
}

const lastLines = (file: string): readonly string[] =>
  existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').slice(-15) : [];

/** Everything that the app sent has to be what GitHub's own description of its API allows. */
function noViolations({ violations }: LocalGitHub, watch: Watch): void {
  watch.is('every request as GitHub describes it', violations.length === 0, violations);
}

const seconds = (timeline: Timeline): string => (timeline.elapsed() / 1000).toFixed(1);

/** Starts the app again on its folder and its port, and waits for Ctrl-C. */
async function stay({ github, installation, timeline }: Scene, place: Place): Promise<void> {
  const url = await start(place).ready;
  const desk = await openDesk(github, installation);
  undo.push(() => desk.close());
  timeline.lines('', ...desk.help(url, logFile(place.folder)), '', 'Ctrl-C ends everything and removes it.');
  await new Promise(() => undefined);
}

function onSignal(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal);
  void cleanUp().finally(() => process.kill(process.pid, signal));
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { serve: { type: 'boolean', default: false } } });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, onSignal);
  const timeline = createTimeline(process.stdout);
  try {
    await play(timeline, values.serve);
  } catch (error) {
    process.exitCode = 1;
    if (error instanceof NotSeen)
      timeline.lines('', 'NOT SEEN', `  expected: ${error.expected}`, `  seen:     ${error.seen}`);
    else console.error(error);
  } finally {
    await cleanUp();
  }
}

await main();
