import { open, readdir, rm, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError } from '../../domain/errors.ts';
import { errnoOf, lakeFailure } from './fs-failure.ts';
import { writeParts } from './fs-parts.ts';
import { createPartsWriter, type PartsWriter } from './fs-writer.ts';

const leftoverAgeMs = 60 * 60 * 1000;
let counter = 0;

/**
 * Writes the bytes under a name of their own in the folder of temporaries and makes them durable there.
 * The name is claimed exclusively, so another process with the same pid (in a container) cannot share it.
 */
export async function writeTemporary(
  folder: string,
  bytes: Uint8Array | AsyncIterable<Uint8Array>,
  write: PartsWriter = createPartsWriter(null),
): Promise<string> {
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
      else await writeParts(file, bytes, write);
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
