import { mean } from '../stats/moments.ts';
import { nelderMead } from '../stats/nelder-mead.ts';
import { seasonalIndices } from '../stats/seasonality.ts';

/** No season; a season in place of the level; a level and an additive season; a level and a complex season. */
export type CesForm = 'none' | 'simple' | 'partial' | 'full';

export const cesForms: readonly CesForm[] = ['none', 'simple', 'partial', 'full'];

export interface CesFit {
  readonly form: CesForm;
  /** alpha0, alpha1, then beta (partial) or beta0, beta1 (full): real and imaginary parts of the smoothing parameters. */
  readonly coefficients: readonly number[];
  readonly logLikelihood: number;
  readonly aicc: number;
  /** Error variance corrected for the parameters estimated. */
  readonly variance: number;
}

/** Levels and their information potentials, by place of the season where the form has one. */
export interface CesStates {
  readonly level: Float64Array;
  readonly potential: Float64Array;
  readonly season: Float64Array;
  readonly seasonPotential: Float64Array;
}

/**
 * Complex exponential smoothing of one form by least squares (Svetunkov, Kourentzes & Ord 2022, Naval Research Logistics
 * 69(8), equations 9 and 21 to 23; the bounds of statsforecast's port). States before the first observation come from
 * backcasting: a pass forwards, one backwards, and the one that counts. `y` should be near unit size.
 */
export function fitCes(y: Float64Array, form: CesForm, season: number): CesFit {
  const start = starts[form];
  const objective = (x: ArrayLike<number>) =>
    y.length * Math.log(Math.max(runCes(y, form, inside(x), season).squares, 1e-280));
  const toward = start.map((value, i) => outside(value, i));
  const options = { maxEvaluations: 150 * start.length, valueTolerance: 1e-4, pointTolerance: 5e-3 };
  let best = nelderMead(objective, toward, { ...options, step: start.map(() => 0.8) });
  const again = nelderMead(objective, best.x, { ...options, step: start.map(() => 0.3) });
  if (again.value < best.value) best = again;
  const coefficients = Array.from(inside(best.x));
  const { squares } = runCes(y, form, coefficients, season);
  const n = y.length;
  const count = { none: 3, simple: 3, partial: 4, full: 5 }[form];
  const logLikelihood = -0.5 * n * (Math.log((2 * Math.PI * Math.max(squares, 1e-280)) / n) + 1);
  const room = n - count - 1;
  const aicc = room > 0 ? -2 * logLikelihood + (2 * count * n) / room : Number.POSITIVE_INFINITY;
  return { form, coefficients, logLikelihood, aicc, variance: squares / Math.max(1, n - count) };
}

/** Sum of squared errors of the last pass and the states after it, placed so that index 0 is that of the next step. */
export function runCes(
  y: Float64Array,
  form: CesForm,
  coefficients: ArrayLike<number>,
  season: number,
): { squares: number; states: CesStates } {
  const states = startStates(y, form, season);
  let squares = pass(y, form, coefficients, states, season, false);
  // Where the first pass overflows, the others would only repeat it.
  if (Number.isFinite(squares)) {
    pass(y, form, coefficients, states, season, true);
    squares = pass(y, form, coefficients, states, season, false);
  }
  const turn = (values: Float64Array) => {
    const place = values.length > 0 ? y.length % values.length : 0;
    return Float64Array.from([...values.subarray(place), ...values.subarray(0, place)]);
  };
  const { level, potential, season: indices, seasonPotential } = states;
  return {
    squares: Number.isFinite(squares) ? squares : Number.NaN,
    states: {
      level: turn(level),
      potential: turn(potential),
      season: turn(indices),
      seasonPotential: turn(seasonPotential),
    },
  };
}

/** What the states, free of new errors, give at 1..horizon; `states` are those of `runCes` and stay as they are. */
export function cesPath(
  states: CesStates,
  form: CesForm,
  coefficients: ArrayLike<number>,
  season: number,
  horizon: number,
): Float64Array {
  const moving = {
    level: states.level.slice(),
    potential: states.potential.slice(),
    season: states.season.slice(),
    seasonPotential: states.seasonPotential.slice(),
  };
  return Float64Array.from({ length: horizon }, (_, h) => step(moving, form, coefficients, h % season, undefined));
}

/** What an error of 1 adds to the forecasts of the next 1..horizon steps. */
export function cesResponse(
  form: CesForm,
  coefficients: ArrayLike<number>,
  season: number,
  horizon: number,
): Float64Array {
  const states = emptyStates(form, season);
  step(states, form, coefficients, 0, 1);
  return Float64Array.from({ length: horizon }, (_, h) =>
    step(states, form, coefficients, (h + 1) % season, undefined),
  );
}

