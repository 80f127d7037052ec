import { setTimeout as delay } from 'node:timers/promises';
import { PlatformError } from '../../domain/errors.ts';
import { type Instant, instant } from '../../domain/moscow-time.ts';
import type { SourceAnswer } from '../../ports/price-source.ts';
import { looksLikeChallenge } from './cbr-decode.ts';
import { getBounded, type HttpAnswer, HttpFailure, type HttpTools } from './cbr-http.ts';

/** What a fetch with retries is given besides the means of one request. */
export interface RetryTools extends HttpTools {
  /** What to do when no answer came, as one sentence or two. */
  readonly hint: string;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  random(): number;
}

/** Repeats what may pass by itself; what is still odd at the last attempt is returned for `parse` to judge. */
export async function fetchWithRetries(url: string, tools: RetryTools, signal: AbortSignal): Promise<SourceAnswer> {
  const { limits } = tools;
  const deadline = tools.now() + limits.totalMs;
  for (let attempt = 1; ; attempt += 1) {
    throwIfInterrupted(url, signal);
    const requestedAt = instant(tools.now());
    const outcome = await tryOnce(url, tools, signal);
    const pause = pauseBefore(attempt, outcome, tools);
    const last = attempt >= limits.attempts || tools.now() + pause >= deadline;
    if (outcome instanceof HttpFailure) {
      if (last) throw unavailable(url, outcome, attempt, tools.hint);
    } else if (last || !mayPass(outcome)) {
      return toSourceAnswer(outcome, requestedAt, instant(tools.now()));
    }
    await tools.sleep(pause, signal).catch((error: unknown) => {
      throwIfInterrupted(url, signal);
      throw error;
    });
  }
}

async function tryOnce(url: string, tools: HttpTools, signal: AbortSignal): Promise<HttpAnswer | HttpFailure> {
  try {
    return await getBounded(url, tools, signal);
  } catch (error) {
    throwIfInterrupted(url, signal);
    if (error instanceof HttpFailure) return error;
    throw error;
  }
}

function mayPass({ status, bytes }: HttpAnswer): boolean {
  return status >= 500 || status === 429 || looksLikeChallenge(bytes);
}

/**
 * Exponential backoff with full jitter (M. Brooker, 2015): many clients that failed together must not
 * come back together. A server that names its own pause gets at least that.
 */
function pauseBefore(attempt: number, outcome: HttpAnswer | HttpFailure, tools: RetryTools): number {
  const { backoffMs, backoffCapMs } = tools.limits;
  const jittered = tools.random() * Math.min(backoffCapMs, backoffMs * 2 ** (attempt - 1));
  const asked = outcome instanceof HttpFailure ? undefined : outcome.headers['retry-after'];
  const askedMs = asked !== undefined && /^\d{1,6}$/.test(asked) ? Number(asked) * 1000 : 0;
  return Math.max(jittered, askedMs);
}

function toSourceAnswer(answer: HttpAnswer, requestedAt: Instant, receivedAt: Instant): SourceAnswer {
  return { ...answer, requestedAt, receivedAt };
}

function unavailable(url: string, failure: HttpFailure, attempts: number, hint: string): PlatformError {
  const tries = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
  return new PlatformError('SOURCE_UNAVAILABLE', `No answer from ${url} after ${tries}: ${failure.message}.`, {
    cause: failure,
    context: { url, reason: failure.message, attempts },
    hint,
  });
}

function throwIfInterrupted(url: string, signal: AbortSignal): void {
  if (!signal.aborted) return;
  if (signal.reason instanceof PlatformError) throw signal.reason;
  throw new PlatformError('INTERRUPTED', `The request to ${url} was interrupted.`, {
    cause: signal.reason,
    context: { url },
    hint: 'Nothing was stored; run the same command again.',
  });
}

/** Waits; ends early when the signal aborts. */
export async function sleepFor(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal });
}

/** Draws from [0, 1) by mulberry32 (T. Ettinger, 2017): pauses differ between processes by the millisecond each began. */
export function seededDraws(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
