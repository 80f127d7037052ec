import { ridgeFromMoments } from '../stats/least-squares.ts';
import type { ParityColumns } from './parity-columns.ts';

/** What is foretold of the rouble rate. */
export interface RoubleLeg {
  /** Expected change of the logarithm of the official rate from the newest one known at origin t, `steps` quotes on. */
  shift(t: number, steps: number): number;
}

/** Rows before which nothing is foretold. */
const fewestRows = 120;
/** Closes averaged for the usual distance between the exchange and the Bank's formula. */
const usualCloses = 20;

/**
 * Two regressions without a constant, each over the last `window` rows known at the origin it serves: the next change of
 * the official rate on its last change (the rate is an average over a trading day, so that its changes follow one
 * another; Working 1960), and on that together with how far the exchange's close stands from its own usual distance and
 * has moved since the close before.
 */
export function roubleShifts(columns: ParityColumns, window: number): RoubleLeg {
  const changes = officialChanges(columns.usdLast);
  const own = createRows(1, columns.length);
  const signals = closeSignals(columns);
  const withClose = createRows(3, columns.length);
  for (let t = 0; t < columns.length; t++) {
    const target = changes[t + 1] ?? Number.NaN;
    own.push([changes[t]!], target);
    const signal = signals[t]!;
    withClose.push([changes[t]!, signal[0], signal[1]], columns.ratesKnown(t) > 0 ? Number.NaN : target);
  }
  return {
    shift(t, steps) {
      if (steps < 1) return 0;
      const ahead = columns.ratesKnown(t) > 0;
      const last = ahead ? Math.log(columns.newestUsd(t) / columns.usdLast[t]!) : changes[t]!;
      const [persistence = 0] = own.coefficients(t, window) ?? [];
      if (Number.isNaN(last)) return 0;
      const signal = signals[t]!;
      const slopes = ahead || Number.isNaN(signal[0] + signal[1]) ? null : withClose.coefficients(t, window);
      const first =
        slopes === null ? persistence * last : slopes[0]! * last + slopes[1]! * signal[0] + slopes[2]! * signal[1];
      // What the first step leaves for the next ones fades as the rate's own changes do.
      let sum = 0;
      for (let step = 0, weight = 1; step < steps; step++, weight *= fading(persistence)) sum += first * weight;
      return sum;
    },
  };
}

function fading(persistence: number): number {
  return Math.min(0.5, Math.max(0, persistence));
}

/** `changes[t]` = ln(rate[t] / rate[t - 1]). */
function officialChanges(rate: Float64Array): Float64Array {
  return rate.map((value, t) => (t === 0 ? Number.NaN : Math.log(value / rate[t - 1]!)));
}

/** By origin: the close's distance less its usual one, and its move since the close before; NaN without a close. */
function closeSignals({ closeRatio }: ParityColumns): readonly (readonly [number, number])[] {
  const recent: number[] = [];
  return Array.from(closeRatio, (ratio): readonly [number, number] => {
    if (Number.isNaN(ratio)) return [Number.NaN, Number.NaN];
    const before = recent.at(-1) ?? Number.NaN;
    const usual = recent.length < usualCloses ? Number.NaN : recent.reduce((sum, one) => sum + one, 0) / recent.length;
    recent.push(ratio);
    if (recent.length > usualCloses) recent.shift();
    return [ratio - usual, ratio - before];
  });
}

interface Rows {
  /** Adds the row of the next origin; a row with NaN counts for nothing. */
  push(features: readonly number[], target: number): void;
  /** Least squares over the last `window` rows whose target was known at origin t; null when they are too few. */
  coefficients(t: number, window: number): readonly number[] | null;
}

/** Rows as running sums of their products, so that any stretch of them is a difference. At most `most` rows. */
function createRows(width: number, most: number): Rows {
  const size = width * width + width;
  const sums = new Float64Array((most + 1) * size);
  let count = 0;
  /** `upTo[t]`: rows that count among the origins 0..t. */
  const upTo: number[] = [];
  const cache = new Map<number, readonly number[] | null>();
  return {
    push(features, target) {
      if (!Number.isNaN(target) && features.every((value) => !Number.isNaN(value))) {
        const next = sums.subarray((count + 1) * size, (count + 2) * size);
        next.set(sums.subarray(count * size, (count + 1) * size));
        for (let a = 0; a < width; a++) {
          for (let b = 0; b < width; b++) next[a * width + b]! += features[a]! * features[b]!;
          next[width * width + a]! += features[a]! * target;
        }
        count += 1;
      }
      upTo.push(count);
    },
    coefficients(t, window) {
      const known = cache.get(t);
      if (known !== undefined) return known;
      // The target of origin t - 1 is the rate of t: the last one known at t.
      const last = t > 0 ? upTo[t - 1]! : 0;
      const first = Math.max(0, last - window);
      const moments = Float64Array.from({ length: size }, (_, i) => sums[last * size + i]! - sums[first * size + i]!);
      const found = last - first < fewestRows ? null : solve(moments, width);
      cache.set(t, found);
      return found;
    },
  };
}

function solve(moments: Float64Array, width: number): readonly number[] {
  const gram = moments.subarray(0, width * width);
  return Array.from(ridgeFromMoments(gram, Array.from(moments.subarray(width * width)), 1e-6, false));
}