const starts: Readonly<Record<CesForm, readonly number[]>> = {
  none: [1.3, 1],
  simple: [1.3, 1],
  partial: [1.3, 1, 0.1],
  full: [1.3, 1, 1.3, 1],
};

const LOW = 0.01;
const HIGHS = [1.8, 1.9, 1.5, 1.5] as const;

function inside(x: ArrayLike<number>): Float64Array {
  return Float64Array.from(x, (value, i) => LOW + (HIGHS[i]! - LOW) / (1 + Math.exp(-value)));
}

function outside(value: number, i: number): number {
  const share = (value - LOW) / (HIGHS[i]! - LOW);
  return Math.log(share / (1 - share));
}

function emptyStates(form: CesForm, season: number): CesStates {
  const places = form === 'simple' ? season : 1;
  const indices = form === 'partial' || form === 'full' ? season : 0;
  return {
    level: new Float64Array(places),
    potential: new Float64Array(places),
    season: new Float64Array(indices),
    seasonPotential: new Float64Array(form === 'full' ? season : 0),
  };
}

function startStates(y: Float64Array, form: CesForm, season: number): CesStates {
  const states = emptyStates(form, season);
  if (form === 'simple') states.level.set(y.subarray(0, season));
  else states.level.fill(mean(y.subarray(0, form === 'none' ? 10 : season)));
  for (let i = 0; i < states.level.length; i++) states.potential[i] = states.level[i]! / 1.1;
  if (states.season.length > 0) states.season.set(seasonalIndices(y, season, 'additive'));
  for (let i = 0; i < states.seasonPotential.length; i++) states.seasonPotential[i] = states.season[i]! / 1.1;
  return states;
}

function pass(
  y: Float64Array,
  form: CesForm,
  coefficients: ArrayLike<number>,
  states: CesStates,
  season: number,
  backwards: boolean,
): number {
  if (form === 'none') return levelPass(y, coefficients, states, backwards);
  let squares = 0;
  for (let i = 0; i < y.length; i++) {
    const t = backwards ? y.length - 1 - i : i;
    const error = y[t]! - step(states, form, coefficients, t % season, undefined, y[t]!);
    squares += error * error;
  }
  return squares;
}

/** `pass` of the form without a season, where most of the time would go into looking states up. */
function levelPass(y: Float64Array, coefficients: ArrayLike<number>, states: CesStates, backwards: boolean): number {
  const [a0, a1] = [coefficients[0]!, coefficients[1]!];
  const [c1, e1, c2, e2] = [a1 - 1, a0 - a1, 1 - a0, a0 + a1];
  let l = states.level[0]!;
  let c = states.potential[0]!;
  let squares = 0;
  const [from, by] = backwards ? [y.length - 1, -1] : [0, 1];
  for (let i = 0, t = from; i < y.length; i++, t += by) {
    const error = y[t]! - l;
    squares += error * error;
    const next = l + c1 * c + e1 * error;
    c = l + c2 * c + e2 * error;
    l = next;
  }
  states.level[0] = l;
  states.potential[0] = c;
  return squares;
}

/**
 * One step of all states at a place of the season, in place, by a given error, by that of `value`, or by none. Gives the
 * forecast it started from.
 */
function step(
  states: CesStates,
  form: CesForm,
  coefficients: ArrayLike<number>,
  place: number,
  given: number | undefined,
  value?: number,
): number {
  const { level, potential, season, seasonPotential } = states;
  const at = form === 'simple' ? place : 0;
  const seasonal = season.length > 0;
  const l = level[at]!;
  const c = potential[at]!;
  const forecast = seasonal ? l + season[place]! : l;
  const error = value === undefined ? (given ?? 0) : value - forecast;
  const [a0, a1] = [coefficients[0]!, coefficients[1]!];
  level[at] = l - (1 - a1) * c + (a0 - a1) * error;
  potential[at] = l + (1 - a0) * c + (a0 + a1) * error;
  if (form === 'partial') season[place]! += coefficients[2]! * error;
  if (form === 'full') {
    const [b0, b1] = [coefficients[2]!, coefficients[3]!];
    const [s, d] = [season[place]!, seasonPotential[place]!];
    season[place] = s - (1 - b1) * d + (b0 - b1) * error;
    seasonPotential[place] = s + (1 - b0) * d + (b0 + b1) * error;
  }
  return forecast;
}
