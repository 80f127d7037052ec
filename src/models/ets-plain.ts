import type { EtsParameters, EtsShape } from './ets-form.ts';
import { etsDeviance } from './ets-recursion.ts';
import type { EtsDirections, EtsNormalEquations } from './ets-sensitivity.ts';

/** Deviance and Gauss-Newton moments by alpha, beta, phi, the first level and the first slope, in that order. */
export interface PlainMoments {
  /** NaN where the form refuses the parameters. */
  readonly deviance: number;
  /** 5 x 5, lower triangle. */
  readonly gram: Float64Array;
  readonly gradient: Float64Array;
}

/**
 * The moments of `etsNormalEquations` and the deviance of `etsPass` for a form without a season, by one pass: several
 * times quicker than both, and most fits are of such forms.
 */
export function plainMoments(y: Float64Array, parameters: EtsParameters, shape: EtsShape): PlainMoments {
  const sums: PlainSums = {
    squares: 0,
    logs: 0,
    gram: new Float64Array(15),
    cross: new Float64Array(5),
    shares: new Float64Array(5),
  };
  if (shape.error === 'M') {
    if (!relativeSums(y, parameters, sums)) return { deviance: Number.NaN, gram: sums.gram, gradient: sums.cross };
  } else if (shape.trend === 'N') levelSums(y, parameters, sums);
  else trendSums(y, parameters, sums);
  const { squares, logs, cross, shares } = sums;
  const relative = shape.error === 'M';
  const gram = new Float64Array(25);
  for (let j = 0, at = 0; j < 5; j++) {
    for (let k = 0; k <= j; k++, at++) {
      const [dj, dk] = [shares[j]! / y.length, shares[k]! / y.length];
      gram[5 * j + k] = sums.gram[at]! + (relative ? squares * dj * dk - cross[j]! * dk - cross[k]! * dj : 0);
    }
  }
  const gradient = cross.map((value, j) => (relative ? (squares * shares[j]!) / y.length - value : -value));
  return { deviance: etsDeviance({ squares, logForecasts: logs }, y.length), gram, gradient };
}

/** The moments by coordinates, of which `directions` says how each moves the parameters. */
export function momentsAlong({ gram, gradient }: PlainMoments, directions: EtsDirections): EtsNormalEquations {
  const { count, alpha, beta, phi, level, slope } = directions;
  const by = [alpha, beta, phi, level, slope];
  const turned = new Float64Array(count * count);
  const steepness = new Float64Array(count);
  for (let p = 0; p < 5; p++) {
    for (let i = 0; i < count; i++) {
      const own = by[p]![i]!;
      if (own === 0) continue;
      steepness[i]! += own * gradient[p]!;
      for (let q = 0; q < 5; q++) {
        const product = own * (q <= p ? gram[5 * p + q]! : gram[5 * q + p]!);
        for (let j = 0; j < count; j++) turned[i * count + j]! += product * by[q]![j]!;
      }
    }
  }
  return { gram: turned, gradient: steepness };
}

interface PlainSums {
  squares: number;
  /** Of the forecasts, under multiplicative errors. */
  logs: number;
  /** Products of the forecast's derivatives (relative ones times 1 + error), by rows of the lower triangle. */
  readonly gram: Float64Array;
  /** ... of those and the errors. */
  readonly cross: Float64Array;
  /** Sums of the forecast's relative derivatives. */
  readonly shares: Float64Array;
}

/** Below this an influence counts as none: numbers below 1e-308 would slow every operation down many times. */
const NOTHING = 1e-120;

/** Additive errors, no trend. */
function levelSums(y: Float64Array, parameters: EtsParameters, sums: PlainSums): void {
  const { alpha } = parameters;
  const left = 1 - alpha;
  let { level } = parameters;
  let byAlpha = 0;
  let byLevel = 1;
  let [squares, aa, al, ll, ae, le] = [0, 0, 0, 0, 0, 0];
  for (let t = 0; t < y.length; t++) {
    const error = y[t]! - level;
    squares += error * error;
    aa += byAlpha * byAlpha;
    al += byAlpha * byLevel;
    ll += byLevel * byLevel;
    ae += byAlpha * error;
    le += byLevel * error;
    level += alpha * error;
    byAlpha = left * byAlpha + error;
    byLevel *= left;
    if ((t & 63) === 63 && byLevel < NOTHING) byLevel = 0;
  }
  sums.squares = squares;
  sums.gram[0] = aa;
  sums.gram[6] = al;
  sums.gram[9] = ll;
  sums.cross[0] = ae;
  sums.cross[3] = le;
}

