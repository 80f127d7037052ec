import type { Instant } from '../domain/moscow-time.ts';

/** The only way code below compose learns the time. */
export interface Clock {
  now(): Instant;
}
