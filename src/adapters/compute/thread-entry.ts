import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../domain/errors.ts';

/** What the pool hands a new thread: the module that exports `works`. */
export interface ThreadData {
  readonly module: string;
}

/** Pool to thread: one job, and which of the works does it. */
export interface ThreadJob {
  readonly work: string;
  readonly input: unknown;
}

/** Thread to pool. `ready` once the module is loaded, so that loading is not charged to the first job. */
export type ThreadMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly output: unknown; readonly seconds: number }
  | { readonly kind: 'threw'; readonly reason: string; readonly seconds: number };

const port = parentPort;
assert(port !== null, 'the thread entry runs inside a worker thread');
const { module } = workerData as ThreadData;
const { works } = (await import(module)) as { works?: Readonly<Record<string, unknown>> };
assert(typeof works === 'object', `${module} exports works`);

const answer = async ({ work: name, input }: ThreadJob) => {
  const startedMs = performance.now();
  try {
    const work = works[name];
    assert(typeof work === 'function', `${module} exports works with one named ${name}`);
    const output: unknown = await work(input);
    const seconds = (performance.now() - startedMs) / 1000;
    port.postMessage({ kind: 'done', output, seconds } satisfies ThreadMessage, buffersOf(output));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const seconds = (performance.now() - startedMs) / 1000;
    port.postMessage({ kind: 'threw', reason, seconds } satisfies ThreadMessage);
  }
};
port.on('message', (job: ThreadJob) => void answer(job));
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
