import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFsLake } from '../../../../src/adapters/lake/fs.ts';
import { lakeFailure } from '../../../../src/adapters/lake/fs-failure.ts';
import { buildEntry } from '../../../support/build.ts';
import { frozenClock } from '../../../support/frozen-clock.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-lake-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const bytes = new TextEncoder().encode('<Metall/>');

async function writingThread(): Promise<string> {
  return pathToFileURL(await buildEntry('src/adapters/lake/fs-writing-thread.ts')).href;
}

async function keys(lake: ReturnType<typeof createFsLake>): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of lake.list('')) found.push(key);
  return found;
}

describe('createFsLake', () => {
  it('creates the folder at the first use and leaves no temporaries', async () => {
    const inner = join(folder, 'new', 'lake');
    const lake = createFsLake({ folder: inner });
    await lake.putIfAbsent('raw/a', bytes);
    await lake.putIfAbsent('raw/a', bytes);
    await lake.replace('exports/a', bytes);
    expect(await readdir(join(inner, '.writing'))).toEqual([]);
    expect(await readFile(join(inner, 'raw', 'a'))).toEqual(Buffer.from(bytes));
  });

  it('never lists what a crashed writer left, and sweeps it when it is old', async () => {
    const writing = join(folder, '.writing');
    await mkdir(writing);
    const clock = frozenClock();
    const now = Date.parse(clock.now()) / 1000;
    await writeFile(join(writing, '4711-1'), 'half');
    await utimes(join(writing, '4711-1'), now - 7200, now - 7200);
    await writeFile(join(writing, '4711-2'), 'half');
    await utimes(join(writing, '4711-2'), now - 60, now - 60);
    const lake = createFsLake({ folder, clock });
    expect(await keys(lake)).toEqual([]);
    expect(await readdir(writing)).toEqual(['4711-2']);
  });

  it('tells the age of leftovers by the file system without a clock', async () => {
    const writing = join(folder, '.writing');
    await mkdir(writing);
    await writeFile(join(writing, 'young'), 'half');
    await writeFile(join(writing, 'old'), 'half');
    await utimes(join(writing, 'old'), 1, 1);
    expect(await keys(createFsLake({ folder }))).toEqual([]);
    expect(await readdir(writing)).toEqual(['young']);
  });

  it('steps over a temporary name that another process holds', async () => {
    const lake = createFsLake({ folder });
    await lake.putIfAbsent('raw/first', bytes);
    for (let next = 1; next <= 200; next += 1) await writeFile(join(folder, '.writing', `${process.pid}-${next}`), 'x');
    await lake.putIfAbsent('raw/second', bytes);
    expect(await lake.get('raw/second')).toEqual(bytes);
  });

  it('follows no symbolic link, not to read, to write or to list', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'assay-outside-'));
    await writeFile(join(outside, 'secret'), 'secret');
    await symlink(outside, join(folder, 'raw'));
    await symlink(join(outside, 'secret'), join(folder, 'leak'));
    const lake = createFsLake({ folder });
    await expect(lake.get('raw/secret')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(lake.get('leak')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(lake.putIfAbsent('raw/deeper/a', bytes)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(lake.putIfAbsent('leak', bytes)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(lake.replace('leak', bytes)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await keys(lake)).toEqual([]);
    expect(await readdir(outside)).toEqual(['secret']);
    await rm(outside, { recursive: true });
  });

  it('may itself be reached through a link', async () => {
    const real = join(folder, 'real');
    await mkdir(real);
    await symlink(real, join(folder, 'link'));
    const lake = createFsLake({ folder: join(folder, 'link') });
    await lake.putIfAbsent('raw/a', bytes);
    expect(await keys(createFsLake({ folder: real }))).toEqual(['raw/a']);
  });

  it('refuses a key that begins another', async () => {
    const lake = createFsLake({ folder });
    await lake.putIfAbsent('raw/a/b', bytes);
    await expect(lake.putIfAbsent('raw/a', bytes)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(lake.putIfAbsent('raw/a/b/c', bytes)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await readdir(join(folder, '.writing'))).toEqual([]);
  });

  it('says which folder it could not open, and opens it once it can', async () => {
    const path = join(folder, 'taken');
    await writeFile(path, 'a file');
    const lake = createFsLake({ folder: path });
    await expect(lake.get('raw/a')).rejects.toThrow(path);
    await rm(path);
    expect(await lake.get('raw/a')).toBeNull();
  });
});

describe('lakeFailure', () => {
  it.each([
    ['ENOSPC', 'DISK_FULL'],
    ['EDQUOT', 'DISK_FULL'],
    ['EACCES', 'STORE_UNAVAILABLE'],
    ['EROFS', 'STORE_UNAVAILABLE'],
    ['ENOTDIR', 'CONFLICT'],
    ['EIO', 'STORE_UNAVAILABLE'],
  ])('makes of %s the failure %s with path and next step', (code, expected) => {
    const failure = lakeFailure(Object.assign(new Error(code), { code }), 'write', '/lake/raw/a');
    expect(failure.code).toBe(expected);
    expect(failure.message).toContain('/lake/raw/a');
    expect(failure.hint).toBeDefined();
  });
});

describe.skipIf(!canMount())('a full disk (skipped where no small file system can be mounted)', () => {
  let disk = '';
  beforeEach(() => {
    disk = mountSmallDisk();
  });
  afterEach(async () => {
    execFileSync('umount', [disk]);
    await rm(disk, { recursive: true });
  });

  it('is reported as such, leaves nothing half-written, and passes when there is room again', async () => {
    const lake = createFsLake({ folder: disk });
    await lake.putIfAbsent('raw/small', bytes);
    const large = new Uint8Array(400_000);
    await expect(lake.putIfAbsent('raw/large', large)).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(await keys(lake)).toEqual(['raw/small']);
    expect(await readdir(join(disk, '.writing'))).toEqual([]);
    expect(await lake.putIfAbsent('raw/other', bytes)).toBe('created');
  });

  it.each([false, true])('is reported where an object comes in parts (by a thread: %s)', async (isByThread) => {
    const thread = isByThread ? { writingThread: await writingThread() } : {};
    const lake = createFsLake({ folder: disk, ...thread });
    const parts = async function* () {
      for (let part = 0; part < 40; part++) yield new Uint8Array(100_000);
    };
    await expect(lake.replace('exports/large', parts())).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(await keys(lake)).toEqual([]);
    expect(await readdir(join(disk, '.writing'))).toEqual([]);
  });
});

/** A file system of 200 KB on a folder of its own. */
function mountSmallDisk(): string {
  const path = mkdtempSync(join(tmpdir(), 'assay-small-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=200k', 'tmpfs', path], { stdio: 'ignore' });
  return path;
}

function canMount(): boolean {
  try {
    const path = mountSmallDisk();
    execFileSync('umount', [path]);
    rmdirSync(path);
    return true;
  } catch {
    // Not root, or not on Linux: the test is then shown as skipped.
    return false;
  }
}
