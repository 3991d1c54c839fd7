/** Nothing is called that the table does not list, and the manifest asks for what the table says. */

import { readdirSync, readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { expect, it } from 'vitest';
import { PERMISSIONS } from '../../../src/adapters/github/permissions.ts';

const SOURCE = new URL('../../../src/adapters/github/', import.meta.url);
const sources = readdirSync(SOURCE)
  .filter((name) => name.endsWith('.ts') && name !== 'permissions.ts')
  .map((name) => readFileSync(new URL(name, SOURCE), 'utf8'))
  .map((text) => text.replaceAll(/\/\*\*.*?\*\//gsu, ''))
  // Constants are put in where a route is built from one.
  .map((text) =>
    [...text.matchAll(/^const (\w+) = '([^']*)';$/gmu)].reduce(
      (filled, [, name, value]) => filled.replaceAll(`\${${name ?? ''}}`, value ?? ''),
      text.replaceAll('${route}', 'GET /repos/{owner}/{repo}/pulls/{pull_number}'),
    ),
  )
  .join('\n');
const LEVELS = ['read', 'write'];

it('lists every route that the adapter calls', () => {
  const routes = [...sources.matchAll(/['`]((?:GET|POST|PUT|PATCH|DELETE) \/[^'`\s]*)['`]/gu)].map(
    ([, route]) => route,
  );
  expect(routes.length).toBeGreaterThan(40);
  expect(routes.filter((route) => route === undefined || !Object.hasOwn(PERMISSIONS, route))).toEqual([]);
});

it('lists no route that the adapter does not call', () => {
  const unused = Object.keys(PERMISSIONS).filter(
    (route) => !sources.includes(`'${route}'`) && !sources.includes(`\`${route}\``),
  );
  expect(unused).toEqual([]);
});

it('is granted by the manifest, each at its level or above', () => {
  const manifest = load(readFileSync(new URL('../../../app.yml', import.meta.url), 'utf8')) as {
    readonly default_permissions: Readonly<Record<string, string>>;
  };
  const needed = Object.values(PERMISSIONS)
    .flatMap((text) => text.split(', '))
    .filter((text) => text !== 'app' && text !== 'any');
  const missing = needed.filter((text) => {
    const [name = '', level = ''] = text.split(': ');
    return LEVELS.indexOf(manifest.default_permissions[name] ?? '') < LEVELS.indexOf(level);
  });
  expect(missing).toEqual([]);
});
