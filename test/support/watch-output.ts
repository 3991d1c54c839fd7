/**
 * Looks for secrets in everything that a test file and the processes it starts write, and fails the file over one.
 * vitest runs this before each test file, in the file's own process.
 */

import childProcess from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { format } from 'node:util';
import { afterAll } from 'vitest';
import { outputWatch, secretLike } from './secrets.ts';

const INSTALLED = Symbol.for('jit-gate.test.watch-installed');
const holder = globalThis as { [INSTALLED]?: true };
if (holder[INSTALLED] === undefined) install();
holder[INSTALLED] = true;

afterAll(() => {
  const leaks = outputWatch.leaks.splice(0);
  if (leaks.length > 0) throw new Error(`secrets were written:\n${leaks.join('\n')}`);
});

function install(): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const stream = process[name];
    const write = stream.write.bind(stream);
    stream.write = ((...args: Parameters<typeof write>) => {
      outputWatch.look(name, textOf(args[0]));
      return write(...args);
    }) as typeof stream.write;
  }
  // pino writes past the streams; vitest replaces the console.
  const { writeSync } = fs;
  fs.writeSync = (fd: number, data: string | NodeJS.ArrayBufferView, ...rest: unknown[]) => {
    if (fd === 1 || fd === 2) outputWatch.look(`file descriptor ${fd}`, textOf(data));
    return Reflect.apply(writeSync, fs, [fd, data, ...rest]) as number;
  };
  for (const name of ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const) {
    const say = console[name].bind(console);
    console[name] = (...args: unknown[]): void => {
      outputWatch.look('the console', format(...args));
      say(...args);
    };
  }
  watchChildren();
  syncBuiltinESMExports();
}

/** Every way to start a process goes through here. */
function watchChildren(): void {
  const { prototype } = childProcess.ChildProcess as unknown as { prototype: Child };
  const { spawn } = prototype;
  prototype.spawn = function (this: Child, options: SpawnOptions): unknown {
    // Looked at first: the call puts numbers in its place.
    const unseen = inherits(options.stdio);
    const result = spawn.call(this, options);
    const name = `${options.file} ${(options.args ?? []).slice(1, 4).join(' ')}`;
    if (unseen) outputWatch.leaks.push(`${name} writes past the watch: pipe what it says`);
    for (const [which, stream] of [['stdout', this.stdout] as const, ['stderr', this.stderr] as const]) {
      if (stream === null || stream === undefined) continue;
      // Looked at as it comes in: a listener would start a stream that nobody reads yet.
      const push = stream.push.bind(stream);
      stream.push = (piece, encoding) => {
        if (piece !== null) outputWatch.look(`${which} of ${name}`, textOf(piece), secretLike);
        return push(piece, encoding);
      };
    }
    return result;
  };
}

type Piece = string | NodeJS.ArrayBufferView | null;
type Stream = { push: (piece: Piece, encoding?: BufferEncoding) => boolean };
type SpawnOptions = { readonly file: string; readonly args?: readonly string[]; readonly stdio?: unknown };
type Child = {
  readonly stdout?: Stream | null;
  readonly stderr?: Stream | null;
  spawn: (options: SpawnOptions) => unknown;
};

const inherits = (stdio: unknown): boolean =>
  stdio === 'inherit' ||
  (Array.isArray(stdio) && stdio.slice(1, 3).some((one) => one === 'inherit' || one === 1 || one === 2));

const textOf = (data: string | NodeJS.ArrayBufferView): string =>
  typeof data === 'string' ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8');
