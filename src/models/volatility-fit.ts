import { bfgs } from '../stats/bfgs.ts';
import {
  backcastVariance,
  type LikelihoodSlopes,
  type VarianceRecursion,
  varianceLikelihoodSlopes,
  varianceLogLikelihood,
} from '../stats/garch-likelihood.ts';
import { minimiseScalar } from '../stats/golden-section.ts';

/** Estimates of a volatility model over changes in units of their root mean square. */
export interface VolatilityEstimate {
  readonly recursion: VarianceRecursion;
  /** Degrees of freedom of Student's t innovations; 0 (which JSON can hold) for normal ones. */
  readonly degrees: number;
  readonly logLikelihood: number;
}

export interface VolatilityForm {
  /** Whether falls may raise the variance otherwise than rises do. */
  readonly asymmetric: boolean;
  readonly innovations: 'normal' | 'student';
}

/**
 * Maximum likelihood of GARCH(1,1) or GJR without a mean. Climbed by exact derivatives from the best of nine starts of long
 * memory and from the best of three of none (the likelihood often has a peak of each kind), over
 * the logarithm of the unconditional variance, the logits of the shares (alpha / 2, (alpha + gamma) / 2, beta, rest),
 * which keep every variance positive and the process stationary, and the logarithm of the degrees of freedom above 2.05.
 * `changes` have a root mean square near 1 and are not all 0.
 */
export function fitGarch(changes: Float64Array, { asymmetric, innovations }: VolatilityForm): VolatilityEstimate {
  const backcast = backcastVariance(changes);
  const student = innovations === 'student';
  const loss = (x: ArrayLike<number>) => {
    const { recursion, degrees } = decodeGarch(x, asymmetric, student);
    return -varianceLogLikelihood(changes, recursion, backcast, degrees);
  };
  const lossWithSlopes = (x: Float64Array, gradient: Float64Array) => {
    const { recursion, degrees } = decodeGarch(x, asymmetric, student);
    const slopes = varianceLikelihoodSlopes(changes, recursion, backcast, degrees);
    writeGradient(slopes, recursion, degrees, x, asymmetric, gradient);
    return -slopes.value;
  };
  const [first, second] = BASINS.map((rests) => {
    const starts = rests.flatMap((rest) =>
      [0.03, 0.08, 0.15].map((alpha) => encodeGarch(alpha, rest, asymmetric, student)),
    );
    return lowest(starts.map((x) => ({ x, value: loss(x) })));
  }) as [Point, Point];
  let best: Point = bfgs(lossWithSlopes, first.x);
  // A short climb tells whether the other peak can be the higher one.
  const other = bfgs(lossWithSlopes, second.x, { maxIterations: 8 });
  if (other.value < best.value + 4) best = lowest([best, bfgs(lossWithSlopes, other.x)]);
  // A share that went to nothing has no slope to come back by: the climb is begun anew with it.
  for (let round = 0; round < 3; round++) {
    const start = lifted(best.x, asymmetric ? 4 : 3);
    if (start.every((value, i) => value === best.x[i])) break;
    const found = bfgs(lossWithSlopes, start);
    const gained = best.value - found.value;
    best = lowest([best, found]);
    if (gained < 1e-6) break;
  }
  const { recursion, degrees } = decodeGarch(best.x, asymmetric, student);
  return { recursion, degrees: Number.isFinite(degrees) ? degrees : 0, logLikelihood: -best.value };
}

/**
 * The exponentially weighted variance with decay `lambda` in (0, 1), or the most likely decay in 0.7..0.999 when it is 0;
 * degrees of freedom by maximum likelihood.
 */
