/** Attacks by those who may create teams: to be in a team that a policy names, because it has the name. */

import { describe, expect, it } from 'vitest';
import { createTeam, orgNamed } from '../support/github/setup.ts';
import { gates, MAIN_GATE } from '../support/policies.ts';
import { useStage, type Scene } from '../support/scene.ts';
import { nothingGivenAway, staysHeld } from './support.ts';

const stage = useStage();

/** Deletes the team, and makes another with the same slug. Returns its number. */
function remake(scene: Scene, slug: string, members: readonly string[]): number {
  const { world } = scene.github;
  orgNamed(world, scene.org).teams.delete(slug);
  return createTeam(world, scene.org, slug, members).id;
}

async function held(scene: Scene) {
  const pull = scene.open();
  await scene.held(pull.sha);
  await stage.current().settled();
  return pull;
}

describe('a team that was deleted and made again', () => {
  it('is not the one that the policy named: its members do not approve, and are told what can be done', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = await held(scene);
    const id = remake(scene, 'release', ['emil']);
    const { reaction, words } = await scene.tell('emil', pull.number, '/approve');
    expect(reaction).toBe('confused');
    expect(words).toContain(`\`release#${id}\``);
    await staysHeld(scene, pull);
    await nothingGivenAway(scene);
  });

  it('is not taken for it after some other change of the policy either', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = await held(scene);
    remake(scene, 'release', ['emil']);
    scene.setPolicy(gates(MAIN_GATE.replace('name: main', 'name: the main branch')));
    await scene.tell('emil', pull.number, '/approve');
    await staysHeld(scene, pull);
    await nothingGivenAway(scene);
  });

  it('counts once the policy names it with its number', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = await held(scene);
    const id = remake(scene, 'release', ['emil']);
    scene.setPolicy(gates(MAIN_GATE).replace('teams: [release]', `teams: [release#${id}]`));
    await stage.current().settled();
    await scene.tell('emil', pull.number, '/approve');
    await scene.passed(pull.sha);
  });

  it('does not get in by CODEOWNERS', async () => {
    const owned = gates(MAIN_GATE.replace('[release]', '[owners]'));
    const scene = stage.scene(owned, { files: { CODEOWNERS: '* @octo-4/release\n' } });
    expect(scene.org).toBe('octo-4');
    const pull = await held(scene);
    remake(scene, 'release', ['emil']);
    await scene.tell('emil', pull.number, '/approve');
    await staysHeld(scene, pull);
    await nothingGivenAway(scene);
  });

  it('that the policy names by its old number stays out', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const id = orgNamed(scene.github.world, scene.org).teams.get('release')?.id ?? 0;
    scene.setPolicy(gates(MAIN_GATE).replace('teams: [release]', `teams: [release#${id}]`));
    const pull = await held(scene);
    remake(scene, 'release', ['emil']);
    await scene.tell('emil', pull.number, '/approve');
    await staysHeld(scene, pull);
  });
});

describe('a team that was renamed', () => {
  it('holds what asks it, and says that the policy has to name its new slug', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = await held(scene);
    const { teams } = orgNamed(scene.github.world, scene.org);
    const team = teams.get('release');
    if (team === undefined) throw new Error('there is no team release');
    teams.delete('release');
    teams.set('releasers', { ...team, slug: 'releasers' });
    const { words } = await scene.tell('ana', pull.number, '/explain');
    expect(words).toContain('name its new slug');
    await staysHeld(scene, pull);
    scene.setPolicy(gates(MAIN_GATE).replace('teams: [release]', 'teams: [releasers]'));
    await stage.current().settled();
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
  });
});
