import type { FileHandle } from 'node:fs/promises';
import type { PartsWriter } from './fs-writer.ts';

/** Small parts are written some together: each write costs a turn to another thread. */
const togetherBytes = 1024 * 1024;
/** Batches on their way to the disk while the next is collected. */
const batchesAtOnce = 3;
/** The disk takes what is written while the rest is still on its way, so that little is left for the last sync. */
const earlySyncBytes = 4 * 1024 * 1024;

/**
 * Writes what comes in parts to an open file, from its beginning; throws what ended the parts, or the first failure of
 * the disk. In either case nothing is being written any more, so that the file may be closed.
 */
export async function writeParts(
  file: FileHandle,
  parts: AsyncIterable<Uint8Array>,
  write: PartsWriter,
): Promise<void> {
  const growing = new GrowingFile(file, write);
  try {
    for await (const part of parts) {
      growing.add(part);
      if (growing.isBusy) await growing.oldest();
    }
    growing.flush();
  } finally {
    await growing.settled();
  }
  if (growing.failure !== null) throw growing.failure;
}

class GrowingFile {
  failure: unknown = null;
  readonly #file: FileHandle;
  readonly #write: PartsWriter;
  /** Never rejected: nobody waits for them before the end, and a failure fails the whole. */
  readonly #writing: Promise<void>[] = [];
  #syncing: Promise<void> | null = null;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #position = 0;
  #unsynced = 0;

  constructor(file: FileHandle, write: PartsWriter) {
    this.#file = file;
    this.#write = write;
  }

  get isBusy(): boolean {
    return this.#writing.length >= batchesAtOnce;
  }

  add(part: Uint8Array): void {
    this.#waiting.push(part);
    this.#waitingBytes += part.length;
    if (this.#waitingBytes >= togetherBytes) this.flush();
  }

  flush(): void {
    const length = this.#waitingBytes;
    if (length === 0) return;
    this.#writing.push(this.#keepingFailure(this.#written(this.#waiting, this.#position, length)));
    this.#position += length;
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  /** Waits for the batch that is longest on its way; throws when something failed, for the rest is in vain. */
  async oldest(): Promise<void> {
    await this.#writing.shift();
    if (this.failure !== null) throw this.failure;
  }

  async settled(): Promise<void> {
    await Promise.all(this.#writing);
    await this.#syncing;
  }

  async #written(parts: Uint8Array[], position: number, length: number): Promise<void> {
    await this.#write(this.#file, parts, position);
    this.#unsynced += length;
    if (this.#unsynced < earlySyncBytes || this.#syncing !== null) return;
    this.#unsynced = 0;
    this.#syncing = this.#keepingFailure(this.#file.datasync()).then(() => {
      this.#syncing = null;
    });
  }

  async #keepingFailure(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.failure ??= error;
    }
  }
}
