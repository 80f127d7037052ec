import type { ModelParameters } from '../domain/forecaster.ts';
import { mean } from '../stats/moments.ts';
import { defineModel, refuse } from './define-model.ts';
import { gaussianForecast } from './gaussian-forecast.ts';
import { discountedRegression, type Waves, waveColumns, writeWaves } from './seasonal-components.ts';
import { chooseScale, toWorkingScale, validateScale, type WorkingScale } from './working-scale.ts';

interface AutoregressionState {
  readonly scale: WorkingScale;
  /** Intercept, one for each lag, then sine and cosine of each harmonic: of the standardised differences. */
  readonly coefficients: readonly number[];
  readonly centre: number;
  readonly unit: number;
  /** Deviation of the one-step errors in units of `unit`. */
  readonly sigma: number;
  /** Forecast differences, standardised, are kept within these: a fit that explodes must not be believed. */
  readonly bounds: readonly [number, number];
  /** Newest standardised differences and newest working values, oldest first, as many as lags and difference need. */
  readonly recent: readonly number[];
  readonly levels: readonly number[];
  /** Harmonics with their periods resolved, and the observations seen: their phase. */
  readonly waves: readonly Waves[];
  readonly count: number;
}

const NAME = 'autoregression';

/**
 * Autoregression on chosen lags with seasonal harmonics, by discounted ridge regression: the working series (logs when
 * all values are positive) is differenced at lag `difference` (0: not at all), standardised, and regressed on its own
 * values at `lags` (whole numbers with commas) and on sines and cosines with `period` and `secondPeriod` (`waves` and
 * `secondWaves` of each; a period of 0 is the season). Errors of `halfLife` observations ago weigh half. Forecasts run
 * the recursion on; their distribution is normal with the variance of the recursion's own impulse response (Box &
 * Jenkins 1976, section 5.1), parameter uncertainty left out. Least squares instead of likelihood: hundreds of lags
 * cost milliseconds (Montero-Manso & Hyndman 2021 on long linear memories). Scale equivariant.
 */
export const autoregression = defineModel<AutoregressionState>({
  name: NAME,
  family: 'regression',
  defaults: {
    lags: '1,2,3,4',
    difference: 1,
    period: 0,
    waves: 0,
    secondPeriod: 0,
    secondWaves: 0,
    halfLife: 520,
    ridge: 0.001,
    scale: 'auto',
  },
  validate(parameters) {
    validateScale(NAME, parameters);
    readLags(parameters);
    for (const name of ['difference', 'waves', 'secondWaves'] as const) {
      const value = numberOf(parameters, name);
      if (!Number.isInteger(value) || value < 0)
        refuse(NAME, `parameter ${name} must be a whole number >= 0`, { value });
    }
    for (const name of ['period', 'secondPeriod', 'ridge'] as const) {
      if (numberOf(parameters, name) < 0) refuse(NAME, `parameter ${name} must not be negative`);
    }
    if (numberOf(parameters, 'halfLife') <= 0) refuse(NAME, 'parameter halfLife must be positive');
  },
  minObservations(parameters) {
    const lags = readLags(parameters);
    const columns = 1 + lags.length + 2 * (numberOf(parameters, 'waves') + numberOf(parameters, 'secondWaves'));
    return numberOf(parameters, 'difference') + Math.max(...lags) + Math.max(20, 3 * columns);
  },
  estimate(data, parameters) {
    const scale = chooseScale(NAME, data.y, parameters);
    const z = toWorkingScale(NAME, data.y, scale);
    const lag = numberOf(parameters, 'difference');
    const changes = differencedAt(z, lag);
    const centre = mean(changes);
    const unit = deviation(changes, centre);
    const x = changes.map((value) => (unit > 0 ? (value - centre) / unit : 0));
    const lags = readLags(parameters);
    const waves = readWaves(parameters, data.season);
    const { coefficients, sigma } = regress(x, lags, waves, lag, parameters);
    const [low, high] = extremes(x);
    const reach = (high - low) / 2;
    return {
      scale,
      coefficients: Array.from(coefficients),
      centre,
      unit,
      sigma,
      bounds: [low - reach, high + reach],
      waves,
      ...ending(x, z, lags, lag),
    };
  },
  advance(state, { y }, parameters) {
    const z = toWorkingScale(NAME, y, state.scale);
    const lag = numberOf(parameters, 'difference');
    const x = differencedAt(z, lag).map((value) => (state.unit > 0 ? (value - state.centre) / state.unit : 0));
    return { ...state, ...ending(x, z, readLags(parameters), lag) };
  },
  predict(state, horizon, parameters) {
    const lags = readLags(parameters);
    const lag = numberOf(parameters, 'difference');
    const sd = impulseDeviations(state, lags, lag, horizon);
    return gaussianForecast(runOn(state, lags, lag, horizon), sd, state.scale);
  },
});

