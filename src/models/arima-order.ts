import { KPSS_CRITICAL_5_PERCENT, kpssStatistic } from '../stats/serial-dependence.ts';
import { seasonalStrength } from '../stats/stl.ts';
import { type ArimaFit, differenced, fitArima, isSound, penalty } from './arima-fit.ts';
import { fitConditional } from './arma-conditional.ts';
import type { ArimaOrder } from './arma-polynomials.ts';

/** One candidate of the search. */
interface Candidate {
  readonly p: number;
  readonly q: number;
  readonly P: number;
  readonly Q: number;
  readonly constant: boolean;
}

interface Tried extends Candidate {
  readonly criterion: number;
  readonly point: Float64Array;
  readonly fit?: ArimaFit;
}

/** Exact fits on the unit circle before only autoregressions are looked at: they are inside it by themselves. */
const MOST_REFUSED = 6;

/**
 * Automatic order (Hyndman & Khandakar 2008, section 3.2): a seasonal difference when the seasonal strength is above
 * 0.64, d by successive KPSS tests at 5%; then a stepwise search for the least AICc from (2,d,2)(1,D,1), (0,d,0)(0,D,0),
 * (1,d,0)(1,D,0), (0,d,1)(0,D,1), changing an order or a pair of them by one and switching the constant (with d + D = 1;
 * without a difference it stays, for the zero of `y` means nothing). p and q are at most `maxOrder`, P and Q at most 2.
 * Orders with a root within 1.01 of the unit circle are passed over. Candidates are fitted by exact likelihood; those of
 * long series (above 450 observations, with a season above 150) or of a season above 12 by conditional least squares, and
 * the best of them exactly; where its exact fit is refused, as moving averages of a series differenced too often are, the
 * search goes on from the next best. `y` is on the working scale, near unit scale of its changes; `columns` are regressors as long
 * as it.
 */
export function autoArima(
  y: Float64Array,
  maxOrder: number,
  season = 1,
  columns: readonly Float64Array[] = [],
): ArimaFit {
  const seasonal = season > 1 && y.length > 2 * season + 10;
  const D = seasonal && seasonalStrength(y, season) > 0.64 ? 1 : 0;
  const d = differencesNeeded(D === 1 ? differenced(y, orderOf({ d: 0, D, season })) : y, D === 1 ? 1 : 2);
  const base = { d, D, season: seasonal ? season : 1 };
  const w = differenced(y, orderOf(base));
  const designs = columns.map((column) => differenced(column, orderOf(base)));
  const quick = y.length > 450 || (seasonal && (season > 12 || y.length > 150));
  const evaluate = quick
    ? conditionalEvaluation(withoutColumns(w, designs), base, columns.length)
    : exactEvaluation(w, base, designs);
  const most = { order: maxOrder, seasonal: seasonal ? Math.min(2, Math.floor(w.length / season / 3)) : 0 };
  const search = stepwise(evaluate, d + D, most);
  for (let refused = 0; refused < MOST_REFUSED + maxOrder; refused++) {
    const candidate = search.best(refused < MOST_REFUSED);
    if (candidate === undefined) break;
    const { fit, point, constant, ...orders } = candidate;
    const found = fit ?? fitArima(w, orderOf({ ...base, ...orders }), constant, designs, point);
    if (isSound(found) && Number.isFinite(found.pass.logLikelihood)) return found;
    search.refuse(candidate);
  }
  return fitArima(w, orderOf(base), d + D <= 1, designs);
}

type Evaluation = (candidate: Candidate) => Pick<Tried, 'criterion' | 'point' | 'fit'>;
type Differences = Pick<ArimaOrder, 'd' | 'D' | 'season'>;

function exactEvaluation(w: Float64Array, base: Differences, designs: readonly Float64Array[]): Evaluation {
  return (candidate) => {
    const fit = fitArima(w, orderOf({ ...base, ...candidate }), candidate.constant, designs);
    return { criterion: isSound(fit) ? fit.aicc : Number.POSITIVE_INFINITY, point: fit.point, fit };
  };
}

function conditionalEvaluation(w: Float64Array, base: Differences, effects: number): Evaluation {
  return (candidate) => {
    const order = orderOf({ ...base, ...candidate });
    const { point, deviance } = fitConditional(w, order, candidate.constant);
    const count = order.p + order.q + order.P + order.Q + 1 + (candidate.constant ? 1 : 0) + effects;
    const criterion = isSound({ point, order }) ? deviance + penalty(count, w.length) : Number.POSITIVE_INFINITY;
    return { criterion, point };
  };
}

