import type { ModelParameters } from '../domain/forecaster.ts';
import { defineModel, refuse, requireChoice } from './define-model.ts';
import { advanceEts, chooseEts, requireFitting } from './ets-choice.ts';
import { type EtsState, etsForecast } from './ets-forecast.ts';
import type { EtsForm } from './ets-form.ts';
import { chooseScale, toWorkingScale, validateScale } from './working-scale.ts';

const NAME = 'holt-winters';

/**
 * The method of Holt and Winters (1960): level, slope and season smoothed together; `damped` lets the slope die out. The
 * season is `additive`, ETS(A,A,A), or `multiplicative`, ETS(M,A,M), which needs positive values; `auto` takes the latter
 * when it can, unless on logs. Needs a season of at least 2 and two whole seasons. Distributions: see `etsForecast`.
 * `update` keeps the parameters; its data must begin at the place of the season where the fit's began. Scale
 * equivariant; the additive season on `level` shift equivariant.
 */
export const holtWinters = defineModel<EtsState>({
  name: NAME,
  family: 'smoothing',
  defaults: { seasonal: 'auto', damped: false, scale: 'level' },
  validate(parameters) {
    validateScale(NAME, parameters);
    requireChoice(NAME, parameters, 'seasonal', ['auto', 'additive', 'multiplicative']);
  },
  minObservations: () => 12,
  estimate({ y, season }, parameters) {
    const scale = chooseScale(NAME, y, parameters);
    const series = toWorkingScale(NAME, y, scale);
    const form = formFor(series, scale === 'level', parameters);
    requireFitting(NAME, form, series, season, scale);
    return chooseEts(NAME, series, season, [form], scale);
  },
  advance(state, { y, season }) {
    if (state.seasons.length > 0 && season !== state.seasons.length) {
      refuse(NAME, 'the season of an update must be that of the fit', { season });
    }
    return advanceEts(NAME, state, toWorkingScale(NAME, y, state.scale));
  },
  predict: etsForecast,
});

function formFor(series: Float64Array, onLevels: boolean, parameters: ModelParameters): EtsForm {
  const seasonal = requireChoice(NAME, parameters, 'seasonal', ['auto', 'additive', 'multiplicative']);
  const trend = parameters['damped'] === true ? 'Ad' : 'A';
  const multiplies = seasonal === 'auto' ? onLevels && series.every((value) => value > 0) : seasonal !== 'additive';
  return multiplies ? `M${trend}M` : `A${trend}A`;
}
