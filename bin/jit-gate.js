#!/usr/bin/env node
/* Starts the command line on a Node that can run it. Plain old JavaScript: Node 14 has to read it. */

import { spawn } from 'child_process';
import module from 'module';
import { constants } from 'os';
import { fileURLToPath } from 'url';
import guard from './require-node.cjs';

/** Hands over to the Node that `npm ci` brought along, signals included, and ends as that one ends. */
function handOver(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url)].concat(process.argv.slice(2)), { stdio: 'inherit' });
  // The child decides when to end. A terminal sends Ctrl-C to both of us, and twice would mean "now".
  ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach((signal) => {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  });
  child.on('error', (error) => {
    process.stderr.write('jit-gate could not start ' + node + ': ' + error.message + '\n');
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = signal === null ? code : 128 + constants.signals[signal];
  });
}

if (guard.newEnough()) {
  // Compiled once and kept beside the packages, not in a temporary folder that others may write to. Where that can't be
  // written, Node goes on without.
  module.enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/jit-gate', import.meta.url)));
  import('../src/cli/main.ts').then((cli) => cli.main(process.argv));
} else if (guard.ownNode() !== undefined) {
  handOver(guard.ownNode());
} else {
  process.stderr.write(guard.sentence());
  process.exitCode = 1;
}
