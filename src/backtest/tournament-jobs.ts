import type { Forecast, ModelParameters } from '../domain/forecaster.ts';
import type { ConformalOptions } from './conformal.ts';
import type { Regressors } from './driver-columns.ts';
import type { HorizonFigures } from './figures.ts';
import type { FoldBlock } from './fold-plan.ts';
import type { Folds, RollingOptions } from './rolling-origin.ts';

/** Forecasts of one model from the origins of one block; answered by `FoldAnswer`. */
export interface FoldJob {
  /** Catalogue name. */
  readonly model: string;
  readonly parameters: ModelParameters;
  /** The series, and the drivers, up to the last origin of the block: later values are not even sent. */
  readonly y: Float64Array;
  readonly regressors?: Regressors;
  readonly season: number;
  readonly block: FoldBlock;
  readonly options: RollingOptions;
  readonly keptFit: KeptFit;
}

/**
 * The model as fitted at the block's `fitOrigin`, as artefact text: from an earlier run, in place of the same fit again;
 * `wanted`: fit, and answer with the text; `none`: fit.
 */
export type KeptFit = { readonly text: string } | 'wanted' | 'none';

export interface FoldAnswer extends Folds {
  /** The fit of the block where it was wanted and can be kept, else null. */
  readonly fit: string | null;
}

/** A model estimated at one observation and carried to the last of a series, stored and restored again. */
export interface FitJob {
  readonly model: string;
  readonly parameters: ModelParameters;
  readonly y: Float64Array;
  /** As long as `y`. */
  readonly regressors?: Regressors;
  readonly season: number;
  /** The last observation that the estimates see; the last of `y` for a fit on the whole series. */
  readonly fitOrigin: number;
  /** The fit at that observation as artefact text, where it is there already; null to make it. */
  readonly keptFit: string | null;
  readonly options: RollingOptions;
}

/** The folds of one entry to be calibrated; answered by `CalibrationChoice`. */
export interface CalibrationJob {
  readonly folds: Folds;
  readonly y: Float64Array;
  /** The scale known at each observation: `residualScale`. */
  readonly scale: Float64Array;
  readonly options: ConformalOptions;
  /** Origins whose scores choose the way. */
  readonly choosing: readonly number[];
}

/** The calibrated folds of entries, and of naive, to be put into figures; answered by `BlockFigures` of each. */
export interface FiguresJob {
  readonly folds: readonly Folds[];
  readonly naive: Folds;
  readonly y: Float64Array;
  readonly selection: readonly number[];
  readonly report: readonly number[];
  /** Observations between origins. */
  readonly step: number;
}

/** By horizon; intervals on the report block alone: of a model chosen by selection none can be made from it. */
export interface BlockFigures {
  readonly selection: readonly HorizonFigures[];
  readonly report: readonly HorizonFigures[];
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
