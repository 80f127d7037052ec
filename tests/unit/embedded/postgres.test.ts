import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { type EmbeddedPostgres, findRunningPostgres, startPostgres } from '../../../src/embedded/postgres.ts';
import { isAlive } from '../../../src/embedded/processes.ts';
import { engineFolder, killHard, startUnderParent } from '../../support/engine-process.ts';
import { createTestDatabase } from '../../support/postgres.ts';

/** One folder for most tests: making a cluster costs more than starting it. */
const root = engineFolder('postgres');
const dataFolder = join(root, 'postgres');
const running: EmbeddedPostgres[] = [];

const start = async (options: Partial<Parameters<typeof startPostgres>[0]> = {}): Promise<EmbeddedPostgres> => {
  const server = await startPostgres({ dataFolder, durability: 'none', ...options });
  running.push(server);
  return server;
};

afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function query<Row>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end();
  }
}

describe('a first start', () => {
  test('makes a cluster with deterministic order, UTC, and a password of its own', async () => {
    const server = await start({ durability: 'safe' });
    const [row] = await query<Record<string, string>>(
      server.url,
      `SELECT current_setting('server_encoding') AS encoding, current_setting('timezone') AS zone,
        current_setting('fsync') AS fsync, current_database() AS database, upper('золото') AS upper,
        (SELECT string_agg(x, '' ORDER BY x) FROM unnest(ARRAY['б', 'B', 'a', 'Ё', 'а']) AS x) AS ordered`,
    );
    expect(row).toEqual({
      ...{ encoding: 'UTF8', zone: 'UTC', fsync: 'on', database: 'assay', upper: 'ЗОЛОТО', ordered: 'BaЁаб' },
    });
    expect(server.adopted).toBe(false);
    const file = join(dataFolder, 'password');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8').length).toBeGreaterThanOrEqual(32);
    expect(server.url).toContain(`@127.0.0.1:${server.port}/assay`);
    const wrong = server.url.replace(/:[^:@]+@/, ':wrong@');
    await expect(query(wrong, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  });

  test('a stop ends the process, and a second stop is nothing', async () => {
    const server = await start();
    await server.stop();
    await server.stop();
    await server.exited;
    expect(isAlive(server.pid)).toBe(false);
    expect(existsSync(join(dataFolder, 'owner.json'))).toBe(false);
  });
});

describe('a data folder in use', () => {
  test('a second start is refused with the holder; a second command finds the running server', async () => {
    const first = await start();
    await expect(startPostgres({ dataFolder })).rejects.toMatchObject({
      code: 'ALREADY_RUNNING',
      context: { pid: process.pid },
      hint: expect.stringContaining('ASSAY_DATA'),
    });
    const found = await findRunningPostgres({ dataFolder });
    expect(found).toEqual({ url: first.url, port: first.port, pid: first.pid, ownerPid: process.pid });
    await first.stop();
    expect(await findRunningPostgres({ dataFolder })).toBeNull();
  });

  test('a server whose parent was killed is adopted with its rows', async () => {
    const { parent, started } = await startUnderParent<EmbeddedPostgres>('postgres', dataFolder);
    await query(started.url, 'CREATE TABLE IF NOT EXISTS kept (x int); INSERT INTO kept VALUES (7)');
    await killHard(parent);
    const server = await start();
    expect([server.adopted, server.pid]).toEqual([true, started.pid]);
    expect(await query(server.url, 'SELECT x FROM kept')).toEqual([{ x: 7 }]);
  });

  test('one that was left on another port than asked for is ended and started on it', async () => {
    const { parent, started } = await startUnderParent<EmbeddedPostgres>('postgres', dataFolder);
    await killHard(parent);
    const port = await unusedPort();
    const server = await start({ port });
    expect([server.adopted, server.port]).toEqual([false, port]);
    expect(isAlive(started.pid)).toBe(false);
  });

  test('a lock file whose process id now is another program is no server', async () => {
    await (await start()).stop();
    writeFileSync(join(dataFolder, 'cluster', 'postmaster.pid'), `${process.pid}\n${dataFolder}/cluster\n0\n5433\n`);
    const server = await start();
    expect([server.adopted, server.pid === process.pid]).toEqual([false, false]);
  });
});

describe('what goes wrong', () => {
  test('a taken port is told with its owner and the setting that moves it', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(startPostgres({ dataFolder, port })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: expect.stringContaining(String(port)),
      context: process.platform === 'linux' ? { port, pid: process.pid } : { port },
      hint: expect.stringContaining('ASSAY_POSTGRES_PORT'),
    });
    await new Promise((resolve) => server.close(resolve));
    expect(existsSync(join(dataFolder, 'owner.json'))).toBe(false);
  });

  test('a lost password file is made anew; the rows stay', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE IF NOT EXISTS secretly (x int); INSERT INTO secretly VALUES (1)');
    await first.stop();
    rmSync(join(dataFolder, 'password'));
    const second = await start();
    expect(second.url).not.toBe(first.url);
    expect(await query(second.url, 'SELECT x FROM secretly')).toEqual([{ x: 1 }]);
  });

  test('a configuration it cannot read is told with the last lines of its log', async () => {
    await (await start()).stop();
    const file = join(dataFolder, 'cluster', 'postgresql.conf');
    const good = readFileSync(file, 'utf8');
    writeFileSync(file, `${good}\nno_such_setting_here = 1\n`);
    await expect(startPostgres({ dataFolder })).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      message: expect.stringContaining('no_such_setting_here'),
    });
    writeFileSync(file, good);
    await (await start()).stop();
  });

  test('data of another major version is refused before anything touches it', async () => {
    const old = join(root, 'old');
    mkdirSync(join(old, 'cluster'), { recursive: true });
    writeFileSync(join(old, 'cluster', 'PG_VERSION'), '17\n');
    await expect(startPostgres({ dataFolder: old })).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      context: { written: '17', major: '18' },
    });
  });
});

