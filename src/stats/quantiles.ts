/**
 * Sample quantile of type 7 (Hyndman & Fan 1996, definition 7; the default of R and numpy): linear interpolation at
 * position (n - 1) x probability. `sorted` is ascending without NaN; probability in [0, 1]. NaN when empty.
 */
export function sampleQuantile(sorted: ArrayLike<number>, probability: number): number {
  const count = sorted.length;
  if (count === 0 || !(probability >= 0 && probability <= 1)) return Number.NaN;
  const position = (count - 1) * probability;
  const below = Math.floor(position);
  const low = sorted[below]!;
  if (below + 1 >= count || position === below) return low;
  return low + (position - below) * (sorted[below + 1]! - low);
}

/**
 * The split-conformal quantile (Vovk, Gammerman & Shafer 2005; Lei et al. 2018, equation 2.4 on): the
 * ceil((n + 1) x coverage)-th smallest score. +Infinity when n is too small for the coverage asked: no finite bound is
 * valid then, and pretending one would be a lie. The first `count` of `sorted` are the scores, ascending; coverage in (0, 1).
 */
export function conformalQuantile(sorted: ArrayLike<number>, coverage: number, count = sorted.length): number {
  if (!(coverage > 0 && coverage < 1)) return Number.NaN;
  // The product is nudged down so that 0.9 x 10 does not become the rank after 9 by a rounding error.
  const rank = Math.ceil((count + 1) * coverage - 1e-9);
  return rank > count ? Number.POSITIVE_INFINITY : sorted[Math.max(rank, 1) - 1]!;
}

/** A sorted copy, ascending. */
export function sortedCopy(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values).sort();
}
