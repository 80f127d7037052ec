import type { Forecast, ModelParameters, TrainingData } from '../domain/forecaster.ts';
import { minimiseScalar } from '../stats/golden-section.ts';
import { fitAdditive } from './additive-fit.ts';
import { defineModel, refuse, requireWhole } from './define-model.ts';
import { gaussianChangeForecast } from './gaussian-forecast.ts';
import { chooseScale, toWorkingScale, validateScale, type WorkingScale } from './working-scale.ts';

/** On the working scale. */
interface AdditiveState {
  readonly scale: WorkingScale;
  /** Observations of the fit: what counts from here on has passed since. */
  readonly count: number;
  /** Trend at the fit's last observation, and its slope for one observation. */
  readonly level: number;
  readonly slope: number;
  readonly season: readonly number[];
  readonly slopeChange: number;
  readonly changeRate: number;
  /** Smoothing of what trend and season leave over. */
  readonly alpha: number;
  /** Variance of its one-step errors. */
  readonly variance: number;
  /** Smoothed rest where the fit ended, and the last observations there, by which newer data is put in its place. */
  readonly restAtFit: number;
  readonly tail: readonly number[];
  /** Smoothed rest at the end of the data, the last observation, and how many have passed since the fit. */
  readonly rest: number;
  readonly last: number;
  readonly passed: number;
}

const NAME = 'additive';
const TAIL = 5;

/**
 * A trend of straight pieces with sparse changes of slope, plus a Fourier season (the structure of Taylor & Letham 2018,
 * by penalised least squares: `fitAdditive`), plus a simple exponential smoothing of what these leave over: without it,
 * the forecast of a price would begin at the trend and not at the price.
 * The distribution is normal on the working scale. Its variance at h is that of the smoothed rest, v (1 + (h - 1) a^2),
 * plus that of the fitted line, plus that of changes of slope still to come, as large and as frequent as those found
 * (Taylor & Letham 2018, section 3.1.4).
 * The season is that of the training data unless `seasonLength` is given. `update` finds the fit's last observations in
 * the data given and runs the smoothing over what came after them; where they are not found (a revised price), the
 * difference in length says how much time passed.
 * A constant series gives a point distribution. Scale equivariant; shift equivariant on `level`.
 */
export const additive = defineModel<AdditiveState>({
  name: NAME,
  family: 'additive',
  defaults: { changepoints: 25, changepointScale: 0.05, fourierOrder: 3, seasonLength: 0, scale: 'auto' },
  validate(parameters) {
    validateScale(NAME, parameters);
    requireWhole(NAME, parameters, 'changepoints', 0, 200);
    requireWhole(NAME, parameters, 'fourierOrder', 0, 50);
    requireWhole(NAME, parameters, 'seasonLength', 0, 10_000);
    const { changepointScale } = parameters;
    if (!(Number(changepointScale) > 0))
      refuse(NAME, 'parameter changepointScale must be above 0', { changepointScale });
  },
  minObservations: () => 20,
  estimate,
  advance(state, { y }) {
    const z = toWorkingScale(NAME, y, state.scale);
    const shape = shapeOf(state);
    const passed = passedSince(state, y);
    let rest = state.restAtFit;
    for (let after = Math.max(1, passed - z.length + 1); after <= passed; after++) {
      rest += state.alpha * (z[z.length - 1 - passed + after]! - shape(after) - rest);
    }
    return { ...state, rest, last: y[y.length - 1]!, passed };
  },
  predict,
});

function estimate(data: TrainingData, parameters: ModelParameters): AdditiveState {
  const scale = chooseScale(NAME, data.y, parameters);
  const z = toWorkingScale(NAME, data.y, scale);
  const least = z.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
  const range = z.reduce((high, value) => Math.max(high, value), Number.NEGATIVE_INFINITY) - least;
  if (!Number.isFinite(range)) refuse(NAME, 'its range is too large', {}, 'Rescale the series.');
  const count = z.length;
  const asked = Number(parameters['seasonLength']);
  const seasonLength = asked > 0 ? asked : data.season;
  // Two whole seasons at least, and no wave shorter than two observations.
  const hasSeason = seasonLength > 1 && count >= 2 * seasonLength;
  const settings = {
    seasonLength,
    fourierOrder: hasSeason ? Math.min(Number(parameters['fourierOrder']), Math.floor((seasonLength - 1) / 2)) : 0,
    changepoints: Math.min(Number(parameters['changepoints']), Math.floor(count / 10)),
    changepointScale: Number(parameters['changepointScale']),
  };
  const unit = range > 0 ? range : 1;
  const fit = fitAdditive(
    z.map((value) => (value - least) / unit),
    settings,
  );
  const line = {
    level: fit.level * unit + least,
    slope: fit.slope * unit,
    season: fit.season.map((value) => value * unit),
  };
  const { x: alpha } = minimiseScalar((a) => smooth(fit.residuals, a).squares, 0, 1, 1e-6, 20);
  const { squares, rest } = smooth(fit.residuals, alpha);
  return {
    ...line,
    scale,
    count,
    slopeChange: fit.slopeChange * unit,
    changeRate: fit.changeRate,
    alpha,
    variance: range > 0 ? (squares * unit * unit) / (count - 1) : 0,
    rest: rest * unit,
    restAtFit: rest * unit,
    tail: Array.from(data.y.slice(-TAIL)),
    last: data.y[count - 1]!,
    passed: 0,
  };
}

function predict(state: AdditiveState, horizon: number): Forecast {
  const { alpha, variance, count, slopeChange, changeRate, passed } = state;
  const shape = shapeOf(state);
  const centre = new Float64Array(horizon);
  const sd = new Float64Array(horizon);
  const middle = (count - 1) / 2;
  const spread = (count * (count * count - 1)) / 12;
  let turns = 0;
  for (let h = 1; h <= horizon; h++) {
    centre[h - 1] = shape(passed + h) + state.rest;
    turns += 2 * slopeChange * slopeChange * changeRate * h * h;
    const line = (middle + passed + h) ** 2 / spread + 1 / count;
    sd[h - 1] = Math.sqrt(variance * (1 + (h - 1) * alpha * alpha + line) + turns);
  }
  // From the last observation on, so that a common factor or shift comes back as it went in.
  const working = state.scale === 'log' ? Math.log(state.last) : state.last;
  const drift = centre.map((value) => value - working);
  return gaussianChangeForecast(new Float64Array(horizon).fill(state.last), drift, sd, state.scale);
}

/** Observations since the fit: a window that slides moves the fit's end towards its beginning. */
function passedSince({ tail, count }: Pick<AdditiveState, 'tail' | 'count'>, y: Float64Array): number {
  for (let end = y.length; end >= tail.length; end--) {
    if (tail.every((value, i) => y[end - tail.length + i] === value)) return y.length - end;
  }
  return y.length - count;
}

/** Trend and season `after` observations past the fit's last one; negative: before it, on the last piece of the trend. */
function shapeOf({ level, slope, season, count }: Pick<AdditiveState, 'level' | 'slope' | 'season' | 'count'>) {
  return (after: number) => {
    const place = (count - 1 + after) % season.length;
    return level + slope * after + season[place < 0 ? place + season.length : place]!;
  };
}

function smooth(left: Float64Array, alpha: number): { rest: number; squares: number } {
  let rest = 0;
  let squares = 0;
  for (let t = 0; t < left.length; t++) {
    const error = left[t]! - rest;
    squares += error * error;
    rest += alpha * error;
  }
  return { rest, squares };
}
