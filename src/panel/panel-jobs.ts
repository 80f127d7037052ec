import { type Forecast, type ModelParameters, quantileLevels } from '../domain/forecaster.ts';

/** One model over some series of a panel; answered by `PanelAnswer`. */
export interface PanelJob {
  /** Catalogue name. */
  readonly model: string;
  readonly parameters: ModelParameters;
  readonly series: readonly Float64Array[];
  readonly season: number;
  readonly horizon: number;
  readonly seed: number;
}

/** Outcomes in the order of the job's series. */
export interface PanelAnswer {
  readonly outcomes: readonly PanelOutcome[];
}

/** A model that fails on a series says why; the other series go on. `seconds` passed in fit and forecast. */
export type PanelOutcome =
  | { readonly ok: true; readonly forecast: Forecast; readonly seconds: number }
  | { readonly ok: false; readonly reason: string; readonly seconds: number };

/** Why a forecast cannot be used, or null: each of its numbers must be finite and its quantiles in order. */
export function forecastFault({ mean, quantiles }: Forecast, horizon: number): string | null {
  if (mean.length !== horizon || quantiles.length !== quantileLevels.length) return 'the forecast has another shape';
  for (let h = 0; h < horizon; h += 1) {
    let before = Number.NEGATIVE_INFINITY;
    for (const row of quantiles) {
      const value = row[h] ?? Number.NaN;
      if (!Number.isFinite(value)) return `a quantile at horizon ${h + 1} is ${value}`;
      if (value < before) return `the quantiles cross at horizon ${h + 1}`;
      before = value;
    }
    if (!Number.isFinite(mean[h])) return `the mean at horizon ${h + 1} is ${mean[h]}`;
  }
  return null;
}
