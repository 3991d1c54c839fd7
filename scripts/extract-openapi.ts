/**
 * Which part of GitHub's OpenAPI description does the local GitHub need? Writes `test/support/github/openapi.json`: the
 * operations that its routes name, with the schemas that they reach, and nothing that is only there to be read by people.
 *
 *   node scripts/extract-openapi.ts PATH/TO/@octokit/openapi/generated/api.github.com.json
 *
 * The package (23.0.2) is large, so it is installed in a temporary folder and not among the dependencies.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import type { Extract, Operation } from '../test/support/github/http/contract.ts';
import { allRoutes } from '../test/support/github/routes/all.ts';

type Json = Record<string, unknown>;

const OUTPUT = new URL('../test/support/github/openapi.json', import.meta.url);
const METHODS = ['get', 'put', 'post', 'patch', 'delete'];
const FOR_READERS = new Set([
  'description',
  'example',
  'examples',
  'title',
  'externalDocs',
  'x-github',
  'x-multi-segment',
  'deprecated',
  'x-github-breaking-changes',
]);

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objectAt = (value: unknown, ...path: string[]): Json => {
  const found = path.reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), value);
  return isObject(found) ? found : {};
};

/** A schema for the validator: without prose, and `null` allowed where OpenAPI 3.0 says `nullable`. */
function schema(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(schema);
  if (!isObject(value)) return value;
  const out: Json = {};
  for (const [name, inner] of Object.entries(value)) {
    if (FOR_READERS.has(name) || name === 'nullable' || name === 'default') continue;
    if (name === 'properties')
      out[name] = Object.fromEntries(Object.entries(objectAt(inner)).map(([key, one]) => [key, schema(one)]));
    else if (name === 'enum' || name === 'required') out[name] = inner;
    else out[name] = schema(inner);
  }
  if (value['nullable'] !== true) return out;
  return { anyOf: [{ type: 'null' }, out] };
}

const reference = (value: unknown): string | null =>
  isObject(value) && typeof value['$ref'] === 'string' ? value['$ref'] : null;

/** What a `#/...` reference leads to, or the thing itself. */
function follow(document: Json, value: unknown): Json {
  const target = reference(value);
  return target === null ? objectAt(value) : objectAt(document, ...target.slice(2).split('/'));
}

function operationOf(document: Json, method: string, path: string, shared: unknown, described: Json): Operation {
  const listed = [
    ...(Array.isArray(shared) ? shared : []),
    ...(Array.isArray(described['parameters']) ? described['parameters'] : []),
  ];
  const parameters = listed.map((one) => {
    const parameter = follow(document, one);
    return {
      name: String(parameter['name']),
      in: String(parameter['in']),
      required: parameter['required'] === true,
      schema: schema(parameter['schema']) as Json,
    };
  });
  const body = follow(document, described['requestBody']);
  const bodySchema = objectAt(body, 'content', 'application/json', 'schema');
  const hasBody = Object.keys(bodySchema).length > 0;
  return {
    method,
    path,
    parameters,
    body: hasBody ? { required: body['required'] === true, schema: schema(bodySchema) as Json } : null,
    answers: Object.fromEntries(
      Object.entries(objectAt(described, 'responses')).map(([status, answer]) => {
        const answerSchema = objectAt(follow(document, answer), 'content', 'application/json', 'schema');
        return [status, Object.keys(answerSchema).length === 0 ? null : (schema(answerSchema) as Json)];
      }),
    ),
  };
}

/** Names of the schemas that a value refers to. */
function named(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(named);
  if (!isObject(value)) return [];
  const target = reference(value);
  const own =
    target?.startsWith('#/components/schemas/') === true ? [target.slice('#/components/schemas/'.length)] : [];
  return [...own, ...Object.values(value).flatMap(named)];
}

function extract(document: Json, wanted: ReadonlySet<string>): Extract {
  const operations: Record<string, Operation> = {};
  for (const [path, item] of Object.entries(objectAt(document, 'paths'))) {
    for (const method of METHODS) {
      const described = objectAt(item, method);
      const id = described['operationId'];
      if (typeof id !== 'string' || !wanted.has(id)) continue;
      operations[id] = operationOf(document, method.toUpperCase(), path, objectAt(item)['parameters'], described);
    }
  }
  const missing = [...wanted].filter((id) => !Object.hasOwn(operations, id));
  if (missing.length > 0) throw new Error(`GitHub's description has no operation ${missing.join(', ')}`);
  listInstallations(operations);
  const all = objectAt(document, 'components', 'schemas');
  const schemas: Record<string, Json> = {};
  const open = named(operations);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (Object.hasOwn(schemas, name)) continue;
    const found = schema(all[name]) as Json;
    schemas[name] = found;
    open.push(...named(found));
  }
  allowStale(schemas);
  const sorted = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { operations: sorted(operations), components: { schemas: sorted(schemas) } };
}

/** This one answer spells an installation out, as owned by a user and an enterprise at once; the schema of that name is right. */
function listInstallations(operations: Readonly<Record<string, Operation>>): void {
  const answer = operations['apps/list-installations']?.answers['200'];
  if (isObject(answer)) answer['items'] = { $ref: '#/components/schemas/installation' };
}

/** GitHub's prose says that it sets the conclusion `stale` itself; its list of conclusions in answers leaves that out. */
function allowStale(schemas: Readonly<Record<string, Json>>): void {
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(walk);
    if (!isObject(value)) return;
    if (Array.isArray(value['enum']) && value['enum'].includes('timed_out') && !value['enum'].includes('stale'))
      value['enum'].push('stale');
    Object.values(value).forEach(walk);
  };
  walk(schemas['check-run']);
}

const [source] = process.argv.slice(2);
if (source === undefined) {
  process.stderr.write('usage: node scripts/extract-openapi.ts PATH/TO/api.github.com.json\n');
  process.exitCode = 2;
} else {
  const document: unknown = JSON.parse(readFileSync(source, 'utf8'));
  const result = extract(objectAt(document), new Set(allRoutes(() => undefined).map((route) => route.operation)));
  // One operation or schema a line: the file stays small, and a difference between versions can still be read.
  const lines = (record: object): string =>
    Object.entries(record)
      .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
      .join(',\n');
  writeFileSync(
    OUTPUT,
    `{"operations":{\n${lines(result.operations)}\n},"components":{"schemas":{\n${lines(result.components.schemas)}\n}}}\n`,
  );
  process.stdout.write(
    `${Object.keys(result.operations).length} operations, ${Object.keys(result.components.schemas).length} schemas\n`,
  );
}
