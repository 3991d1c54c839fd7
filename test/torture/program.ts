/**
 * How is the app started again and again? From one file that holds all its modules and those of its packages: to load
 * more than a thousand files takes a process three times as long as this one, and most of its short life.
 */

import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Beside the packages, where those that stay outside are found. */
const PLACE = join(ROOT, 'node_modules/.cache');
/** They start threads or read files that lie beside their own. */
const OUTSIDE = ['@electric-sql/pglite', 'pino', 'pino-pretty', 'thread-stream'];

const START = `import { enableCompileCache } from 'node:module';
enableCompileCache(new URL('compiled', import.meta.url).pathname);
await (await import('./main.js')).main(process.argv);
`;

export type Program = {
  /** Takes what `bin/jit-gate.js` takes. */
  readonly path: string;
  readonly remove: () => Promise<void>;
};

/** Makes that file of what the sources say now. */
export async function bundle(): Promise<Program> {
  await mkdir(PLACE, { recursive: true });
  const folder = await mkdtemp(join(PLACE, 'torture-'));
  const bundled = await rolldown({
    input: join(ROOT, 'src/cli/main.ts'),
    platform: 'node',
    external: OUTSIDE,
    logLevel: 'silent',
  });
  await bundled.write({ dir: folder, chunkFileNames: '[name].js' });
  await bundled.close();
  await cp(join(ROOT, 'src/adapters/postgres/migrations'), join(folder, 'migrations'), { recursive: true });
  const path = join(folder, 'start.js');
  await writeFile(path, START);
  return { path, remove: async () => await rm(folder, { recursive: true, force: true }) };
}
