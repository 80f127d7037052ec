import type { FileHandle } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { PlatformError } from '../../domain/errors.ts';
import type { Writing, Written } from './fs-writing-thread.ts';

/**
 * Writes parts of an open file from a position on; the parts belong to the writer from then on.
 * The file may be closed only when every writing of it has ended.
 */
export type PartsWriter = (file: FileHandle, parts: Uint8Array[], position: number) => Promise<void>;

/**
 * Writes on a thread of its own. What arrives by the network lies in many small buffers that the collector of the whole
 * process would look for; handed over, they are the thread's, whose heap is small. The thread ends when nothing was
 * written for a while. Node runs no TypeScript in a thread, so uncompiled code writes here, unless told of a compiled
 * entry.
 */
export function createPartsWriter(entry: string | null = compiledEntry): PartsWriter {
  if (entry === null) return writeHere;
  let thread: WritingThread | null = null;
  return (file, parts, position) => {
    thread = thread === null || thread.hasEnded ? new WritingThread(entry) : thread;
    return thread.write(file.fd, parts, position);
  };
}

const compiledEntry = import.meta.url.endsWith('.js') ? new URL('./fs-writing-thread.js', import.meta.url).href : null;
const idleMs = 10_000;

async function writeHere(file: FileHandle, parts: Uint8Array[], position: number): Promise<void> {
  const bytes = Buffer.concat(parts);
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

class WritingThread {
  hasEnded = false;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, (failure: Error | null) => void>();
  #lastId = 0;
  #idle: NodeJS.Timeout | null = null;

  constructor(entry: string) {
    this.#worker = new Worker(new URL(entry), { resourceLimits: { maxOldGenerationSizeMb: 64 } });
    this.#worker.on('message', ({ id, failure }: Written) => {
      this.#end(id, failure === null ? null : Object.assign(new TypeError(failure.message), { code: failure.code }));
    });
    this.#worker.on('error', (cause) => this.#lost(cause));
    this.#worker.on('exit', () => this.#lost(null));
  }

  write(descriptor: number, parts: Uint8Array[], position: number): Promise<void> {
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#worker.ref();
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, (failure) => (failure === null ? resolve() : reject(failure)));
      this.#worker.postMessage({ id, descriptor, parts, position } satisfies Writing, buffersOf(parts));
    });
  }

  #end(id: number, failure: Error | null): void {
    this.#waiting.get(id)?.(failure);
    this.#waiting.delete(id);
    if (this.#waiting.size > 0 || this.hasEnded) return;
    this.#worker.unref();
    this.#idle = setTimeout(() => {
      this.hasEnded = true;
      void this.#worker.terminate();
    }, idleMs);
    this.#idle.unref();
  }

  #lost(cause: Error | null): void {
    this.hasEnded = true;
    const failure = new PlatformError('ENGINE_FAILED', 'The thread that writes the lake ended.', {
      cause,
      hint: 'Send it again; if it happens again, see whether the machine has memory left.',
    });
    for (const id of this.#waiting.keys()) this.#end(id, failure);
  }
}

/** Those that are a part's alone: moved instead of copied. */
function buffersOf(parts: readonly Uint8Array[]): ArrayBuffer[] {
  const whole = parts.filter((part) => part.byteLength === part.buffer.byteLength && part.byteLength > 0);
  return [...new Set(whole.map(({ buffer }) => buffer))].filter((buffer) => buffer instanceof ArrayBuffer);
}
