import { defectOf, rollingOrigin } from '../../backtest/rolling-origin.ts';
import type { FitAnswer, FitJob, FoldAnswer, FoldJob } from '../../backtest/tournament-jobs.ts';
import { PlatformError } from '../../domain/errors.ts';
import type { FittedForecaster, Forecast, Forecaster } from '../../domain/forecaster.ts';
import { externalForecast } from '../../models/external-model.ts';
import type { Compute, ComputeJob, ComputeOutcome } from '../../ports/compute.ts';
import { defaultProgramLimits, type ProgramLimits, type RunningProgram, startProgram } from './external-program.ts';
import { commandOf, isProgram, resolveReference } from './external-reference.ts';

export interface ExternalOptions {
  /** What paths of models are relative to. */
  readonly folder: string;
  /** All that programs get to see of the environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly limits?: Partial<ProgramLimits>;
}

/** A program that had to be started this often for one job is not started again. */
const mostStarts = 3;

/**
 * Compute that takes outside models as well: JavaScript modules run where the catalogue's models do, programs in
 * processes of their own, one job at a time beside the threads. A crash, a time-out or a bad answer costs the fold it
 * happened in; a program is started anew after it, three times at most.
 */
export function createExternalCompute(inner: Compute, options: ExternalOptions): Compute {
  const limits = { ...defaultProgramLimits, ...options.limits };
  return {
    codeVersion: inner.codeVersion,
    resolveExternal: (reference) => resolveReference(reference, options.folder),
    async *run<Input, Output>(
      work: { readonly name: string },
      jobs: readonly ComputeJob<Input>[],
      signal: AbortSignal,
    ): AsyncGenerator<ComputeOutcome<Output>> {
      const forPrograms = jobs.filter(({ input }) => isProgram(modelOf(input)));
      const others = jobs.filter((job) => !forPrograms.includes(job));
      const lanes: AsyncIterator<ComputeOutcome<Output>>[] = [];
      if (others.length > 0) lanes.push(inner.run<Input, Output>(work, others, signal)[Symbol.asyncIterator]());
      if (forPrograms.length > 0)
        lanes.push(runPrograms<Output>(work.name, forPrograms, { ...options, limits }, signal));
      yield* merge(lanes);
    },
  };
}

function modelOf(input: unknown): string {
  const model = typeof input === 'object' && input !== null && 'model' in input ? input.model : undefined;
  return typeof model === 'string' ? model : '';
}

/** Everything that the lanes give, as it comes. When one throws, or nobody listens any more, the others are told. */
async function* merge<Value>(lanes: readonly AsyncIterator<Value>[]): AsyncGenerator<Value> {
  const waiting = new Map(lanes.map((lane) => [lane, step(lane)]));
  try {
    while (waiting.size > 0) {
      const { lane, result } = await Promise.race(waiting.values());
      if (result.done === true) waiting.delete(lane);
      else {
        waiting.set(lane, step(lane));
        yield result.value;
      }
    }
  } finally {
    await Promise.allSettled([...waiting.keys()].map((lane) => lane.return?.()));
  }
}

async function step<Value>(lane: AsyncIterator<Value>) {
  return { lane, result: await lane.next() };
}

interface ProgramOptions extends ExternalOptions {
  readonly limits: ProgramLimits;
}

async function* runPrograms<Output>(
  work: string,
  jobs: readonly ComputeJob<unknown>[],
  options: ProgramOptions,
  signal: AbortSignal,
): AsyncGenerator<ComputeOutcome<Output>> {
  for (const { id, input, timeLimitMs } of jobs) {
    if (signal.aborted) throw new PlatformError('INTERRUPTED', 'The computation was stopped.');
    const startedMs = performance.now();
    const asker = createAsker(modelOf(input), options);
    const stop = () => asker.end();
    const timer = setTimeout(stop, timeLimitMs);
    signal.addEventListener('abort', stop, { once: true });
    const seconds = () => (performance.now() - startedMs) / 1000;
    try {
      const output = work === 'folds' ? await foldsBy(asker, input as FoldJob) : await fitBy(asker, input as FitJob);
      if (signal.aborted) throw new PlatformError('INTERRUPTED', 'The computation was stopped.');
      const isLate = seconds() * 1000 >= timeLimitMs;
      const reason = `it took longer than ${timeLimitMs} ms`;
      if (isLate) yield { id, ok: false, kind: 'timed-out', reason, seconds: seconds() };
      else yield { id, ok: true, output: output as Output, seconds: seconds() };
    } catch (error) {
      if (signal.aborted) throw new PlatformError('INTERRUPTED', 'The computation was stopped.', { cause: error });
      const reason = error instanceof Error ? error.message : String(error);
      yield { id, ok: false, kind: 'threw', reason, seconds: seconds() };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      asker.end();
    }
  }
}

/** Asks a program for forecasts, and starts it when it does not run. */
interface Asker {
  forecast(
    y: Float64Array,
    request: { season: number; horizon: number; seed: number; refit: boolean },
  ): Promise<Forecast>;
  end(): void;
}

function createAsker(model: string, { environment, limits }: ProgramOptions): Asker {
  let running: RunningProgram | null = null;
  let starts = 0;
  const stopping = new AbortController();
  let lastFailure = '';
  const program = async (): Promise<RunningProgram> => {
    if (running !== null && !running.isOver()) return running;
    if (stopping.signal.aborted || starts >= mostStarts) throw givenUp(starts, lastFailure);
    starts += 1;
    running = await startProgram(commandOf(model), environment, limits, stopping.signal);
    return running;
  };
  return {
    async forecast(y, { season, horizon, seed, refit }) {
      try {
        const own = await program();
        if (y.length < own.minObservations) throw tooShort(y.length, own.minObservations);
        const answer = await own.ask({ y: Array.from(y), season, horizon, seed, refit });
        if (typeof answer['error'] === 'string') throw refused(answer['error']);
        return externalForecast('the program', answer, horizon);
      } catch (error) {
        lastFailure ||= error instanceof Error ? error.message : String(error);
        throw error;
      }
    },
    end: () => stopping.abort(),
  };
}

/** Rows by the rules of every model: the answers are fetched first, then replayed through the rolling origin. */
async function foldsBy(asker: Asker, { y, season, block, options }: FoldJob): Promise<FoldAnswer> {
  const { horizon, seed, window, windowLength } = options;
  const answers: (Forecast | Error)[] = [];
  for (const [at, origin] of block.origins.entries()) {
    const from = window === 'sliding' ? Math.max(0, origin + 1 - windowLength) : 0;
    const request = { season, horizon, seed, refit: at === 0 };
    answers.push(await asker.forecast(y.slice(from, origin + 1), request).catch(asError));
  }
  // What a program knows stays inside it: there is no fit to keep.
  return { ...rollingOrigin(replayed(answers), { y, season }, [block], options), fit: null };
}

async function fitBy(asker: Asker, { model, parameters, y, season, options }: FitJob): Promise<FitAnswer> {
  const { horizon, seed } = options;
  const forecast = await asker.forecast(y, { season, horizon, seed, refit: true });
  const defect = defectOf(forecast, horizon);
  if (defect !== null) throw refused(defect);
  // What a program knows stays inside it: nothing that is stored here could forecast again.
  const artefact = JSON.stringify({ format: 1, model, parameters, state: {} });
  return { artefact, forecast, reproduces: false };
}

/** A forecaster that gives known answers, one after another. */
function replayed(answers: readonly (Forecast | Error)[]): Forecaster {
  let next = 0;
  const fitted: FittedForecaster = {
    name: 'program',
    update: () => fitted,
    forecast() {
      const answer = answers[next++];
      if (answer === undefined || answer instanceof Error) throw answer ?? refused('it gave no answer');
      return answer;
    },
    artefact: () => ({ format: 1, model: 'program', parameters: {}, state: {} }),
  };
  return { name: 'program', parameters: {}, minObservations: 1, fit: () => fitted };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : refused(String(error));
}

function refused(reason: string): PlatformError {
  return new PlatformError('INPUT_INVALID', `The program answered: ${reason.slice(0, 300)}`);
}

function tooShort(observations: number, minObservations: number): PlatformError {
  return new PlatformError('INPUT_INVALID', `too short: ${observations} observations, it asks for ${minObservations}`);
}

function givenUp(starts: number, reason: string): PlatformError {
  return new PlatformError(
    'ENGINE_FAILED',
    `The program was started ${starts} times and is not started again. ${reason}`,
  );
}
