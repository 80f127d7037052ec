import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { PlatformError } from '../../domain/errors.ts';
import type { Compute, ComputeJob, ComputeOutcome, Work } from '../../ports/compute.ts';
import { codeVersion } from './code-version.ts';
import type { ThreadData, ThreadJob, ThreadMessage } from './thread-entry.ts';
import { ThreadShelf } from './thread-shelf.ts';

export interface ThreadsOptions {
  /** URL of a compiled module that exports `works`; ours by default. Node runs no TypeScript in a thread. */
  readonly module?: string;
  /** URL of the compiled thread entry; the one beside this file by default. */
  readonly entry?: string;
  /** Threads at most; as many as the machine runs at once by default. */
  readonly threads?: number;
  /** Heap of one thread; a thread that needs more dies and takes only its own job with it. */
  readonly heapMegabytes?: number;
}

/**
 * Compute on worker threads. A thread that is idle waits a moment for the next call of `run`, because the steps of a
 * tournament follow one another, and then ends: idle ones would hold memory all week for work that comes on Sundays.
 * A thread that dies or overstays is replaced and its job marked failed.
 */
export function createThreadCompute(options: ThreadsOptions = {}): Compute {
  const shelf = new ThreadShelf(idleMs);
  return {
    codeVersion: codeVersion(),
    async *run<Input, Output>(
      work: Work<Input, Output>,
      jobs: readonly ComputeJob<Input>[],
      signal: AbortSignal,
    ): AsyncGenerator<ComputeOutcome<Output>> {
      const pool = new ThreadPool<Input, Output>(work.name, jobs, options, shelf);
      const stop = () => pool.stop(new PlatformError('INTERRUPTED', 'The computation was stopped.'));
      signal.addEventListener('abort', stop, { once: true });
      try {
        if (signal.aborted) stop();
        else pool.start();
        yield* pool.outcomes();
      } finally {
        signal.removeEventListener('abort', stop);
        await pool.end();
      }
    },
  };
}

const idleMs = 1000;

/** Owns the threads of one run. */
class ThreadPool<Input, Output> {
  readonly #waiting: ComputeJob<Input>[];
  readonly #work: string;
  readonly #data: ThreadData;
  readonly #shelf: ThreadShelf;
  readonly #options: ThreadsOptions;
  /** Threads of this run by whether they are idle. */
  readonly #threads = new Map<Worker, boolean>();
  readonly #finished: ComputeOutcome<Output>[] = [];
  #unfinished: number;
  #failure: PlatformError | null = null;
  #wake: () => void = () => undefined;
  #ending = false;

  constructor(work: string, jobs: readonly ComputeJob<Input>[], options: ThreadsOptions, shelf: ThreadShelf) {
    this.#data = { module: options.module ?? new URL('./works.js', import.meta.url).href };
    this.#work = work;
    this.#shelf = shelf;
    this.#waiting = [...jobs];
    this.#unfinished = jobs.length;
    this.#options = options;
  }

  start(): void {
    const threads = Math.min(this.#options.threads ?? availableParallelism(), this.#waiting.length);
    for (let count = 0; count < threads; count += 1) this.#addThread();
  }

  async *outcomes(): AsyncGenerator<ComputeOutcome<Output>> {
    while (true) {
      if (this.#failure !== null) throw this.#failure;
      const outcome = this.#finished.shift();
      if (outcome !== undefined) yield outcome;
      else if (this.#unfinished === 0) return;
      else await this.#news();
    }
  }

  stop(failure: PlatformError): void {
    this.#failure = failure;
    this.#wake();
  }

  async end(): Promise<void> {
    this.#ending = true;
    const ending = [...this.#threads].map(async ([thread, isIdle]) => {
      if (isIdle) this.#shelf.put(thread);
      else await thread.terminate();
    });
    await Promise.all(ending);
  }

  #addThread(): void {
    const kept = this.#shelf.take();
    const thread = kept ?? this.#newThread();
    this.#threads.set(thread, false);
    let current: RunningJob | null = null;
    let isReady = kept !== null;
    let isOver = false;
    let lastError: Error | null = null;
    const overstayed = () => {
      isOver = true;
      void thread.terminate();
    };
    const next = () => {
      const job = this.#waiting.shift();
      current = job === undefined ? null : runningJob(job, overstayed);
      this.#threads.set(thread, job === undefined);
      if (job !== undefined) thread.postMessage({ work: this.#work, input: job.input } satisfies ThreadJob);
    };
    thread.on('message', (message: ThreadMessage) => {
      // An answer that crossed the order to stop on its way: the job is lost already.
      if (isOver) return;
      isReady = true;
      if (current !== null) this.#finish(outcomeOf<Output>(current, message));
      next();
    });
    thread.on('error', (error: Error) => {
      lastError = error;
    });
    thread.on('exit', (code) => {
      this.#threads.delete(thread);
      if (this.#ending) return;
      if (current !== null) this.#finish(lostOutcome(current, lastError, code));
      // A thread that cannot even load its module would be replaced for ever.
      if (!isReady) this.stop(unableToStart(this.#data, lastError));
      else if (this.#waiting.length > 0) this.#addThread();
    });
    if (kept !== null) next();
  }

  #newThread(): Worker {
    const entry = this.#options.entry ?? new URL('./thread-entry.js', import.meta.url).href;
    return new Worker(new URL(entry), {
      workerData: this.#data,
      resourceLimits: { maxOldGenerationSizeMb: this.#options.heapMegabytes ?? 512 },
    });
  }

  #news(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #finish(outcome: ComputeOutcome<Output>): void {
    this.#finished.push(outcome);
    this.#unfinished -= 1;
    this.#wake();
  }
}

interface RunningJob {
  readonly id: string;
  readonly startedMs: number;
  readonly timeLimitMs: number;
  readonly timer: NodeJS.Timeout;
}

function runningJob({ id, timeLimitMs }: ComputeJob<unknown>, terminate: () => void): RunningJob {
  const timer = setTimeout(terminate, timeLimitMs);
  timer.unref();
  return { id, startedMs: performance.now(), timeLimitMs, timer };
}

function outcomeOf<Output>(job: RunningJob, message: ThreadMessage): ComputeOutcome<Output> {
  clearTimeout(job.timer);
  if (message.kind === 'done') {
    return { id: job.id, ok: true, output: message.output as Output, seconds: message.seconds };
  }
  const reason = message.kind === 'threw' ? message.reason : 'the thread started anew under its job';
  return { id: job.id, ok: false, kind: 'threw', reason, seconds: secondsSince(job) };
}

function lostOutcome(job: RunningJob, error: Error | null, code: number): ComputeOutcome<never> {
  clearTimeout(job.timer);
  const seconds = secondsSince(job);
  if (error === null && seconds * 1000 >= job.timeLimitMs) {
    return { id: job.id, ok: false, kind: 'timed-out', reason: `it took longer than ${job.timeLimitMs} ms`, seconds };
  }
  const reason = `its thread ended (${error === null ? `code ${code}` : error.message})`;
  return { id: job.id, ok: false, kind: 'died', reason, seconds };
}

function unableToStart({ module }: ThreadData, cause: Error | null): PlatformError {
  return new PlatformError('ENGINE_FAILED', `A compute thread could not start: ${cause?.message ?? 'no message'}.`, {
    cause,
    context: { module },
    hint: 'Build the project again; the compiled module must be readable.',
  });
}

function secondsSince(job: RunningJob): number {
  return (performance.now() - job.startedMs) / 1000;
}
