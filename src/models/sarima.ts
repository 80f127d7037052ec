import type { ModelParameters } from '../domain/forecaster.ts';
import { differenced, fitArima } from './arima-fit.ts';
import { type ArimaState, advanceArima, arimaForecast, arimaState, normalised } from './arima-state.ts';
import type { ArimaOrder } from './arma-polynomials.ts';
import { defineModel, refuse, requireWhole } from './define-model.ts';
import { chooseScale, toWorkingScale, validateScale } from './working-scale.ts';

/**
 * Seasonal ARIMA of a given order (p,d,q)(P,D,Q)m, by default (1,1,1)(1,1,1)7, fitted by exact Gaussian likelihood of the
 * differenced series (`armaPass`; Box & Jenkins 1976, chapter 9). With `seasonLength` 1 and P, D, Q of 0 it is ARIMA(p,d,q).
 * `constant` adds a mean of the differenced series: a drift when d + D is 1. Works on logs by default when all
 * observations are positive. The distribution is normal on the working scale; on `log` quantiles are positive and the
 * mean is the log-normal one. `update` runs the filter on with the estimates kept. A constant series gives a point
 * distribution. Scale equivariant; shift equivariant on `level` with a difference or a constant. No regressors.
 */
export const sarima = defineModel<ArimaState>({
  name: 'sarima',
  family: 'arima',
  defaults: { p: 1, d: 1, q: 1, P: 1, D: 1, Q: 1, seasonLength: 7, constant: false, scale: 'auto' },
  validate(parameters) {
    validateScale('sarima', parameters);
    const { P, D, Q, season } = readOrder(parameters);
    if (season === 1 && P + D + Q > 0) refuse('sarima', 'P, D and Q need a seasonLength above 1', { ...parameters });
  },
  minObservations: (parameters) => observationsFor(readOrder(parameters)),
  estimate(data, parameters) {
    const order = readOrder(parameters);
    const scale = chooseScale('sarima', data.y, parameters);
    const constant = parameters['constant'] === true;
    // Neither differenced nor with a mean of its own, the process is about zero: its zero must stay where it is.
    const working = toWorkingScale('sarima', data.y, scale);
    const { series, unit, origin } = normalised(working, constant || order.d + order.D > 0);
    const fit = fitArima(differenced(series, order), order, constant);
    return arimaState(working, scale, fit, unit, origin);
  },
  advance: (state, { y }) => advanceArima(state, toWorkingScale('sarima', y, state.scale)),
  predict: (state, horizon) => arimaForecast(state, horizon),
});

function readOrder(parameters: ModelParameters): ArimaOrder {
  const whole = (name: string, high: number) => requireWhole('sarima', parameters, name, 0, high);
  return {
    p: whole('p', 8),
    d: whole('d', 2),
    q: whole('q', 8),
    P: whole('P', 2),
    D: whole('D', 1),
    Q: whole('Q', 2),
    season: requireWhole('sarima', parameters, 'seasonLength', 1, 53),
  };
}

/** Three differenced values for each coefficient, ten at least, after what differencing uses up. */
function observationsFor({ p, d, q, P, D, Q, season }: ArimaOrder): number {
  const coefficients = p + q + P + Q + 2;
  return d + D * season + Math.max(10, 3 * coefficients, (P + Q > 0 ? 2 : 0) * season);
}
