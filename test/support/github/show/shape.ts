/** What do answers and payloads consist of? */

/** A JSON object as it goes over the wire. */
export type Shape = Record<string, unknown>;

/** Pages for people live here; nothing answers at this address. */
export const WEB = 'https://github.example';

/** An opaque id like GitHub's GraphQL ids. */
export const nodeId = (kind: string, id: number | string): string => Buffer.from(`${kind}:${id}`).toString('base64url');
