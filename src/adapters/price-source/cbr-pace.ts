const windowMs = 1000;

/**
 * Lets at most `perSecond` requests start within any second; the rest wait their turn.
 * A burst of that size goes at once, because two series of one run are not a load.
 */
export function createPace(
  perSecond: number,
  now: () => number,
  sleep: (ms: number, signal: AbortSignal) => Promise<void>,
): (signal: AbortSignal) => Promise<void> {
  const starts: number[] = [];
  return async (signal) => {
    const earliest = starts.length < perSecond ? now() : (starts[starts.length - perSecond] ?? 0) + windowMs;
    const start = Math.max(now(), earliest);
    starts.push(start);
    if (starts.length > perSecond) starts.shift();
    // A clock set back must not turn the pace into a standstill.
    const wait = Math.min(start - now(), windowMs);
    if (wait > 0) await sleep(wait, signal);
  };
}