describe.skipIf(process.getuid?.() !== 0)('as root (skipped for other users)', () => {
  test('a folder that the engine may not enter keeps its cluster on the stage, and says where', async () => {
    const closed = join(root, 'closed');
    const stageRoot = join(root, 'stage');
    mkdirSync(closed, { mode: 0o700 });
    const server = await start({ dataFolder: join(closed, 'postgres'), stageRoot, durability: 'none' });
    expect(server.account).not.toBe('root');
    expect(server.clusterFolder.startsWith(join(stageRoot, 'cluster-'))).toBe(true);
    const note = readFileSync(join(closed, 'postgres', 'CLUSTER_IS_AT'), 'utf8').trim();
    expect(note).toBe(server.clusterFolder);
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    const found = await findRunningPostgres({ dataFolder: join(closed, 'postgres') });
    expect(found?.pid).toBe(server.pid);
    await query(server.url, 'CREATE TABLE staged (x int)');
    await server.stop();
    const moved = join(closed, 'moved');
    renameSync(join(closed, 'postgres'), moved);
    const after = await start({ dataFolder: moved, stageRoot, durability: 'none' });
    expect(await query(after.url, "SELECT to_regclass('staged')::text AS t")).toEqual([{ t: 'staged' }]);
  });

  test('a data folder that was deleted begins anew, its staged cluster set aside', async () => {
    const closed = join(root, 'deleted');
    const stageRoot = join(root, 'stage');
    mkdirSync(closed, { mode: 0o700 });
    const options = { dataFolder: join(closed, 'postgres'), stageRoot, durability: 'none' } as const;
    const first = await start(options);
    await query(first.url, 'CREATE TABLE gone (x int)');
    await first.stop();
    rmSync(options.dataFolder, { recursive: true });
    const second = await start(options);
    expect(await query(second.url, "SELECT to_regclass('gone')::text AS t")).toEqual([{ t: null }]);
    expect(existsSync(`${second.clusterFolder}.forgotten`)).toBe(true);
  });
});

test('each test database is empty and its own', async () => {
  const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  await query(one.url, 'CREATE TABLE t (x int)');
  expect(await query(other.url, "SELECT to_regclass('t') AS t")).toEqual([{ t: null }]);
  await one.drop();
  await other.drop();
});

function unusedPort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
