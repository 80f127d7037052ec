/** A series taken apart; the parts sum to it. */
export interface Decomposition {
  readonly trend: Float64Array;
  /** One seasonal component for each period asked for, in the order given. */
  readonly seasonals: readonly Float64Array[];
  readonly remainder: Float64Array;
}

/**
 * Seasonal and trend decomposition by loess for several periods (Bandara, Hyndman & Bergmeir 2021): each season in turn
 * is found by `stl` on the series less the other seasons, `rounds` times over. Seasonal windows are 7 + 4 i for the i-th
 * period, as in R's `mstl`. Periods are whole, ascending, at least 2, and shorter than half the series; with none the trend
 * is the series itself.
 */
export function mstl(y: Float64Array, periods: readonly number[], rounds = 2): Decomposition {
  const seasonals = periods.map(() => new Float64Array(y.length));
  const rest = y.slice();
  let trend: Float64Array = periods.length === 0 ? y.slice() : new Float64Array(y.length);
  for (let round = 0; round < (periods.length > 1 ? rounds : 1); round++) {
    periods.forEach((period, i) => {
      const seasonal = seasonals[i]!;
      for (let t = 0; t < y.length; t++) rest[t]! += seasonal[t]!;
      const parts = stl(rest, period, 11 + 4 * i);
      seasonal.set(parts.seasonal);
      trend = parts.trend;
      for (let t = 0; t < y.length; t++) rest[t]! -= seasonal[t]!;
    });
  }
  return { trend, seasonals, remainder: rest.map((value, t) => value - trend[t]!) };
}

/**
 * STL (Cleveland, Cleveland, McRae & Terpenning 1990) without robustness weights: two inner loops of loess, of degree 0
 * over the values of one place of the season with `seasonalWindow` of them, of degree 1 elsewhere. Windows of trend and
 * low-pass filter, and the jumps between fitted points, are the defaults of R's `stl`, to which it is equal.
 */
export function stl(
  y: Float64Array,
  period: number,
  seasonalWindow: number,
): { seasonal: Float64Array; trend: Float64Array } {
  const trendWindow = nextOdd(Math.ceil((1.5 * period) / (1 - 1.5 / seasonalWindow)));
  const lowWindow = nextOdd(period);
  let trend: Float64Array = new Float64Array(y.length);
  let seasonal: Float64Array = new Float64Array(y.length);
  for (let round = 0; round < 2; round++) {
    const detrended = y.map((value, t) => value - trend[t]!);
    const cycle = smoothedCycle(detrended, period, seasonalWindow);
    const averaged = movingMean(movingMean(movingMean(cycle, period), period), 3);
    const low = loess(averaged, lowWindow, 1, Math.ceil(lowWindow / 10));
    seasonal = low.map((value, t) => cycle[period + t]! - value);
    const adjusted = y.map((value, t) => value - seasonal[t]!);
    trend = loess(adjusted, trendWindow, 1, Math.ceil(trendWindow / 10));
  }
  return { seasonal, trend };
}

/**
 * How much of what the trend leaves is seasonal, in 0..1 (Wang, Smith & Hyndman 2006): above 0.64 automatic ARIMA takes a
 * seasonal difference. 0 for a season of 1 or less than two seasons.
 */
export function seasonalStrength(y: Float64Array, season: number): number {
  if (season < 2 || y.length <= 2 * season) return 0;
  const { seasonals, remainder } = mstl(y, [season]);
  const both = remainder.map((value, t) => value + seasonals[0]![t]!);
  const total = spread(both);
  return total > 0 ? Math.max(0, Math.min(1, 1 - spread(remainder) / total)) : 0;
}

function spread(values: Float64Array): number {
  const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
}

function nextOdd(value: number): number {
  return value % 2 === 0 ? value + 1 : value;
}

/** Loess over each place of the season, drawn on by one season at both ends: `period` values longer each way. */
function smoothedCycle(values: Float64Array, period: number, window: number): Float64Array {
  const cycle = new Float64Array(values.length + 2 * period);
  for (let place = 0; place < period; place++) {
    const count = Math.floor((values.length - place - 1) / period) + 1;
    const part = Float64Array.from({ length: count }, (_, i) => values[place + i * period]!);
    const smooth = loess(part, window, 0, Math.ceil(window / 10));
    const right = Math.min(window, count);
    const before = loessAt(part, -1, 0, right - 1, window, 0);
    const after = loessAt(part, count, Math.max(0, count - window), count - 1, window, 0);
    cycle[place] = before ?? smooth[0]!;
    for (let i = 0; i < count; i++) cycle[place + (i + 1) * period] = smooth[i]!;
    cycle[place + (count + 1) * period] = after ?? smooth[count - 1]!;
  }
  return cycle;
}

