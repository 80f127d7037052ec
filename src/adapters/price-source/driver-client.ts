import { packageVersion } from '../../config/package-root.ts';
import type { Clock } from '../../ports/clock.ts';
import { createCookieJar } from './cbr-cookies.ts';
import { type CbrLimits, cbrLimits } from './cbr-limits.ts';
import { createPace } from './cbr-pace.ts';
import { maxDriverBytes } from './driver-json.ts';
import { type RetryTools, seededDraws, sleepFor } from './retrying-fetch.ts';

export interface DriverOptions {
  /** The address the user has configured: no driver is asked without one. */
  readonly baseUrl: string;
  readonly userAgent?: string;
  readonly clock: Clock;
  /** What requests are paced by, where `clock` may stand still; `clock` when left out. */
  readonly paceClock?: Clock;
  readonly fetch?: typeof fetch;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly random?: () => number;
  readonly limits?: Partial<CbrLimits>;
}

/** The means of asking a driver: the same limits, retries and pace as for the Bank. */
export function createDriverTools(options: DriverOptions, setting: string): RetryTools {
  const limits = { ...cbrLimits, maxBytes: maxDriverBytes, ...options.limits };
  const sleep = options.sleep ?? sleepFor;
  const now = () => Date.parse(options.clock.now());
  return {
    fetch: options.fetch ?? fetch,
    userAgent: options.userAgent ?? `assay/${packageVersion} (warehouse of official gold prices)`,
    accept: 'application/json',
    cookies: createCookieJar(),
    limits,
    now,
    pace: createPace(limits.requestsPerSecond, () => Date.parse((options.paceClock ?? options.clock).now()), sleep),
    sleep,
    random: options.random ?? seededDraws(now()),
    hint: `Check the network and ${setting}, or leave it empty: prices and forecasts go on without this driver.`,
  };
}

/** An address of the driver without slashes at its end. */
export function driverRoot(baseUrl: string): string {
  return baseUrl.replace(/\/+$/, '');
}
