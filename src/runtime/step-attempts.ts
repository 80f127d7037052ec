import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorCode, PlatformError } from '../domain/errors.ts';
import type { Journal, StepContext, StepDefinition } from '../ports/journal.ts';
import { type StepEnvelope, sealError } from './step-envelope.ts';

const firstDelayMs = 400;
const longestDelayMs = 15_000;

/**
 * Failures that another try may cure; the rest would only fail the same way again. A source that is not reached has
 * been asked several times by its own client, and people wait for the answer.
 */
const passing: ReadonlySet<ErrorCode> = new Set(['SOURCE_REJECTED', 'STORE_UNAVAILABLE', 'TIMEOUT']);

export interface StepRequest<Result> {
  readonly runId: string;
  readonly name: string;
  readonly position: number;
  readonly work: (context: StepContext) => Promise<Result>;
  readonly rules: Pick<StepDefinition, 'attempts' | 'timeoutMs'>;
  readonly journal: Journal;
}

/**
 * Runs one step with its retries (exponential backoff, full jitter), its timeout and its rows in the journal.
 * Never throws for a failure of the work: the failure is the value, so that it can be stored.
 */
export async function runAttempts<Result>(request: StepRequest<Result>): Promise<StepEnvelope<Result>> {
  const { attempts } = request.rules;
  for (let tried = 1; ; tried += 1) {
    // A journal that cannot be written fails the attempt like the work itself: the store may be back for the next.
    const outcome = await runOnce(request).catch(sealError);
    if (outcome.ok || tried >= attempts || !isPassing(outcome.error.code)) return outcome;
    await sleep(Math.random() * Math.min(longestDelayMs, firstDelayMs * 2 ** tried));
  }
}

function isPassing(code: ErrorCode | null): boolean {
  return code !== null && passing.has(code);
}

async function runOnce<Result>(request: StepRequest<Result>): Promise<StepEnvelope<Result>> {
  const { runId, name, journal } = request;
  const { attempt } = await journal.startStep(runId, name, request.position);
  const counted = { rowsIn: 0, rowsOut: 0, seen: false };
  const notes: Promise<void>[] = [];
  const abort = new AbortController();
  const context: StepContext = {
    runId,
    signal: abort.signal,
    note: (message, details = {}) => {
      // A line for people that is lost with its store must not end the process, nor the step.
      const line = { runId, step: name, level: 'info', message, context: details } as const;
      notes.push(journal.log(line).catch(() => undefined));
    },
    rows: (rowsIn, rowsOut) => {
      Object.assign(counted, { rowsIn, rowsOut, seen: true });
    },
  };
  const outcome = await settle(request, context, abort);
  await Promise.all(notes);
  const rows = counted.seen ? { rowsIn: counted.rowsIn, rowsOut: counted.rowsOut } : {};
  await journal.finishStep(runId, name, attempt, {
    status: outcome.ok ? 'succeeded' : 'failed',
    ...rows,
    ...(outcome.ok ? {} : { error: outcome.error.message }),
  });
  return outcome;
}

async function settle<Result>(
  request: StepRequest<Result>,
  context: StepContext,
  abort: AbortController,
): Promise<StepEnvelope<Result>> {
  const { timeoutMs } = request.rules;
  const timer = new AbortController();
  const expiry = sleep(timeoutMs, undefined, { signal: timer.signal }).then(() => {
    abort.abort();
    throw new PlatformError('TIMEOUT', `Step ${request.name} took longer than ${timeoutMs / 1000} s.`, {
      context: { step: request.name, timeoutMs },
      hint: 'It is tried again; if this repeats, look at the System page for what it waits for.',
    });
  });
  try {
    return { ok: true, value: await Promise.race([request.work(context), expiry]) };
  } catch (error) {
    return sealError(error);
  } finally {
    timer.abort();
    // The aborted timer rejects; nobody waits for it any more.
    expiry.catch(() => undefined);
  }
}
