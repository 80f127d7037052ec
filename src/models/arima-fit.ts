import { nelderMead } from '../stats/nelder-mead.ts';
import { KPSS_CRITICAL_5_PERCENT, kpssStatistic } from '../stats/serial-dependence.ts';
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

/** Exact maximum likelihood of one order on its differenced series `w` (near unit scale). */
export function fitArima(w: Float64Array, order: ArimaOrder, constant: boolean): ArimaFit {
  const size = order.p + order.q + order.P + order.Q;
  const evaluate = (x: ArrayLike<number>) => armaPass(w, armaFromPoint(x, order), constant ? 'estimate' : 0);
  const objective = (x: ArrayLike<number>) => -2 * evaluate(x).logLikelihood;
  let point = new Float64Array(size);
  if (size > 0) {
    // The first values break the tie of equal and opposite AR and MA terms, where the likelihood is flat.
    const start = point.map((_, i) => (i % 2 === 0 ? 0.1 : -0.1));
    const options = { valueTolerance: 1e-5, pointTolerance: 1e-2, maxEvaluations: 150 * size };
    let best = nelderMead(objective, start, { ...options, step: start.map(() => 0.5) });
    for (let round = 0; round < 2; round++) {
      const again = nelderMead(objective, best.x, { ...options, step: start.map(() => 0.15) });
      const gain = best.value - again.value;
      if (gain > 0) best = again;
      if (!(gain > 1e-3)) break;
    }
    point = Float64Array.from(best.x);
  }
  const pass = evaluate(point);
  const parameterCount = size + 1 + (constant ? 1 : 0);
  const room = w.length - parameterCount - 1;
  const penalty = room > 0 ? (2 * parameterCount * w.length) / room : Number.POSITIVE_INFINITY;
  return { order, constant, point, pass, parameterCount, aicc: -2 * pass.logLikelihood + penalty };
}

/**
 * Automatic non-seasonal order (Hyndman & Khandakar 2008, section 3.2): d by successive KPSS tests at 5%; then from
 * (2,d,2), (0,d,0), (1,d,0), (0,d,1) a stepwise search for the least AICc, changing p, q or both by one and switching the
 * constant (with d = 1; without a difference it stays, for the zero of `y` means nothing), p and q at most `maxOrder`. Orders with a root within 1.01 of the unit circle are passed over.
 * Every candidate is fitted by exact likelihood. `y` is on the working scale, near unit scale of its changes.
 */
export function autoArima(y: Float64Array, maxOrder: number): ArimaFit {
  const d = differencesNeeded(y);
  const w = differenced(y, orderOf(0, d, 0));
  const tried = new Map<string, ArimaFit>();
  let best: ArimaFit | undefined;
  const consider = (p: number, q: number, constant: boolean): boolean => {
    const key = `${p},${q},${constant}`;
    if (p < 0 || q < 0 || p > maxOrder || q > maxOrder || tried.has(key)) return false;
    const fit = fitArima(w, orderOf(p, d, q), constant);
    tried.set(key, fit);
    if (best !== undefined && !(fit.aicc < best.aicc && isSound(fit))) return false;
    best = fit;
    return true;
  };
  const constant = d <= 1;
  // The plain one comes first: it has no roots to refuse, so there always is a best.
  consider(0, 0, constant);
  for (const [p, q] of [
    [2, 2],
    [1, 0],
    [0, 1],
  ] as const)
    consider(p, q, constant);
  if (d === 1) consider(0, 0, false);
  for (let improved = true; improved; ) {
    const { order, constant: current } = best as unknown as ArimaFit;
    improved = neighbours(order.p, order.q).some(([p, q]) => consider(p, q, current));
    if (!improved && d === 1) improved = consider(order.p, order.q, !current);
  }
  return best as unknown as ArimaFit;
}

function neighbours(p: number, q: number): [number, number][] {
  return [
    [p - 1, q],
    [p, q - 1],
    [p + 1, q],
    [p, q + 1],
    [p - 1, q - 1],
    [p - 1, q + 1],
    [p + 1, q - 1],
    [p + 1, q + 1],
  ];
}

function orderOf(p: number, d: number, q: number): ArimaOrder {
  return { p, d, q, P: 0, D: 0, Q: 0, season: 1 };
}

function isSound(fit: ArimaFit): boolean {
  const { phi, theta } = armaFromPoint(fit.point, fit.order);
  return (
    rootsBeyond(phi, 1.01) &&
    rootsBeyond(
      theta.map((value) => -value),
      1.01,
    )
  );
}

function differencesNeeded(y: Float64Array): number {
  let series = y;
  for (let d = 0; d < 2; d++) {
    if (series.length < 10 || kpssStatistic(series) <= KPSS_CRITICAL_5_PERCENT) return d;
    series = differenced(series, orderOf(0, 1, 0));
  }
  return 2;
}