export function fitEwma(
  changes: Float64Array,
  lambda: number,
  innovations: VolatilityForm['innovations'],
): VolatilityEstimate {
  const backcast = backcastVariance(changes);
  const recursionOf = (decay: number) => ({ omega: 0, alpha: 1 - decay, gamma: 0, beta: decay });
  const likelihood = (decay: number, degrees: number) =>
    varianceLogLikelihood(changes, recursionOf(decay), backcast, degrees);
  const bestDegrees = (decay: number) => {
    if (innovations === 'normal') return Number.POSITIVE_INFINITY;
    const found = minimiseScalar((x) => -likelihood(decay, degreesOf(x)), LEAST_LOG, MOST_LOG, 1e-6, 12);
    return degreesOf(found.x);
  };
  const decay = lambda > 0 ? lambda : minimiseScalar((x) => -likelihood(x, bestDegrees(x)), 0.7, 0.999, 1e-5, 12).x;
  const degrees = bestDegrees(decay);
  return {
    recursion: recursionOf(decay),
    degrees: Number.isFinite(degrees) ? degrees : 0,
    logLikelihood: likelihood(decay, degrees),
  };
}

/** What shocks and the last variance leave to the constant share: long memory, and hardly any. */
const BASINS: readonly (readonly number[])[] = [[0.01, 0.04, 0.15], [0.75]];

interface Point {
  readonly x: Float64Array;
  readonly value: number;
}

function lowest(points: readonly Point[]): Point {
  return points.reduce((best, point) => (point.value < best.value ? point : best));
}

/** The logits of shares, from place 1 to `end`, no lower than a share of about 0.003. */
function lifted(x: Float64Array, end: number): Float64Array {
  const top = Math.max(0, ...x.subarray(1, end));
  return x.map((value, i) => (i > 0 && i < end ? Math.max(value, top - 6) : value));
}

/** Bounds of log(degrees - 2.05): 2.06 to about 500. */
const LEAST_LOG = Math.log(0.01);
const MOST_LOG = Math.log(498);

function degreesOf(x: number): number {
  return 2.05 + Math.exp(Math.min(MOST_LOG, Math.max(LEAST_LOG, x)));
}

function encodeGarch(alpha: number, rest: number, asymmetric: boolean, student: boolean): Float64Array {
  const beta = 1 - alpha - rest;
  const shocks = asymmetric ? [Math.log(alpha / 2 / rest), Math.log(alpha / 2 / rest)] : [Math.log(alpha / rest)];
  return Float64Array.from([0, Math.log(beta / rest), ...shocks, ...(student ? [Math.log(6 - 2.05)] : [])]);
}

function decodeGarch(x: ArrayLike<number>, asymmetric: boolean, student: boolean) {
  const logits = [x[1]!, x[2]!, ...(asymmetric ? [x[3]!] : [])];
  const top = Math.max(0, ...logits);
  const rest = Math.exp(-top);
  const shares = logits.map((logit) => Math.exp(logit - top));
  const total = rest + shares.reduce((sum, share) => sum + share, 0);
  const beta = shares[0]! / total;
  const alpha = (asymmetric ? 2 : 1) * (shares[1]! / total);
  const gamma = asymmetric ? 2 * (shares[2]! / total) - alpha : 0;
  const recursion = { omega: (Math.exp(x[0]!) * rest) / total, alpha, gamma, beta };
  return { recursion, degrees: student ? degreesOf(x[x.length - 1]!) : Number.POSITIVE_INFINITY };
}

/** Derivatives of the loss by the coordinates of `decodeGarch`, by the chain rule through the shares. */
function writeGradient(
  slopes: LikelihoodSlopes,
  { omega, alpha, gamma, beta }: VarianceRecursion,
  degrees: number,
  x: Float64Array,
  asymmetric: boolean,
  gradient: Float64Array,
): void {
  const shares = asymmetric ? [beta, alpha / 2, (alpha + gamma) / 2] : [beta, alpha];
  const byShare = asymmetric
    ? [slopes.beta, 2 * (slopes.alpha - slopes.gamma), 2 * slopes.gamma]
    : [slopes.beta, slopes.alpha];
  const pulled = shares.reduce((sum, share, i) => sum + share * byShare[i]!, slopes.omega * omega);
  gradient[0] = -slopes.omega * omega;
  shares.forEach((share, i) => {
    gradient[i + 1] = -share * (byShare[i]! - pulled);
  });
  if (degrees === Number.POSITIVE_INFINITY) return;
  const last = x.length - 1;
  const moves = x[last]! > LEAST_LOG && x[last]! < MOST_LOG;
  gradient[last] = moves ? -slopes.degrees * (degrees - 2.05) : 0;
}
