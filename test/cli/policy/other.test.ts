/** `jit-gate policy comment` and `policy schema`. */

import { Ajv2020 } from 'ajv/dist/2020.js';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { useFolder } from './folder.ts';

const { policy } = useFolder();

const VALID = `version: 1
groups: { release: { teams: [release-managers] } }
gates: [{ name: main, on: merge, branches: [main], approvals: [{ from: [release] }] }]
`;

describe('policy comment', () => {
  it('shows the commands that the app sees, and not those in quotes or code', async () => {
    const input = '/approve main: looks good\n\n> /deny\n\n```\n/cancel\n```\n';
    const { code, json } = await policy(['comment', '--json'], { input });
    expect(code).toBe(0);
    expect(json()).toHaveLength(1);
    expect(JSON.stringify(json())).toContain('approve');
  });

  it('says so where there is none', async () => {
    const { code, said } = await policy(['comment'], { input: 'nice work' });
    expect(code).toBe(0);
    expect(said).toContain('No commands');
  });
});

describe('policy schema', () => {
  it('prints a JSON Schema that takes a good policy and refuses a misspelt key', async () => {
    const { code, json } = await policy(['schema']);
    expect(code).toBe(0);
    const validate = new Ajv2020({ strict: false }).compile(json() as object);
    expect(validate(load(VALID))).toBe(true);
    expect(validate(load(VALID.replace('branches', 'branchs')))).toBe(false);
  });
});
