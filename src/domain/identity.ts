/** The things that get confused when they are bare numbers and strings, each with a type of its own. */

declare const brand: unique symbol;

/** A value of type `T` that only counts as `Name`: a user id is not a repository id. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** Numeric account id. Logins change hands, ids do not, so every rule about a person compares ids. */
export type UserId = Brand<number, 'UserId'>;
export type RepoId = Brand<number, 'RepoId'>;
export type InstallationId = Brand<number, 'InstallationId'>;
/** Full commit id in lower-case hexadecimal (40 or 64 digits). */
export type Sha = Brand<string, 'Sha'>;
/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = Brand<number, 'Instant'>;
/** A span of time in milliseconds. */
export type Millis = Brand<number, 'Millis'>;
/** Id of a request: a UUID that the engine draws. */
export type RequestId = Brand<string, 'RequestId'>;
/** Id of a grant: a UUID that the engine draws. */
export type GrantId = Brand<string, 'GrantId'>;

/** An account as GitHub showed it; `login` is for reading only, never for deciding. */
export type Person = { readonly id: UserId; readonly login: string };

/** A repository that the app is installed on. `owner` and `name` follow renames, `id` stays. */
export type RepoRef = {
  readonly installationId: InstallationId;
  readonly id: RepoId;
  readonly owner: string;
  readonly name: string;
};

const SHA = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/u;

export const userId = (value: number): UserId => value as UserId;
export const repoId = (value: number): RepoId => value as RepoId;
export const installationId = (value: number): InstallationId => value as InstallationId;
export const instant = (value: number): Instant => value as Instant;
export const millis = (value: number): Millis => value as Millis;
export const requestId = (value: string): RequestId => value as RequestId;
export const grantId = (value: string): GrantId => value as GrantId;

/** Reads a full commit id. Throws a TypeError on anything else, since a short or empty id would match by accident. */
export function sha(value: string): Sha {
  const lower = value.toLowerCase();
  if (!SHA.test(lower)) throw new TypeError(`not a full commit id: ${JSON.stringify(value.slice(0, 80))}`);
  return lower as Sha;
}

/** The instant `span` milliseconds after `from`. */
export const after = (from: Instant, span: Millis): Instant => (from + span) as Instant;
