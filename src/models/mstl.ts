import type { FittedForecaster, Forecaster, ModelArtefact, ModelParameters } from '../domain/forecaster.ts';
import { mstl as decompose } from '../stats/stl.ts';
import { arima } from './arima.ts';
import { type CatalogueEntry, defineModel, refuse, requireChoice } from './define-model.ts';
import { drift } from './drift.ts';
import { ets } from './ets.ts';
import { naive } from './naive.ts';
import { restoreSeason } from './seasonal-adjustment.ts';
import { theta } from './theta.ts';
import { chooseScale, toWorkingScale, validateScale, type WorkingScale } from './working-scale.ts';

interface MstlState {
  readonly scale: WorkingScale;
  readonly periods: readonly number[];
  /** The season at horizons 1, 2, ... on the working scale, for each period; drawn on by repeating. */
  readonly ahead: readonly (readonly number[])[];
  readonly inner: FittedForecaster;
}

const NAME = 'mstl';
const inners: Readonly<Record<string, CatalogueEntry>> = { ets, arima, theta, naive, drift };
const innerNames = ['ets', 'arima', 'theta', 'naive', 'drift'] as const;

/**
 * Decomposition by loess for one or several seasons (Bandara, Hyndman & Bergmeir 2021; `mstl` of stats/stl.ts): the
 * seasonally adjusted series is forecast by a non-seasonal model (`inner`), and the last season of each period is
 * repeated. `periods` are whole numbers with commas, shortest first, `auto` for the season of the data; periods of which
 * the series has not more than two are left out, and with none left the inner model forecasts alone. `scale: log` takes
 * the seasons off logarithms, so that they multiply. The distribution is the inner one moved by the season, whose own
 * error is left out. `update` decomposes the data it is given and updates the inner model. Scale equivariant as the
 * inner model is.
 */
export const mstl = defineModel<MstlState>({
  name: NAME,
  family: 'smoothing',
  defaults: { inner: 'ets', periods: 'auto', scale: 'level' },
  validate(parameters) {
    validateScale(NAME, parameters);
    requireChoice(NAME, parameters, 'inner', innerNames);
    readPeriods(parameters, 1);
  },
  minObservations: () => 20,
  estimate({ y, season }, parameters, options) {
    const scale = chooseScale(NAME, y, parameters);
    const periods = readPeriods(parameters, season).filter((period) => y.length > 2 * period);
    const { ahead, adjusted } = takeApart(y, periods, scale);
    const inner = innerModel(parameters, scale).fit({ y: adjusted, season: 1 }, options);
    return { scale, periods, ahead, inner };
  },
  advance(state, { y }) {
    const longest = Math.max(0, ...state.periods);
    if (y.length <= 2 * longest) refuse(NAME, 'an update needs more than two seasons', { observations: y.length });
    const { ahead, adjusted } = takeApart(y, state.periods, state.scale);
    return { ...state, ahead, inner: state.inner.update({ y: adjusted, season: 1 }) };
  },
  predict({ scale, ahead, inner }, horizon) {
    const season = Array.from({ length: horizon }, (_, h) =>
      ahead.reduce((sum, places) => sum + places[h % places.length]!, 0),
    );
    const forecast = inner.forecast(horizon);
    if (ahead.length === 0) return forecast;
    return scale === 'log'
      ? restoreSeason(forecast, season.map(Math.exp), 'multiplicative')
      : restoreSeason(forecast, season, 'additive');
  },
  encode: (state) => ({ ...state, inner: state.inner.artefact() }),
  decode(encoded) {
    const state = encoded as Omit<MstlState, 'inner'> & { inner: ModelArtefact };
    const entry = inners[state.inner.model];
    if (entry === undefined || state.scale === null || !Array.isArray(state.ahead)) {
      refuse(NAME, 'the state names no inner model', { inner: state.inner.model });
    }
    return { ...state, inner: entry.restore(state.inner) };
  },
});

/** The season on the working scale, and the adjusted series on levels. */
function takeApart(y: Float64Array, periods: readonly number[], scale: WorkingScale) {
  const series = toWorkingScale(NAME, y, scale);
  const { seasonals } = decompose(series, periods);
  const rest = series.map((value, t) => seasonals.reduce((left, seasonal) => left - seasonal[t]!, value));
  const ahead = seasonals.map((seasonal, i) => Array.from(seasonal.subarray(seasonal.length - periods[i]!)));
  // Without a season the series goes on as it came, to the bit.
  if (periods.length === 0) return { ahead, adjusted: y.slice() };
  return { ahead, adjusted: scale === 'log' ? rest.map(Math.exp) : rest };
}

/** ETS and the random walks choose their own scale on levels; the others take that of the season. */
function innerModel(parameters: ModelParameters, scale: WorkingScale): Forecaster {
  const name = requireChoice(NAME, parameters, 'inner', innerNames);
  return inners[name]!.create(name === 'ets' ? {} : { scale });
}

function readPeriods(parameters: ModelParameters, season: number): number[] {
  const text = String(parameters['periods']);
  if (text === 'auto') return season > 1 ? [season] : [];
  const periods = text.split(',').map(Number);
  const sound = periods.every((period, i) => Number.isInteger(period) && period > (periods[i - 1] ?? 1));
  if (!sound) {
    refuse(NAME, 'parameter periods must be whole numbers above 1, ascending, with commas between', { periods: text });
  }
  return periods;
}
