import { type CatalogueEntry, defineModel } from './define-model.ts';
import { gaussianForecast } from './gaussian-forecast.ts';
import {
  type AdjustmentKind,
  adjustSeason,
  chooseAdjustment,
  restoreSeason,
  validateAdjustment,
} from './seasonal-adjustment.ts';
import {
  fitOptimisedTheta,
  nextSlope,
  type OptimisedTheta,
  positionTheta,
  type ThetaPosition,
  thetaLine,
} from './theta-fit.ts';
import { chooseScale, toWorkingScale, validateScale, type WorkingScale } from './working-scale.ts';

/** A fitted Theta model; numbers are about the first value of the fit's series on its working scale. */
export interface ThetaModelState {
  readonly scale: WorkingScale;
  readonly adjustment: AdjustmentKind;
  /** The season at horizons 1, 2, ...; empty without one. */
  readonly ahead: readonly number[];
  readonly origin: number;
  readonly fit: OptimisedTheta;
  readonly position: ThetaPosition;
  /** Deviation of the one-step errors. */
  readonly sigma: number;
}

/**
 * An optimised Theta model (Fiorucci et al. 2016; `fitOptimisedTheta`) of the series, seasonally adjusted where a test
 * finds a season (parameter `deseasonalise`). Works about the first value, on logs by default when all observations are
 * positive; `scale: level` is the published method. Normal on the working scale, with the variance of the errors'
 * moving average form, whose weights are those of an error just after the last observation. `update` keeps alpha, theta
 * and the initial level, moves the rest, and takes the seasonal indices of the data it is given. A constant series gives
 * a point distribution. Scale equivariant; shift equivariant on `level` unless the season is multiplicative.
 */
export function defineThetaModel(name: string, dynamic: boolean): CatalogueEntry {
  return defineModel<ThetaModelState>({
    name,
    family: 'smoothing',
    defaults: { deseasonalise: 'auto', scale: 'auto' },
    validate(parameters) {
      validateScale(name, parameters);
      validateAdjustment(name, parameters);
    },
    minObservations: () => 6,
    estimate({ y, season }, parameters) {
      const scale = chooseScale(name, y, parameters);
      const adjustment = chooseAdjustment(name, y, season, parameters);
      const { adjusted, ahead } = adjustSeason(name, y, season, adjustment);
      const series = toWorkingScale(name, adjusted, scale);
      const origin = series[0]!;
      const centred = series.map((value) => value - origin);
      const fit = fitOptimisedTheta(centred, dynamic);
      const position = positionTheta(centred, fit, dynamic);
      const sigma = Math.sqrt(fit.sumSquaredErrors / (series.length - 3));
      return { scale, adjustment, ahead, origin, fit, position, sigma };
    },
    advance(state, { y, season }) {
      const { adjusted, ahead } = adjustSeason(name, y, season, state.adjustment);
      const series = toWorkingScale(name, adjusted, state.scale).map((value) => value - state.origin);
      const position = positionTheta(series, state.fit, dynamic);
      return { ...state, ahead, position: dynamic ? position : keepLine(position, state.position) };
    },
    predict(state, horizon) {
      const centre = thetaPath(state, dynamic, horizon).map((value) => value + state.origin);
      const forecast = gaussianForecast(centre, deviations(state, dynamic, horizon), state.scale);
      return restoreSeason(forecast, state.ahead, state.adjustment);
    },
  });
}

/** The line of the whole series is an estimate, so an update keeps it. */
function keepLine(moved: ThetaPosition, { intercept, slope }: ThetaPosition): ThetaPosition {
  return { ...moved, intercept, slope };
}

/** The mean path: forecasts take the place of observations (2016, section 2.4). */
function thetaPath({ fit, position }: ThetaModelState, dynamic: boolean, horizon: number): Float64Array {
  let { level, average, intercept, slope } = position;
  return Float64Array.from({ length: horizon }, (_, i) => {
    const t = position.observations + i + 1;
    const value = level + fit.lineWeight * thetaLine(fit.alpha, t, intercept, slope);
    level += fit.alpha * (value - level);
    if (dynamic) {
      slope = nextSlope(slope, average, value, t);
      average += (value - average) / t;
      intercept = average - (slope * (t + 1)) / 2;
    }
    return value;
  });
}

/** Deviations at each horizon: what an error of 1 at the first step adds to each later one, squared and summed. */
function deviations({ fit, position, sigma }: ThetaModelState, dynamic: boolean, horizon: number): Float64Array {
  const first = position.observations + 1;
  let level = fit.alpha;
  let average = dynamic ? 1 / first : 0;
  let slope = dynamic ? 6 / (first * (first + 1)) : 0;
  let sum = 1;
  return Float64Array.from({ length: horizon }, (_, i) => {
    const deviation = sigma * Math.sqrt(sum);
    const t = first + i + 1;
    const intercept = average - (slope * t) / 2;
    const response = level + fit.lineWeight * thetaLine(fit.alpha, t, intercept, slope);
    sum += response * response;
    level += fit.alpha * (response - level);
    if (dynamic) {
      slope = nextSlope(slope, average, response, t);
      average += (response - average) / t;
    }
    return deviation;
  });
}
