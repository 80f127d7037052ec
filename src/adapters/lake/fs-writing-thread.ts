import { writevSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { assert } from '../../domain/errors.ts';

/** Process to thread: parts of a file that is open in this process, and where in it they belong, in bytes. */
export interface Writing {
  readonly id: number;
  readonly descriptor: number;
  readonly parts: Uint8Array[];
  readonly position: number;
}

/** Thread to process: which writing ended, and the system's error where it failed. */
export interface Written {
  readonly id: number;
  readonly failure: { readonly code: string; readonly message: string } | null;
}

const port = parentPort;
assert(port !== null, 'the writing thread runs inside a worker thread');
port.on('message', ({ id, descriptor, parts, position }: Writing) => {
  port.postMessage({ id, failure: write(descriptor, parts, position) } satisfies Written);
});

function write(descriptor: number, parts: Uint8Array[], start: number): Written['failure'] {
  let [rest, position] = [parts, start];
  try {
    while (rest.length > 0) {
      const written = writevSync(descriptor, rest, position);
      rest = after(rest, written);
      position += written;
    }
    return null;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { code: code ?? 'unknown', message };
  }
}

/** A write may take less than it was given, as on a disk that fills up. */
function after(parts: Uint8Array[], written: number): Uint8Array[] {
  let gone = written;
  return parts.flatMap((part) => {
    const left = part.subarray(Math.min(gone, part.length));
    gone -= part.length - left.length;
    return left.length === 0 ? [] : [left];
  });
}
