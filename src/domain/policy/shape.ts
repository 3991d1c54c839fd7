/** What is wrong with the shape of a policy file, in words that say what was found and what is meant. */

import type { z } from 'zod';
import { nearest } from '../nearest.ts';
import { KEYS } from './definition.ts';
import type { Finding } from './model.ts';
import { short, valueAt } from './view.ts';
import type { Path, YamlDocument } from './yaml.ts';

type Issue = z.core.$ZodIssue;

/** So many unknown keys in one mapping show what is wrong; more would only take time. */
const MAX_KEYS = 50;

/** The findings that one issue of the definition stands for. */
export function shapeFindings(issue: Issue, document: YamlDocument): readonly Finding[] {
  switch (issue.code) {
    case 'unrecognized_keys':
      // `__proto__` is a finding of its own, made where the text is read.
      return issue.keys
        .filter((key) => key !== '__proto__')
        .slice(0, MAX_KEYS)
        .map((key) => unknownKey(issue.path, key, document));
    case 'invalid_union':
      return unionFindings(issue, document);
    case 'invalid_key':
    case 'invalid_element':
      return issue.issues.flatMap((inner) =>
        shapeFindings({ ...inner, path: [...issue.path, ...inner.path] }, document),
      );
    case 'custom':
      return [ownFinding(issue, document)];
    case 'invalid_type':
    case 'invalid_value':
      return [unexpected(issue.path, issue.message, document)];
    case 'too_small':
    case 'too_big':
    case 'not_multiple_of':
    case 'invalid_format':
      return [at(document, issue.path, 'bad-value', issue.message, null)];
  }
}

/** A union's own words serve where nothing fits; where one branch fits outside, what is wrong inside is said instead. */
function unionFindings(issue: Extract<Issue, { code: 'invalid_union' }>, document: YamlDocument): readonly Finding[] {
  if (issue.path.at(-1) === 'on' && issue.errors.length === 0) return [badKind(issue.path, document)];
  const fitting = issue.errors.find((branch) => branch.length > 0 && branch.every((inner) => fitsOutside(inner)));
  if (fitting === undefined) return [unexpected(issue.path, issue.message, document)];
  return fitting.flatMap((inner) => shapeFindings({ ...inner, path: [...issue.path, ...inner.path] }, document));
}

const fitsOutside = (inner: Issue): boolean => inner.path.length > 0 || inner.code !== 'invalid_type';

function badKind(path: Path, document: YamlDocument): Finding {
  return unexpected(path, '`deployment`, `merge` or `action`', document);
}

function unexpected(path: Path, expected: string, document: YamlDocument): Finding {
  const value = valueAt(document.value, path);
  if (value === undefined) {
    const parent = path.slice(0, -1);
    return at(document, parent, 'missing-key', `\`${String(path.at(-1))}\` is missing; expected ${expected}`, null);
  }
  return at(document, path, 'wrong-type', `${subject(path)} is ${shown(value)}; expected ${expected}`, null);
}

function unknownKey(path: Path, key: string, document: YamlDocument): Finding {
  const place = document.locate([...path, key], 'key');
  const name = `\`${short(key)}\``;
  const finding = (code: string, message: string, hint: string | null): Finding => ({
    severity: 'error',
    code,
    ...place,
    message,
    hint,
  });
  const kind = kindAt(path, document.value);
  const meant = nearest(key, KEYS[kind]);
  if (meant !== null) return finding('unknown-key', `${name} is not a key here`, `did you mean \`${meant}\`?`);
  const home = GATE_KINDS.find((other) => other !== kind && KEYS[other].includes(key));
  if (home !== undefined && GATE_KINDS.some((gate) => gate === kind))
    return finding(
      'unknown-key',
      `${name} is not a key of a gate with \`on: ${kind}\``,
      `it belongs to \`on: ${home}\``,
    );
  return finding('unknown-key', `${name} is not a key here`, `the keys here are ${KEYS[kind].join(', ')}`);
}

type Kind = keyof typeof KEYS;
const GATE_KINDS = ['deployment', 'merge', 'action'] as const satisfies readonly Kind[];

/** Mappings that are known by the key that they stand under. */
const KIND_OF_KEY: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['reason', 'reason'],
  ['authors', 'authors'],
  ['only-authors', 'authors'],
  ['lines-changed', 'lines'],
  ['break-glass', 'break-glass'],
  ['auto-approve', 'auto-approve'],
]);
/** Mappings that are known by the list that they are items of. */
const KIND_OF_ITEM: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['checks', 'check'],
  ['approvals', 'stage'],
  ['freeze', 'freeze'],
  ['escalate', 'escalate'],
]);

/** Which kind of mapping stands at a path. */
function kindAt(path: Path, root: unknown): Kind {
  const [top] = path;
  const last = path.at(-1);
  if (top === undefined) return 'policy';
  if (top === 'groups') return 'group';
  if (top === 'custom-roles') return 'custom-role';
  if (top === 'unmatched' || top === 'limits') return top;
  const named = typeof last === 'string' ? KIND_OF_KEY.get(last) : KIND_OF_ITEM.get(String(path.at(-2)));
  if (named !== undefined) return named;
  if (path.length > 2) return 'condition';
  if (top === 'access') return 'access';
  const on = valueAt(root, [...path, 'on']);
  return GATE_KINDS.find((kind) => kind === on) ?? 'deployment';
}

function at(document: YamlDocument, path: Path, code: string, message: string, hint: string | null): Finding {
  // A name that is no good is a key where names are keys; everything else is a value.
  const side = code === 'bad-name' && (path[0] === 'groups' || path[0] === 'custom-roles') ? 'key' : 'value';
  return { severity: 'error', code, ...document.locate(path, side), message, hint };
}

/** A finding that the definition worded itself, with the code and the hint that it gave along. */
function ownFinding(issue: Extract<Issue, { code: 'custom' }>, document: YamlDocument): Finding {
  const detail = (key: string): string | null => {
    const value: unknown = issue.params?.[key];
    return typeof value === 'string' ? value : null;
  };
  return at(document, issue.path, detail('code') ?? 'bad-value', issue.message, detail('hint'));
}

/** What a path stands for in a sentence: `the policy`, `` `timeout` `` or `item 2 of `from``. */
function subject(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return 'the policy';
  if (typeof last !== 'number') return `\`${short(String(last))}\``;
  return `item ${String(last + 1)} of ${subject(path.slice(0, -1))}`;
}

function shown(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'string') return `the text "${short(value)}"`;
  return typeof value === 'number' ? `the number ${value}` : JSON.stringify(value);
}
