/** Writes the JSON Schemas under schema/ anew from the definitions. Run it after a change to a format. */

import { writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { SCHEMAS } from '../src/domain/policy/schema.ts';

for (const [name, schema] of Object.entries(SCHEMAS)) {
  const file = `schema/${name}.schema.json`;
  const text = await format(JSON.stringify(schema()), { parser: 'json', printWidth: 120 });
  writeFileSync(new URL(`../${file}`, import.meta.url), text);
  process.stdout.write(`${file} is written\n`);
}
