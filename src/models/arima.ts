import type { Forecast } from '../domain/forecaster.ts';
import { advanceDriven, type DrivenArima, drivenState, usableDrivers } from './arima-drivers.ts';
import { autoArima } from './arima-order.ts';
import { type ArimaState, advanceArima, arimaForecast, arimaState, normalised } from './arima-state.ts';
import { defineModel, requireWhole } from './define-model.ts';
import { chooseScale, toWorkingScale, validateScale } from './working-scale.ts';

interface AutoArimaState extends ArimaState {
  readonly driven?: DrivenArima;
}

/**
 * ARIMA with an order of its own choosing (`autoArima`: Hyndman & Khandakar 2008; seasonal orders at the season of the
 * data unless `seasonal` is false), fitted by exact Gaussian likelihood (`armaPass`). Works on logs by default when all
 * observations are positive: differences are log returns then. The distribution is normal on the working scale; on `log`
 * quantiles are positive and the mean is the log-normal one.
 * With `regressors` true it is SARIMAX as well: a regression on the regressors that are whole over the training series
 * and known ahead, with ARIMA errors of an order chosen anew (Box & Tiao 1975). That regression gives the horizons for
 * which all of them are known; the plain model gives the rest.
 * `update` runs the filters on with the estimates kept. A constant series gives a point distribution. Scale equivariant;
 * shift equivariant on `level` whenever a difference or a constant was chosen.
 */
export const arima = defineModel<AutoArimaState>({
  name: 'arima',
  family: 'arima',
  defaults: { maxOrder: 5, seasonal: true, regressors: false, scale: 'auto' },
  validate(parameters) {
    validateScale('arima', parameters);
    requireWhole('arima', parameters, 'maxOrder', 0, 5);
  },
  minObservations: () => 20,
  estimate(data, parameters) {
    const scale = chooseScale('arima', data.y, parameters);
    const working = toWorkingScale('arima', data.y, scale);
    const { series, unit, origin } = normalised(working);
    const most = Number(parameters['maxOrder']);
    const season = parameters['seasonal'] === true ? data.season : 1;
    const plain = arimaState(working, scale, autoArima(series, most, season), unit, origin);
    const drivers = parameters['regressors'] === true ? usableDrivers(data) : [];
    if (drivers.length === 0) return plain;
    const columns = drivers.map(({ column }) => column);
    const fit = autoArima(series, most, season, columns);
    return { ...plain, driven: drivenState(working, data, scale, drivers, fit, unit, origin) };
  },
  advance(state, data) {
    const working = toWorkingScale('arima', data.y, state.scale);
    const plain = advanceArima(state, working);
    if (state.driven === undefined) return plain;
    return { ...plain, driven: advanceDriven(state.driven, working, data) };
  },
  predict(state, horizon) {
    const plain = arimaForecast(state, horizon);
    if (state.driven === undefined || state.driven.ahead.length === 0) return plain;
    const known = Math.min(horizon, state.driven.ahead.length);
    return startingWith(arimaForecast(state.driven.errors, known, state.driven.ahead), plain);
  },
});

/** The first horizons from one forecast, the rest from another. */
function startingWith(first: Forecast, rest: Forecast): Forecast {
  const joined = (head: Float64Array, tail: Float64Array) => {
    const row = tail.slice();
    row.set(head);
    return row;
  };
  return {
    mean: joined(first.mean, rest.mean),
    quantiles: first.quantiles.map((row, level) => joined(row, rest.quantiles[level]!)),
  };
}
