/** Sums of products of centred columns and a centred target over some rows; moments of separate rows may be added. */
export interface Moments {
  readonly rows: number;
  /** Sums of each column, the target last. */
  readonly sums: Float64Array;
  /** Sums of products, row-major over (columns and target) squared. Not centred. */
  readonly products: Float64Array;
}

/** Moments of columns and a target over the rows [from, to). */
export function momentsOf(columns: readonly Float64Array[], target: Float64Array, from: number, to: number): Moments {
  const all = [...columns, target].map((column) => column.subarray(from, to));
  const size = all.length;
  const sums = Float64Array.from(all, sumOf);
  const products = new Float64Array(size * size);
  for (let a = 0; a < size; a++) {
    for (let b = 0; b <= a; b++) products[a * size + b] = products[b * size + a] = dot(all[a]!, all[b]!);
  }
  return { rows: to - from, sums, products };
}

export function addMoments(one: Moments, other: Moments): Moments {
  return {
    rows: one.rows + other.rows,
    sums: one.sums.map((value, i) => value + other.sums[i]!),
    products: one.products.map((value, i) => value + other.products[i]!),
  };
}

/** A linear regression: intercept, and one coefficient for each column in its own unit. */
export interface LinearFit {
  readonly intercept: number;
  readonly coefficients: Float64Array;
}

/** Moments about the mean, columns brought to mean square 1: what the penalties below are relative to. */
export interface StandardMoments {
  readonly size: number;
  /** Correlations, row-major; 0 in the row and column of one that does not vary. */
  readonly gram: Float64Array;
  /** Mean product of each standardised column with the centred target. */
  readonly moment: Float64Array;
  readonly means: Float64Array;
  readonly deviations: Float64Array;
  readonly targetMean: number;
}

export function standardise({ rows, sums, products }: Moments): StandardMoments {
  const width = sums.length;
  const size = width - 1;
  const means = sums.map((sum) => sum / rows);
  const covariance = (a: number, b: number) => products[a * width + b]! / rows - means[a]! * means[b]!;
  const deviations = Float64Array.from({ length: size }, (_, a) => {
    const variance = covariance(a, a);
    // What is left of the mean square of a constant column is rounding.
    return variance > 1e-12 * (products[a * width + a]! / rows) ? Math.sqrt(variance) : 0;
  });
  const gram = new Float64Array(size * size);
  const moment = new Float64Array(size);
  for (let a = 0; a < size; a++) {
    if (deviations[a] === 0) continue;
    moment[a] = covariance(a, size) / deviations[a]!;
    for (let b = 0; b < size; b++) {
      if (deviations[b]! > 0) gram[a * size + b] = covariance(a, b) / (deviations[a]! * deviations[b]!);
    }
  }
  return { size, gram, moment, means: means.subarray(0, size), deviations, targetMean: means[size]! };
}

/**
 * The elastic net by cyclic coordinate descent on moments (Zou & Hastie 2005; Friedman, Hastie & Tibshirani 2010,
 * equation 5): b that minimises b'Gb / 2 - c'b + sum of l1[j] |b[j]| + l2[j] b[j]^2 / 2, G = `gram` (row-major), c =
 * `moment`. It starts at `start`, which is overwritten and returned, and ends when no coefficient moved by more than
 * `tolerance` of the largest one in a pass, or after `passes`. A column whose diagonal is 0 gets 0.
 */
export function coordinateDescent(
  gram: Float64Array,
  moment: Float64Array,
  penalties: { readonly l1: ArrayLike<number>; readonly l2: ArrayLike<number> },
  start: Float64Array,
  { passes = 1000, tolerance = 1e-10 }: { passes?: number; tolerance?: number } = {},
): Float64Array {
  const size = moment.length;
  const b = start;
  // rest[j] = c[j] - (G b)[j], kept up to date.
  const rest = moment.slice();
  for (let j = 0; j < size; j++) if (b[j] !== 0) shiftRest(rest, gram, size, j, b[j]!);
  for (let pass = 0; pass < passes; pass++) {
    let moved = 0;
    let largest = 0;
    for (let j = 0; j < size; j++) {
      const diagonal = gram[j * size + j]!;
      if (!(diagonal > 0)) continue;
      const before = b[j]!;
      const pull = rest[j]! + diagonal * before;
      const kept = Math.max(0, Math.abs(pull) - penalties.l1[j]!);
      const after = (Math.sign(pull) * kept) / (diagonal + penalties.l2[j]!);
      if (after !== before) {
        b[j] = after;
        shiftRest(rest, gram, size, j, after - before);
      }
      moved = Math.max(moved, Math.abs(after - before));
      largest = Math.max(largest, Math.abs(after));
    }
    if (moved <= tolerance * largest) break;
  }
  return b;
}

/** Coefficients of standardised columns in the columns' own units, with the intercept that goes with them. */
export function unstandardise(standard: StandardMoments, scaled: ArrayLike<number>): LinearFit {
  const coefficients = Float64Array.from(standard.deviations, (deviation, j) =>
    deviation > 0 ? scaled[j]! / deviation : 0,
  );
  let intercept = standard.targetMean;
  coefficients.forEach((value, j) => {
    intercept -= value * standard.means[j]!;
  });
  return { intercept, coefficients };
}

/** Mean squared error of a fit over the rows of some moments. */
export function meanSquaredError({ rows, sums, products }: Moments, { intercept, coefficients }: LinearFit): number {
  const width = sums.length;
  const last = width - 1;
  // The weights of (columns, target, 1) in target - prediction.
  const weights = Float64Array.from({ length: width }, (_, j) => (j === last ? 1 : -coefficients[j]!));
  let squares = 0;
  let sum = 0;
  for (let a = 0; a < width; a++) {
    sum += weights[a]! * sums[a]!;
    for (let b = 0; b < width; b++) squares += weights[a]! * weights[b]! * products[a * width + b]!;
  }
  return Math.max(0, (squares - 2 * intercept * sum) / rows + intercept * intercept);
}

function shiftRest(rest: Float64Array, gram: Float64Array, size: number, j: number, by: number): void {
  for (let k = 0; k < size; k++) rest[k]! -= by * gram[j * size + k]!;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
