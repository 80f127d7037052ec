/**
 * The grammar of forecasting: specification -> fit -> fitted -> forecast.
 * Fitting returns another type, so that forecasting with an unfitted model does not compile.
 * No dates and no clock inside: observations are equally spaced quotes, horizons count quotes.
 */

/** Prediction levels every forecast carries, ascending: enough for 50, 80, 90 and 95% intervals and the median. */
export const quantileLevels = [0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975] as const;

/** A predictive distribution for horizons 1..H. Index h - 1 everywhere. */
export interface Forecast {
  readonly mean: Float64Array;
  /** `quantiles[l][h - 1]` is the quantile at `quantileLevels[l]`; non-decreasing in l; the median is level 0.5. */
  readonly quantiles: readonly Float64Array[];
}

/** What a fit may see: everything in it was known at the cutoff. */
export interface TrainingData {
  /** Levels in time order, finite, oldest first. */
  readonly y: Float64Array;
  /** Observations in one season (1: none). */
  readonly season: number;
  /**
   * Regressors known at each origin: `columns[k]` is as long as `y`, plus the horizons for which
   * the value is already known. NaN where unknown.
   */
  readonly regressors?: { readonly names: readonly string[]; readonly columns: readonly Float64Array[] };
}

export interface FitOptions {
  /** Seeds all randomness of the fit and of its sample paths. */
  readonly seed: number;
}

/** Parameters of a specification: JSON scalars, so that they can be logged, hashed and compared. */
export type ModelParameters = Readonly<Record<string, number | string | boolean>>;

/** A model with its settings, not yet fitted. */
export interface Forecaster {
  readonly name: string;
  readonly parameters: ModelParameters;
  /** Fewest observations it accepts; `fit` throws INPUT_INVALID below it. */
  readonly minObservations: number;
  fit(data: TrainingData, options: FitOptions): FittedForecaster;
}

/** A fitted model. Immutable. */
export interface FittedForecaster {
  readonly name: string;
  /** The same estimated parameters over newer data: state moves, estimates do not (a refit between refits). */
  update(data: TrainingData): FittedForecaster;
  /** Throws INPUT_INVALID unless `horizon` is a whole number >= 1. */
  forecast(horizon: number): Forecast;
  /** Everything needed to forecast again, as JSON: `restore(artefact())` gives bit-equal forecasts. */
  artefact(): ModelArtefact;
}

export interface ModelArtefact {
  readonly format: 1;
  readonly model: string;
  readonly parameters: ModelParameters;
  readonly state: unknown;
}
