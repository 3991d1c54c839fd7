/** Whether the schema is brought up to date once, by whoever is first, and never taken back. */

import { sql } from 'kysely';
import { expect, it, describe } from 'vitest';
import { openDatabase } from '../../../src/adapters/postgres/database.ts';
import { migrate, SchemaTooNew, statementsOf } from '../../../src/adapters/postgres/migrate.ts';
import { describeEachEngine } from '../../support/database.ts';

describeEachEngine('the schema', (engine) => {
  it('is left as it is by a second run', async () => {
    const { db } = await engine.fresh();
    await sql`insert into person (id, login, seen_at) values (1, 'ana', 1)`.execute(db);
    const columns = async () =>
      (
        await sql`select table_name, column_name, data_type from information_schema.columns
        where table_schema = 'public' order by 1, 2`.execute(db)
      ).rows;
    const before = await columns();
    await migrate(db);
    expect(await columns()).toEqual(before);
    expect(await db.selectFrom('person').selectAll().execute()).toHaveLength(1);
  });

  it('of a newer version is refused, with what to do', async () => {
    const { db } = await engine.fresh();
    await sql`insert into kysely_migration (name, timestamp) values ('9999-from-the-future', '2099')`.execute(db);
    const refusal = migrate(db);
    await expect(refusal).rejects.toThrow(SchemaTooNew);
    await expect(refusal).rejects.toThrow(/9999-from-the-future.*newer version/u);
  });

  it.runIf(engine.name === 'postgres')('is made once when several instances start at the same time', async () => {
    const url = await engine.address();
    const instances = await Promise.all([1, 2, 3, 4].map(async () => await openDatabase({ url, folder: null })));
    try {
      const [first] = instances;
      if (first === undefined) throw new Error('nothing was opened');
      const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(first.db);
      expect(new Set(rows.map((row) => row.name)).size).toBe(rows.length);
      expect(await first.boss.getQueues()).toHaveLength(5);
    } finally {
      await Promise.all(instances.map(async (one) => await one.close()));
    }
  });
});

describe('a migration file', () => {
  it('is cut at semicolons at the end of a line, but not inside quotes of dollars', () => {
    const text = [
      '-- a comment',
      '',
      'create table a (b text);',
      "insert into a values (';');",
      'create function f() returns int language sql as',
      '$$ select 1; $$;',
      'create function g() returns trigger language plpgsql as',
      '$$',
      'begin',
      '  return new;',
      'end',
      '$$;',
    ].join('\n');
    expect(statementsOf(text).map((statement) => statement.split('\n').length)).toEqual([1, 1, 2, 6]);
  });

  it('that ends in the middle of a statement is refused', () => {
    expect(() => statementsOf('create table a (b text)')).toThrow(/create table a/u);
  });
});
