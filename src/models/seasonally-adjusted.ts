import type { FittedForecaster, Forecast, Forecaster, ModelArtefact, ModelParameters } from '../domain/forecaster.ts';
import { type CatalogueEntry, defineModel, refuse, requireChoice } from './define-model.ts';
import { ets } from './ets.ts';
import { naive } from './naive.ts';
import { harmonicSeason, profileSeason, type SeasonalComponent, seasonAt } from './seasonal-components.ts';
import { theta } from './theta.ts';
import { chooseScale, toWorkingScale, validateScale, type WorkingScale } from './working-scale.ts';

interface AdjustedState {
  readonly scale: WorkingScale;
  readonly inner: FittedForecaster;
  readonly season: SeasonalComponent;
  readonly periods: readonly number[];
  /** Observations seen: the place of the first horizon in the season. */
  readonly count: number;
}

const NAME = 'seasonally-adjusted';
const inners: Readonly<Record<string, CatalogueEntry>> = { naive, theta, ets };
const innerNames = ['naive', 'theta', 'ets'] as const;

/**
 * A non-seasonal model (`inner`) on the series less its season, with the season put back: forecasting by decomposition
 * (Hyndman & Athanasopoulos 2021, section 5.7). The season is estimated on
 * the working scale (logs when all values are positive, so that it multiplies): `waves` of 0 takes discounted means by
 * place in `period` and, when above 0, `secondPeriod` (`profileSeason`); otherwise `waves` harmonics of `period`, which
 * need not be whole (`harmonicSeason`; 52.18 weeks are a year). A `period` of 0 is the season of the data; `memory` is
 * the half-life in periods. The distribution is the inner one moved by the season, whose own error is left out.
 * INPUT_INVALID on less than two periods. Scale equivariant.
 */
export const seasonallyAdjusted = defineModel<AdjustedState>({
  name: NAME,
  family: 'smoothing',
  defaults: { inner: 'theta', period: 0, secondPeriod: 0, waves: 0, memory: 8, scale: 'auto' },
  validate(parameters) {
    validateScale(NAME, parameters);
    requireChoice(NAME, parameters, 'inner', innerNames);
    const waves = Number(parameters['waves']);
    if (!Number.isInteger(waves) || waves < 0) refuse(NAME, 'parameter waves must be a whole number >= 0', { waves });
    for (const name of ['period', 'secondPeriod'] as const) {
      const period = Number(parameters[name]);
      if (period < 0 || (waves === 0 && !Number.isInteger(period))) {
        refuse(NAME, `parameter ${name} must be a whole number >= 0, or go with waves`, { [name]: period });
      }
    }
    if (Number(parameters['memory']) <= 0) refuse(NAME, 'parameter memory must be positive');
  },
  minObservations: () => 8,
  estimate(data, parameters, options) {
    const scale = chooseScale(NAME, data.y, parameters);
    const z = toWorkingScale(NAME, data.y, scale);
    const periods = periodsOf(parameters, data.season);
    const season = componentOf(z, periods, parameters);
    const inner = innerModel(parameters, scale).fit({ y: adjusted(z, season, scale), season: 1 }, options);
    return { scale, inner, season, periods, count: z.length };
  },
  advance(state, { y }, parameters) {
    const z = toWorkingScale(NAME, y, state.scale);
    // The season is a mean over the past: taken anew it moves as little as one more observation moves it.
    const season = componentOf(z, state.periods, parameters);
    const inner = state.inner.update({ y: adjusted(z, season, state.scale), season: 1 });
    return { ...state, inner, season, count: z.length };
  },
  predict({ inner, scale, season, count }, horizon): Forecast {
    const forecast = inner.forecast(horizon);
    const moves = Float64Array.from({ length: horizon }, (_, h) => seasonAt(season, count + h));
    const back = (value: number, h: number) => (scale === 'log' ? value * Math.exp(moves[h]!) : value + moves[h]!);
    return { mean: forecast.mean.map(back), quantiles: forecast.quantiles.map((row) => row.map(back)) };
  },
  encode: (state) => ({ ...state, inner: state.inner.artefact() }),
  decode(encoded) {
    const state = encoded as Omit<AdjustedState, 'inner'> & { inner: ModelArtefact };
    const entry = inners[state.inner.model];
    if (entry === undefined) refuse(NAME, `there is no inner model ${state.inner.model}`);
    return { ...state, inner: entry.restore(state.inner) };
  },
});

/** ETS chooses between additive and multiplicative forms itself, on levels; the others share the scale of the season. */
function innerModel(parameters: ModelParameters, scale: WorkingScale): Forecaster {
  const name = requireChoice(NAME, parameters, 'inner', innerNames);
  return inners[name]!.create(name === 'ets' ? {} : { scale });
}

function periodsOf(parameters: ModelParameters, season: number): readonly number[] {
  const first = Number(parameters['period']) || season;
  const second = Number(parameters['secondPeriod']);
  if (first <= 1) refuse(NAME, 'there is no season to take off', { season }, 'Give the parameter period.');
  return second > 0 ? [first, second] : [first];
}

function componentOf(z: Float64Array, periods: readonly number[], parameters: ModelParameters): SeasonalComponent {
  const count = Number(parameters['waves']);
  const memory = Number(parameters['memory']);
  const period = periods[0]!;
  const season = count > 0 ? harmonicSeason(z, { period, count }, memory * period) : profileSeason(z, periods, memory);
  if (season === undefined) refuse(NAME, `${z.length} observations are less than two seasons`, { periods });
  return season;
}

function adjusted(z: Float64Array, season: SeasonalComponent, scale: WorkingScale): Float64Array {
  return z.map((value, t) => (scale === 'log' ? Math.exp(value - seasonAt(season, t)) : value - seasonAt(season, t)));
}
