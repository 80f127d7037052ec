import { type CesFit, type CesForm, cesForms, cesPath, cesResponse, fitCes, runCes } from './ces-fit.ts';
import { defineModel, refuse, requireChoice } from './define-model.ts';
import { gaussianForecast } from './gaussian-forecast.ts';
import { chooseScale, toWorkingScale, validateScale, type WorkingScale } from './working-scale.ts';

interface CesState {
  readonly scale: WorkingScale;
  /** The series is divided by this; all below is in its units. */
  readonly unit: number;
  readonly fit: Omit<CesFit, 'aicc'>;
  /** The season of the form; 1 without one. */
  readonly season: number;
  readonly level: readonly number[];
  readonly potential: readonly number[];
  readonly seasonal: readonly number[];
  readonly seasonPotential: readonly number[];
}

const NAME = 'ces';

/**
 * Complex exponential smoothing (Svetunkov, Kourentzes & Ord 2022; `fitCes`): a level and the information not yet in it,
 * smoothed by one complex parameter, which covers level and trend series alike. `seasonality` is one of its four forms, or
 * `auto` for the least AICc of those that the data allow (seasonal ones need three seasons). Works on levels by default.
 * Normal on the working scale, with the variance of the errors' moving average form. `update` keeps the coefficients and
 * finds the states anew. A constant series gives a point distribution. Scale equivariant on levels; not shift equivariant.
 */
export const ces = defineModel<CesState>({
  name: NAME,
  family: 'smoothing',
  defaults: { seasonality: 'auto', scale: 'level' },
  validate(parameters) {
    validateScale(NAME, parameters);
    requireChoice(NAME, parameters, 'seasonality', ['auto', ...cesForms]);
  },
  minObservations: () => 8,
  estimate({ y, season }, parameters) {
    const scale = chooseScale(NAME, y, parameters);
    const series = toWorkingScale(NAME, y, scale);
    const asked = requireChoice(NAME, parameters, 'seasonality', ['auto', ...cesForms]);
    const forms = formsFor(asked, series.length, season);
    const first = series[0]!;
    if (series.every((value) => value === first)) return constantState(first, scale);
    const unit = series.reduce((sum, value) => sum + Math.abs(value), 0) / series.length;
    const scaled = series.map((value) => value / unit);
    const fits = forms.map((form) => fitCes(scaled, form, form === 'none' ? 1 : season));
    const sound = fits.filter((fit) => Number.isFinite(fit.logLikelihood));
    if (sound.length === 0) refuse(NAME, 'no form fits this series', { forms });
    const { aicc: _, ...fit } = sound.reduce((least, next) => (next.aicc < least.aicc ? next : least));
    return positioned(scale, unit, fit, fit.form === 'none' ? 1 : season, scaled);
  },
  advance(state, { y, season }) {
    if (state.season > 1 && season !== state.season) {
      refuse(NAME, 'the season of an update must be that of the fit', { season });
    }
    if (state.season > 1 && y.length < 2 * season) refuse(NAME, 'an update needs two whole seasons', { season });
    const scaled = toWorkingScale(NAME, y, state.scale).map((value) => value / state.unit);
    return positioned(state.scale, state.unit, state.fit, state.season, scaled);
  },
  predict({ scale, unit, fit, season, level, potential, seasonal, seasonPotential }, horizon) {
    const states = {
      level: Float64Array.from(level),
      potential: Float64Array.from(potential),
      season: Float64Array.from(seasonal),
      seasonPotential: Float64Array.from(seasonPotential),
    };
    const centre = cesPath(states, fit.form, fit.coefficients, season, horizon).map((value) => value * unit);
    const response = cesResponse(fit.form, fit.coefficients, season, horizon);
    let sum = 1;
    const sd = response.map((weight) => {
      const deviation = unit * Math.sqrt(fit.variance * sum);
      sum += weight * weight;
      return deviation;
    });
    return gaussianForecast(centre, sd, scale);
  },
});

function formsFor(asked: CesForm | 'auto', observations: number, season: number): readonly CesForm[] {
  const seasonal = season > 1 && observations >= 3 * season;
  if (asked === 'auto') return seasonal ? cesForms : ['none'];
  if (asked !== 'none' && !seasonal) {
    refuse(NAME, `the ${asked} form needs three whole seasons of at least 2`, { season, observations });
  }
  return [asked];
}

function positioned(
  scale: WorkingScale,
  unit: number,
  fit: CesState['fit'],
  season: number,
  scaled: Float64Array,
): CesState {
  const { squares, states } = runCes(scaled, fit.form, fit.coefficients, season);
  if (Number.isNaN(squares)) refuse(NAME, 'the new series runs out of range', { form: fit.form });
  return {
    scale,
    unit,
    fit,
    season,
    level: Array.from(states.level),
    potential: Array.from(states.potential),
    seasonal: Array.from(states.season),
    seasonPotential: Array.from(states.seasonPotential),
  };
}

/** A level without potential stays where it is. */
function constantState(value: number, scale: WorkingScale): CesState {
  const fit = { form: 'none' as const, coefficients: [1, 1], logLikelihood: 0, variance: 0 };
  return { scale, unit: 1, fit, season: 1, level: [value], potential: [0], seasonal: [], seasonPotential: [] };
}
