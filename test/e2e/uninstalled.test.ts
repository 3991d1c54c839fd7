/** What becomes of the work of an installation that is deleted, and of one that is suspended? */

import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { directRole, ended, granted, grantsOf, timeIsOver, timePasses } from '../support/asking.ts';
import { installationsOn, repoNamed } from '../support/github/world/find.ts';
import type { Installation } from '../support/github/world/state.ts';
import { access, gates, MAIN_GATE, SHIFT_RULE } from '../support/policies.ts';
import { useStage, type Scene } from '../support/scene.ts';

const stage = useStage();

function installationOf(scene: Scene): Installation {
  const { world } = scene.github;
  const [installation] = installationsOn(world, repoNamed(world, scene.repo));
  if (installation === undefined) throw new Error('the app is not installed');
  return installation;
}

/** What was given up in an installation, by kind of effect. */
async function givenUp({ id }: Installation): Promise<readonly string[]> {
  const { rows } = await sql<{ effect: string }>`
    select data ->> 'effect' as effect from audit_entry
    where installation_id = ${id} and kind = 'repository.out-of-reach' order by seq`.execute(
    stage.current().database.db,
  );
  return rows.map(({ effect }) => effect);
}

describe('an app that was uninstalled', () => {
  it('gives up taking a role back, once and with an entry in the audit log, and takes it back when it is there again', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = await granted(scene, 'erin');
    const old = installationOf(scene);
    scene.github.uninstall(old, 'olga');
    await stage.current().settled();
    await timePasses(scene, 'erin');
    // Nothing is left that is tried again.
    await stage.current().settled();
    expect(directRole(scene, 'erin')).toBe('push');
    expect((await grantsOf(scene, 'erin')).map(({ state }) => state)).toEqual(['ending']);
    const first = await givenUp(old);
    expect(first.filter((effect) => effect === 'access')).toEqual(['access']);
    const calls = scene.github.calls.length;
    await stage.current().sweep();
    await stage.current().sweep();
    expect(await givenUp(old)).toEqual(first);
    expect(scene.github.calls.slice(calls).filter(({ path }) => path.includes(scene.repo))).toEqual([]);
    const metrics = await (await fetch(`${scene.stage.app.url}/metrics`)).text();
    expect(metrics).toMatch(/jit_gate_grants_overdue [1-9]/u);

    scene.github.installApp(scene.org);
    await scene.until('the role to be gone', () => directRole(scene, 'erin') === null);
    await ended(scene, issue);
  });

  it('leaves no work behind where no webhook told of it, and holds again when it is back', async () => {
    const scene = stage.scene(gates(MAIN_GATE));
    const pull = scene.open();
    await scene.held(pull.sha);
    await stage.current().settled();
    const old = installationOf(scene);
    scene.github.webhooks.pause();
    scene.setPolicy(gates(MAIN_GATE.replace('name: main', 'name: still main')));
    old.removed = true;
    scene.github.webhooks.resume();
    await scene.until('the end of it', async () => (await givenUp(old)).length > 0);
    await stage.current().settled();

    scene.github.installApp(scene.org);
    await scene.until('the check to name the gate', () => scene.check(pull.sha).text.includes('still main'));
    await scene.tell('ana', pull.number, '/approve');
    await scene.passed(pull.sha);
  });

  it('is found in its new installation at the next start, though no webhook told of that', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    await granted(scene, 'erin');
    scene.github.uninstall(installationOf(scene), 'olga');
    await stage.current().settled();
    await stage.current().stopApp();
    const lost = scene.github.faults.add({ kind: 'status', status: 500, path: '/app/hook/deliveries', times: 1_000 });
    scene.github.installApp(scene.org);
    await stage.current().startApp();
    await timePasses(scene, 'erin');
    await scene.until('the role to be gone', () => directRole(scene, 'erin') === null);
    lost();
  });
});

describe('an app that was suspended', () => {
  it('goes on trying, and gives nothing up', async () => {
    const scene = stage.scene(access(SHIFT_RULE));
    const issue = await granted(scene, 'erin');
    const installation = installationOf(scene);
    scene.github.suspendInstallation(installation, 'olga');
    await timeIsOver(scene, 'erin');
    const before = scene.github.calls.length;
    const { boss, announce } = stage.current().database;
    await boss.send('sweep', {});
    announce('sweep');
    await scene.until('an attempt', () => scene.github.calls.slice(before).some(({ status }) => status === 403));
    expect(await givenUp(installation)).toEqual([]);
    scene.github.unsuspendInstallation(installation, 'olga');
    await scene.until('the role to be gone', () => directRole(scene, 'erin') === null);
    await ended(scene, issue);
  });
});
