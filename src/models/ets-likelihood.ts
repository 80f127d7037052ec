import { choleskyFactor, choleskySolve } from '../stats/least-squares.ts';
import { nelderMead } from '../stats/nelder-mead.ts';

/** Error A(dditive) or M(ultiplicative), trend N(one), A(dditive) or Ad (additive damped); no season. */
export type EtsForm = 'ANN' | 'AAN' | 'AAdN' | 'MNN' | 'MAN' | 'MAdN';

export const etsForms: readonly EtsForm[] = ['ANN', 'AAN', 'AAdN', 'MNN', 'MAN', 'MAdN'];

/** Smoothing parameters and the states before the first observation. beta and phi are 0 and 1 without a trend. */
export interface EtsParameters {
  readonly alpha: number;
  readonly beta: number;
  readonly phi: number;
  readonly level: number;
  readonly slope: number;
}

export interface EtsFit {
  readonly form: EtsForm;
  readonly parameters: EtsParameters;
  readonly logLikelihood: number;
  /** Corrected Akaike criterion; +Infinity when there are too few observations for it. */
  readonly aicc: number;
  /** Variance of the (relative, when multiplicative) errors, corrected for the parameters estimated. */
  readonly variance: number;
}

/** Parameters estimated, the error variance included. */
export function etsParameterCount(form: EtsForm): number {
  return { N: 2, A: 4, Ad: 5 }[trendOf(form)] + 1;
}

/**
 * Maximum likelihood of one form (Hyndman, Koehler, Ord & Snyder 2008, equations 5.1 and 5.2). Bounds are the usual
 * ones: 1e-4 < alpha < 1, 0 < beta < alpha, 0.8 < phi < 0.98 (their section 2.7). `y` should be near unit scale of its
 * changes. For additive errors the initial states are solved exactly at each step (the errors are linear in them); for
 * multiplicative ones the search starts from the additive optimum `start`. A form that the data refuse (a one-step
 * forecast <= 0 under multiplicative errors) gives undefined.
 */
export function fitEts(y: Float64Array, form: EtsForm, start?: EtsParameters): EtsFit | undefined {
  const parameters = form.startsWith('A') ? fitAdditive(y, form) : fitMultiplicative(y, form, start);
  const logLikelihood = -0.5 * deviance(y, form, parameters);
  if (!Number.isFinite(logLikelihood)) return undefined;
  const count = etsParameterCount(form);
  const n = y.length;
  const correction = n - count - 1;
  const aicc = correction > 0 ? -2 * logLikelihood + (2 * count * n) / correction : Number.POSITIVE_INFINITY;
  const { squares } = etsErrors(y, parameters, form.startsWith('M'));
  return { form, parameters, logLikelihood, aicc, variance: squares / Math.max(1, n - count) };
}

/**
 * One pass of the innovations recursion (2008, table 2.1): the sum of squared (relative) errors, the sum of the logs of
 * the one-step forecasts (multiplicative errors only), and the states after the last observation.
 */
export function etsErrors(
  y: Float64Array,
  parameters: EtsParameters,
  relative: boolean,
): { squares: number; logForecasts: number; level: number; slope: number } {
  const { alpha, beta, phi } = parameters;
  let { level, slope } = parameters;
  let squares = 0;
  let logForecasts = 0;
  for (let t = 0; t < y.length; t++) {
    const damped = phi * slope;
    const forecast = level + damped;
    const error = y[t]! - forecast;
    if (relative) {
      if (!(forecast > 0)) return { squares: Number.NaN, logForecasts: Number.NaN, level, slope };
      const share = error / forecast;
      squares += share * share;
      logForecasts += Math.log(forecast);
    } else {
      squares += error * error;
    }
    level = forecast + alpha * error;
    slope = damped + beta * error;
  }
  return { squares, logForecasts, level, slope };
}

/** Minus twice the log likelihood with the variance concentrated out. NaN where the parameters are refused. */
function deviance(y: Float64Array, form: EtsForm, parameters: EtsParameters): number {
  const { squares, logForecasts } = etsErrors(y, parameters, form.startsWith('M'));
  return devianceOf(squares, logForecasts, y.length);
}

function devianceOf(squares: number, logForecasts: number, n: number): number {
  // A perfect fit has an infinite likelihood; the floor keeps the criterion finite and comparable.
  const variance = Math.max(squares / n, 1e-24);
  return n * (Math.log(2 * Math.PI * variance) + 1) + 2 * logForecasts;
}

function fitAdditive(y: Float64Array, form: EtsForm): EtsParameters {
  const trend = trendOf(form);
  const objective = (x: ArrayLike<number>) =>
    devianceOf(additiveStart(y, smoothing(x, trend), trend).squares, 0, y.length);
  const start = { N: [2], A: [1, -3], Ad: [1, -2, 2] }[trend];
  let best = nelderMead(objective, start, { step: start.map(() => 1), valueTolerance: 1e-6, pointTolerance: 1e-3 });
  const again = nelderMead(objective, best.x, {
    step: start.map(() => 0.3),
    valueTolerance: 1e-6,
    pointTolerance: 1e-3,
  });
  if (again.value < best.value) best = again;
  const parameters = smoothing(best.x, trend);
  return { ...parameters, ...additiveStart(y, parameters, trend).start };
}

