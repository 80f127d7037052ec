import { type Forecast, quantileLevels } from '../domain/forecaster.ts';

/** How members become one forecast. `trimmed`: the mean without the lowest and highest fifth. */
export type CombinationRule = 'median' | 'trimmed' | 'weighted';

/** Index of the median among `quantileLevels`. */
const MIDDLE = quantileLevels.indexOf(0.5);

/** Widths of central intervals multiplied: index i goes with levels i and (last - i); the median has none. */
export type Widening = readonly number[];

/**
 * One forecast of several, level by level (quantile averaging: Lichtendahl, Grushka-Cockayne & Winkler 2013), which keeps
 * the levels in order; the mean likewise. `weights[i]` goes with `forecasts[i]`, are positive and only used by `weighted`.
 */
export function combineForecasts(
  forecasts: readonly Forecast[],
  weights: readonly number[],
  rule: CombinationRule,
): Forecast {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const values = new Float64Array(forecasts.length);
  const combine = (rows: readonly Float64Array[]) =>
    rows[0]!.map((_, h) => {
      if (rule === 'weighted') return rows.reduce((sum, row, i) => sum + (weights[i]! / total) * row[h]!, 0);
      for (let i = 0; i < rows.length; i++) values[i] = rows[i]![h]!;
      values.sort();
      return rule === 'median' ? medianOf(values) : trimmedMean(values);
    });
  return {
    mean: combine(forecasts.map((forecast) => forecast.mean)),
    quantiles: quantileLevels.map((_, level) => combine(forecasts.map((forecast) => forecast.quantiles[level]!))),
  };
}

/**
 * The forecast with its intervals widened (or narrowed) around the median: as a ratio to it where all quantiles of a
 * horizon are positive, so that they stay so, and as a difference elsewhere. Levels stay in order.
 */
export function widen(forecast: Forecast, widening: Widening): Forecast {
  const quantiles = forecast.quantiles.map((row) => row.slice());
  for (let h = 0; h < forecast.mean.length; h++) {
    const isPositive = forecast.quantiles[0]![h]! > 0;
    const centre = forecast.quantiles[MIDDLE]![h]!;
    for (const side of [-1, 1]) {
      let reached = 0;
      for (let step = 1; step <= MIDDLE; step++) {
        const row = quantiles[MIDDLE + side * step]!;
        const distance = distanceOf(row[h]!, centre, isPositive);
        reached = Math.max(reached, distance * widening[MIDDLE - step]!);
        row[h] = isPositive ? centre * Math.exp(side * reached) : centre + side * reached;
      }
    }
  }
  return { mean: forecast.mean, quantiles };
}

/**
 * How many half-widths of each central interval the actual value lay from the median, on the side where it fell:
 * index as in `Widening`, NaN where the interval has no width.
 */
export function reachOf(forecast: Forecast, h: number, actual: number): number[] {
  const isPositive = forecast.quantiles[0]![h]! > 0 && actual > 0;
  const centre = forecast.quantiles[MIDDLE]![h]!;
  const missed = distanceOf(actual, centre, isPositive);
  return Array.from({ length: MIDDLE }, (_, level) => {
    const edge = actual < centre ? forecast.quantiles[level]! : forecast.quantiles[quantileLevels.length - 1 - level]!;
    const width = distanceOf(edge[h]!, centre, isPositive);
    return width > 0 ? missed / width : Number.NaN;
  });
}

function distanceOf(value: number, centre: number, isPositive: boolean): number {
  return isPositive ? Math.abs(Math.log(value / centre)) : Math.abs(value - centre);
}

function medianOf(sorted: Float64Array): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

function trimmedMean(sorted: Float64Array): number {
  const cut = Math.floor(sorted.length / 5);
  let sum = 0;
  for (let i = cut; i < sorted.length - cut; i++) sum += sorted[i]!;
  return sum / (sorted.length - 2 * cut);
}
