import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grantRoles, migrate } from '../../src/adapters/warehouse/migrate.ts';
import { createPool } from '../../src/adapters/warehouse/pool.ts';
import { startPostgres } from '../../src/embedded/postgres.ts';
import { createInstallation } from '../support/installation.ts';
import { installedPostgres, type PostgresServer, startPostgresServer } from '../support/postgres-server.ts';

const major = 15;
const isThere = installedPostgres(major) !== null;
const name = `roles on a PostgreSQL ${major} server${isThere ? '' : ' (skipped: scripts/install-postgres.sh)'}`;

describe.skipIf(!isThere)(name, () => {
  let server: PostgresServer;
  let database: string;

  /** What the server answers a role, or the code with which it refuses. */
  async function as(role: string, sql: string): Promise<string> {
    const client = new pg.Client({ connectionString: server.url(database, { name: role, password: 'of-this-test' }) });
    await client.connect();
    try {
      return `${(await client.query(sql)).rowCount}`;
    } catch (error) {
      return (error as { code: string }).code;
    } finally {
      await client.end();
    }
  }

  beforeAll(async () => {
    server = await startPostgresServer(major);
    database = await server.createDatabase();
    await migrate(server.url(database));
    for (const role of ['assay_owner', 'assay_app', 'assay_bi']) {
      await server.ask(`alter role ${role} login password 'of-this-test'`);
    }
  });
  afterAll(() => server?.stop());

  it('are made without a login and without a password', async () => {
    const fresh = await startPostgresServer(major);
    try {
      const made = await fresh.createDatabase();
      await migrate(fresh.url(made));
      const roles = await fresh.ask(
        "select rolname, rolcanlogin, rolsuper, rolpassword is null as bare from pg_authid where rolname like 'assay%' order by 1",
      );
      expect(roles).toEqual(
        ['assay_app', 'assay_bi', 'assay_owner'].map((rolname) => ({
          ...{ rolname, rolcanlogin: false, rolsuper: false, bare: true },
        })),
      );
    } finally {
      await fresh.stop();
    }
  });

  const denied = '42501';
  it.each([
    ['select * from dm.quote_daily', '0'],
    ['select * from dm.pipeline_run', '0'],
    ['select * from raw.record', denied],
    ['select * from ops.run', denied],
    ['select * from tracking.run', denied],
    ["delete from dm.quote_daily where metal = 'gold'", denied],
    ['set default_transaction_read_only = off; create table dm.mine (x int)', denied],
    ['create schema mine', denied],
  ])('assay_bi: %s', async (sql, outcome) => {
    expect(['25006', denied].includes(await as('assay_bi', sql)) ? denied : '0').toBe(outcome);
  });

  it.each([
    ['select * from ops.run for update', '0'],
    ['insert into raw.load select * from raw.load', '0'],
    ['delete from dm.quote_daily', '0'],
    ['update raw.record set code = code', denied],
    ['delete from dm.forecast_point', denied],
    ["insert into ops.migration values (1, 'x', 'y')", denied],
    ['drop table dm.monthly', denied],
    ['create table dm.mine (x int)', denied],
  ])('assay_app: %s', async (sql, outcome) => {
    expect(await as('assay_app', sql)).toBe(outcome);
  });

  it('are left to the administrator where the owner may not make them, with the statements to run', async () => {
    const fresh = await startPostgresServer(major);
    try {
      await fresh.ask("create role plain login password 'of-this-test'");
      const own = await fresh.createDatabase('plain');
      await migrate(fresh.url(own, { name: 'plain', password: 'of-this-test' }));
      const plain = createPool(fresh.url(own, { name: 'plain', password: 'of-this-test' }));
      const left = await grantRoles(plain);
      expect(left).toEqual(['assay_owner', 'assay_app', 'assay_bi'].map((role) => `create role ${role} nologin;`));
      await fresh.ask(left.join(' '));
      expect(await grantRoles(plain)).toEqual([]);
      await plain.end();
      const [granted] = await fresh.ask("select has_table_privilege('assay_bi', 'dm.monthly', 'select') as reads", own);
      expect(granted).toEqual({ reads: true });
    } finally {
      await fresh.stop();
    }
  });
});

describe('the embedded warehouse', () => {
  it('lets BI tools in after `assay reader`, with a password that stays', async () => {
    const installation = createInstallation({});
    try {
      const told = await Promise.all([
        await installation.run(['reader', '--json']),
        await installation.run(['reader', '--json']),
      ]);
      for (const { exitCode, stderr } of told) expect(exitCode, stderr).toBe(0);
      expect(told[1]?.stdout).toBe(told[0]?.stdout);
      const [postgres] = JSON.parse(told[0]?.stdout ?? '[]') as { url: string; passwordFile: string }[];
      const server = await startPostgres({ dataFolder: join(installation.data, 'postgres') });
      const url = new URL(server.url);
      url.username = 'assay_bi';
      url.password = readFileSync(postgres?.passwordFile ?? '', 'utf8').trim();
      const client = new pg.Client({ connectionString: url.href });
      try {
        await client.connect();
        expect((await client.query('select count(*)::int as n from dm.pipeline_run')).rows).toEqual([{ n: 0 }]);
        await expect(client.query('select * from raw.record')).rejects.toMatchObject({ code: '42501' });
      } finally {
        await client.end();
        await server.stop();
      }
    } finally {
      await installation.remove();
    }
  });
});
