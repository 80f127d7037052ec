import { closeSync, copyFileSync, fstatSync, openSync, readSync, statSync, truncateSync } from 'node:fs';

const maxBytes = 4 * 1024 * 1024;

/** Opens an engine's log for its output, in append mode so that it can be cut while it is written. */
export function openLog(file: string): number {
  boundLog(file);
  return openSync(file, 'a', 0o600);
}

/** Moves a log that has grown past 4 MiB to `<file>.1`: an engine never holds more than twice that. */
export function boundLog(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= maxBytes) return;
  copyFileSync(file, `${file}.1`);
  truncateSync(file);
}

/** Size of a log now: what is written after it belongs to what is about to start. */
export function logSize(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** The last lines of a log, of those written after byte `from`. */
export function lastLines(file: string, from = 0, lines = 12): string {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return '';
  const descriptor = openSync(file, 'r');
  try {
    const size = fstatSync(descriptor).size;
    const start = Math.max(from > size ? 0 : from, size - 16_384);
    const buffer = Buffer.alloc(size - start);
    readSync(descriptor, buffer, 0, buffer.length, start);
    return buffer.toString('utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } finally {
    closeSync(descriptor);
  }
}
