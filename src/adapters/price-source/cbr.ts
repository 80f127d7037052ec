import { setTimeout as delay } from 'node:timers/promises';
import { packageVersion } from '../../config/package-root.ts';
import { bankQueryDate, usdCode } from '../../domain/bank-answer.ts';
import { PlatformError } from '../../domain/errors.ts';
import { type DateRange, isoDate } from '../../domain/iso-date.ts';
import { type Instant, instant } from '../../domain/moscow-time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PriceSource, SourceAnswer, SourceSeries } from '../../ports/price-source.ts';
import { createCookieJar } from './cbr-cookies.ts';
import { looksLikeChallenge } from './cbr-decode.ts';
import { getBounded, type HttpAnswer, HttpFailure, type HttpTools } from './cbr-http.ts';
import { type CbrLimits, cbrLimits } from './cbr-limits.ts';
import { createPace } from './cbr-pace.ts';
import { parseCbrAnswer } from './cbr-parse.ts';

export interface CbrOptions {
  /** Another address that answers as the Bank does: a mirror, a proxy or the replica. */
  readonly baseUrl?: string;
  readonly userAgent?: string;
  readonly clock: Clock;
  readonly fetch?: typeof fetch;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Draws from [0, 1) for the pauses between attempts. */
  readonly random?: () => number;
  readonly limits?: Partial<CbrLimits>;
}

/** Metals were first priced for 5 January 1998; rates of that year are the first in the roubles of today. */
const firstDates = { metals: isoDate('1998-01-05'), usd: isoDate('1998-01-01') } as const;

/** The Bank of Russia: one request for any range of a series. */
export function createCbrSource(options: CbrOptions): PriceSource {
  const baseUrl = options.baseUrl ?? 'https://www.cbr.ru';
  const limits = { ...cbrLimits, ...options.limits };
  const sleep = options.sleep ?? defaultSleep;
  const now = () => Date.parse(options.clock.now());
  const tools: HttpTools = {
    fetch: options.fetch ?? fetch,
    userAgent: options.userAgent ?? `assay/${packageVersion} (warehouse of official gold prices)`,
    cookies: createCookieJar(),
    limits,
    now,
    pace: createPace(limits.requestsPerSecond, now, sleep),
  };
  const random = options.random ?? seededDraws(now());

  return {
    id: 'cbr',
    simulated: false,
    series: ['metals', 'usd'],
    firstDate: (series) => firstDates[series],
    fetch: (series, range, signal) =>
      fetchWithRetries(requestUrl(baseUrl, series, range), { ...tools, sleep, random }, signal),
    parse: parseCbrAnswer,
  };
}

function requestUrl(baseUrl: string, series: SourceSeries, range: DateRange): string {
  const dates = `date_req1=${bankQueryDate(range.from)}&date_req2=${bankQueryDate(range.to)}`;
  const query = series === 'metals' ? `xml_metall.asp?${dates}` : `XML_dynamic.asp?${dates}&VAL_NM_RQ=${usdCode}`;
  return `${baseUrl.replace(/\/+$/, '')}/scripts/${query}`;
}

interface RetryTools extends HttpTools {
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  random(): number;
}

/** Repeats what may pass by itself; what is still odd at the last attempt is returned for `parse` to judge. */
async function fetchWithRetries(url: string, tools: RetryTools, signal: AbortSignal): Promise<SourceAnswer> {
  const { limits } = tools;
  const deadline = tools.now() + limits.totalMs;
  for (let attempt = 1; ; attempt += 1) {
    throwIfInterrupted(url, signal);
    const requestedAt = instant(tools.now());
    const outcome = await tryOnce(url, tools, signal);
    const pause = pauseBefore(attempt, outcome, tools);
    const last = attempt >= limits.attempts || tools.now() + pause >= deadline;
    if (outcome instanceof HttpFailure) {
      if (last) throw unavailable(url, outcome, attempt);
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

function unavailable(url: string, failure: HttpFailure, attempts: number): PlatformError {
  const tries = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
  return new PlatformError('SOURCE_UNAVAILABLE', `No answer from ${url} after ${tries}: ${failure.message}.`, {
    cause: failure,
    context: { url, reason: failure.message, attempts },
    hint: 'Check the network (the Bank may be closed to addresses outside Russia), or set ASSAY_CBR_URL to a mirror or to `assay replica`; what is already stored keeps being served.',
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

async function defaultSleep(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal });
}

/** mulberry32 (T. Ettinger, 2017): pauses differ between processes by the millisecond each began. */
function seededDraws(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
