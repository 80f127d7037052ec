/** Sums of products of columns and a target over some rows; moments of separate rows about one origin may be added. */
export interface Moments {
  readonly rows: number;
  /**
   * Taken off every value of each column and of the target, which is last: any value near the mean will do. Without it
   * a column far from 0 would lose to rounding what its products are about.
   */
  readonly origin: Float64Array;
  /** Sums of each column, the target last. */
  readonly sums: Float64Array;
  /** Sums of products, row-major over (columns and target) squared. */
  readonly products: Float64Array;
}

/** Values of one row, the target last: an origin. */
export function originAt(columns: readonly Float64Array[], target: Float64Array, row: number): Float64Array {
  return Float64Array.from([...columns, target], (column) => column[row]!);
}

/** Moments of columns and a target over the rows [from, to), about an origin. */
export function momentsOf(
  columns: readonly Float64Array[],
  target: Float64Array,
  from: number,
  to: number,
  origin = originAt(columns, target, from),
): Moments {
  const all = [...columns, target].map((column, j) => column.subarray(from, to).map((value) => value - origin[j]!));
  const size = all.length;
  const sums = Float64Array.from(all, sumOf);
  const products = new Float64Array(size * size);
  for (let a = 0; a < size; a++) {
    for (let b = 0; b <= a; b++) products[a * size + b] = products[b * size + a] = dot(all[a]!, all[b]!);
  }
  return { rows: to - from, origin, sums, products };
}

/** Moments of the rows of both; their origins are the same. */
export function addMoments(one: Moments, other: Moments): Moments {
  return {
    rows: one.rows + other.rows,
    origin: one.origin,
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

export function standardise({ rows, origin, sums, products }: Moments): StandardMoments {
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
  const centres = means.map((value, j) => value + origin[j]!);
  return { size, gram, moment, means: centres.subarray(0, size), deviations, targetMean: centres[size]! };
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
export function meanSquaredError({ rows, origin, sums, products }: Moments, fit: LinearFit): number {
  const { coefficients } = fit;
  const width = sums.length;
  const last = width - 1;
  let intercept = fit.intercept - origin[last]!;
  for (let j = 0; j < last; j++) intercept += coefficients[j]! * origin[j]!;
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
