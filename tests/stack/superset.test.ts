import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { moscowInstant } from '../../src/domain/moscow-time.ts';
import { findRunningPostgres } from '../../src/embedded/postgres.ts';
import { type Replica, startReplica } from '../../src/replica/server.ts';
import { createInstallation, type TestInstallation } from '../support/installation.ts';
import { type MadeHistory, makeHistory } from '../support/made-history.ts';
import { startUp } from '../support/running-up.ts';
import { settledPort } from '../support/settled-port.ts';
import {
  clickhouseReaderPassword,
  isSupersetInstalled,
  type SupersetServer,
  startSuperset,
} from '../support/superset.ts';
import { createSupersetCharts, normalRows, type SupersetCharts } from '../support/superset-charts.ts';
import { figures, pipelineFigures } from '../support/superset-figures.ts';

const name = `Superset${isSupersetInstalled ? '' : ' (skipped: scripts/install-superset.sh)'}`;

describe.skipIf(!isSupersetInstalled)(name, () => {
  let history: MadeHistory;
  let replica: Replica;
  let installation: TestInstallation;
  let warehouse: pg.Client;
  let superset: SupersetServer;
  let charts: SupersetCharts;
  const biPassword = randomBytes(12).toString('hex');
  let biUrl: string;
  let olapUrl: string;

  /** A warehouse with a forecast, five quotes that arrived after it, and a second forecast; it keeps running. */
  async function fillWarehouse(): Promise<void> {
    history = makeHistory();
    const shown = history.dates.at(-6) ?? expect.fail('the made history is too short');
    replica = await startReplica({ dataFolder: history.folder, port: 0, published: moscowInstant(shown, '12:00') });
    const olapPort = await settledPort();
    installation = createInstallation({
      ...{ ASSAY_CBR_URL: replica.url, ASSAY_NOW: '2019-06-29T12:00:00Z', ASSAY_OLAP_PORT: `${olapPort}` },
    });
    const first = await installation.run(['up', '--once']);
    expect(first.exitCode, first.stderr).toBe(0);
    replica.setPublished(null);
    const up = await startUp(installation);
    await up.command.untilSaid(`Up to date: ${history.dates.length} gold quotes`);
    olapUrl = `http://assay_bi@127.0.0.1:${olapPort}/assay`;
  }

  beforeAll(async () => {
    await fillWarehouse();
    const running = await findRunningPostgres({ dataFolder: join(installation.data, 'postgres') });
    const address = new URL(running?.url ?? expect.fail('PostgreSQL does not run'));
    warehouse = new pg.Client({ connectionString: address.href, types: utcTypes });
    await warehouse.connect();
    await warehouse.query(`alter role assay_bi login password '${biPassword}'`);
    address.username = 'assay_bi';
    address.password = '';
    biUrl = address.href;
    const clickhouse = { url: olapUrl, password: clickhouseReaderPassword(installation.data) };
    superset = await startSuperset({ url: biUrl, password: biPassword }, clickhouse);
    charts = await createSupersetCharts(superset);
  });
  afterAll(async () => {
    await superset?.stop();
    await warehouse?.end();
    await installation?.remove();
    await replica?.stop();
    if (history !== undefined) rmSync(history.folder, { recursive: true, force: true });
  });

  it('has every dashboard in both languages', async () => {
    const { body } = await superset.ask<{ result: { slug: string }[] }>(
      '/api/v1/dashboard/?q=(page_size:100,columns:!(slug))',
    );
    const wanted = ['history', 'months', 'forecast', 'facts', 'accuracy', 'health'];
    const slugs = wanted.flatMap((each) => [`assay-${each}-en`, `assay-${each}-ru`]);
    expect(body.result.map(({ slug }) => slug).sort()).toEqual(slugs.sort());
  });

  it('draws every chart without an error, none of them empty', async () => {
    const failed = await charts.eachSaved(async (chart, answer) => {
      const { error, rowcount } = answer.body.result?.[0] ?? { error: JSON.stringify(answer.body), rowcount: 0 };
      return error !== null || rowcount === 0 ? [`${chart.title}: ${error ?? 'no rows'}`] : [];
    });
    expect(failed).toEqual([]);
    expect(charts.all.length).toBeGreaterThan(100);
  });

  it('shows the very rows that the databases answer its SQL with', async () => {
    const olap = new URL(olapUrl);
    const differing = await charts.eachAsked('en', async (chart, data) => {
      const rows = data.database === 'clickhouse' ? await askOlap(olap, data.sql) : await askWarehouse(data.sql);
      const isSame = isDeepStrictEqual(
        normalRows(cells(data.rows, data.columns)),
        normalRows(cells(rows, data.columns)),
      );
      return isSame ? [] : [`${chart.title}: ${data.sql}`];
    });
    expect(differing).toEqual([]);
  });

  it.each([
    ...figures.map(([key, sql]) => [key, sql, 'Gold'] as const),
    ...pipelineFigures.map(([key, sql]) => [key, sql, undefined] as const),
  ])('%s is what the warehouse says', async (key, sql, metal) => {
    const { rows } = await warehouse.query<unknown[]>({ text: sql, rowMode: 'array' });
    const data = await charts.data(key, 'en', metal);
    expect(rows.length).toBeGreaterThan(0);
    expect(normalRows(cells(data.rows, data.columns))).toEqual(normalRows(rows));
  });

  it('changes nothing when the assets are brought in again, by the API and in its own process', async () => {
    const before = await superset.exported();
    const ids = charts.all.map(({ id, uuid }) => [id, uuid]);
    expect(Object.keys(before).length).toBeGreaterThan(140);
    await superset.push();
    expect(await superset.exported()).toEqual(before);
    await superset.prepare();
    expect(await superset.exported()).toEqual(before);
    expect((await createSupersetCharts(superset)).all.map(({ id, uuid }) => [id, uuid])).toEqual(ids);
  });

  const writes = [
    'insert into dm.tournament_model values (null)',
    "update dm.bi_quote set metal = 'lead'",
    'delete from dm.quote_daily',
    'create table dm.of_bi (a int)',
    'drop view dm.bi_quote',
  ];
  it.each([...writes, 'select * from raw.record limit 1', 'select * from ops.run limit 1'])(
    'is refused in SQL Lab and by PostgreSQL itself: %s',
    async (sql) => {
      expect(await charts.sqlLab('postgresql', sql)).toMatch(/not allow|permission denied|read-only|DML|mutat/i);
      const client = new pg.Client({ connectionString: biUrl.replace('assay_bi@', `assay_bi:${biPassword}@`) });
      await client.connect();
      try {
        // What was set as the default of a session, the session may undo; rights stay.
        await client.query('set default_transaction_read_only = off');
        await expect(client.query(sql)).rejects.toMatchObject({ code: expect.stringMatching(/^(42501|55000)$/) });
      } finally {
        await client.end();
      }
    },
  );

  it.each([
    "insert into quote_daily (metal) values ('lead')",
    'drop table quote_daily',
    "select * from url('http://x')",
  ])('is refused in SQL Lab and by ClickHouse itself: %s', async (sql) => {
    expect(await charts.sqlLab('clickhouse', sql)).toMatch(/not allow|Not enough privileges|readonly|DML|mutat/i);
    await expect(askOlap(new URL(olapUrl), sql)).rejects.toThrow(/ACCESS_DENIED|READONLY|Not enough|readonly/i);
  });

  async function askWarehouse(sql: string): Promise<Record<string, unknown>[]> {
    return (await warehouse.query(sql)).rows as Record<string, unknown>[];
  }

  async function askOlap(address: URL, sql: string): Promise<Record<string, unknown>[]> {
    const answer = await fetch(`http://${address.host}/?database=assay&default_format=JSONEachRow`, {
      method: 'POST',
      headers: {
        'X-ClickHouse-User': 'assay_bi',
        'X-ClickHouse-Key': clickhouseReaderPassword(installation.data),
      },
      body: sql,
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }
});

const utcTypes = {
  /** Dates as instants of UTC, whatever the zone of this machine. */
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === 1082 ? (text: string) => Date.parse(`${text}T00:00:00Z`) : pg.types.getTypeParser(oid, format),
};

function cells(rows: readonly Readonly<Record<string, unknown>>[], columns: readonly string[]): unknown[][] {
  return rows.map((row) => columns.map((column) => row[column]));
}