/** Additive errors and a trend, damped or not: `l` and `s` are derivatives of level and slope, `f` of the forecast. */
function trendSums(y: Float64Array, parameters: EtsParameters, sums: PlainSums): void {
  const { alpha, beta, phi } = parameters;
  const left = 1 - alpha;
  let { level, slope } = parameters;
  let [la, lb, lp, ll, ls] = [0, 0, 0, 1, 0];
  let [sa, sb, sp, sl, ss] = [0, 0, 0, 0, 1];
  let squares = 0;
  const { gram, cross } = sums;
  for (let t = 0; t < y.length; t++) {
    const damped = phi * slope;
    const forecast = level + damped;
    const error = y[t]! - forecast;
    squares += error * error;
    const fa = la + phi * sa;
    const fb = lb + phi * sb;
    const fp = lp + phi * sp + slope;
    const fl = ll + phi * sl;
    const fs = ls + phi * ss;
    addRow(gram, cross, fa, fb, fp, fl, fs, error);
    sa = fa - la - beta * fa;
    sb = fb - lb - beta * fb + error;
    sp = fp - lp - beta * fp;
    sl = fl - ll - beta * fl;
    ss = fs - ls - beta * fs;
    la = left * fa + error;
    lb = left * fb;
    lp = left * fp;
    ll = left * fl;
    ls = left * fs;
    if ((t & 63) === 63) {
      if (Math.abs(ll) + Math.abs(sl) < NOTHING) ll = sl = 0;
      if (Math.abs(ls) + Math.abs(ss) < NOTHING) ls = ss = 0;
    }
    level = forecast + alpha * error;
    slope = damped + beta * error;
  }
  sums.squares = squares;
}

/** Multiplicative errors, with or without a trend. False where a forecast is not above 0. */
function relativeSums(y: Float64Array, parameters: EtsParameters, sums: PlainSums): boolean {
  const { alpha, beta, phi } = parameters;
  const left = 1 - alpha;
  let { level, slope } = parameters;
  let [la, lb, lp, ll, ls] = [0, 0, 0, 1, 0];
  let [sa, sb, sp, sl, ss] = [0, 0, 0, 0, 1];
  let squares = 0;
  let product = 1;
  const { gram, cross, shares } = sums;
  for (let t = 0; t < y.length; t++) {
    const damped = phi * slope;
    const forecast = level + damped;
    if (!(forecast > 0)) return false;
    const error = y[t]! - forecast;
    const inverse = 1 / forecast;
    const share = error * inverse;
    squares += share * share;
    product *= forecast;
    if (product > 1e150 || product < 1e-150) {
      sums.logs += Math.log(product);
      product = 1;
    }
    const fa = la + phi * sa;
    const fb = lb + phi * sb;
    const fp = lp + phi * sp + slope;
    const fl = ll + phi * sl;
    const fs = ls + phi * ss;
    shares[0]! += fa * inverse;
    shares[1]! += fb * inverse;
    shares[2]! += fp * inverse;
    shares[3]! += fl * inverse;
    shares[4]! += fs * inverse;
    const scale = inverse * (1 + share);
    addRow(gram, cross, scale * fa, scale * fb, scale * fp, scale * fl, scale * fs, share);
    sa = fa - la - beta * fa;
    sb = fb - lb - beta * fb + error;
    sp = fp - lp - beta * fp;
    sl = fl - ll - beta * fl;
    ss = fs - ls - beta * fs;
    la = left * fa + error;
    lb = left * fb;
    lp = left * fp;
    ll = left * fl;
    ls = left * fs;
    if ((t & 63) === 63) {
      if (Math.abs(ll) + Math.abs(sl) < NOTHING) ll = sl = 0;
      if (Math.abs(ls) + Math.abs(ss) < NOTHING) ls = ss = 0;
    }
    level = forecast + alpha * error;
    slope = damped + beta * error;
  }
  sums.squares = squares;
  sums.logs += Math.log(product);
  return true;
}

/** Adds the products of one row of derivatives. */
function addRow(
  gram: Float64Array,
  cross: Float64Array,
  a: number,
  b: number,
  p: number,
  l: number,
  s: number,
  error: number,
): void {
  gram[0]! += a * a;
  gram[1]! += b * a;
  gram[2]! += b * b;
  gram[3]! += p * a;
  gram[4]! += p * b;
  gram[5]! += p * p;
  gram[6]! += l * a;
  gram[7]! += l * b;
  gram[8]! += l * p;
  gram[9]! += l * l;
  gram[10]! += s * a;
  gram[11]! += s * b;
  gram[12]! += s * p;
  gram[13]! += s * l;
  gram[14]! += s * s;
  cross[0]! += a * error;
  cross[1]! += b * error;
  cross[2]! += p * error;
  cross[3]! += l * error;
  cross[4]! += s * error;
}
