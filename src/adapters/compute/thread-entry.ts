import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../domain/errors.ts';

/** What the pool hands a new thread: the module that exports `works`, and which of them to run. */
export interface ThreadData {
  readonly module: string;
  readonly work: string;
}

/** Thread to pool. `ready` once the module is loaded, so that loading is not charged to the first job. */
export type ThreadMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly output: unknown; readonly seconds: number }
  | { readonly kind: 'threw'; readonly reason: string; readonly seconds: number };

const port = parentPort;
assert(port !== null, 'the thread entry runs inside a worker thread');
const { module, work: name } = workerData as ThreadData;
const loaded = (await import(module)) as { works?: Readonly<Record<string, unknown>> };
const work = loaded.works?.[name];
assert(typeof work === 'function', `${module} exports works with one named ${name}`);

const answer = async (input: unknown) => {
  const startedMs = performance.now();
  try {
    const output: unknown = await work(input);
    const seconds = (performance.now() - startedMs) / 1000;
    port.postMessage({ kind: 'done', output, seconds } satisfies ThreadMessage, buffersOf(output));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const seconds = (performance.now() - startedMs) / 1000;
    port.postMessage({ kind: 'threw', reason, seconds } satisfies ThreadMessage);
  }
};
port.on('message', (input: unknown) => void answer(input));
port.postMessage({ kind: 'ready' } satisfies ThreadMessage);

/** Buffers of the typed arrays directly inside an object: moved instead of copied. */
function buffersOf(output: unknown): ArrayBuffer[] {
  if (typeof output !== 'object' || output === null) return [];
  const buffers = new Set<ArrayBuffer>();
  for (const value of Object.values(output)) {
    if (ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer) buffers.add(value.buffer);
  }
  return [...buffers];
}
