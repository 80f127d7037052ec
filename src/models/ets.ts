import { defineModel, refuse, requireChoice } from './define-model.ts';
import { advanceEts, candidateForms, chooseEts, requireFitting } from './ets-choice.ts';
import { type EtsState, etsForecast } from './ets-forecast.ts';
import { etsForms } from './ets-form.ts';
import { chooseScale, toWorkingScale, validateScale } from './working-scale.ts';

const NAME = 'ets';

/**
 * Exponential smoothing as a state space model (Hyndman, Koehler, Ord & Snyder 2008): `form` is one of the 15 admissible
 * forms (error A/M, trend N/A/Ad, season N/A/M: see `etsForms`), or `auto` for the one with the least AICc of those that
 * the data allow. The season is that of the training data; `auto` takes seasons of at most 24. Multiplicative errors
 * and seasons need positive observations. Works on levels by default (relative errors already are the natural ones for
 * prices); `scale: log` fits additive forms to logs.
 * Distributions: see `etsForecast`. `update` runs the recursion on with the parameters kept; under a season its data
 * must begin at the place of the season where the fit's began. A constant series gives a point distribution. Scale
 * equivariant; additive forms on `level` shift equivariant.
 */
export const ets = defineModel<EtsState>({
  name: NAME,
  family: 'smoothing',
  defaults: { form: 'auto', scale: 'level' },
  validate(parameters) {
    validateScale(NAME, parameters);
    requireChoice(NAME, parameters, 'form', ['auto', ...etsForms]);
  },
  minObservations: () => 8,
  estimate({ y, season }, parameters) {
    const scale = chooseScale(NAME, y, parameters);
    const series = toWorkingScale(NAME, y, scale);
    const asked = requireChoice(NAME, parameters, 'form', ['auto', ...etsForms]);
    if (asked !== 'auto') requireFitting(NAME, asked, series, season, scale);
    const forms = asked === 'auto' ? candidateForms(series, season, scale) : [asked];
    return chooseEts(NAME, series, season, forms, scale);
  },
  advance(state, { y, season }) {
    if (state.seasons.length > 0 && season !== state.seasons.length) {
      refuse(NAME, 'the season of an update must be that of the fit', { season });
    }
    return advanceEts(NAME, state, toWorkingScale(NAME, y, state.scale));
  },
  predict: etsForecast,
});
