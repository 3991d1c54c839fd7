/* Is this Node new enough, and if not, where is the project's own? Plain old JavaScript: Node 14 has to read it. */
'use strict';

const { existsSync } = require('node:fs');
const { join } = require('node:path');

const NEEDED = 24;

/** The Node that `npm ci` brought along, or undefined where there is none for this machine. */
function ownNode() {
  const path = join(__dirname, '..', 'node_modules', 'node-' + process.platform + '-' + process.arch, 'bin', 'node');
  return existsSync(path) ? path : undefined;
}

function newEnough() {
  return Number(process.versions.node.split('.')[0]) >= NEEDED;
}

/** What to tell someone whose Node is too old, when none was brought along. */
function sentence() {
  return (
    'jit-gate needs Node ' +
    NEEDED +
    ' or newer and this is ' +
    process.version +
    '. ' +
    'On Linux (x64, arm64) `npm ci` brings one along: run it, without --omit=optional. ' +
    'Elsewhere install Node ' +
    NEEDED +
    ' from https://nodejs.org.\n'
  );
}

module.exports = { newEnough, ownNode, sentence };

// As a program (npm runs it before a script) it only checks.
if (require.main === module && !newEnough()) {
  process.stderr.write(sentence());
  process.exitCode = 1;
}
