import type { Forecast } from '../domain/forecaster.ts';
import { type EtsForm, type EtsParameters, type EtsShape, shapeOf } from './ets-form.ts';
import { gaussianForecast, normalScores } from './gaussian-forecast.ts';
import type { WorkingScale } from './working-scale.ts';

/** A fitted form, moved to the end of its data; plain numbers, on the working scale. */
export interface EtsState {
  readonly form: EtsForm;
  readonly scale: WorkingScale;
  /** Smoothing parameters with the states before the first observation. */
  readonly parameters: EtsParameters;
  /** Variance of the errors: of the relative ones when the form is multiplicative. */
  readonly variance: number;
  /** States after the last observation. */
  readonly level: number;
  readonly slope: number;
  /** `seasons[i]` belongs to horizons i + 1, i + 1 + m, ...; empty without a season. */
  readonly seasons: readonly number[];
  readonly logLikelihood: number;
  readonly aicc: number;
}

/**
 * The predictive distributions of a form (Hyndman, Koehler, Ord & Snyder 2008, chapter 6): normal, as R's and
 * statsforecast's are. Additive errors: with the variance of table 6.1. Multiplicative errors: with mean and variance of
 * equations 6.2 and 6.3, under a multiplicative season of section 6.4 (exact to one season ahead, beyond it for small
 * variances), and no quantile below 0 where the mean is above it. A log-normal of the same mean and variance has its
 * median far below the path where a few spikes made the variance large.
 */
export function etsForecast(state: EtsState, horizon: number): Forecast {
  const shape = shapeOf(state.form);
  const { base, weights } = path(state, shape, horizon);
  const season = (h: number) => state.seasons[h % state.seasons.length]!;
  if (shape.error === 'A') {
    const centre = shape.season === 'A' ? base.map((value, h) => value + season(h)) : base;
    return gaussianForecast(centre, additiveDeviations(weights, state.variance), state.scale);
  }
  if (shape.season !== 'M') {
    const centre = shape.season === 'A' ? base.map((value, h) => value + season(h)) : base;
    return relativeForecast(centre, relativeVariances(centre, weights, state.variance, 1, horizon));
  }
  const growth = 1 + state.parameters.gamma ** 2 * state.variance;
  const variances = relativeVariances(base, weights, state.variance, growth, state.seasons.length);
  return relativeForecast(
    base.map((value, h) => value * season(h)),
    variances.map((value, h) => value * season(h) ** 2),
  );
}

/** Level and trend at each horizon, and the weights c_j of past errors at each lag j (2008, table 6.1). */
function path(state: EtsState, shape: EtsShape, horizon: number): { base: Float64Array; weights: Float64Array } {
  const { alpha, beta, gamma, phi } = state.parameters;
  const base = new Float64Array(horizon);
  const weights = new Float64Array(horizon);
  let damping = 0;
  let power = 1;
  for (let h = 0; h < horizon; h++) {
    power *= phi;
    damping += power;
    base[h] = state.level + damping * state.slope;
    // weights[h] is c_{h+1}; beta multiplies the same sum of powers of phi as the slope.
    weights[h] = alpha + beta * damping;
    if (shape.season === 'A' && (h + 1) % state.seasons.length === 0) weights[h]! += gamma;
  }
  return { base, weights };
}

function additiveDeviations(weights: Float64Array, variance: number): Float64Array {
  let sum = 1;
  return weights.map((weight) => {
    const deviation = Math.sqrt(variance * sum);
    sum += weight * weight;
    return deviation;
  });
}

/**
 * v_h = (1 + s) growth^k theta_h - mu_h^2 with theta_h = mu_h^2 + s sum_j c_j^2 theta_{h-j} and k the whole seasons before
 * h. When every weight is alike (no trend, no additive season) the sum is carried along.
 */
function relativeVariances(
  centre: Float64Array,
  weights: Float64Array,
  variance: number,
  growth: number,
  seasonLength: number,
): Float64Array {
  const second = new Float64Array(centre.length);
  const alike = weights.every((weight) => weight === weights[0]);
  let carried = 0;
  return centre.map((mu, h) => {
    let sum = 0;
    if (alike) sum = carried * weights[0]! ** 2;
    else for (let j = 1; j <= h; j++) sum += weights[j - 1]! * weights[j - 1]! * second[h - j]!;
    second[h] = mu * mu + variance * sum;
    carried += second[h]!;
    return Math.max(0, (1 + variance) * growth ** Math.floor(h / seasonLength) * second[h]! - mu * mu);
  });
}

function relativeForecast(centre: Float64Array, variance: Float64Array): Forecast {
  const quantiles = Array.from(normalScores, (score) =>
    centre.map((mu, h) => {
      const value = mu + score * Math.sqrt(variance[h]!);
      return mu > 0 ? Math.max(0, value) : value;
    }),
  );
  return { mean: centre, quantiles };
}
