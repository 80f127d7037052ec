import { constants } from 'node:fs';
import { link, lstat, mkdir, open, readdir, realpath, rename, rm, unlink } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { PlatformError } from '../../domain/errors.ts';
import { instant } from '../../domain/moscow-time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Lake, LakeEntry } from '../../ports/lake.ts';
import { errnoOf, lakeFailure } from './fs-failure.ts';
import { fileSystemNow, sweepTemporaries, writeTemporary } from './fs-temporary.ts';
import { createPartsWriter, type PartsWriter } from './fs-writer.ts';
import { keySegments, prefixParts, refuseImmutable } from './lake-key.ts';

/** Where objects grow before they have a key; no key can name it, because segments never begin with a dot. */
const temporaryFolder = '.writing';

export interface FsLakeOptions {
  readonly folder: string;
  /** Tells the age of leftovers; without it the file system's own clock does. */
  readonly clock?: Clock;
  /** Compiled entry of the thread that writes what comes in parts; where not said, the one beside this file, if compiled. */
  readonly writingThread?: string;
}

/**
 * A lake in a folder. An object is written under a temporary name, made durable, then linked to its key in one
 * step, and the folder is made durable too: a reader never sees a part, and an acknowledged object survives a
 * power cut. The folder is opened, and leftovers of crashed writers swept, at the first use.
 */
export function createFsLake(options: FsLakeOptions): Lake {
  let opened: Promise<string> | null = null;
  const writer = createPartsWriter(options.writingThread);
  const root = () => {
    opened ??= openFolder(options).catch((error: unknown) => {
      opened = null;
      throw error;
    });
    return opened;
  };

  return {
    async putIfAbsent(key, bytes) {
      const segments = keySegments(key);
      return putIfAbsent(await root(), segments, bytes);
    },
    async replace(key, bytes) {
      const segments = keySegments(key);
      refuseImmutable(key);
      await replace(await root(), segments, bytes, writer);
    },
    async get(key) {
      const segments = keySegments(key);
      return readObject(await root(), segments);
    },
    async *list(prefix) {
      const { folder, start } = prefixParts(prefix);
      const base = await root();
      if (!(await isOwnFolder(base, folder))) return;
      yield* listFolder(base, folder, start);
    },
    async remove(key) {
      const segments = keySegments(key);
      refuseImmutable(key);
      await removeObject(await root(), segments);
    },
  };
}

async function openFolder({ folder, clock }: FsLakeOptions): Promise<string> {
  try {
    await mkdir(join(folder, temporaryFolder), { recursive: true });
    const root = await realpath(folder);
    const temporaries = join(root, temporaryFolder);
    const now = clock === undefined ? await fileSystemNow(temporaries) : Date.parse(clock.now());
    await sweepTemporaries(temporaries, now);
    return root;
  } catch (error) {
    throw lakeFailure(error, 'open the lake folder', folder);
  }
}

async function putIfAbsent(
  root: string,
  segments: readonly string[],
  bytes: Uint8Array,
): Promise<'created' | 'exists'> {
  const { parent, path } = await makeParent(root, segments);
  if (await isTaken(path)) {
    // Its writer may not have made the name durable yet, and our answer promises that it is.
    await syncFolder(parent);
    return 'exists';
  }
  const temporary = await writeTemporary(join(root, temporaryFolder), bytes);
  try {
    await link(temporary, path);
    return 'created';
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST' || !(await isTaken(path))) throw lakeFailure(error, 'store', path);
    return 'exists';
  } finally {
    await unlink(temporary);
    await syncFolder(parent);
  }
}

async function replace(
  root: string,
  segments: readonly string[],
  bytes: Uint8Array | AsyncIterable<Uint8Array>,
  writer: PartsWriter,
): Promise<void> {
  const { parent, path } = await makeParent(root, segments);
  await isTaken(path);
  const temporary = await writeTemporary(join(root, temporaryFolder), bytes, writer);
  try {
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw lakeFailure(error, 'store', path);
  }
  await syncFolder(parent);
}

async function readObject(root: string, segments: readonly string[]): Promise<Uint8Array | null> {
  if (!(await isOwnFolder(root, segments.slice(0, -1)))) return null;
  const path = join(root, ...segments);
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      if (!(await file.stat()).isFile()) return null;
      return new Uint8Array(await file.readFile());
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    if (errnoOf(error) === 'ELOOP') throw foreignLink(path);
    throw lakeFailure(error, 'read', path);
  }
}

