import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, describe, expect, test } from 'vitest';
import { createOlap } from '../../src/adapters/olap/clickhouse.ts';
import { startOlap } from '../../src/embedded/olap.ts';
import { type EmbeddedPostgres, startPostgres } from '../../src/embedded/postgres.ts';
import { isAlive, pause, sendSignal } from '../../src/embedded/processes.ts';
import { buildEntry } from '../support/build.ts';
import { engineFolder, killHard, startUnderParent } from '../support/engine-process.ts';
import { eventually } from '../support/eventually.ts';

const root = engineFolder('crash');
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A seeded generator (Mulberry32): the moments of the kills are the same in every run, as far as a machine allows. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe('PostgreSQL', () => {
  test('thirty kills of the server, of its parent, or of both: no acknowledged row is lost, none is double', async () => {
    const dataFolder = join(root, 'postgres');
    const random = seeded(1);
    const acknowledged = new Set<number>();
    let adoptions = 0;
    for (let round = 0; round < 30; round++) {
      const { parent, started } = await startUnderParent<EmbeddedPostgres>('postgres', dataFolder);
      if (started.adopted) adoptions++;
      const before = acknowledged.size;
      const writing = writeUntilCut(started.url, round, acknowledged);
      // However busy the machine is, the server is killed at its work.
      await eventually(() => (acknowledged.size > before ? true : null), 'a row is acknowledged');
      await pause(random() * 120);
      const victims = ['server', 'parent', 'both'][round % 3];
      if (victims !== 'parent') sendSignal(started.pid, 'SIGKILL');
      if (victims === 'server') await pause(random() * 30);
      await killHard(parent);
      if (victims === 'parent') {
        const server = await startPostgres({ dataFolder });
        expect([server.adopted, server.pid]).toEqual([true, started.pid]);
        await server.stop();
      }
      await writing;
    }
    const server = await startPostgres({ dataFolder });
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    const { rows } = await client.query<{ id: number }>('SELECT id FROM written');
    await client.end();
    await server.stop();
    const present = new Set(rows.map(({ id }) => id));
    expect(acknowledged.size).toBeGreaterThan(100);
    expect([...acknowledged].filter((id) => !present.has(id))).toEqual([]);
    expect(rows.length).toBe(present.size);
    expect(adoptions).toBe(0);
    expect(isAlive(server.pid)).toBe(false);
  });

  test('a server that crashes under its owner is seen, and starts again in place, on the port its clients know', async () => {
    const dataFolder = join(root, 'seen');
    let server = await startPostgres({ dataFolder });
    const pool = new pg.Pool({ connectionString: server.url, max: 8 });
    pool.on('error', () => undefined);
    for (let crash = 0; crash < 5; crash++) {
      await Promise.all(Array.from({ length: 8 }, () => pool.query('SELECT pg_sleep(0.01)')));
      sendSignal(server.pid, 'SIGKILL');
      await server.exited;
      await server.stop();
      const { port } = server;
      server = await startPostgres({ dataFolder, port });
      expect([server.adopted, server.port]).toEqual([false, port]);
    }
    await pool.end();
    await server.stop();
  });
});

describe('ClickHouse', () => {
  test('twenty kills during inserts: each acknowledged block is there, each block is whole', async () => {
    const dataFolder = join(root, 'olap');
    const serverEntry = await buildEntry('src/embedded/olap-server.ts');
    const random = seeded(2);
    const acknowledged = new Set<number>();
    let block = 0;
    for (let round = 0; round < 20; round++) {
      const engine = await startOlap({ dataFolder, serverEntry });
      expect(engine.recreated).toBe(false);
      const olap = createOlap(engine);
      await olap.command(
        'CREATE TABLE IF NOT EXISTS blocks (block UInt32, x UInt32) ENGINE = MergeTree ORDER BY (block, x)',
      );
      const before = acknowledged.size;
      const killing = eventually(() => (acknowledged.size > before ? true : null), 'a block is acknowledged')
        .then(() => pause(random() * 150))
        .then(() => sendSignal(engine.pid, 'SIGKILL'));
      for (let cut = false; !cut; block++) {
        const rows = Array.from({ length: 500 }, (_, x) => ({ block, x }));
        await olap.insert('blocks', rows).then(
          () => acknowledged.add(block),
          () => (cut = true),
        );
      }
      await killing;
      await olap.close();
      await engine.exited;
      await engine.stop();
    }
    const engine = await startOlap({ dataFolder, serverEntry });
    const olap = createOlap(engine);
    const found = await olap.rows<{ block: number; n: number }>(
      'SELECT block, count() AS n FROM blocks GROUP BY block',
    );
    await olap.close();
    await engine.stop();
    const blocks = new Map(found.map(({ block: id, n }) => [id, n]));
    expect(acknowledged.size).toBeGreaterThan(50);
    expect([...acknowledged].filter((id) => !blocks.has(id))).toEqual([]);
    expect(found.filter(({ n }) => n !== 500)).toEqual([]);
  });
});

