import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../domain/errors.ts';
import { type TableFile, writeTableFile } from './table-files.ts';

// Writes one file and ends: files are asked for seldom, and an idle thread would hold memory for nothing.
const port = parentPort;
assert(port !== null, 'file-thread runs inside a worker thread');
const bytes = await writeTableFile(workerData as TableFile);
port.postMessage(bytes, [bytes.buffer]);
