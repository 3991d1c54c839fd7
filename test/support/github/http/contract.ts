/** Does what goes over the wire match GitHub's own description of its API? */

import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { createMatcher, type Match, type Route } from './route.ts';

type Schema = Record<string, unknown>;
type Parameter = { readonly name: string; readonly in: string; readonly required: boolean; readonly schema: Schema };
export type Operation = {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: { readonly required: boolean; readonly schema: Schema } | null;
  /** Schema of each status that has a JSON body; `null` for one that has none. */
  readonly answers: Readonly<Record<string, Schema | null>>;
};
export type Extract = {
  readonly operations: Readonly<Record<string, Operation>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};

const FILE = new URL('../openapi.json', import.meta.url);

type Contract = { readonly extract: Extract; readonly ajv: Ajv };
let loaded: Contract | null = null;

// Reading takes a moment and the compiled validators are worth keeping: once a process, when first needed.
function contract(): Contract {
  if (loaded !== null) return loaded;
  const extract = JSON.parse(readFileSync(FILE, 'utf8')) as Extract;
  // One function a schema and no tidying of it: compiling is what takes long, and many processes do it.
  const ajv = new Ajv({
    strict: false,
    logger: false,
    inlineRefs: false,
    validateSchema: false,
    code: { optimize: false },
  });
  formats.default(ajv);
  ajv.addFormat('repo.nwo', true);
  ajv.addSchema({ $id: 'github', components: extract.components });
  loaded = { extract, ajv };
  return loaded;
}

const compiled = new Map<string, ValidateFunction>();

/** The first complaint about a value; `null` when it matches. `key` names the schema for the cache. */
function complaint(key: string, schema: Schema, value: unknown): string | null {
  const { ajv } = contract();
  let validate = compiled.get(key);
  if (validate === undefined) {
    validate = ajv.compile(absolute(schema) as Schema);
    compiled.set(key, validate);
  }
  if (validate(value)) return null;
  return inWords(validate.errors ?? []);
}

/** Where a value can be one of several things, the complaint that went deepest is the one that helps. */
function inWords(errors: readonly ErrorObject[]): string {
  const depth = (error: ErrorObject): number => error.instancePath.length - (error.keyword === 'type' ? 0.5 : 0);
  const [first] = errors.toSorted((a, b) => depth(b) - depth(a));
  if (first === undefined) return 'does not match';
  const place = first.instancePath === '' ? '(the whole)' : first.instancePath;
  return `${place} ${first.message ?? 'does not match'} ${JSON.stringify(first.params)}`;
}

/** References of a loose schema lead into the extract. */
function absolute(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(absolute);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([name, value]) => [
      name,
      name === '$ref' && typeof value === 'string' ? `github${value}` : absolute(value),
    ]),
  );
}

/** What is wrong with a request; empty when it matches the operation. */
export function requestComplaints(
  operation: string,
  params: Readonly<Record<string, string>>,
  query: URLSearchParams,
  body: unknown,
): string[] {
  const described = contract().extract.operations[operation];
  if (described === undefined) return [`GitHub's description has no operation ${operation}`];
  const known = new Set(described.parameters.filter(({ in: place }) => place === 'query').map(({ name }) => name));
  const complaints = [
    ...described.parameters.flatMap((parameter) => parameterComplaint(operation, parameter, params, query) ?? []),
    ...[...new Set(query.keys())].filter((name) => !known.has(name)).map((name) => `query ${name} is not known`),
  ];
  if (described.body !== null && (body !== undefined || described.body.required)) {
    const wrong = complaint(`${operation} body`, described.body.schema, body ?? {});
    if (wrong !== null) complaints.push(`body: ${wrong}`);
  }
  return complaints;
}

function parameterComplaint(
  operation: string,
  { name, in: place, required, schema }: Parameter,
  params: Readonly<Record<string, string>>,
  query: URLSearchParams,
): string | null {
  const raw = place === 'path' ? params[name] : query.get(name);
  if (place === 'header') return null;
  // The undocumented path by id has other placeholders than the operation that it stands for.
  if (raw === undefined || raw === null) return required && place === 'query' ? `query ${name} is missing` : null;
  const wrong = complaint(`${operation} ${place} ${name}`, schema, typed(raw, schema));
  return wrong === null ? null : `${place} ${name}: ${wrong}`;
}

/** What stands in an address is text; numbers and booleans are meant as such. */
function typed(raw: string, schema: Schema): unknown {
  const { type, oneOf } = schema;
  if ((type === 'integer' || type === 'number' || oneOf !== undefined) && /^-?\d+$/u.test(raw)) return Number(raw);
  if (type === 'boolean' && (raw === 'true' || raw === 'false')) return raw === 'true';
  return raw;
}

/** What is wrong with an answer; `null` when the operation can answer so. */
export function answerComplaint(operation: string, status: number, body: unknown): string | null {
  const described = contract().extract.operations[operation];
  if (described === undefined) return `GitHub's description has no operation ${operation}`;
  const schema = described.answers[String(status)];
  // Any call can be refused, whether the description lists how or not.
  if (status >= 400 && (schema === undefined || schema === null)) return null;
  if (schema === undefined) return `status ${status} is not described`;
  if (schema === null) return body === undefined ? null : `status ${status} has no body`;
  return complaint(`${operation} ${status}`, schema, JSON.parse(JSON.stringify(body ?? null)));
}

/** The operation that a request means, with the values in its path; `null` where the description here has none. */
export function operationAt(method: string, path: string): Match | null {
  findOperation ??= createMatcher(
    Object.entries(contract().extract.operations).map(([operation, described]) => ({
      method: described.method.toUpperCase() as Route['method'],
      path: described.path,
      operation,
      audience: 'installation',
      needs: [],
      handle: () => ({ status: 500 }),
    })),
  );
  return findOperation(method, path);
}

let findOperation: ReturnType<typeof createMatcher> | null = null;
