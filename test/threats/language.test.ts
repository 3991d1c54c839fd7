/** Attacks on what a policy spares, freezes and lets pass in an emergency. */

import { describe, it } from 'vitest';
import { gates } from '../support/policies.ts';
import { useStage } from '../support/scene.ts';
import { staysHeld } from './support.ts';

const stage = useStage();

describe('a pull request that is spared for whom it is from', () => {
  for (const key of ['authors', 'only-authors']) {
    const sparing = gates(
      `{ name: main, on: merge, branches: ["main"], unless: { ${key}: [ben] }, approvals: [{ from: [security] }] }`,
    );

    it(`is held as soon as somebody else pushes to its branch: ${key}`, async () => {
      const scene = stage.scene(sparing);
      const pull = scene.open({ by: 'ben' });
      await scene.passed(pull.sha);
      scene.as('mia').push(scene.repo, { branch: pull.branch, files: { 'src/back-door.ts': 'x' } });
      const { headSha: sha } = scene.github.see.pull(scene.repo, pull.number);
      await scene.held(sha);
      await staysHeld(scene, { number: pull.number, sha });
    });

    it(`is held where somebody pushes under the spared one's name: ${key}`, async () => {
      const scene = stage.scene(sparing);
      const pull = scene.open({ by: 'ben' });
      await scene.passed(pull.sha);
      scene
        .as('mia')
        .push(scene.repo, { branch: pull.branch, files: { 'src/a.ts': 'x' }, authorEmail: 'ben@example.com' });
      const { headSha: sha } = scene.github.see.pull(scene.repo, pull.number);
      await scene.held(sha);
      await staysHeld(scene, { number: pull.number, sha });
    });

    it(`is held where a commit hides behind an address that nobody has: ${key}`, async () => {
      const scene = stage.scene(sparing);
      const pull = scene.open({ by: 'ben', authorEmail: 'nobody@example.org' });
      await scene.held(pull.sha);
      await staysHeld(scene, pull);
    });
  }
});
