/** Which permissions and events does the app ask for in its manifest? */

import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { isObject } from './http/input.ts';
import type { Permissions } from './world/state.ts';

export type Manifest = { readonly permissions: Permissions; readonly events: ReadonlySet<string> | 'all' };

const FILE = new URL('../../../app.yml', import.meta.url);

/** Reads `app.yml`: `default_permissions` and `default_events`. Throws where the file is not a manifest. */
export function readManifest(file: URL = FILE): Manifest {
  const manifest: unknown = load(readFileSync(file, 'utf8'));
  if (!isObject(manifest)) throw new Error(`${file.pathname} is not an app manifest`);
  const permissions: Record<string, 'read' | 'write' | 'admin'> = {};
  for (const [name, level] of Object.entries(
    isObject(manifest['default_permissions']) ? manifest['default_permissions'] : {},
  )) {
    if (level === 'read' || level === 'write' || level === 'admin') permissions[name] = level;
  }
  const events = manifest['default_events'];
  return { permissions, events: new Set(Array.isArray(events) ? events.map(String) : []) };
}
