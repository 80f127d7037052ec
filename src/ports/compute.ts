import type { ModelParameters } from '../domain/forecaster.ts';

/**
 * The name of a pure, synchronous function of one argument, with its types. The function itself is found where the
 * port is made, so that flows name work without importing what runs it.
 */
export interface Work<Input, Output> {
  readonly name: string;
  /** Never called: carries the types, so that a job and its outcome cannot disagree. */
  readonly signature?: (input: Input) => Output;
}

/** One piece of work. `input` must survive structured cloning. */
export interface ComputeJob<Input> {
  /** Unique within one call of `run`. */
  readonly id: string;
  readonly input: Input;
  /** Counted from the moment the work starts, not while it waits for a free lane. */
  readonly timeLimitMs: number;
}

/** Every job ends in exactly one outcome; none of the bad ones stops the others. */
export type ComputeOutcome<Output> =
  | { readonly id: string; readonly ok: true; readonly output: Output; readonly seconds: number }
  | {
      readonly id: string;
      readonly ok: false;
      /** `threw`: the work's own error. `timed-out`: stopped at its limit. `died`: its thread ended under it. */
      readonly kind: 'threw' | 'timed-out' | 'died';
      readonly reason: string;
      readonly seconds: number;
    };

/** An outside model, found: what stands for it in a tournament. */
export interface ExternalReference {
  /** The name it is shown by. */
  readonly entry: string;
  /** What jobs name it by; absolute, so that any process finds the same. */
  readonly model: string;
  /** Hashes of its files: with another content it is another model. */
  readonly parameters: ModelParameters;
}

/** A place to run heavy pure work without holding up whoever serves requests. */
export interface Compute {
  /** Names the code of all works: under equal versions equal inputs give equal outputs, so results may be kept. */
  readonly codeVersion: string;
  /**
   * Finds a person's own model by path or command; absent where none may run. Throws INPUT_INVALID when it is not there.
   */
  resolveExternal?(reference: string): Promise<ExternalReference>;
  /**
   * Runs the jobs and yields each outcome as it comes (in no promised order).
   * Throws INTERRUPTED, and stops what is running, when the signal aborts; ENGINE_FAILED when nothing can run at all.
   */
  run<Input, Output>(
    work: Work<Input, Output>,
    jobs: readonly ComputeJob<Input>[],
    signal: AbortSignal,
  ): AsyncIterable<ComputeOutcome<Output>>;
}
