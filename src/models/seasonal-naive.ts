import { defineModel, refuse } from './define-model.ts';
import { gaussianChangeForecast } from './gaussian-forecast.ts';
import { chooseScale, validateScale, type WorkingScale, workingChanges } from './working-scale.ts';

interface SeasonalNaiveState {
  /** The last season's levels, oldest first. */
  readonly lastSeason: readonly number[];
  readonly scale: WorkingScale;
  /** Root mean square of the changes over one season, on the working scale. */
  readonly sigma: number;
}

/**
 * The value of the same place in the last season, for every horizon; with a season of 1 it is `naive`. Mean and median
 * are that value exactly. The distribution is normal on the working scale with variance sigma^2 (k + 1), k the whole
 * seasons before the horizon (Hyndman & Athanasopoulos 2021, section 5.5). Needs one season and one value more.
 * Scale equivariant; shift equivariant on `level`.
 */
export const seasonalNaive = defineModel<SeasonalNaiveState>({
  name: 'seasonal-naive',
  family: 'benchmark',
  defaults: { scale: 'auto' },
  validate: (parameters) => validateScale('seasonal-naive', parameters),
  minObservations: () => 2,
  estimate({ y, season }, parameters) {
    if (y.length <= season) {
      refuse('seasonal-naive', `${y.length} observations are not more than one season`, { season });
    }
    const scale = chooseScale('seasonal-naive', y, parameters);
    let squares = 0;
    for (let t = season; t < y.length; t++) {
      const change = scale === 'log' ? Math.log(y[t]! / y[t - season]!) : y[t]! - y[t - season]!;
      squares += change * change;
    }
    const sigma = Math.sqrt(squares / (y.length - season));
    return { lastSeason: Array.from(y.subarray(y.length - season)), scale, sigma };
  },
  advance(state, { y, season }) {
    if (season !== state.lastSeason.length || y.length < season) {
      refuse('seasonal-naive', 'the season of an update must be that of the fit', { season });
    }
    workingChanges('seasonal-naive', y.subarray(y.length - season), state.scale);
    return { ...state, lastSeason: Array.from(y.subarray(y.length - season)) };
  },
  predict(state, horizon) {
    const season = state.lastSeason.length;
    const base = Float64Array.from({ length: horizon }, (_, i) => state.lastSeason[i % season]!);
    const sd = base.map((_, i) => state.sigma * Math.sqrt(Math.floor(i / season) + 1));
    return gaussianChangeForecast(base, new Float64Array(horizon), sd, state.scale, true);
  },
});
