import { type FileHandle, open, readdir, rm, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError } from '../../domain/errors.ts';
import { errnoOf, lakeFailure } from './fs-failure.ts';

const leftoverAgeMs = 60 * 60 * 1000;
const togetherBytes = 1024 * 1024;
const earlySyncBytes = 4 * 1024 * 1024;
let counter = 0;

/**
 * Writes the bytes under a name of their own in the folder of temporaries and makes them durable there.
 * The name is claimed exclusively, so another process with the same pid (in a container) cannot share it.
 */
export async function writeTemporary(folder: string, bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<string> {
  for (;;) {
    counter += 1;
    const path = join(folder, `${process.pid}-${counter}`);
    const file = await open(path, 'wx').catch((error: unknown) => {
      if (errnoOf(error) === 'EEXIST') return null;
      throw lakeFailure(error, 'write', path);
    });
    if (file === null) continue;
    try {
      if (bytes instanceof Uint8Array) await file.writeFile(bytes);
      else await writeParts(file, bytes);
      await file.sync();
      return path;
    } catch (error) {
      await rm(path, { force: true });
      throw error instanceof PlatformError ? error : lakeFailure(error, 'write', path);
    } finally {
      await file.close();
    }
  }
}

/**
 * Small parts are written some together: each write costs a turn of the thread pool. The disk takes what is written while
 * the rest is still on its way, so that little is left for the last sync.
 */
async function writeParts(file: FileHandle, parts: AsyncIterable<Uint8Array>): Promise<void> {
  let waiting: Uint8Array[] = [];
  let length = 0;
  let unsynced = 0;
  let syncing: Promise<unknown> | null = null;
  for await (const part of parts) {
    waiting.push(part);
    length += part.length;
    if (length < togetherBytes) continue;
    await writeAll(file, waiting, length);
    unsynced += length;
    waiting = [];
    length = 0;
    if (unsynced < earlySyncBytes || syncing !== null) continue;
    unsynced = 0;
    // Handed on as a value: nobody waits for it before the end, and a failed sync must fail the whole.
    syncing = file.datasync().then(
      () => (syncing = null),
      (error: unknown) => error,
    );
  }
  if (length > 0) await writeAll(file, waiting, length);
  const failure = await syncing;
  if (failure !== null) throw failure;
}

/** A write may take less than it was given, as on a disk that fills up: then the rest goes by itself. */
async function writeAll(file: FileHandle, parts: readonly Uint8Array[], length: number): Promise<void> {
  const { bytesWritten } = await file.writev([...parts]);
  if (bytesWritten < length) await file.writeFile(Buffer.concat(parts, length).subarray(bytesWritten));
}

/** Removes what crashed writers left: files untouched for an hour, for no write of ours takes that long. */
export async function sweepTemporaries(folder: string, nowMs: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    try {
      if (nowMs - (await stat(path)).mtimeMs > leftoverAgeMs) await unlink(path);
    } catch (error) {
      // Another process swept it first, or its writer finished.
      if (errnoOf(error) !== 'ENOENT') throw lakeFailure(error, 'sweep', path);
    }
  }
}

/** The file system's own clock, which is the one its modification times are kept by. */
export async function fileSystemNow(folder: string): Promise<number> {
  const path = await writeTemporary(folder, new Uint8Array());
  const { mtimeMs } = await stat(path);
  await unlink(path);
  return mtimeMs;
}
