import { Worker } from 'node:worker_threads';
import { PlatformError } from '../../domain/errors.ts';
import { type TableBytes, type TableFile, writeTableFile } from './table-files.ts';

export type FileWriter = (file: TableFile) => Promise<TableBytes>;

/** Rows from which a file is worth a thread: below, it takes milliseconds. */
const manyRows = 300;

/**
 * Writes files one after another on a thread of their own, so that a workbook of the whole history (a second of
 * work) delays nobody's price. Node runs no TypeScript in a thread, so uncompiled code writes them here.
 */
export function createFileWriter(): FileWriter {
  const isCompiled = import.meta.url.endsWith('.js');
  let tail: Promise<unknown> = Promise.resolve();
  return (file) => {
    if (!isCompiled || file.table.rows.length < manyRows) return writeTableFile(file);
    const written = tail.then(() => onThread(file));
    // The next file is not concerned by why this one failed: whoever asked for it is told.
    tail = written.catch(() => undefined);
    return written;
  };
}

function onThread(file: TableFile): Promise<TableBytes> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./file-thread.js', import.meta.url), {
      workerData: file,
      resourceLimits: { maxOldGenerationSizeMb: 512 },
    });
    const fail = (cause: unknown) =>
      reject(new PlatformError('TIMEOUT', `The ${file.format} file could not be written.`, { cause }));
    thread.once('message', resolve);
    thread.once('error', fail);
    thread.once('exit', () => fail(undefined));
  });
}
