/** That editors are told the same as the parser knows. */

import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { policySchema, SCHEMAS } from '../../../src/domain/policy/schema.ts';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const validate = new Ajv2020({ strict: false }).compile(policySchema());

test.each(Object.entries(SCHEMAS))(
  'the schema %s that is shipped is the one that the definition makes; `node scripts/write-schema.ts` writes it anew',
  (name, schema) => {
    expect(JSON.parse(read(`schema/${name}.schema.json`))).toEqual(schema());
  },
);

test('the schema of cases takes cases that are run, and refuses a misspelt key', () => {
  const valid = new Ajv2020({ strict: false }).compile(SCHEMAS['jit-policy-test']());
  const cases = read('test/policies/policy-bot-managers/.jit-policy.test.yml');
  expect(valid(load(cases))).toBe(true);
  expect(valid(load(cases.replace('expect:', 'expects:')))).toBe(false);
});

test('the example is valid by the schema', () => {
  expect(validate(load(read('.jit-policy.example.yml')))).toBe(true);
});

describe('the schema refuses', () => {
  const gate = { name: 'x', on: 'merge', branches: ['main'], approvals: [{ from: 'g' }] };
  test.each<[string, unknown]>([
    ['no version', {}],
    ['another version', { version: 2 }],
    ['an unknown key', { version: 1, gate: [] }],
    ['an unknown key of a gate', { version: 1, gates: [{ ...gate, aprovals: [] }] }],
    ['an unknown condition', { version: 1, gates: [{ ...gate, when: { path: ['a'] } }] }],
    ['a freeze without a zone', { version: 1, gates: [{ ...gate, freeze: [{ weekly: 'fri 16:00 - 18:00' }] }] }],
    ['an unknown role', { version: 1, groups: { g: { role: 'owner' } } }],
    ['a count of nobody', { version: 1, gates: [{ ...gate, approvals: [{ from: 'g', count: 0 }] }] }],
    ['no stages', { version: 1, gates: [{ ...gate, approvals: [] }] }],
  ])('%s', (_, value) => {
    expect(validate({ version: 1, gates: [gate] })).toBe(true);
    expect(validate(value)).toBe(false);
  });
});
