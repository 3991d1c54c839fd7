/** Is a person told, before access ends, which of their forks and open pull requests go with it? */

import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { directRole, granted, timePasses } from '../support/asking.ts';
import { access, SHIFT_RULE } from '../support/policies.ts';
import { useStage, type Scene } from '../support/scene.ts';

const stage = useStage();

/** A grant to erin of a private repository that she sees by nothing else. */
async function onlyByGrant(rule = SHIFT_RULE, duration = '8h'): Promise<{ scene: Scene; issue: number }> {
  const scene = stage.scene(access(rule), { private: true });
  const issue = await granted(scene, 'erin', { duration });
  scene.github.setBaseRole(scene.org, 'none');
  return { scene, issue };
}

/** Lets the time come at which those are told whose access ends before long. Returns what was said to erin. */
async function warned(scene: Scene, issue: number): Promise<readonly string[]> {
  await sql`update pgboss.job set start_after = now() where name = 'timer' and data->>'kind' = 'grant-warning'`.execute(
    stage.current().database.db,
  );
  stage.current().database.announce('timer');
  await stage.current().settled();
  return scene.spoken(issue).filter((text) => text.includes('hangs on it'));
}

const work = (scene: Scene): { fork: string; ours: number; theirs: number } => {
  const fork = scene.as('erin').fork(scene.repo);
  scene.as('erin').push(fork, { branch: 'patch', files: { 'p.txt': 'p' } });
  const theirs = scene.as('erin').openPull(scene.repo, { head: 'erin:patch' });
  const ours = scene.open({ by: 'erin' }).number;
  scene.open({ by: 'ben' });
  return { fork, ours, theirs };
};

describe('access that work of the person hangs on', () => {
  it('is warned of an hour before it ends, once, with the forks and pull requests by name', async () => {
    const { scene, issue } = await onlyByGrant();
    const { fork, ours, theirs } = work(scene);
    const { rows } = await sql<{ early: number }>`
      select extract(epoch from (to_timestamp((data->>'endsAt')::numeric / 1000) - start_after))::int as early
      from pgboss.job where name = 'timer' and data->>'kind' = 'grant-warning' order by created_on desc limit 1`.execute(
      stage.current().database.db,
    );
    expect(rows[0]?.early).toBe(3_600);
    const said = await warned(scene, issue);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('@erin');
    expect(said[0]).toContain(`\`${fork}\``);
    expect(said[0]).toContain(`${scene.repo}#${theirs}, ${scene.repo}#${ours}`);
    expect(await warned(scene, issue)).toHaveLength(1);
    await timePasses(scene, 'erin');
    await scene.until('the role to be gone', () => directRole(scene, 'erin') === null);
    expect(() => scene.github.see.branch(fork, 'main')).toThrow(/no repository/u);
  });

  it('is warned of half-way where it is short', async () => {
    const { scene, issue } = await onlyByGrant(SHIFT_RULE, '8s');
    work(scene);
    await scene.until('the warning', () => scene.spoken(issue).some((text) => text.includes('hangs on it')));
    expect(directRole(scene, 'erin')).toBe('push');
  });

  it('is warned of at its new end where it was lengthened', async () => {
    const { scene, issue } = await onlyByGrant(SHIFT_RULE, '2h');
    work(scene);
    await scene.tell('erin', issue, '/extend 2h : not done yet');
    await scene.tell('mia', issue, '/approve');
    await scene.until('the longer end', async () => {
      const { rows } = await sql<{ n: number }>`
        select count(*)::int as n from pgboss.job where data->>'kind' = 'grant-warning' and data->>'grantId' in (
          select id from access_grant where grantee_login = 'erin' and state = 'active')`.execute(
        stage.current().database.db,
      );
      return (rows[0]?.n ?? 0) >= 2;
    });
    // Both timers come, and only the one of the end that stands says something.
    expect(await warned(scene, issue)).toHaveLength(1);
  });
});

describe('nothing is said', () => {
  it('where no work hangs on the access', async () => {
    const { scene, issue } = await onlyByGrant();
    expect(await warned(scene, issue)).toEqual([]);
  });

  it('where the person goes on reading the repository, so that no fork is lost', async () => {
    const scene = stage.scene(access(SHIFT_RULE), { private: true });
    const issue = await granted(scene, 'erin');
    work(scene);
    expect(await warned(scene, issue)).toEqual([]);
  });

  it('where the end leaves the person the role to read', async () => {
    const { scene, issue } = await onlyByGrant(SHIFT_RULE.replace(/ \}$/u, ', on-expiry: lower-to-read }'));
    work(scene);
    expect(await warned(scene, issue)).toEqual([]);
  });
});
