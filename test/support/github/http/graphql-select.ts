/** How is a GraphQL selection answered, field by field? */

import type { Account } from '../world/state.ts';
import { nodeId } from '../show/shape.ts';
import type { Field } from './graphql-query.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** GitHub answers it with data that is `null`, and an error beside. */
export class MissingThing extends Error {}

/** Answers a selection field by field; fragments on other types are left out. */
export function select(field: Field, type: string, answer: (inner: Field) => unknown): Record<string, unknown> {
  if (field.selection.length === 0) throw new Error(`Field '${field.name}' must have selections`);
  const out: Record<string, unknown> = {};
  for (const inner of field.selection) {
    if (inner.on !== null && inner.on !== type) continue;
    out[inner.alias] = inner.name === '__typename' ? type : answer(inner);
  }
  return out;
}

export const pick = (from: Fields, field: Field, type: string): Record<string, unknown> =>
  select(field, type, (inner) => scalar(from, inner, type));

export function scalar(from: Fields, field: Field, type: string): unknown {
  if (!Object.hasOwn(from, field.name)) throw unknownField(field, type);
  return from[field.name];
}

export const unknownField = (field: Field, type: string): Error =>
  new Error(`Field '${field.name}' doesn't exist on type '${type}'`);

export const user = (person: Account): Fields => ({
  id: nodeId('User', person.id),
  databaseId: person.id,
  login: person.login,
  name: person.name,
});
