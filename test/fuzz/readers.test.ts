/** What do the readers make of what nobody should have written? A value or a refusal, never a crash, and never a long time. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAccessForm } from '../../src/domain/access-form.ts';
import { parseCommands } from '../../src/domain/command.ts';
import { parsePolicy } from '../../src/domain/policy/parse.ts';
import { readEvent } from '../../src/events/read.ts';
import { formText } from '../support/asking.ts';
import { EXAMPLES } from '../support/example.ts';
import { gates, MAIN_GATE, PRODUCTION_GATE, SHIFT_RULE } from '../support/policies.ts';
import { processorTime } from '../support/processor-time.ts';
import { mutated, mutatedText } from './mutate.ts';

/** `FUZZ_RUNS` asks for more of each. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 700);
const LONG = 600_000;
/** Milliseconds. */
const LIMIT = 100;

const COMMENTS = [
  '/approve',
  '/approve main abc1234 : looks right\n\n> /deny\n',
  '/request push for 2h on octo/shop : repair\n```\n/approve\n```\n',
  '/extend 30m : not done\n<!-- /approve -->\n- /revoke\n',
  '/deny production : no\n/status\n/help\n',
];
const FORMS = [
  formText({ role: 'push', duration: '2h', repository: 'octo/shop', reason: 'Repair', ticket: 'SEC-1' }),
  formText({}),
];
const POLICIES = [gates(MAIN_GATE, PRODUCTION_GATE), `${gates(MAIN_GATE)}access:\n  - ${SHIFT_RULE}\n`];
const PAYLOADS = EXAMPLES.flatMap(({ name, examples }) => examples.map((payload) => ({ name, payload })));

describe('text that was tampered with', () => {
  const texts = (name: string, from: readonly string[], read: (text: string) => unknown): void => {
    it(`is read as ${name} or refused, within ${LIMIT} ms`, { timeout: LONG }, () => {
      from.forEach(read);
      fc.assert(
        fc.property(mutatedText(from), (text) => {
          expect(processorTime(() => read(text), LIMIT)).toBeLessThan(LIMIT);
        }),
        { numRuns: RUNS },
      );
    });
  };
  texts('a comment', COMMENTS, parseCommands);
  texts('a form', FORMS, readAccessForm);
  texts('a policy', POLICIES, parsePolicy);
});

it('reads a payload that was tampered with as an event, as nothing, or refuses it', { timeout: LONG }, () => {
  fc.assert(
    fc.property(mutated(PAYLOADS), ({ of, value }) => {
      const payload = typeof value === 'object' && value !== null && 'payload' in value ? value.payload : value;
      try {
        readEvent(of.name, payload, 'https://api.github.com');
      } catch (error) {
        // What a reader refuses it refuses by name: a slip of the code is none of these.
        expect(error).not.toBeInstanceOf(TypeError);
        expect(error).not.toBeInstanceOf(RangeError);
        expect(error).not.toBeInstanceOf(ReferenceError);
      }
    }),
    { numRuns: 3 * RUNS },
  );
});
