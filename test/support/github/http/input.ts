/** What did the request ask for? Values out of a body or query, as the types that a handler needs. */

import { invalid, type Context } from './route.ts';

type Body = Readonly<Record<string, unknown>>;

/** A text; `undefined` where it is left out or `null`. */
export function text(body: Body, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') throw invalid(`${name} must be a string`);
  return value;
}

/** A text that has to be there. */
export function neededText(body: Body, name: string): string {
  const value = text(body, name);
  if (value === undefined) throw invalid(`"${name}" wasn't supplied`);
  return value;
}

export function texts(body: Body, name: string): string[] | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw invalid(`${name} must be a list`);
  return value.map((item: unknown) => {
    if (typeof item === 'string') return item;
    if (isObject(item) && typeof item['name'] === 'string') return item['name'];
    throw invalid(`${name} must be a list of strings`);
  });
}

/** Milliseconds of a time in the body. */
export function time(body: Body, name: string): number | undefined {
  const value = text(body, name);
  return value === undefined ? undefined : Date.parse(value);
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const objectIn = (body: Body, name: string): Record<string, unknown> | undefined => {
  const value = body[name];
  return isObject(value) ? value : undefined;
};

/** One of a few words. */
export function oneOf<T extends string>(body: Body, name: string, words: readonly T[]): T | undefined {
  const value = text(body, name);
  if (value === undefined) return undefined;
  const word = words.find((candidate) => candidate === value);
  if (word === undefined) throw invalid(`${name} must be one of ${words.join(', ')}`);
  return word;
}

/** A placeholder's value. */
export const param = (context: Context, name: string): string => context.params[name] ?? '';
export const idParam = (context: Context, name: string): number => Number(param(context, name));
