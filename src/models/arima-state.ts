import type { Forecast } from '../domain/forecaster.ts';
import { mean } from '../stats/moments.ts';
import { type ArimaFit, differenced } from './arima-fit.ts';
import { armaForecast, armaPass } from './arma-likelihood.ts';
import {
  type ArimaOrder,
  armaFromPoint,
  convolve,
  differencePolynomial,
  namedCoefficients,
} from './arma-polynomials.ts';
import { gaussianForecast } from './gaussian-forecast.ts';
import type { WorkingScale } from './working-scale.ts';

/** A fitted ARIMA: everything but the coordinates is in units of the working scale. */
export interface ArimaState {
  readonly scale: WorkingScale;
  readonly order: ArimaOrder;
  readonly constant: boolean;
  readonly point: readonly number[];
  /** phi, theta, seasonal phi, seasonal theta: for people; the forecast uses `point`. */
  readonly coefficients: readonly (readonly number[])[];
  /** Mean of the differenced series; 0 without a constant. */
  readonly mean: number;
  /** Error variance corrected for the parameters estimated. */
  readonly variance: number;
  readonly logLikelihood: number;
  readonly aicc: number;
  /** Predicted state of the filter after the last observation. */
  readonly filter: readonly number[];
  /** As many last observations as the differencing reaches back, oldest first. */
  readonly tail: readonly number[];
}

/**
 * The series on its working scale about its first value (or about zero when `centred` is false) and in units of its mean absolute change, so that tolerances of
 * the search mean the same for every series. The unit is 1 for a constant series.
 */
export function normalised(series: Float64Array, centred = true) {
  const origin = centred ? series[0]! : 0;
  const typical = mean(Float64Array.from(series.subarray(1), (value, t) => Math.abs(value - series[t]!)));
  const unit = typical > 0 ? typical : 1;
  return { series: series.map((value) => (value - origin) / unit), unit, origin };
}

/** The state of a fit made on `normalised` data, brought back to the working scale, on which `series` is. */
export function arimaState(
  series: Float64Array,
  scale: WorkingScale,
  fit: ArimaFit,
  unit: number,
  origin: number,
): ArimaState {
  const reachesBack = differencePolynomial(fit.order).length - 1;
  const observations = series.length - reachesBack;
  // Without differencing the mean is that of the series itself, so its origin comes back.
  const shift = reachesBack === 0 ? origin : 0;
  const jacobian = observations * Math.log(unit);
  const still = {
    scale,
    order: fit.order,
    constant: fit.constant,
    point: Array.from(fit.point),
    coefficients: namedCoefficients(fit.point, fit.order),
    mean: fit.constant ? fit.pass.mean * unit + shift : 0,
    variance: (fit.pass.variance * observations * unit * unit) / Math.max(1, observations - fit.parameterCount),
    logLikelihood: fit.pass.logLikelihood - jacobian,
    aicc: Number.isFinite(fit.aicc) ? fit.aicc + 2 * jacobian : Number.MAX_VALUE,
  };
  return advanceArima({ ...still, filter: [], tail: [] }, series);
}

/** Runs the filter over `series`, on the working scale, with the estimates kept. */
export function advanceArima(state: ArimaState, series: Float64Array): ArimaState {
  const reach = differencePolynomial(state.order).length - 1;
  const pass = armaPass(differenced(series, state.order), armaFromPoint(state.point, state.order), state.mean);
  return {
    ...state,
    filter: Array.from(pass.state),
    tail: reach === 0 ? [] : Array.from(series.subarray(series.length - reach)),
  };
}

/**
 * Forecasts of the integrated series, with the variance of the errors' moving average form (Box & Jenkins 1976, 5.1.16):
 * sigma^2 times the sum of squared psi weights. The uncertainty of coefficients is not in it. `moved[h - 1]`, on the working
 * scale, is added to the centre.
 */
export function arimaForecast(state: ArimaState, horizon: number, moved: readonly number[] = []): Forecast {
  const arma = armaFromPoint(state.point, state.order);
  const difference = differencePolynomial(state.order);
  const steps = armaForecast(Float64Array.from(state.filter), arma, horizon);
  const path = Float64Array.from([...state.tail, ...steps]);
  const reach = state.tail.length;
  for (let h = 0; h < horizon; h++) {
    let value = steps[h]! + state.mean;
    for (let k = 1; k <= reach; k++) value -= difference[k]! * path[reach + h - k]!;
    path[reach + h] = value;
  }
  const full = convolve(difference, [1, ...arma.phi.map((value) => -value)]);
  const psi = new Float64Array(horizon);
  let sum = 0;
  const sd = psi.map((_, h) => {
    let weight = h === 0 ? 1 : (arma.theta[h - 1] ?? 0);
    for (let k = 1; k <= Math.min(h, full.length - 1); k++) weight -= full[k]! * psi[h - k]!;
    psi[h] = weight;
    sum += weight * weight;
    return Math.sqrt(state.variance * sum);
  });
  const centre = path.subarray(reach).map((value, h) => value + (moved[h] ?? 0));
  return gaussianForecast(centre, sd, state.scale);
}