function regress(
  x: Float64Array,
  lags: readonly number[],
  waves: readonly Waves[],
  difference: number,
  parameters: ModelParameters,
) {
  const first = lags.at(-1)!;
  const writeRow = (index: number, row: Float64Array) => {
    const t = index + first;
    row[0] = 1;
    for (let i = 0; i < lags.length; i++) row[i + 1] = x[t - lags[i]!]!;
    writeWaves(row, 1 + lags.length, t + difference, waves);
    return x[t]!;
  };
  const settings = { halfLife: numberOf(parameters, 'halfLife'), ridge: numberOf(parameters, 'ridge') };
  return discountedRegression(x.length - first, 1 + lags.length + waveColumns(waves), writeRow, settings);
}

/** Means of the working series at horizons 1..H. */
function runOn(state: AutoregressionState, lags: readonly number[], difference: number, horizon: number): Float64Array {
  const x = [...state.recent];
  const z = [...state.levels];
  const row = new Float64Array(state.coefficients.length);
  const centres = new Float64Array(horizon);
  for (let h = 0; h < horizon; h++) {
    row[0] = 1;
    for (let i = 0; i < lags.length; i++) row[i + 1] = x[x.length - lags[i]!]!;
    writeWaves(row, 1 + lags.length, state.count + h, state.waves);
    let value = 0;
    for (let i = 0; i < row.length; i++) value += state.coefficients[i]! * row[i]!;
    value = Math.min(state.bounds[1], Math.max(state.bounds[0], value));
    x.push(value);
    const base = difference > 0 ? z[z.length - difference]! : 0;
    centres[h] = base + state.centre + state.unit * value;
    z.push(centres[h]!);
  }
  return centres;
}

/** Deviations at horizons 1..H: sigma times the root of the summed squares of the response to one error. */
function impulseDeviations(
  state: AutoregressionState,
  lags: readonly number[],
  difference: number,
  horizon: number,
): Float64Array {
  const response = new Float64Array(horizon);
  const level = new Float64Array(horizon);
  const sd = new Float64Array(horizon);
  let squares = 0;
  for (let h = 0; h < horizon; h++) {
    let value = h === 0 ? 1 : 0;
    for (let i = 0; i < lags.length; i++) {
      if (lags[i]! <= h) value += state.coefficients[i + 1]! * response[h - lags[i]!]!;
    }
    // A recursion that grows has no variance to speak of: it is held to that of a random walk.
    response[h] = Math.min(1, Math.max(-1, value));
    level[h] = response[h]! + (difference > 0 && h >= difference ? level[h - difference]! : 0);
    squares += level[h]! * level[h]!;
    sd[h] = state.unit * state.sigma * Math.sqrt(squares);
  }
  return sd;
}

function ending(x: Float64Array, z: Float64Array, lags: readonly number[], difference: number) {
  return {
    recent: Array.from(x.subarray(x.length - lags.at(-1)!)),
    levels: Array.from(z.subarray(z.length - Math.max(1, difference))),
    count: z.length,
  };
}

function differencedAt(z: Float64Array, lag: number): Float64Array {
  return lag === 0 ? z.slice() : z.slice(lag).map((value, t) => value - z[t]!);
}

function deviation(values: Float64Array, centre: number): number {
  let squares = 0;
  for (const value of values) squares += (value - centre) * (value - centre);
  const root = Math.sqrt(squares / values.length);
  // What is left of equal numbers after rounding is no deviation.
  return root > 1e-13 * Math.abs(centre) ? root : 0;
}

function extremes(values: Float64Array): readonly [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

function readLags(parameters: ModelParameters): readonly number[] {
  const lags = String(parameters['lags'])
    .split(',')
    .map((text) => (/^\d{1,5}$/.test(text.trim()) ? Number(text) : 0));
  if (lags.some((lag, i) => lag < 1 || lag <= (lags[i - 1] ?? 0))) {
    refuse(NAME, 'parameter lags must be ascending whole numbers with commas', { lags: parameters['lags'] });
  }
  return lags;
}

function readWaves(parameters: ModelParameters, season: number): readonly Waves[] {
  const first = { period: numberOf(parameters, 'period') || season, count: numberOf(parameters, 'waves') };
  const second = { period: numberOf(parameters, 'secondPeriod') || season, count: numberOf(parameters, 'secondWaves') };
  return [first, second].filter(({ count }) => count > 0);
}

function numberOf(parameters: ModelParameters, name: string): number {
  return Number(parameters[name]);
}
