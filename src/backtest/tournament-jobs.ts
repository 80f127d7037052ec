import type { Forecast, ModelParameters } from '../domain/forecaster.ts';
import type { FoldBlock } from './fold-plan.ts';
import type { RollingOptions } from './rolling-origin.ts';

/** Forecasts of one model from the origins of one block; answered by `Folds`. */
export interface FoldJob {
  /** Catalogue name. */
  readonly model: string;
  readonly parameters: ModelParameters;
  /** The series up to the last origin of the block: later values are not even sent. */
  readonly y: Float64Array;
  readonly season: number;
  readonly block: FoldBlock;
  readonly options: RollingOptions;
}

/** One fit on a whole series, stored and restored again. */
export interface FitJob {
  readonly model: string;
  readonly parameters: ModelParameters;
  readonly y: Float64Array;
  readonly season: number;
  readonly horizon: number;
  readonly seed: number;
}

export interface FitAnswer {
  /** The artefact as the JSON text that is stored. */
  readonly artefact: string;
  readonly forecast: Forecast;
  /** Whether the model restored from that text gave the same forecast to the bit. */
  readonly reproduces: boolean;
}

/** Whether two forecasts are the same to the bit (0 and -0 differ, NaN equals NaN). */
export function sameForecast(one: Forecast, other: Forecast): boolean {
  return (
    sameFigures(one.mean, other.mean) &&
    one.quantiles.length === other.quantiles.length &&
    one.quantiles.every((row, level) => sameFigures(row, other.quantiles[level] ?? new Float64Array()))
  );
}

function sameFigures(one: Float64Array, other: Float64Array): boolean {
  return one.length === other.length && one.every((value, index) => Object.is(value, other[index]));
}