function movingMean(values: Float64Array, window: number): Float64Array {
  const means = new Float64Array(values.length - window + 1);
  let sum = 0;
  for (let i = 0; i < window; i++) sum += values[i]!;
  means[0] = sum / window;
  for (let i = 1; i < means.length; i++) {
    sum += values[i + window - 1]! - values[i - 1]!;
    means[i] = sum / window;
  }
  return means;
}

/** Loess at every `jump`-th point, straight lines between them. */
function loess(values: Float64Array, window: number, degree: 0 | 1, jump: number): Float64Array {
  const count = values.length;
  const smooth = values.slice();
  if (count < 2) return smooth;
  const stride = Math.min(jump, count - 1);
  const half = Math.floor((window + 1) / 2);
  let shares: Float64Array | undefined;
  let offset = Number.NaN;
  const at = (i: number) => {
    const left = window >= count ? 0 : Math.min(Math.max(0, i + 1 - half), count - window);
    const right = Math.min(count, left + window) - 1;
    // Away from the ends every point stands at the same place of its window, so the weights are the same.
    if (i - left !== offset) shares = loessShares(i, left, right, window, count);
    offset = i - left;
    return shares === undefined
      ? values[i]!
      : localFit(values, shares, i, left, reachOf(i, left, right, window, count), degree);
  };
  const points: number[] = [];
  for (let i = 0; i < count; i += stride) points.push(i);
  if (points[points.length - 1]! !== count - 1) points.push(count - 1);
  for (const i of points) smooth[i] = at(i);
  for (let k = 1; k < points.length; k++) {
    const [from, to] = [points[k - 1]!, points[k]!];
    const slope = (smooth[to]! - smooth[from]!) / (to - from);
    for (let i = from + 1; i < to; i++) smooth[i] = smooth[from]! + slope * (i - from);
  }
  return smooth;
}

/** Local fit at `x` from the values left..right with tricube weights; undefined when all weights are 0. */
function loessAt(
  values: Float64Array,
  x: number,
  left: number,
  right: number,
  window: number,
  degree: 0 | 1,
): number | undefined {
  const count = values.length;
  const shares = loessShares(x, left, right, window, count);
  if (shares === undefined) return undefined;
  return localFit(values, shares, x, left, reachOf(x, left, right, window, count), degree);
}

/** How far from `x` the farthest value of its window lies; farther where the window is longer than the series. */
function reachOf(x: number, left: number, right: number, window: number, count: number): number {
  const reach = Math.max(x - left, right - x);
  return window > count ? reach + Math.floor((window - count) / 2) : reach;
}

/** Tricube weights of the values left..right around `x`, summing to 1; undefined when all are 0. */
function loessShares(x: number, left: number, right: number, window: number, count: number): Float64Array | undefined {
  const reach = reachOf(x, left, right, window, count);
  const weights = new Float64Array(right - left + 1);
  let total = 0;
  for (let j = left; j <= right; j++) {
    const distance = Math.abs(j - x);
    if (distance > 0.999 * reach) continue;
    weights[j - left] = distance <= 0.001 * reach ? 1 : (1 - (distance / reach) ** 3) ** 3;
    total += weights[j - left]!;
  }
  return total > 0 ? weights.map((weight) => weight / total) : undefined;
}

/** The value at `x` of the mean, or line, fitted by `shares[k]` to `values[left + k]`. */
function localFit(
  values: Float64Array,
  shares: Float64Array,
  x: number,
  left: number,
  reach: number,
  degree: 0 | 1,
): number {
  let value = 0;
  if (degree === 0) {
    for (let k = 0; k < shares.length; k++) value += shares[k]! * values[left + k]!;
    return value;
  }
  let centre = 0;
  for (let k = 0; k < shares.length; k++) centre += shares[k]! * (left + k);
  let spreadOut = 0;
  for (let k = 0; k < shares.length; k++) spreadOut += shares[k]! * (left + k - centre) ** 2;
  const tilt = reach > 0 && Math.sqrt(spreadOut) > 0.001 * (values.length - 1) ? (x - centre) / spreadOut : 0;
  for (let k = 0; k < shares.length; k++) value += shares[k]! * (1 + tilt * (left + k - centre)) * values[left + k]!;
  return value;
}