interface Search {
  /** The best so far, after looking at all around it; only among autoregressions unless averages are allowed. */
  best(averages: boolean): Tried | undefined;
  /** Passes this candidate over from now on. */
  refuse(candidate: Tried): void;
}

function stepwise(evaluate: Evaluation, differences: number, most: { order: number; seasonal: number }): Search {
  const tried = new Map<string, Tried>();
  const consider = (candidate: Candidate): Tried | undefined => {
    const { p, q, P, Q } = candidate;
    const key = keyOf(candidate);
    if (Math.min(p, q, P, Q) < 0 || Math.max(p, q) > most.order || Math.max(P, Q) > most.seasonal) return undefined;
    if (tried.has(key)) return undefined;
    const found = { ...candidate, ...evaluate(candidate) };
    tried.set(key, found);
    return found;
  };
  const least = (averages: boolean): Tried | undefined => {
    const allowed = [...tried.values()].filter(
      ({ criterion, q, Q }) => criterion < Number.POSITIVE_INFINITY && (averages || q + Q === 0),
    );
    return allowed.reduce<Tried | undefined>(
      (a, b) => (a !== undefined && a.criterion <= b.criterion ? a : b),
      undefined,
    );
  };
  /** The first around it that is better. */
  const better = (from: Tried, averages: boolean): Tried | undefined => {
    const around = neighbours(from).filter(({ q, Q }) => averages || q + Q === 0);
    if (differences === 1) around.push({ ...from, constant: !from.constant });
    for (const candidate of around) {
      const found = consider(candidate);
      if (found !== undefined && found.criterion < from.criterion) return found;
    }
    return undefined;
  };
  const constant = differences <= 1;
  const one = Math.min(1, most.seasonal);
  // The plain one comes first: it has no roots to refuse, so there always is a best.
  consider({ p: 0, q: 0, P: 0, Q: 0, constant });
  consider({ p: Math.min(2, most.order), q: Math.min(2, most.order), P: one, Q: one, constant });
  consider({ p: Math.min(1, most.order), q: 0, P: one, Q: 0, constant });
  consider({ p: 0, q: Math.min(1, most.order), P: 0, Q: one, constant });
  if (differences === 1) consider({ p: 0, q: 0, P: 0, Q: 0, constant: false });
  return {
    best(averages) {
      let current = least(averages);
      while (current !== undefined && tried.size < 94) {
        const next = better(current, averages);
        if (next === undefined) break;
        current = next;
      }
      return current;
    },
    refuse(candidate) {
      tried.set(keyOf(candidate), { ...candidate, criterion: Number.POSITIVE_INFINITY });
    },
  };
}

function keyOf({ p, q, P, Q, constant }: Candidate): string {
  return [p, q, P, Q, constant].join();
}

function neighbours({ p, q, P, Q, constant }: Candidate): Candidate[] {
  const steps = [
    [-1, 0],
    [0, -1],
    [1, 0],
    [0, 1],
    [-1, -1],
    [-1, 1],
    [1, -1],
    [1, 1],
  ] as const;
  return [
    ...steps.map(([a, b]) => ({ p, q, P: P + a, Q: Q + b, constant })),
    ...steps.map(([a, b]) => ({ p: p + a, q: q + b, P, Q, constant })),
  ];
}

function orderOf(parts: Partial<ArimaOrder>): ArimaOrder {
  const { p = 0, d = 0, q = 0, P = 0, D = 0, Q = 0, season = 1 } = parts;
  return { p, d, q, P, D, Q, season };
}

/** What ordinary least squares on the columns leaves: enough to choose an order by. */
function withoutColumns(w: Float64Array, designs: readonly Float64Array[]): Float64Array {
  if (designs.length === 0) return w;
  const plain = fitArima(w, orderOf({}), true, designs);
  return w.map((value, t) => designs.reduce((left, column, j) => left - plain.pass.effects[j]! * column[t]!, value));
}

function differencesNeeded(y: Float64Array, most: number): number {
  let series = y;
  for (let d = 0; d < most; d++) {
    if (series.length < 10 || kpssStatistic(series) <= KPSS_CRITICAL_5_PERCENT) return d;
    series = differenced(series, orderOf({ d: 1 }));
  }
  return most;
}
