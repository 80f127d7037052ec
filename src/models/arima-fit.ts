import { nelderMead } from '../stats/nelder-mead.ts';
import { type ArmaPass, armaPass } from './arma-likelihood.ts';
import { type ArimaOrder, armaFromPoint, differencePolynomial, rootsBeyond } from './arma-polynomials.ts';

export interface ArimaFit {
  readonly order: ArimaOrder;
  readonly constant: boolean;
  /** Unbounded coordinates of the coefficients: see `armaFromPoint`. */
  readonly point: Float64Array;
  readonly pass: ArmaPass;
  /** Estimated parameters, the error variance included. */
  readonly parameterCount: number;
  readonly aicc: number;
}

/** The differenced series w = (1 - B)^d (1 - B^m)^D y: `length - d - D m` values. */
export function differenced(y: Float64Array, order: ArimaOrder): Float64Array {
  const polynomial = differencePolynomial(order);
  const reach = polynomial.length - 1;
  const w = new Float64Array(Math.max(0, y.length - reach));
  for (let t = reach; t < y.length; t++) {
    let sum = 0;
    for (let k = 0; k <= reach; k++) if (polynomial[k] !== 0) sum += polynomial[k]! * y[t - k]!;
    w[t - reach] = sum;
  }
  return w;
}

/**
 * Exact maximum likelihood of one order on its differenced series `w` (near unit scale), with the effects of `columns`,
 * differenced alike. `from` are coordinates to begin at.
 */
export function fitArima(
  w: Float64Array,
  order: ArimaOrder,
  constant: boolean,
  columns: readonly Float64Array[] = [],
  from?: Float64Array,
): ArimaFit {
  const size = order.p + order.q + order.P + order.Q;
  const evaluate = (x: ArrayLike<number>) => armaPass(w, armaFromPoint(x, order), constant ? 'estimate' : 0, columns);
  const objective = (x: ArrayLike<number>) => -2 * evaluate(x).logLikelihood;
  let point = new Float64Array(size);
  if (size > 0) {
    // The first values break the tie of equal and opposite AR and MA terms, where the likelihood is flat.
    const start = from ?? point.map((_, i) => (i % 2 === 0 ? 0.1 : -0.1));
    const options = { valueTolerance: 1e-5, pointTolerance: 1e-2, maxEvaluations: 150 * size };
    const wide = from === undefined ? 0.5 : 0.2;
    let best = nelderMead(objective, start, { ...options, step: start.map(() => wide) });
    for (let round = 0; round < 2; round++) {
      const again = nelderMead(objective, best.x, { ...options, step: start.map(() => 0.15) });
      const gain = best.value - again.value;
      if (gain > 0) best = again;
      if (!(gain > 1e-3)) break;
    }
    point = Float64Array.from(best.x);
  }
  const pass = evaluate(point);
  const parameterCount = size + 1 + (constant ? 1 : 0) + columns.length;
  const aicc = -2 * pass.logLikelihood + penalty(parameterCount, w.length);
  return { order, constant, point, pass, parameterCount, aicc };
}

/** What the corrected Akaike criterion adds to the deviance; +Infinity when there are too few observations. */
export function penalty(parameterCount: number, observations: number): number {
  const room = observations - parameterCount - 1;
  return room > 0 ? (2 * parameterCount * observations) / room : Number.POSITIVE_INFINITY;
}

/** Whether no root of the autoregression or the moving average lies within 1.01 of the unit circle's centre. */
export function isSound(fit: Pick<ArimaFit, 'point' | 'order'>): boolean {
  const { phi, theta } = armaFromPoint(fit.point, fit.order);
  const turned = theta.map((value) => -value);
  return rootsBeyond(phi, 1.01) && rootsBeyond(turned, 1.01);
}
