/**
 * Sum with the rounding error carried along (A. Neumaier 1974): exact to about one rounding for any order of size.
 * NaN or infinite terms make the sum NaN or infinite. An empty array sums to 0.
 */
export function compensatedSum(values: ArrayLike<number>): number {
  let sum = 0;
  let carry = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const next = sum + value;
    carry += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return Number.isFinite(sum) ? sum + carry : sum;
}

/** Arithmetic mean in the unit of `values`; NaN when empty or when any value is NaN. */
export function mean(values: ArrayLike<number>): number {
  return values.length === 0 ? Number.NaN : compensatedSum(values) / values.length;
}

/**
 * Variance in squared units, by the corrected two-pass algorithm (Chan, Golub & LeVeque 1983), divided by
 * `length - degreesLost` (1: the unbiased sample variance). NaN with too few values.
 */
export function variance(values: ArrayLike<number>, degreesLost = 1): number {
  const count = values.length;
  if (count <= degreesLost) return Number.NaN;
  const centre = mean(values);
  let squares = 0;
  let rest = 0;
  for (let i = 0; i < count; i++) {
    const deviation = values[i]! - centre;
    squares += deviation * deviation;
    rest += deviation;
  }
  return Math.max(0, squares - (rest * rest) / count) / (count - degreesLost);
}
