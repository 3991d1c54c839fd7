/** Real webhook payloads, as `@octokit/webhooks-examples` collected them. */

import { createRequire } from 'node:module';

export type Payload = Readonly<Record<string, unknown>>;
export type Examples = { readonly name: string; readonly examples: readonly Payload[] };

const load = createRequire(import.meta.url);

/** Every example by event. Many were taken from repository hooks, which carry no installation: they get one. */
export const EXAMPLES: readonly Examples[] = (load('@octokit/webhooks-examples') as readonly Examples[]).map(
  ({ name, examples }) => ({
    name,
    examples: examples.map((payload) =>
      'installation' in payload ? payload : { ...payload, installation: { id: 1 } },
    ),
  }),
);

/** The first example of an event, with this action where one is named, and with other values at the top level. */
export function example(event: string, action: string | null = null, changes: Payload = {}): Payload {
  const found = EXAMPLES.find(({ name }) => name === event)?.examples.find(
    (payload) => action === null || payload['action'] === action,
  );
  if (found === undefined) throw new Error(`there is no example of ${event} ${action ?? ''}`);
  return { ...found, ...changes };
}

/** A part of a payload with other values. */
export const part = (payload: Payload, key: string, changes: Payload): Payload => ({
  ...(payload[key] as Payload),
  ...changes,
});
