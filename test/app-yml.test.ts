/** Whether the manifest subscribes to just the webhooks that the code reads. */

import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { EVENTS } from '../src/events/read.ts';

/** GitHub sends these to every app, and refuses a manifest that names them. */
const SENT_ANYWAY = ['installation', 'installation_repositories'];

const Manifest = z.object({ default_events: z.array(z.string()) });

it('subscribes to every event that a reader waits for, and to no other', () => {
  const manifest = Manifest.parse(load(readFileSync(new URL('../app.yml', import.meta.url), 'utf8')));
  const wanted = EVENTS.filter((event) => !SENT_ANYWAY.includes(event));
  expect(manifest.default_events.toSorted()).toEqual(wanted.toSorted());
});
