import { maxAnswerBytes } from './cbr-parse.ts';

/** What one fetch may cost; every number has a reason in docs/guide/sources.md. */
export interface CbrLimits {
  /** Decoded bytes of one answer. */
  readonly maxBytes: number;
  /** Longest silence within an attempt. */
  readonly idleMs: number;
  /** Longest attempt, from request to last byte. */
  readonly attemptMs: number;
  /** Longest fetch, with all its attempts and pauses. */
  readonly totalMs: number;
  readonly attempts: number;
  /** Pauses are drawn between 0 and backoffMs, 2x, 4x .. up to backoffCapMs. */
  readonly backoffMs: number;
  readonly backoffCapMs: number;
  readonly requestsPerSecond: number;
  readonly redirects: number;
}

export const cbrLimits: CbrLimits = {
  maxBytes: maxAnswerBytes,
  idleMs: 15_000,
  attemptMs: 60_000,
  totalMs: 150_000,
  attempts: 4,
  backoffMs: 2000,
  backoffCapMs: 16_000,
  requestsPerSecond: 5,
  redirects: 3,
};