const mayMount = process.getuid?.() === 0 && process.platform === 'linux';

describe.skipIf(!mayMount)('a full disk (skipped where this user may not mount one)', () => {
  test('PostgreSQL tells it when there is no room for a cluster', async () => {
    await onSmallDisk('20m', async (disk) => {
      await expect(startPostgres({ dataFolder: join(disk, 'postgres') })).rejects.toMatchObject({ code: 'DISK_FULL' });
    });
  });

  test('PostgreSQL refuses rows with its own code, keeps serving, and takes rows when there is space', async () => {
    await onSmallDisk('96m', async (disk) => {
      const server = await startPostgres({ dataFolder: join(disk, 'postgres') });
      const client = new pg.Client({ connectionString: server.url });
      client.on('error', () => undefined);
      await client.connect();
      await client.query("CREATE TABLE wide (x text); INSERT INTO wide VALUES ('first')");
      spawnSync('dd', ['if=/dev/zero', `of=${join(disk, 'ballast')}`, 'bs=64k'], { stdio: 'ignore' });
      const insert = 'INSERT INTO wide SELECT repeat(md5(n::text), 20) FROM generate_series(1, 10000) AS n';
      await expect(client.query(insert)).rejects.toMatchObject({ code: '53100' });
      expect((await client.query('SELECT count(*)::int AS n FROM wide')).rows).toEqual([{ n: 1 }]);
      rmSync(join(disk, 'ballast'));
      await client.query(insert);
      expect((await client.query('SELECT count(*)::int AS n FROM wide')).rows).toEqual([{ n: 10_001 }]);
      await client.end();
      await server.stop();
    });
  });

  test('ClickHouse tells it for the rows of an insert, keeps serving, and takes rows when there is space', async () => {
    await onSmallDisk('24m', async (disk) => {
      const serverEntry = await buildEntry('src/embedded/olap-server.ts');
      const engine = await startOlap({ dataFolder: join(disk, 'olap'), serverEntry });
      const olap = createOlap(engine);
      await olap.command('CREATE TABLE wide (x String) ENGINE = MergeTree ORDER BY tuple()');
      await olap.insert('wide', [{ x: 'first' }]);
      spawnSync('dd', ['if=/dev/zero', `of=${join(disk, 'ballast')}`, 'bs=64k'], { stdio: 'ignore' });
      const rows = Array.from({ length: 20_000 }, (_, n) => ({ x: `${n}${'x'.repeat(100)}` }));
      await expect(olap.insert('wide', rows)).rejects.toMatchObject({ code: 'DISK_FULL' });
      expect(await olap.rows('SELECT count() AS n FROM wide')).toEqual([{ n: 1 }]);
      rmSync(join(disk, 'ballast'));
      await olap.insert('wide', rows);
      expect(await olap.rows('SELECT count() AS n FROM wide')).toEqual([{ n: 20_001 }]);
      await olap.close();
      await engine.stop();
    });
  });
});

async function writeUntilCut(url: string, round: number, acknowledged: Set<number>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('CREATE TABLE IF NOT EXISTS written (id int)');
    for (let n = 0; n < 100_000; n++) {
      const id = round * 100_000 + n;
      await client.query('INSERT INTO written VALUES ($1)', [id]);
      acknowledged.add(id);
    }
  } catch (error) {
    // The cut this is about; anything the server itself refused is not.
    expect((error as { severity?: string }).severity).not.toBe('ERROR');
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function onSmallDisk(size: string, work: (disk: string) => Promise<void>): Promise<void> {
  const disk = join(root, `disk-${size}-${process.hrtime.bigint()}`);
  mkdirSync(disk);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=755`, 'tmpfs', disk]);
  if (mounted.status !== 0) return expect.soft(mounted.stderr.toString()).toBe('');
  chmodSync(disk, 0o755);
  try {
    await work(disk);
  } finally {
    spawnSync('umount', ['-l', disk]);
  }
}
