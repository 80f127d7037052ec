import { assert } from '../domain/errors.ts';
import type { Rng } from './random.ts';
import { selectQuantile } from './select.ts';

/**
 * Indices of one resample of a series of `count` values by the stationary bootstrap (Politis & Romano 1994): stretches
 * of geometric length with mean `blockLength`, each starting anywhere, wrapping around the end, `count` in all.
 */
export function stationaryResample(count: number, blockLength: number, rng: Rng): Int32Array {
  assert(count >= 1 && blockLength >= 1, 'a resample has values and blocks of at least one');
  const indices = new Int32Array(count);
  let place = 0;
  for (let i = 0; i < count; i++) {
    place = i === 0 || rng.uniform() < 1 / blockLength ? rng.below(count) : (place + 1) % count;
    indices[i] = place;
  }
  return indices;
}

/**
 * Indices of one resample by the moving block bootstrap (Künsch 1989): whole stretches of `blockLength` values, none
 * around the end, the last one cut off. With blocks of one it is the ordinary bootstrap.
 */
export function movingBlockResample(count: number, blockLength: number, rng: Rng): Int32Array {
  assert(count >= 1 && blockLength >= 1, 'a resample has values and blocks of at least one');
  const length = Math.min(count, Math.round(blockLength));
  const indices = new Int32Array(count);
  for (let i = 0, place = 0; i < count; i++, place++) {
    if (i % length === 0) place = rng.below(count - length + 1);
    indices[i] = place;
  }
  return indices;
}

/** Bounds of an interval; NaN when the statistic could not be had. */
export interface BootstrapInterval {
  readonly lower: number;
  readonly upper: number;
}

/**
 * Percentile interval (Efron 1979) of a statistic over the given resamples, at `coverage` in (0, 1). Resamples in which
 * the statistic is NaN are left out; with fewer than half of them left the bounds are NaN.
 */
export function bootstrapInterval(
  resamples: readonly Int32Array[],
  statistic: (indices: Int32Array) => number,
  coverage: number,
): BootstrapInterval {
  return percentileInterval(Float64Array.from(resamples, statistic), coverage);
}

/** The same from values of the statistic that are there already; they are moved about. */
export function percentileInterval(resampled: Float64Array, coverage: number): BootstrapInterval {
  let count = 0;
  for (let i = 0; i < resampled.length; i++) {
    const value = resampled[i]!;
    if (!Number.isNaN(value)) resampled[count++] = value;
  }
  if (count === 0 || 2 * count < resampled.length) return { lower: Number.NaN, upper: Number.NaN };
  const tail = (1 - coverage) / 2;
  return { lower: selectQuantile(resampled, 0, count, tail), upper: selectQuantile(resampled, 0, count, 1 - tail) };
}

/**
 * Means of the columns of a table over one resample of its rows, written `into` by column. `table[row * columns + c]`,
 * as many columns as `into` has places. Seven columns go together, so that no sum waits for the one before it and a row
 * is found once for all; each is summed in the order of the resample.
 */
export function resampledMeans(table: Float64Array, resample: Int32Array, into: Float64Array): void {
  const columns = into.length;
  const count = resample.length;
  let first = 0;
  for (; first + 7 <= columns; first += 7) {
    let [a, b, c, d, e, f, g] = [0, 0, 0, 0, 0, 0, 0];
    for (let place = 0; place < count; place++) {
      const at = resample[place]! * columns + first;
      a += table[at]!;
      b += table[at + 1]!;
      c += table[at + 2]!;
      d += table[at + 3]!;
      e += table[at + 4]!;
      f += table[at + 5]!;
      g += table[at + 6]!;
    }
    into[first] = a / count;
    into[first + 1] = b / count;
    into[first + 2] = c / count;
    into[first + 3] = d / count;
    into[first + 4] = e / count;
    into[first + 5] = f / count;
    into[first + 6] = g / count;
  }
  for (; first < columns; first++) {
    let sum = 0;
    for (let place = 0; place < count; place++) sum += table[resample[place]! * columns + first]!;
    into[first] = sum / count;
  }
}

/**
 * Block length for errors of forecasts `horizon` steps ahead, one a step: overlap alone correlates them over the
 * horizon, so a block spans it, and n^(1/3) besides (the rate of Künsch 1989, section 3.3), whichever is longer.
 */
export function overlapBlockLength(count: number, horizon: number): number {
  return Math.max(1, horizon, Math.round(Math.cbrt(count)));
}
