import type { TrainingData } from '../domain/forecaster.ts';
import { mean } from '../stats/moments.ts';
import type { ArimaFit } from './arima-fit.ts';
import { type ArimaState, advanceArima, arimaState } from './arima-state.ts';

/** A regression with ARIMA errors: the series less the effects of its regressors is an ARIMA process. */
export interface DrivenArima {
  readonly names: readonly string[];
  /** Effect of each regressor, in units of the working scale per unit of it. */
  readonly effects: readonly number[];
  /** First value of each regressor at the fit: effects are counted from there. */
  readonly origins: readonly number[];
  /** The process of what the regressors leave. */
  readonly errors: ArimaState;
  /** What the regressors add at horizons 1, 2, ... as far as all of them are known. */
  readonly ahead: readonly number[];
}

/** A regressor that a fit can use: finite over the whole training series, not constant, known one step ahead at least. */
export interface Driver {
  readonly name: string;
  readonly origin: number;
  /** Mean absolute change: the unit it is estimated in. */
  readonly unit: number;
  /** About `origin` and in `unit`, as long as the series. */
  readonly column: Float64Array;
}

export function usableDrivers({ y, regressors }: TrainingData): Driver[] {
  if (regressors === undefined) return [];
  return regressors.names.flatMap((name, k) => {
    const values = regressors.columns[k]!;
    const past = values.subarray(0, y.length);
    if (past.length < y.length || !past.every(Number.isFinite) || !Number.isFinite(values[y.length] ?? Number.NaN)) {
      return [];
    }
    const unit = mean(Float64Array.from(past.subarray(1), (value, t) => Math.abs(value - past[t]!)));
    const origin = past[0]!;
    return unit > 0 ? [{ name, origin, unit, column: past.map((value) => (value - origin) / unit) }] : [];
  });
}

/** The state of a fit with drivers, made on `normalised` data of the series on its working scale. */
export function drivenState(
  series: Float64Array,
  data: TrainingData,
  scale: ArimaState['scale'],
  drivers: readonly Driver[],
  fit: ArimaFit,
  unit: number,
  origin: number,
): DrivenArima {
  const known = {
    names: drivers.map(({ name }) => name),
    effects: drivers.map((driver, j) => (fit.pass.effects[j]! * unit) / driver.unit),
    origins: drivers.map((driver) => driver.origin),
  };
  const { left, ahead } = apart(series, data, known)!;
  return { ...known, errors: arimaState(left, scale, fit, unit, origin), ahead };
}

/** Moves the errors on; where a regressor is missing from the new data nothing is known ahead. */
export function advanceDriven(driven: DrivenArima, series: Float64Array, data: TrainingData): DrivenArima {
  const parts = apart(series, data, driven);
  if (parts === undefined) return { ...driven, ahead: [] };
  return { ...driven, errors: advanceArima(driven.errors, parts.left), ahead: parts.ahead };
}

/** The series less the effects, and the effects ahead; undefined when a regressor is not there in full. */
function apart(
  series: Float64Array,
  { y, regressors }: TrainingData,
  { names, effects, origins }: Pick<DrivenArima, 'names' | 'effects' | 'origins'>,
): { left: Float64Array; ahead: number[] } | undefined {
  const columns = names.map((name) => regressors?.columns[regressors.names.indexOf(name)]);
  const effectAt = (t: number) =>
    columns.reduce((sum, column, j) => sum + effects[j]! * ((column?.[t] ?? Number.NaN) - origins[j]!), 0);
  const left = series.map((value, t) => value - effectAt(t));
  if (!left.every(Number.isFinite)) return undefined;
  const ahead: number[] = [];
  for (let t = y.length; Number.isFinite(effectAt(t)); t++) ahead.push(effectAt(t));
  return { left, ahead };
}
