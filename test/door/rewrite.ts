/** A payload told as if it had happened in a repository of the local GitHub, by one of its people. */

import type { Payload } from '../support/example.ts';

export type Scenery = {
  readonly installation: number;
  readonly repository: { readonly id: number; readonly owner: string; readonly name: string };
  /** Whoever did anything in the payload did it as this person. */
  readonly person: { readonly id: number; readonly login: string };
  /** Every issue and pull request in it is this one. */
  readonly number: number;
  /** Every commit in it is this one. */
  readonly sha: string;
  readonly environment: string;
  readonly callback: string;
};

const isRecord = (value: unknown): value is Payload =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Changes all that a payload says about where, who, which and when; what happened stays. */
export function rewrite(payload: Payload, scenery: Scenery): Payload {
  const moved = walk(payload, scenery);
  return {
    ...(isRecord(moved) ? moved : {}),
    installation: { ...(payload['installation'] as Payload), id: scenery.installation },
  };
}

function walk(value: unknown, scenery: Scenery): unknown {
  if (Array.isArray(value)) return value.map((item) => walk(item, scenery));
  if (typeof value === 'string') return /^[0-9a-f]{40}$/u.test(value) ? scenery.sha : value;
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([key, part]) => [key, named(key, part, scenery) ?? walk(part, scenery)]);
  return { ...(Object.fromEntries(entries) as Payload), ...identity(value, scenery) };
}

/** What an object is, told by its shape: a repository, or an account. */
function identity(value: Payload, { repository, person }: Scenery): Payload {
  if ('full_name' in value) {
    const { id, owner, name } = repository;
    const home = isRecord(value['owner']) ? { owner: { ...value['owner'], login: owner } } : {};
    return { id, name, full_name: `${owner}/${name}`, ...home };
  }
  return 'login' in value && 'id' in value ? { ...person, type: 'User' } : {};
}

function named(key: string, part: unknown, { number, environment, callback }: Scenery): unknown {
  switch (key) {
    case 'number':
      return typeof part === 'number' ? number : undefined;
    case 'environment':
      return typeof part === 'string' ? environment : undefined;
    case 'deployment_callback_url':
      return callback;
    case 'ref':
      // A branch or tag of the example is none here.
      return typeof part === 'string' && !part.startsWith('refs/') ? 'main' : undefined;
    default:
      return undefined;
  }
}