/** Initial states that minimise the squared errors for given smoothing parameters, and that minimum. */
function additiveStart(
  y: Float64Array,
  { alpha, beta, phi }: { alpha: number; beta: number; phi: number },
  trend: 'N' | 'A' | 'Ad',
): { squares: number; start: { level: number; slope: number } } {
  const size = trend === 'N' ? 1 : 2;
  let level = y[0]!;
  let slope = 0;
  // d[..]: derivative of level and slope in the initial level (first pair) and in the initial slope (second pair).
  let l1 = 1;
  let s1 = 0;
  let l2 = 0;
  let s2 = size === 2 ? 1 : 0;
  let squares = 0;
  let c1 = 0;
  let c2 = 0;
  let g11 = 0;
  let g12 = 0;
  let g22 = 0;
  let moving = true;
  for (let t = 0; t < y.length; t++) {
    const damped = phi * slope;
    const error = y[t]! - level - damped;
    squares += error * error;
    level += damped + alpha * error;
    slope = damped + beta * error;
    if (!moving) continue;
    const d1 = l1 + phi * s1;
    const d2 = l2 + phi * s2;
    c1 += error * d1;
    c2 += error * d2;
    g11 += d1 * d1;
    g12 += d1 * d2;
    g22 += d2 * d2;
    s1 = phi * s1 - beta * d1;
    s2 = phi * s2 - beta * d2;
    l1 = (1 - alpha) * d1;
    l2 = (1 - alpha) * d2;
    moving = Math.abs(l1) + Math.abs(s1) + Math.abs(l2) + Math.abs(s2) > 1e-14;
  }
  const lower = size === 2 ? choleskyFactor(Float64Array.of(g11, g12, g12, g22), 2) : undefined;
  const shift = lower === undefined ? [c1 / g11, 0] : choleskySolve(lower, 2, [c1, c2]);
  return {
    squares: Math.max(0, squares - shift[0]! * c1 - shift[1]! * c2),
    start: { level: y[0]! + shift[0]!, slope: shift[1]! },
  };
}

function fitMultiplicative(y: Float64Array, form: EtsForm, start: EtsParameters | undefined): EtsParameters {
  const trend = trendOf(form);
  const origin = start ?? fitAdditive(y, form.replace('M', 'A') as EtsForm);
  const fromPoint = (x: ArrayLike<number>): EtsParameters => {
    const rates = smoothing(Array.from(x).slice(trend === 'N' ? 1 : 2), trend);
    return { ...rates, level: x[0]!, slope: trend === 'N' ? 0 : x[1]! };
  };
  const first = [origin.level, ...(trend === 'N' ? [] : [origin.slope]), ...smoothingPoint(origin, trend)];
  const objective = (x: ArrayLike<number>) => deviance(y, form, fromPoint(x));
  const step = first.map((_, i) => (i === 0 ? 1 : i === 1 && trend !== 'N' ? 0.2 : 0.5));
  const options = { maxEvaluations: 400, valueTolerance: 1e-5, pointTolerance: 1e-2 };
  let best = nelderMead(objective, first, { ...options, step });
  for (let round = 0; round < 2; round++) {
    const again = nelderMead(objective, best.x, { ...options, step: step.map((size) => 0.3 * size) });
    const gain = best.value - again.value;
    if (gain > 0) best = again;
    if (!(gain > 1e-3)) break;
  }
  return fromPoint(best.x);
}

function trendOf(form: EtsForm): 'N' | 'A' | 'Ad' {
  const middle = form.slice(1, -1);
  return middle === 'N' || middle === 'A' ? middle : 'Ad';
}

/** Unbounded coordinates to smoothing parameters within their bounds. */
function smoothing(x: ArrayLike<number>, trend: 'N' | 'A' | 'Ad'): { alpha: number; beta: number; phi: number } {
  const alpha = 1e-4 + (1 - 2e-4) * logistic(x[0]!);
  const beta = trend === 'N' ? 0 : alpha * (1e-6 + (1 - 2e-6) * logistic(x[1]!));
  const phi = trend === 'Ad' ? 0.8 + 0.18 * logistic(x[2]!) : 1;
  return { alpha, beta, phi };
}

/** The coordinates of given parameters, kept off the far ends where the search would not move. */
function smoothingPoint({ alpha, beta, phi }: EtsParameters, trend: 'N' | 'A' | 'Ad'): number[] {
  const point = [logit((alpha - 1e-4) / (1 - 2e-4))];
  if (trend !== 'N') point.push(logit((beta / alpha - 1e-6) / (1 - 2e-6)));
  if (trend === 'Ad') point.push(logit((phi - 0.8) / 0.18));
  return point.map((value) => Math.min(6, Math.max(-8, value)));
}

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function logit(p: number): number {
  return Math.log(Math.max(p, 1e-9) / Math.max(1 - p, 1e-9));
}
