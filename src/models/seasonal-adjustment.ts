import type { Forecast, ModelParameters } from '../domain/forecaster.ts';
import { isSeasonal, seasonalIndices } from '../stats/seasonality.ts';
import { refuse, requireChoice } from './define-model.ts';

/** How a model without a season of its own treats one. Decided at the fit and kept. */
export type AdjustmentKind = 'none' | 'additive' | 'multiplicative';

const choices = ['auto', 'none', 'additive', 'multiplicative'] as const;

/** Checks the parameter `deseasonalise`: `auto`, `none`, `additive` or `multiplicative`. */
export function validateAdjustment(model: string, parameters: ModelParameters): void {
  requireChoice(model, parameters, 'deseasonalise', choices);
}

/**
 * What to do with this series. `auto`: adjust when `isSeasonal` says so of the series and of its changes (the first alone,
 * as the M4 benchmarks have it, finds a season in any random walk), by division where all values and indices are
 * positive, else by subtraction. INPUT_INVALID when division is asked for and not possible, or two seasons are not there.
 */
export function chooseAdjustment(
  model: string,
  series: Float64Array,
  season: number,
  parameters: ModelParameters,
): AdjustmentKind {
  const asked = requireChoice(model, parameters, 'deseasonalise', choices);
  if (asked === 'none') return asked;
  if (asked === 'auto') {
    if (!(isSeasonal(series, season) && isSeasonal(changes(series), season))) return 'none';
    return canDivide(series, season) ? 'multiplicative' : 'additive';
  }
  if (season < 2 || series.length < 2 * season) {
    refuse(model, 'there is no season to adjust for', { season, observations: series.length });
  }
  if (asked === 'multiplicative' && !canDivide(series, season)) {
    refuse(model, 'a multiplicative season needs positive values', {}, 'Set deseasonalise to additive.');
  }
  return asked;
}

/**
 * The series less its season, and the season at horizons 1, 2, ... (`ahead[i]` at i + 1, i + 1 + m, ...). The indices are
 * those of the series given, so that an update may begin anywhere in the season. INPUT_INVALID when the series no longer
 * allows what was chosen.
 */
export function adjustSeason(
  model: string,
  series: Float64Array,
  season: number,
  kind: AdjustmentKind,
): { adjusted: Float64Array; ahead: number[] } {
  if (kind === 'none') return { adjusted: series, ahead: [] };
  if (season < 2 || series.length < 2 * season || (kind === 'multiplicative' && !canDivide(series, season))) {
    refuse(model, `the series no longer allows the ${kind} season of the fit`, { season });
  }
  const indices = seasonalIndices(series, season, kind);
  const adjusted = series.map((value, t) => {
    const index = indices[t % season]!;
    return kind === 'additive' ? value - index : value / index;
  });
  return { adjusted, ahead: Array.from(indices, (_, i) => indices[(series.length + i) % season]!) };
}

/** A forecast of the adjusted series with the season put back. */
export function restoreSeason(forecast: Forecast, ahead: readonly number[], kind: AdjustmentKind): Forecast {
  if (kind === 'none') return forecast;
  const back = (value: number, h: number) => {
    const index = ahead[h % ahead.length]!;
    return kind === 'additive' ? value + index : value * index;
  };
  return { mean: forecast.mean.map(back), quantiles: forecast.quantiles.map((row) => row.map(back)) };
}

function changes(series: Float64Array): Float64Array {
  return Float64Array.from({ length: Math.max(0, series.length - 1) }, (_, t) => series[t + 1]! - series[t]!);
}

function canDivide(series: Float64Array, season: number): boolean {
  if (season < 2 || series.length < 2 * season || series.some((value) => value <= 0)) return false;
  return seasonalIndices(series, season, 'multiplicative').every((index) => index > 0);
}
