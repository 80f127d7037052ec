import { mean } from '../stats/moments.ts';
import { refuse } from './define-model.ts';
import { type EtsFit, fitEts } from './ets-fit.ts';
import type { EtsState } from './ets-forecast.ts';
import { type EtsForm, type EtsParameters, etsForms, etsParameterCount, shapeOf } from './ets-form.ts';
import { etsPass } from './ets-recursion.ts';
import type { WorkingScale } from './working-scale.ts';

/** Longer seasons have too many states to estimate for an automatic choice (R's `ets` stops here too). */
const LONGEST_AUTOMATIC_SEASON = 24;

/**
 * The forms an automatic choice may take: multiplicative ones only for positive levels, seasonal ones only with two whole
 * seasons, more observations than parameters by five, and a season of at most 24.
 */
export function candidateForms(series: Float64Array, season: number, scale: WorkingScale): EtsForm[] {
  const positive = scale === 'level' && series.every((value) => value > 0);
  return etsForms.filter((form) => {
    const shape = shapeOf(form);
    if (shape.error === 'M' && !positive) return false;
    if (shape.season === 'N') return true;
    const enough = series.length >= Math.max(2 * season, etsParameterCount(shape, season) + 5);
    return season > 1 && season <= LONGEST_AUTOMATIC_SEASON && enough;
  });
}

/** Throws INPUT_INVALID when one asked-for form cannot be fitted to such a series. */
export function requireFitting(
  model: string,
  form: EtsForm,
  series: Float64Array,
  season: number,
  scale: WorkingScale,
) {
  const shape = shapeOf(form);
  if (shape.error === 'M' && !(scale === 'level' && series.every((value) => value > 0))) {
    refuse(model, `${form} needs positive levels`, { form, scale });
  }
  if (shape.season === 'N') return;
  if (season < 2 || season > 366) refuse(model, `${form} needs a season of 2 to 366 observations`, { form, season });
  const needed = Math.max(2 * season, etsParameterCount(shape, season) + 2);
  if (series.length < needed) {
    refuse(model, `${form} needs ${needed} observations, there are ${series.length}`, { form, season });
  }
}

/**
 * Fits the forms to the series (on its working scale) in units of its mean absolute change and gives the one with the
 * least AICc, brought back. A constant series gives ANN without variance.
 */
export function chooseEts(
  model: string,
  series: Float64Array,
  season: number,
  forms: readonly EtsForm[],
  scale: WorkingScale,
): EtsState {
  const unit = mean(Float64Array.from(series.subarray(1), (value, t) => Math.abs(value - series[t]!)));
  if (!(unit > 0)) return constantState(series[0]!, scale);
  const levels = series.map((value) => value / unit);
  const first = levels[0]!;
  // Additive errors do not depend on the level's zero, so the first value can be it: better for the arithmetic.
  const centred = series.map((value) => (value - series[0]!) / unit);
  const found = new Map<EtsForm, EtsParameters>();
  let best: { fit: EtsFit; form: EtsForm } | undefined;
  const criteria = new Map<EtsForm, number>();
  for (const form of forms) {
    const shape = shapeOf(form);
    if (forms.length > 1 && isSpuriousTrend(form, criteria)) continue;
    const fit = fitEts(shape.error === 'A' ? centred : levels, shape, season, relatedStarts(form, found));
    if (fit === undefined) continue;
    criteria.set(form, fit.aicc);
    const level = fit.parameters.level + (shape.error === 'A' ? first : 0);
    found.set(form, { ...fit.parameters, level });
    if (best === undefined || fit.aicc < best.fit.aicc) best = { fit, form };
  }
  if (best === undefined) refuse(model, 'no admissible form fits this series', { forms });
  const { fit, form } = best;
  const origin = fit.shape.error === 'A' ? first : 0;
  const additiveSeason = fit.shape.season === 'A' ? unit : 1;
  const parameters = {
    ...fit.parameters,
    level: (fit.parameters.level + origin) * unit,
    slope: fit.parameters.slope * unit,
    seasons: fit.parameters.seasons.map((value) => value * additiveSeason),
  };
  const jacobian = series.length * Math.log(unit);
  const still = {
    form,
    scale,
    parameters,
    variance: fit.shape.error === 'M' ? fit.variance : fit.variance * unit * unit,
    logLikelihood: fit.logLikelihood - jacobian,
    aicc: Number.isFinite(fit.aicc) ? fit.aicc + 2 * jacobian : Number.MAX_VALUE,
  };
  return advanceEts(model, { ...still, level: 0, slope: 0, seasons: [] }, series);
}

/**
 * Relative errors of a skewed seasonal series are fitted best by a slope that only lifts the forecasts towards the high
 * values, and runs away with the horizon. So among seasonal forms a trend is tried with multiplicative errors only when
 * it also lowers the criterion with additive ones.
 */
function isSpuriousTrend(form: EtsForm, criteria: ReadonlyMap<EtsForm, number>): boolean {
  const { error, trend, season } = shapeOf(form);
  if (error === 'A' || trend === 'N' || season === 'N') return false;
  const withTrend = criteria.get(`A${trend}A` as EtsForm);
  const without = criteria.get('ANA');
  return withTrend !== undefined && without !== undefined && withTrend >= without;
}

/** Where a form may begin: at the optimum of additive errors, or of an additive season, when that was found before. */
function relatedStarts(form: EtsForm, found: ReadonlyMap<EtsForm, EtsParameters>): EtsParameters[] {
  const { error, trend, season } = shapeOf(form);
  if (error === 'A') return [];
  const near = found.get((season === 'M' ? `M${trend}A` : `A${trend}${season}`) as EtsForm);
  if (near === undefined) return [];
  if (season !== 'M') return [near];
  const ratios = near.seasons.map((value) => Math.max(1e-2, 1 + value / near.level));
  const centre = mean(Float64Array.from(ratios));
  return [{ ...near, seasons: ratios.map((value) => value / centre) }];
}

/** Runs the recursion over `series` (on the working scale) with the parameters kept. */
export function advanceEts(model: string, state: EtsState, series: Float64Array): EtsState {
  const { squares, level, slope, seasons } = etsPass(series, state.parameters, shapeOf(state.form));
  if (Number.isNaN(squares)) refuse(model, `the new series takes ${state.form} below zero`, { form: state.form });
  const place = seasons.length > 0 ? series.length % seasons.length : 0;
  return { ...state, level, slope, seasons: [...seasons.subarray(place), ...seasons.subarray(0, place)] };
}

function constantState(value: number, scale: WorkingScale): EtsState {
  const parameters = { alpha: 0.5, beta: 0, gamma: 0, phi: 1, level: value, slope: 0, seasons: [] };
  return {
    form: 'ANN',
    scale,
    parameters,
    variance: 0,
    level: value,
    slope: 0,
    seasons: [],
    logLikelihood: 0,
    aicc: 0,
  };
}
