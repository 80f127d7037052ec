import { autoArima } from './arima-order.ts';
import { type ArimaState, advanceArima, arimaForecast, arimaState, normalised } from './arima-state.ts';
import { defineModel, requireWhole } from './define-model.ts';
import { chooseScale, validateScale } from './working-scale.ts';

/**
 * ARIMA with an order of its own choosing (`autoArima`: Hyndman & Khandakar 2008; seasonal orders at the season of the data
 * unless `seasonal` is false), fitted by exact Gaussian
 * likelihood (`armaPass`). Works on logs by default when all observations are positive: differences are log returns
 * then. The distribution is normal on the working scale; on `log` quantiles are positive and the mean is the log-normal
 * one. `update` runs the filter on with the estimates kept. A constant series gives a point distribution.
 * Scale equivariant; shift equivariant on `level` whenever a difference or a constant was chosen. Regressors are not used.
 */
export const arima = defineModel<ArimaState>({
  name: 'arima',
  family: 'arima',
  defaults: { maxOrder: 5, seasonal: true, scale: 'auto' },
  validate(parameters) {
    validateScale('arima', parameters);
    requireWhole('arima', parameters, 'maxOrder', 0, 5);
  },
  minObservations: () => 20,
  estimate(data, parameters) {
    const scale = chooseScale('arima', data.y, parameters);
    const { series, unit, origin } = normalised('arima', data.y, scale);
    const fit = autoArima(series, Number(parameters['maxOrder']), parameters['seasonal'] === true ? data.season : 1);
    return arimaState('arima', data, scale, fit, unit, origin);
  },
  advance: (state, data) => advanceArima('arima', state, data),
  predict: arimaForecast,
});
