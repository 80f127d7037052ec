import { assert, PlatformError } from '../../domain/errors.ts';
import type { Compute, ComputeJob, ComputeOutcome } from '../../ports/compute.ts';
import { codeVersion } from './code-version.ts';
import { works } from './works.ts';

/** Works by name. Their types are kept by `Work`; here they are only looked up. */
type WorkTable = Readonly<Record<string, (input: never) => unknown>>;

export interface InlineOptions {
  readonly works?: WorkTable;
  readonly codeVersion?: string;
  readonly nowMs?: () => number;
}

/**
 * Compute on the calling thread, one job after another: for tests and for platforms without threads.
 * A time limit cannot interrupt synchronous work here: the job runs to its end and is then reported as timed out.
 */
export function createInlineCompute(options: InlineOptions = {}): Compute {
  const table: WorkTable = options.works ?? works;
  const nowMs = options.nowMs ?? (() => performance.now());
  return {
    codeVersion: options.codeVersion ?? codeVersion(),
    async *run<Input, Output>(work: { name: string }, jobs: readonly ComputeJob<Input>[], signal: AbortSignal) {
      const known = table[work.name];
      assert(known !== undefined, `there is a work named ${work.name}`);
      for (const job of jobs) {
        if (signal.aborted) throw new PlatformError('INTERRUPTED', 'The computation was stopped.');
        yield await runJob(known as (input: Input) => Output | Promise<Output>, job, nowMs);
        // Timers, signals and requests of the same thread have their turn between jobs.
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
    },
  };
}

async function runJob<Input, Output>(
  work: (input: Input) => Output | Promise<Output>,
  { id, input, timeLimitMs }: ComputeJob<Input>,
  nowMs: () => number,
): Promise<ComputeOutcome<Output>> {
  const startedMs = nowMs();
  try {
    const output = await work(input);
    const seconds = (nowMs() - startedMs) / 1000;
    if (seconds * 1000 <= timeLimitMs) return { id, ok: true, output, seconds };
    return { id, ok: false, kind: 'timed-out', reason: `it took longer than ${timeLimitMs} ms`, seconds };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { id, ok: false, kind: 'threw', reason, seconds: (nowMs() - startedMs) / 1000 };
  }
}
