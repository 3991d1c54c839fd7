/** An expected refusal is a value, a bug or an outage is thrown: this is the value. */

export type Result<T, E> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });
export const refused = <E>(error: E): { readonly ok: false; readonly error: E } => ({ ok: false, error });

/** A fact that GitHub told us, or that could not be established; an unknown fact holds, it never passes. */
export type Known<T> =
  { readonly kind: 'known'; readonly value: T } | { readonly kind: 'unknown'; readonly why: string };

export const known = <T>(value: T): Known<T> => ({ kind: 'known', value });
export const unknown = <T = never>(why: string): Known<T> => ({ kind: 'unknown', why });
