/** One part of a blend of exponentially weighted variances. */
export interface VariancePart {
  /** Weight of a change relative to the next one, in (0, 1). */
  readonly decay: number;
  readonly weight: number;
}

/**
 * Quick, medium and slow variance: what has just happened, drawn towards what is usual, as volatility itself is (after
 * the daily, weekly and monthly parts of Corsi 2009).
 */
export const blendedParts: readonly VariancePart[] = [
  { decay: 0.88, weight: 0.4 },
  { decay: 0.97, weight: 0.3 },
  { decay: 0.995, weight: 0.3 },
];

/**
 * Root of a weighted mean of exponentially weighted mean squares, in the unit of `changes`. Element t rests on the first
 * t changes, so that there is one more than changes; element 0, which rests on none, is 0. NaN changes make the rest NaN.
 */
export function weightedVolatility(changes: Float64Array, parts: readonly VariancePart[]): Float64Array {
  const volatility = new Float64Array(changes.length + 1);
  for (const { decay, weight } of parts) {
    let variance = 0;
    let sum = 0;
    for (let t = 0; t < changes.length; t++) {
      variance = decay * variance + (1 - decay) * changes[t]! * changes[t]!;
      sum = decay * sum + (1 - decay);
      volatility[t + 1]! += (weight * variance) / sum;
    }
  }
  return volatility.map(Math.sqrt);
}
