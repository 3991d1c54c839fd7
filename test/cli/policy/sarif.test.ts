/** Is what `policy check --format sarif` prints SARIF, by the format's own schema? */

import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import sarifSchema from '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';
import { useFolder } from './folder.ts';

const { write, policy } = useFolder();

// One of its patterns has a bracket that only the older kind of expression takes.
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
formats.default(ajv);
// The schema is of an older draft, whose `id` the validator does not take; nothing else of that draft differs here.
const { definitions, properties, ...rest } = sarifSchema;
const validate = ajv.compile({
  definitions,
  properties,
  required: rest.required,
  type: 'object',
  additionalProperties: false,
});

const VALID = `version: 1
groups: { a: { teams: [a] } }
gates: [{ name: main, on: merge, branches: [main], approvals: [{ from: a }] }]
`;

describe('SARIF 2.1.0', () => {
  it.each([
    ['nothing is wrong', 'policy.yml', VALID],
    ['many things are', 'policy.yml', VALID.replaceAll('a }', 'b, count: 0 }').replace('on: merge', 'on: marge')],
    ['there are only warnings', 'ci/my policy.yml', VALID.replace('a: {', 'unused: { teams: [b] }, a: {')],
    ['the file is no YAML', 'a:b.yml', 'version: [1\n\t}'],
    ['the file is empty', 'policy.yml', ''],
    ['it is hostile', 'policy.yml', 'version: 1\n"\\0\\ud800<script>\\n": { "__proto__": 1 }\n'],
  ])('is what comes out where %s', async (_, file, text) => {
    write(file, text);
    const { json } = await policy(['check', file, '--format', 'sarif']);
    validate(json());
    expect(validate.errors ?? []).toEqual([]);
  });

  it('is not what another log is', () => {
    expect(validate({ version: '2.1.0', runs: [{ results: [] }] })).toBe(false);
    expect(validate({ version: '2.0.0', runs: [] })).toBe(false);
  });
});
