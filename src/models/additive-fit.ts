import { coordinateDescent } from '../stats/elastic-net.ts';

/** Trend and season of a series of length 1 in time (t = index / (n - 1)), in units of its range. */
export interface AdditiveFit {
  /** Value of the trend at the last observation, and its slope there for one observation. */
  readonly level: number;
  readonly slope: number;
  /** Mean absolute change of slope at the places where it may change, and how many of those there are per observation. */
  readonly slopeChange: number;
  readonly changeRate: number;
  /** `season[k]`: what observation k of the fit's first season has on top of the trend. */
  readonly season: readonly number[];
  /** Observation less trend and season, oldest first. */
  readonly residuals: Float64Array;
}

export interface AdditiveSettings {
  readonly seasonLength: number;
  /** Pairs of sine and cosine; 0: no season. */
  readonly fourierOrder: number;
  readonly changepoints: number;
  /** Scale of the Laplace prior of a change of slope, per length of the series in units of its range. */
  readonly changepointScale: number;
}

/**
 * A piecewise linear trend whose slope may change at evenly spaced places over the first 80% of the series, and a
 * Fourier season: the structure of Taylor & Letham (2018, equations 1, 4 and 5), found by penalised least squares, which
 * is the mode of their posterior: a Laplace prior on each change of slope (most are exactly 0), a wide normal prior on
 * the season. The noise that weighs the priors is estimated in three rounds. `y` has a range of 1.
 */
export function fitAdditive(y: Float64Array, settings: AdditiveSettings): AdditiveFit {
  const count = y.length;
  const columns = designOf(count, settings);
  const centred = columns.map((column) => {
    const mean = column.reduce((sum, value) => sum + value, 0) / count;
    return { mean, values: column.map((value) => value - mean) };
  });
  const average = y.reduce((sum, value) => sum + value, 0) / count;
  const size = columns.length;
  const gram = new Float64Array(size * size);
  for (let a = 0; a < size; a++) {
    for (let b = 0; b <= a; b++) gram[a * size + b] = gram[b * size + a] = dot(centred[a]!.values, centred[b]!.values);
  }
  const moment = Float64Array.from(centred, ({ values }) => dot(values, y));
  let variance = 0.05 ** 2;
  let beta = new Float64Array(size);
  let residuals = y.slice();
  for (let round = 0; round < 3; round++) {
    const penalties = penaltiesOf(size, settings, variance);
    beta = Float64Array.from(coordinateDescent(gram, moment, penalties, beta, { passes: 400, tolerance: 1e-6 }));
    residuals = y.map((value) => value - average);
    centred.forEach(({ values }, j) => {
      if (beta[j] !== 0) for (let t = 0; t < count; t++) residuals[t]! -= beta[j]! * values[t]!;
    });
    variance = Math.max(1e-12, residuals.reduce((sum, value) => sum + value * value, 0) / count);
  }
  const intercept = average - centred.reduce((sum, { mean }, j) => sum + mean * beta[j]!, 0);
  return { ...partsOf(beta, intercept, columns, settings), residuals };
}

/** Columns: time, hinges after each place of change, then sine and cosine pairs. */
function designOf(count: number, settings: AdditiveSettings): Float64Array[] {
  const time = Float64Array.from({ length: count }, (_, t) => t / (count - 1));
  const hinges = Array.from({ length: settings.changepoints }, (_, k) => {
    const place = (0.8 * (k + 1)) / (settings.changepoints + 1);
    return time.map((t) => Math.max(0, t - place));
  });
  const waves = Array.from({ length: 2 * settings.fourierOrder }, (_, k) =>
    Float64Array.from({ length: count }, (_value, t) => wave(t, k, settings.seasonLength)),
  );
  return [time, ...hinges, ...waves];
}

function wave(t: number, k: number, seasonLength: number): number {
  const angle = (2 * Math.PI * (1 + (k >> 1)) * (t % seasonLength)) / seasonLength;
  return k % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
}

function penaltiesOf(size: number, { changepoints, changepointScale }: AdditiveSettings, variance: number) {
  const l1 = new Float64Array(size);
  const l2 = new Float64Array(size);
  l1.fill(variance / changepointScale, 1, 1 + changepoints);
  // The priors of Taylor & Letham's software: deviation 5 for the first slope, 10 for the season.
  l2[0] = variance / 25;
  l2.fill(variance / 100, 1 + changepoints);
  return { l1, l2 };
}

function partsOf(
  beta: Float64Array,
  intercept: number,
  columns: readonly Float64Array[],
  { changepoints, fourierOrder, seasonLength }: AdditiveSettings,
): Omit<AdditiveFit, 'residuals'> {
  const count = columns[0]!.length;
  let level = intercept;
  let slope = 0;
  let changes = 0;
  for (let j = 0; j <= changepoints; j++) {
    level += beta[j]! * columns[j]![count - 1]!;
    slope += beta[j]!;
    if (j > 0) changes += Math.abs(beta[j]!);
  }
  const season = Array.from({ length: fourierOrder > 0 ? seasonLength : 1 }, (_, t) => {
    let value = 0;
    for (let k = 0; k < 2 * fourierOrder; k++) value += beta[1 + changepoints + k]! * wave(t, k, seasonLength);
    return value;
  });
  return {
    level,
    slope: slope / (count - 1),
    slopeChange: changepoints > 0 ? changes / changepoints / (count - 1) : 0,
    changeRate: changepoints / (0.8 * (count - 1)),
    season,
  };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
