import { type Instant, instant } from '../../src/domain/moscow-time.ts';
import type { Clock } from '../../src/ports/clock.ts';

export interface FrozenClock extends Clock {
  advance(ms: number): void;
}

/** A clock that moves only when told to. */
export function frozenClock(start = '2025-06-27T13:45:00.000Z'): FrozenClock {
  let nowMs = Date.parse(start);
  return {
    now: (): Instant => instant(nowMs),
    advance: (ms) => {
      nowMs += ms;
    },
  };
}
