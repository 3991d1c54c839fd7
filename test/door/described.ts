/** The least that GitHub's own description allows each webhook to be, for the ones that nobody collected an example of. */

import { readFileSync } from 'node:fs';
import type { Payload } from '../support/example.ts';

type Schema = {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly format?: string;
};
type Content = { readonly schema?: Schema };
type Description = {
  readonly webhooks: Readonly<
    Record<
      string,
      {
        readonly post: {
          readonly operationId: string;
          readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
        };
      }
    >
  >;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};

const FILE = '../../node_modules/@octokit/openapi-webhooks/generated/api.github.com.json';

export type Described = { readonly name: string; readonly event: string; readonly payload: Payload };

/** One payload for every event and action that GitHub describes; `full` gives optional properties as well, three deep. */
export function describedPayloads(full: boolean): readonly Described[] {
  const document = JSON.parse(readFileSync(new URL(FILE, import.meta.url), 'utf8')) as Description;
  return Object.entries(document.webhooks).map(([name, { post }]) => {
    const schema = post.requestBody?.content['application/json']?.schema ?? {};
    const made = make(document, schema, full, 0) as Payload;
    const event = (post.operationId.split('/')[0] ?? '').replaceAll('-', '_');
    return { name, event, payload: { ...made, installation: { id: 1, node_id: 'x' } } };
  });
}

const DEEPEST = 12;

function make(document: Description, given: Schema, full: boolean, depth: number): unknown {
  const schema = flat(document, given);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const type = typeOf(schema);
  switch (type) {
    case 'object':
      return depth > DEEPEST ? {} : object(document, schema, full, depth);
    case 'array':
      return Array.from({ length: Math.max(schema.minItems ?? 0, full && depth < 3 ? 1 : 0) }, () =>
        make(document, schema.items ?? {}, full, depth + 1),
      );
    case 'string':
      return TEXTS[schema.format ?? ''] ?? SHA;
    case 'integer':
    case 'number':
      return 7;
    case 'boolean':
      return false;
    default:
      return null;
  }
}

function typeOf({ type, properties }: Schema): string {
  const types = typeof type === 'string' ? [type] : (type ?? []);
  return types.find((one) => one !== 'null') ?? types[0] ?? (properties === undefined ? 'null' : 'object');
}

function object(document: Description, schema: Schema, full: boolean, depth: number): Payload {
  const wanted = Object.entries(schema.properties ?? {}).filter(
    ([name]) => (full && depth < 3) || schema.required?.includes(name) === true,
  );
  return Object.fromEntries(
    wanted.map(([name, property]) => [name, named(name) ?? make(document, property, full, depth + 1)]),
  );
}

/** What the description calls a mere string, and what has a form of its own nonetheless. */
function named(name: string): string | undefined {
  if (name.endsWith('_at')) return '2024-05-06T07:08:09Z';
  return name === 'full_name' ? 'Codertocat/Hello-World' : undefined;
}

const SHA = 'f95f852bd8fca8fcc58a9a2d6c842781e32a215e';

const TEXTS: Readonly<Record<string, string>> = {
  'date-time': '2024-05-06T07:08:09Z',
  uri: 'https://api.github.com/repos/Codertocat/Hello-World/actions/runs/7/deployment_protection_rule',
  email: 'someone@example.com',
};

/** References followed, parts that all hold put together, and the first of alternatives taken that is not `null`. */
function flat(document: Description, given: Schema): Schema {
  if (given.$ref !== undefined) {
    const name = given.$ref.split('/').at(-1) ?? '';
    return flat(document, document.components.schemas[name] ?? {});
  }
  const choices = given.oneOf ?? given.anyOf;
  const chosen = choices?.map((choice) => flat(document, choice)).find((choice) => choice.type !== 'null');
  return [...(given.allOf ?? []), ...(chosen === undefined ? [] : [chosen])].reduce<Schema>((whole, next) => {
    const part = flat(document, next);
    return {
      ...whole,
      ...part,
      properties: { ...whole.properties, ...part.properties },
      required: [...(whole.required ?? []), ...(part.required ?? [])],
    };
  }, given);
}
