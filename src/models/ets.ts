import type { Forecast } from '../domain/forecaster.ts';
import { mean } from '../stats/moments.ts';
import { defineModel, refuse, requireChoice } from './define-model.ts';
import { type EtsFit, type EtsForm, type EtsParameters, etsErrors, etsForms, fitEts } from './ets-likelihood.ts';
import { gaussianForecast, normalScores } from './gaussian-forecast.ts';
import { chooseScale, toWorkingScale, validateScale, type WorkingScale } from './working-scale.ts';

interface EtsState {
  readonly form: EtsForm;
  readonly scale: WorkingScale;
  /** Smoothing parameters with the states before the first observation, on the working scale. */
  readonly parameters: EtsParameters;
  /** Variance of the errors: of the relative ones when the form is multiplicative. */
  readonly variance: number;
  /** States after the last observation. */
  readonly level: number;
  readonly slope: number;
  readonly logLikelihood: number;
  readonly aicc: number;
}

const NAME = 'ets';

/**
 * Exponential smoothing as a state space model (Hyndman, Koehler, Ord & Snyder 2008): `form` is one of the non-seasonal
 * admissible forms, or `auto` for the one with the least AICc. Multiplicative errors need positive observations; `auto`
 * leaves them out otherwise. Works on levels by default (relative errors already are the natural ones for prices);
 * `scale: log` fits additive forms to logs.
 * Distributions: additive forms normal with the variance of their table 6.1; multiplicative ones log-normal with the
 * exact mean and variance of their section 6.3 (equations 6.2, 6.3), so that quantiles are positive, unless the mean is
 * not, when normal. `update` runs the recursion on with the parameters kept. A constant series gives a point
 * distribution. Scale equivariant; additive forms on `level` shift equivariant.
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
  estimate({ y }, parameters) {
    const scale = chooseScale(NAME, y, parameters);
    const series = toWorkingScale(NAME, y, scale);
    const asked = requireChoice(NAME, parameters, 'form', ['auto', ...etsForms]);
    const positive = scale === 'level' && series.every((value) => value > 0);
    if (asked.startsWith('M') && !positive) refuse(NAME, `${asked} needs positive levels`, { form: asked, scale });
    const forms = asked === 'auto' ? etsForms.filter((form) => positive || form.startsWith('A')) : [asked as EtsForm];
    const unit = mean(Float64Array.from(series.subarray(1), (value, t) => Math.abs(value - series[t]!)));
    return unit > 0 ? fitForms(series, forms, unit, scale) : constantState(series[0]!, scale);
  },
  advance(state, { y }) {
    const series = toWorkingScale(NAME, y, state.scale);
    const relative = state.form.startsWith('M');
    const { level, slope, squares } = etsErrors(series, state.parameters, relative);
    if (Number.isNaN(squares)) refuse(NAME, `the new series takes ${state.form} below zero`, { form: state.form });
    return { ...state, level, slope };
  },
  predict: (state, horizon) =>
    state.form.startsWith('M') ? relativeForecast(state, horizon) : additiveForecast(state, horizon),
});

/** Fits the forms to the series in units of its mean absolute change, and brings the best one back. */
function fitForms(series: Float64Array, forms: readonly EtsForm[], unit: number, scale: WorkingScale): EtsState {
  const additive = new Map<string, EtsParameters>();
  let best: EtsFit | undefined;
  let bestOrigin = 0;
  for (const form of forms) {
    const relative = form.startsWith('M');
    // Additive errors do not depend on the level's zero, so the first value can be it: better for the arithmetic.
    const origin = relative ? 0 : series[0]!;
    const start = additive.get(form.slice(1));
    const scaled = series.map((value) => (value - origin) / unit);
    const fit = fitEts(scaled, form, start);
    if (fit === undefined) continue;
    if (!relative) additive.set(form.slice(1), { ...fit.parameters, level: fit.parameters.level + origin / unit });
    if (best === undefined || fit.aicc < best.aicc) {
      best = fit;
      bestOrigin = origin;
    }
  }
  if (best === undefined) refuse(NAME, 'no admissible form fits this series', { forms });
  const parameters = {
    ...best.parameters,
    level: best.parameters.level * unit + bestOrigin,
    slope: best.parameters.slope * unit,
  };
  const relative = best.form.startsWith('M');
  const jacobian = series.length * Math.log(unit);
  return {
    form: best.form,
    scale,
    parameters,
    variance: relative ? best.variance : best.variance * unit * unit,
    ...endStates(series, parameters, relative),
    logLikelihood: best.logLikelihood - jacobian,
    aicc: Number.isFinite(best.aicc) ? best.aicc + 2 * jacobian : Number.MAX_VALUE,
  };
}

function endStates(series: Float64Array, parameters: EtsParameters, relative: boolean) {
  const { level, slope } = etsErrors(series, parameters, relative);
  return { level, slope };
}

function constantState(value: number, scale: WorkingScale): EtsState {
  const parameters = { alpha: 0.5, beta: 0, phi: 1, level: value, slope: 0 };
  return { form: 'ANN', scale, parameters, variance: 0, level: value, slope: 0, logLikelihood: 0, aicc: 0 };
}

/** Point forecasts and the weights c_j of past errors at each lag j (2008, table 6.1). */
function path(state: EtsState, horizon: number): { centre: Float64Array; weights: Float64Array } {
  const { alpha, beta, phi } = state.parameters;
  const centre = new Float64Array(horizon);
  const weights = new Float64Array(horizon);
  let damping = 0;
  let power = 1;
  for (let h = 0; h < horizon; h++) {
    power *= phi;
    damping += power;
    centre[h] = state.level + damping * state.slope;
    // weights[h] is c_{h+1}; beta multiplies the same sum of powers of phi as the slope.
    weights[h] = alpha + beta * damping;
  }
  return { centre, weights };
}

function additiveForecast(state: EtsState, horizon: number): Forecast {
  const { centre, weights } = path(state, horizon);
  let sum = 1;
  const sd = weights.map((weight) => {
    const deviation = Math.sqrt(state.variance * sum);
    sum += weight * weight;
    return deviation;
  });
  return gaussianForecast(centre, sd, state.scale);
}

function relativeForecast(state: EtsState, horizon: number): Forecast {
  const { centre, weights } = path(state, horizon);
  const variance = relativeVariances(centre, weights, state.variance);
  const quantiles = Array.from(normalScores, (score) =>
    centre.map((mu, h) => {
      if (!(mu > 0)) return mu + score * Math.sqrt(variance[h]!);
      const logVariance = Math.log1p(variance[h]! / (mu * mu));
      return mu * Math.exp(score * Math.sqrt(logVariance) - 0.5 * logVariance);
    }),
  );
  return { mean: centre, quantiles };
}

/** v_h = (1 + s) theta_h - mu_h^2, theta_h = mu_h^2 + s sum_j c_j^2 theta_{h-j} (2008, equations 6.2 and 6.3). */
function relativeVariances(centre: Float64Array, weights: Float64Array, variance: number): Float64Array {
  const second = new Float64Array(centre.length);
  return centre.map((mu, h) => {
    let sum = 0;
    for (let j = 1; j <= h; j++) sum += weights[j - 1]! * weights[j - 1]! * second[h - j]!;
    second[h] = mu * mu + variance * sum;
    return Math.max(0, (1 + variance) * second[h]! - mu * mu);
  });
}