async function removeObject(root: string, segments: readonly string[]): Promise<void> {
  const folder = segments.slice(0, -1);
  if (!(await isOwnFolder(root, folder))) return;
  const path = join(root, ...segments);
  try {
    await unlink(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return;
    throw lakeFailure(error, 'remove', path);
  }
  await syncFolder(join(root, ...folder));
}

/**
 * Depth first with folders ordered as `name/`, which is the order of whole keys. What is not a plain file or
 * folder was not put here by a lake and is passed over, symbolic links included.
 */
async function* listFolder(root: string, folder: readonly string[], start: string): AsyncGenerator<LakeEntry> {
  const path = join(root, ...folder);
  const found = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [];
    throw lakeFailure(error, 'list', path);
  });
  const names = found
    .filter((entry) => entry.name.startsWith(start) && !entry.name.startsWith('.'))
    .filter((entry) => entry.isFile() || entry.isDirectory())
    .map((entry) => ({ name: entry.name, order: entry.isDirectory() ? `${entry.name}/` : entry.name }))
    .toSorted((left, right) => (left.order < right.order ? -1 : 1));
  for (const { name, order } of names) {
    const inner = [...folder, name];
    if (order.endsWith('/')) yield* listFolder(root, inner, '');
    else yield* listFile(root, inner);
  }
}

async function* listFile(root: string, segments: readonly string[]): AsyncGenerator<LakeEntry> {
  const path = join(root, ...segments);
  try {
    const { size, mtimeMs } = await lstat(path);
    yield { key: segments.join('/'), bytes: size, modifiedAt: instant(mtimeMs) };
  } catch (error) {
    // Removed since the folder was read.
    if (errnoOf(error) !== 'ENOENT') throw lakeFailure(error, 'list', path);
  }
}

/** Creates the folders of a key one by one, each checked before the next, so that no link leads a write outside. */
async function makeParent(root: string, segments: readonly string[]): Promise<{ parent: string; path: string }> {
  let parent = root;
  for (const segment of segments.slice(0, -1)) {
    const next = join(parent, segment);
    if (!(await isFolder(next))) await makeFolder(parent, next);
    parent = next;
  }
  return { parent, path: join(parent, segments.at(-1) ?? '') };
}

async function makeFolder(parent: string, path: string): Promise<void> {
  try {
    await mkdir(path);
    await syncFolder(parent);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw lakeFailure(error, 'create the folder', path);
    // Another writer was first, or something else is in its place.
    if (!(await isFolder(path))) throw fileInTheWay(path);
  }
}

/** Whether the folder of a key exists; throws FORBIDDEN when a link leads out of the lake on the way. */
async function isOwnFolder(root: string, segments: readonly string[]): Promise<boolean> {
  let path = root;
  for (const segment of segments) {
    path = join(path, segment);
    if (!(await isFolder(path))) return false;
  }
  return true;
}

async function isFolder(path: string): Promise<boolean> {
  const found = await kindOf(path);
  if (found === 'link') throw foreignLink(path);
  return found === 'folder';
}

/** Whether an object stands at the path; a folder or a link there is no object and cannot become one. */
async function isTaken(path: string): Promise<boolean> {
  const found = await kindOf(path);
  if (found === 'link') throw foreignLink(path);
  if (found === 'folder') throw fileInTheWay(path);
  return found === 'file';
}

async function kindOf(path: string): Promise<'file' | 'folder' | 'link' | 'nothing'> {
  try {
    const found = await lstat(path);
    if (found.isSymbolicLink()) return 'link';
    return found.isDirectory() ? 'folder' : 'file';
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return 'nothing';
    throw lakeFailure(error, 'look at', path);
  }
}

/** Makes the names in a folder durable; a system that cannot sync a folder (Windows) keeps them by itself. */
async function syncFolder(path: string): Promise<void> {
  if (sep === '\\') return;
  try {
    const folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    throw lakeFailure(error, 'make durable', path);
  }
}

function foreignLink(path: string): PlatformError {
  return new PlatformError('FORBIDDEN', `${path} is a symbolic link, which the lake does not follow.`, {
    context: { path },
    hint: 'Put the real folder in its place; the lake folder as a whole may be a link.',
  });
}

function fileInTheWay(path: string): PlatformError {
  return new PlatformError('CONFLICT', `${path} is in the way: one key of the lake cannot begin another.`, {
    context: { path },
    hint: 'Choose another key.',
  });
}
