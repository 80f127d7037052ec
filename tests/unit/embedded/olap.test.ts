import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { createOlap } from '../../../src/adapters/olap/clickhouse.ts';
import { type EmbeddedOlap, startOlap } from '../../../src/embedded/olap.ts';
import { isAlive, sendSignal, waitUntilGone } from '../../../src/embedded/processes.ts';
import type { Olap } from '../../../src/ports/olap.ts';
import { buildEntry } from '../../support/build.ts';
import { engineFolder, killHard, startUnderParent } from '../../support/engine-process.ts';

const root = engineFolder('olap');
const running: EmbeddedOlap[] = [];

const start = async (name: string, port = 0): Promise<EmbeddedOlap> => {
  const serverEntry = await buildEntry('src/embedded/olap-server.ts');
  const olap = await startOlap({ dataFolder: join(root, name), port, serverEntry });
  running.push(olap);
  return olap;
};

afterEach(async () => {
  for (const olap of running.splice(0)) await olap.stop();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function using<Result>(engine: EmbeddedOlap, work: (olap: Olap) => Promise<Result>): Promise<Result> {
  const olap = createOlap(engine);
  try {
    return await work(olap);
  } finally {
    await olap.close();
  }
}

const fill = (olap: Olap): Promise<void> =>
  olap
    .command('CREATE TABLE IF NOT EXISTS kept (x UInt32) ENGINE = MergeTree ORDER BY x')
    .then(() => olap.insert('kept', [{ x: 1 }, { x: 2 }]));
const count = (olap: Olap): Promise<{ n: number }[]> => olap.rows('SELECT count() AS n FROM kept');

describe('a data folder', () => {
  test('keeps its rows and passwords over a stop and over kill -9', async () => {
    const first = await start('kept');
    expect([first.recreated, first.version.split('.')[0]]).toEqual([false, '26']);
    await using(first, fill);
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    const second = await start('kept');
    expect([second.recreated, second.password, second.reader]).toEqual([false, first.password, first.reader]);
    await using(second, fill);
    sendSignal(second.pid, 'SIGKILL');
    await second.exited;
    await second.stop();
    const third = await start('kept');
    expect(third.recreated).toBe(false);
    expect(await using(third, count)).toEqual([{ n: 4 }]);
    for (const file of ['password', 'reader-password']) {
      expect(statSync(join(root, 'kept', file)).mode & 0o777).toBe(0o600);
    }
    expect(readdirSync(join(root, 'kept', 'incoming'))).toEqual([]);
  });

  test('in use refuses a second start with the holder', async () => {
    await start('used');
    await expect(start('used')).rejects.toMatchObject({ code: 'ALREADY_RUNNING', context: { pid: process.pid } });
  });

  test('whose parent was killed is free again, with its rows', async () => {
    const { parent, started } = await startUnderParent<EmbeddedOlap>('olap', join(root, 'orphan'));
    await using(started, fill);
    await killHard(parent);
    const olap = await start('orphan');
    expect(olap.pid).not.toBe(started.pid);
    expect(isAlive(started.pid)).toBe(false);
    expect(await using(olap, count)).toEqual([{ n: 2 }]);
  });

  test('left by a killed parent is let go without anyone asking', async () => {
    const { parent, started } = await startUnderParent<EmbeddedOlap>('olap', join(root, 'left'));
    await killHard(parent);
    expect(await waitUntilGone(started.pid, 10_000)).toBe(true);
  });
});

describe('a folder that does not open', () => {
  test.each([
    ['its table definitions are garbage', (engine: string) => overwrite(engine, /\.sql$/)],
    ['a part of a table is garbage', (engine: string) => overwrite(engine, /(data\.bin|columns\.txt|checksums\.txt)$/)],
    ['it is a file', (engine: string) => replaceByFile(engine)],
  ])('is set aside and made anew, and says so: %s', async (name, spoil) => {
    const folder = name.replaceAll(' ', '-');
    const first = await start(folder);
    await using(first, fill);
    await first.stop();
    spoil(join(root, folder, 'engine'));
    const second = await start(folder);
    expect(second.recreated).toBe(true);
    expect(second.setAsideAt !== null && existsSync(second.setAsideAt)).toBe(true);
    await using(second, fill);
    expect(await using(second, count)).toEqual([{ n: 2 }]);
    await second.stop();
    expect((await start(folder)).recreated).toBe(false);
  });
});

test('a taken port is told with its owner and the setting that moves it; the data is left alone', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await expect(start('port', port)).rejects.toMatchObject({
    code: 'PORT_TAKEN',
    context: process.platform === 'linux' ? { port, pid: process.pid } : { port },
    hint: expect.stringContaining('ASSAY_OLAP_PORT'),
  });
  await new Promise((resolve) => server.close(resolve));
  expect((await start('port', port)).port).toBe(port);
});

test('a server that is missing is no reason to set data aside', async () => {
  const dataFolder = join(root, 'missing');
  mkdirSync(join(dataFolder, 'engine'), { recursive: true });
  const failure = startOlap({ dataFolder, serverEntry: join(root, 'absent.js') });
  await expect(failure).rejects.toMatchObject({ code: 'ENGINE_FAILED', message: expect.stringContaining('absent.js') });
  expect(readdirSync(dataFolder)).toContain('engine');
});

function overwrite(folder: string, name: RegExp): void {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && name.test(entry.name) && !entry.parentPath.includes('system'),
  );
  expect(files.length).toBeGreaterThan(0);
  for (const entry of files) {
    const path = join(entry.parentPath, entry.name);
    writeFileSync(path, Buffer.alloc(readFileSync(path).length, 0xee));
  }
}

function replaceByFile(folder: string): void {
  rmSync(folder, { recursive: true });
  writeFileSync(folder, 'not a folder');
}
