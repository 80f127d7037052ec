import { assert } from '../domain/errors.ts';
import { stationaryResample } from './bootstrap.ts';
import { mean } from './moments.ts';
import { createRng } from './random.ts';

export interface ConfidenceSetOptions {
  /** Mean length of the bootstrap's blocks, in observations. */
  readonly blockLength: number;
  readonly resamples: number;
  readonly seed: number;
}

/** One model's place; in the order of elimination, the survivor last. */
export interface ConfidenceSetEntry {
  /** Index into the losses given. */
  readonly model: number;
  /** Models with a p-value of at least 1 - confidence are in the set of that confidence. 1 for the last survivor. */
  readonly pValue: number;
}

/**
 * Model confidence set (Hansen, Lunde & Nason 2011): which models cannot be told from the best. The statistic is the
 * largest t of a model's mean loss against the average of those left (T_max, section 3.1.2); the model with it leaves;
 * its p-value is the share of resamples whose statistic is as large, never below those before it. Variances and the
 * distribution come from the stationary bootstrap (Politis & Romano 1994), the same resamples in every round.
 * `losses[m][t]`: model by observation in time order, all finite and of one length. Deterministic given the seed.
 */
export function modelConfidenceSet(
  losses: readonly Float64Array[],
  { blockLength, resamples, seed }: ConfidenceSetOptions,
): ConfidenceSetEntry[] {
  const count = losses[0]?.length ?? 0;
  const rng = createRng(seed);
  return confidenceSet(
    losses,
    Array.from({ length: resamples }, () => stationaryResample(count, blockLength, rng)),
  );
}

/** The same over given resamples of the observations. */
export function confidenceSet(losses: readonly Float64Array[], resamples: readonly Int32Array[]): ConfidenceSetEntry[] {
  const count = losses[0]?.length ?? 0;
  assert(count > 1 && losses.every((own) => own.length === count), 'every model has a loss at every observation');
  const means = losses.map((own) => mean(own));
  // `shifts[m][b]`: how far the mean of resample b lies from the mean itself.
  const shifts = losses.map((own, m) =>
    Float64Array.from(resamples, (indices) => {
      let sum = 0;
      for (const index of indices) sum += own[index]!;
      return sum / count - means[m]!;
    }),
  );
  const left = losses.map((_, model) => model);
  const entries: ConfidenceSetEntry[] = [];
  let floor = 0;
  while (left.length > 1) {
    const { worst, pValue } = round(left, means, shifts);
    floor = Math.max(floor, pValue);
    entries.push({ model: left[worst]!, pValue: floor });
    left.splice(worst, 1);
  }
  return [...entries, ...left.map((model) => ({ model, pValue: 1 }))];
}

function round(
  left: readonly number[],
  means: readonly number[],
  shifts: readonly Float64Array[],
): { worst: number; pValue: number } {
  const resamples = shifts[0]!.length;
  const average = mean(left.map((model) => means[model]!));
  const averages = new Float64Array(resamples);
  for (const model of left) for (let b = 0; b < resamples; b++) averages[b]! += shifts[model]![b]! / left.length;
  const deviations = left.map((model) => {
    const own = shifts[model]!;
    const deviation = Math.sqrt(mean(own.map((value, b) => (value - averages[b]!) ** 2)));
    // A model that never differs from the average of all but by rounding has no t: it cannot be worse.
    return deviation > 1e-12 * Math.abs(average) ? deviation : 0;
  });
  const t = left.map((model, place) => ratio(means[model]! - average, deviations[place]!));
  let worst = 0;
  for (let place = 1; place < t.length; place++) if (t[place]! > t[worst]!) worst = place;
  let reached = 0;
  for (let b = 0; b < resamples; b++) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let place = 0; place < left.length; place++) {
      largest = Math.max(largest, ratio(shifts[left[place]!]![b]! - averages[b]!, deviations[place]!));
    }
    if (largest >= t[worst]!) reached++;
  }
  return { worst, pValue: resamples === 0 ? 1 : reached / resamples };
}

function ratio(difference: number, deviation: number): number {
  return deviation > 0 ? difference / deviation : 0;
}
