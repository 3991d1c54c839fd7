/** Attacks by name: a check that is called like ours, reported by another app, on a commit that we hold. */

import { describe, expect, it } from 'vitest';
import { repoNamed } from '../support/github/world/find.ts';
import { deploy, deployCheck } from '../support/deploying.ts';
import { gates, MAIN_GATE, PRODUCTION_GATE } from '../support/policies.ts';
import { useStage, type Scene } from '../support/scene.ts';
import { audited, nothingGivenAway, staysHeld } from './support.ts';

const stage = useStage();

const held = async () => {
  const scene = stage.scene(gates(MAIN_GATE));
  const pull = scene.open();
  await scene.held(pull.sha);
  return { scene, pull };
};

/** What our own check says: an impostor's of the same name is another run. */
const ours = (
  scene: Scene,
  sha: string,
  name = 'jit/merge',
): { readonly summary: string; readonly conclusion: string | null } => {
  const run = repoNamed(scene.github.world, scene.repo).checks.findLast(
    (check) => check.app.id === scene.github.appId && check.sha === sha && check.name === name,
  );
  if (run === undefined) throw new Error(`the app shows no check ${name}`);
  return { summary: run.summary ?? '', conclusion: run.conclusion };
};

const impostors = async (scene: Scene) => {
  const repo = repoNamed(scene.github.world, scene.repo);
  return await scene.stage.database.db
    .selectFrom('audit_entry')
    .select(['actor', 'data'])
    .where('repo_id', '=', repo.id)
    .where('kind', '=', 'check.impostor')
    .execute();
};

describe('a check with our name from another app', () => {
  it('releases nothing; our own check names the app and says how to pin', async () => {
    const { scene, pull } = await held();
    scene.github.reportCheck(scene.repo, pull.sha, { name: 'jit/merge', app: 'impostor', conclusion: 'success' });
    await stage.current().settled();
    const { summary, conclusion } = ours(scene, pull.sha);
    expect(conclusion).toBeNull();
    expect(summary).toContain('`impostor` also reports a check called `jit/merge`');
    expect(summary).toMatch(/pin/u);
    expect(summary).toContain('Held');
    expect(scene.as('ben').merge(scene.repo, pull.number).ok).toBe(false);
    await nothingGivenAway(scene);
  });

  it('is in the audit log once for a commit, with the app by number, however often it reports', async () => {
    const { scene, pull } = await held();
    for (const conclusion of ['failure', 'success', 'neutral'] as const) {
      scene.github.reportCheck(scene.repo, pull.sha, { name: 'jit/merge', app: 'impostor', conclusion });
      await stage.current().settled();
    }
    const app = [...scene.github.world.apps.values()].find(({ slug }) => slug === 'impostor');
    expect(await impostors(scene)).toMatchObject([
      { actor: app?.bot.id, data: { name: 'jit/merge', head: pull.sha, app: app?.id } },
    ]);
  });

  it('is named on a deployment too', async () => {
    const scene = stage.scene(gates(PRODUCTION_GATE));
    const { sha } = deploy(scene);
    await scene.held(sha, deployCheck());
    scene.github.reportCheck(scene.repo, sha, { name: deployCheck(), app: 'impostor', conclusion: 'success' });
    await scene.until('the warning', () => ours(scene, sha, deployCheck()).summary.includes('`impostor`'));
    expect(ours(scene, sha, deployCheck()).conclusion).toBeNull();
    await nothingGivenAway(scene);
  });

  it('that a workflow made, by calling its job like our check, is named as well', async () => {
    const { scene, pull } = await held();
    scene.github.reportCheck(scene.repo, pull.sha, { name: 'jit/merge', app: 'github-actions', conclusion: 'success' });
    await scene.until('the warning', () => ours(scene, pull.sha).summary.includes('`github-actions`'));
    await stage.current().settled();
    expect(scene.as('ben').merge(scene.repo, pull.number).ok).toBe(false);
  });

  it('is still warned of when our own turns green', async () => {
    const { scene, pull } = await held();
    scene.github.reportCheck(scene.repo, pull.sha, { name: 'jit/merge', app: 'impostor', conclusion: 'failure' });
    await stage.current().settled();
    await scene.tell('ana', pull.number, '/approve');
    await scene.until('our check to pass', () => ours(scene, pull.sha).conclusion === 'success');
    expect(ours(scene, pull.sha).summary).toContain('`impostor`');
  });

  it('by an app whose name is made to hurt is shown as it was typed', async () => {
    const { scene, pull } = await held();
    const slug = 'x`<img src=x>`@octo';
    scene.github.reportCheck(scene.repo, pull.sha, { name: 'jit/merge', app: slug, conclusion: 'success' });
    await scene.until('the warning', () => ours(scene, pull.sha).summary.includes('Warning'));
    const shown = ours(scene, pull.sha).summary;
    expect(shown).toContain(slug);
    // Whatever stands outside of code would be read as Markdown.
    expect(shown.replaceAll(/(`+)[^`].*?[^`]\1(?!`)/gu, '')).not.toContain('<img');
    expect(shown.replaceAll(/(`+)[^`].*?[^`]\1(?!`)/gu, '')).not.toContain('@octo');
  });

  it('of many apps at once fills neither the check nor the log', async () => {
    const { scene, pull } = await held();
    for (let n = 0; n < 12; n += 1) {
      scene.github.reportCheck(scene.repo, pull.sha, {
        name: 'jit/merge',
        app: `impostor-${n}`,
        conclusion: 'success',
      });
    }
    await stage.current().settled();
    expect((await impostors(scene)).length).toBeLessThanOrEqual(5);
    expect((await impostors(scene)).length).toBeGreaterThan(0);
    await nothingGivenAway(scene);
    expect(ours(scene, pull.sha).conclusion).toBeNull();
  });
});

describe('our own checks', () => {
  it('are no impostors of themselves', async () => {
    const { scene, pull } = await held();
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
    await stage.current().settled();
    expect(await audited(scene)).not.toContain('check.impostor');
    expect(ours(scene, pull.sha).summary).not.toContain('Warning');
  });

  it('and those of others with names of their own say nothing of impostors', async () => {
    const { scene, pull } = await held();
    scene.github.reportCheck(scene.repo, pull.sha, { name: 'build', app: 'ci', conclusion: 'success' });
    scene.github.reportCheck(scene.repo, pull.sha, { name: 'jitter', app: 'ci', conclusion: 'success' });
    await staysHeld(scene, pull);
    expect(await audited(scene)).not.toContain('check.impostor');
  });
});
