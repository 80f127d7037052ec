import type { Faults, TransportKind } from './faults.ts';

export interface FaultCounter {
  /** The fault for the next answer of a series, counted down; null when it is to be sound. */
  take(series: 'metals' | 'usd', cookies: string): TransportKind | null;
}

/** Faults are spent in the order they were given: `challenge:2,reset:1` breaks the third answer. */
export function startFaultCounter(faults: Faults): FaultCounter {
  const left = faults.transport.map((fault) => ({ ...fault }));
  return {
    take(series, cookies) {
      for (const fault of left) {
        if (fault.series !== null && fault.series !== series) continue;
        if (fault.count === 'always') return fault.kind;
        if (fault.count === 'cookie') {
          if (!/(?:^|;\s*)__ddg1_=/.test(cookies)) return fault.kind;
        } else if (fault.count > 0) {
          fault.count -= 1;
          return fault.kind;
        }
      }
      return null;
    },
  };
}
