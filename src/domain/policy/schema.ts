/** The JSON Schema of a policy file, for editors that complete and check it. */

import { z } from 'zod';
import { policyDefinition } from './definition.ts';
import { factsSchema } from './supposed.ts';
import { testSchema } from './test-file.ts';

/**
 * JSON Schema, draft 2020-12, from the definition that the parser uses. It lets pass what only
 * the parser can tell (groups that exist, durations, patterns), and wants roles in lower case.
 */
export function policySchema(): object {
  return { title: 'JIT Gate policy', ...z.toJSONSchema(policyDefinition, { io: 'input' }) };
}

/** Every schema that is shipped, by the name of its file under schema/. */
export const SCHEMAS = {
  'jit-policy': policySchema,
  'jit-policy-test': testSchema,
  'jit-policy-facts': factsSchema,
} as const satisfies Readonly<Record<string, () => object>>;
