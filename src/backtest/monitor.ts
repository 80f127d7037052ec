import { mean, variance } from '../stats/moments.ts';

/** A published forecast beside its fact and beside the price it was made from. RUB per gram; dates ascend as text. */
export interface ScoredForecast {
  /** YYYY-MM-DD of the fact. */
  readonly targetDate: string;
  readonly horizon: number;
  readonly mean: number;
  readonly naive: number;
  readonly actual: number;
  readonly inside80: boolean;
}

/** What was noticed, and on which fact. */
export interface Alarm {
  /** `worse-than-naive`: its errors outgrew those of today's price. `misses-intervals`: its 80% intervals promise too much. */
  readonly code: 'worse-than-naive' | 'misses-intervals';
  readonly targetDate: string;
  /** Days with facts since the sum last stood at its lowest: how long it has been going wrong. */
  readonly days: number;
  readonly statistic: number;
  readonly threshold: number;
}

export interface Watch {
  /** Days with facts. */
  readonly days: number;
  /** Mean over days of (|error| - |naive error|) / mean |naive error| of the horizon; null without facts. */
  readonly relativeLoss: number | null;
  /** Share of facts one quote ahead that the 80% interval held; null without any. */
  readonly coverage80: number | null;
  /** In order of date; the sums start anew after each. */
  readonly alarms: readonly Alarm[];
}

export interface WatchOptions {
  /** Fewer days tell nothing. */
  readonly fewestDays: number;
  /** Chance that a champion as good as naive raises an alarm at any one rise of its sum. */
  readonly falseAlarm: number;
  /** How much worse than naive, as a share of its error, is not worth a tournament. */
  readonly lossTolerance: number;
  /** How far beyond 20% the misses of the 80% interval may be. */
  readonly missTolerance: number;
}

export const defaultWatch: WatchOptions = {
  fewestDays: 40,
  falseAlarm: 0.0001,
  lossTolerance: 0.05,
  missTolerance: 0.1,
};

/**
 * Watches a champion's live forecasts by two Page-Hinkley tests (Page 1954; Hinkley 1971): on its loss against naive,
 * one value a day, all horizons that met their fact that day together; and on the misses of its 80% interval one quote
 * ahead. The sum of excess over the tolerance rises only while something is wrong; an alarm is a rise higher than a
 * healthy sum reaches with the chance `falseAlarm`: v ln(1 / falseAlarm) / (2 tolerance), v the long-run variance of the
 * values (Wald's approximation). Naive as champion has no loss against itself; only its intervals are watched.
 */
export function watchChampion(scored: readonly ScoredForecast[], options: WatchOptions = defaultWatch): Watch {
  const days = dailyLosses(scored);
  const near = scored.filter(({ horizon }) => horizon === 1).sort((a, b) => compare(a.targetDate, b.targetDate));
  const misses = near.map(({ targetDate, inside80 }) => ({ targetDate, value: Number(!inside80) - 0.2 }));
  const losses = days.map(({ value }) => value);
  const height = (spread: number, tolerance: number) => (spread * Math.log(1 / options.falseAlarm)) / (2 * tolerance);
  const overlap = Math.max(1, ...scored.map(({ horizon }) => horizon));
  const alarms = [
    ...(days.length < options.fewestDays
      ? []
      : raise(
          'worse-than-naive',
          days,
          options.lossTolerance,
          height(longRunVariance(losses, overlap - 1), options.lossTolerance),
        )),
    ...(misses.length < options.fewestDays
      ? []
      : raise('misses-intervals', misses, options.missTolerance, height(0.2 * 0.8, options.missTolerance))),
  ];
  return {
    days: days.length,
    relativeLoss: days.length === 0 ? null : mean(losses),
    coverage80: near.length === 0 ? null : mean(near.map(({ inside80 }) => Number(inside80))),
    alarms: alarms.sort((a, b) => compare(a.targetDate, b.targetDate)),
  };
}

/**
 * Page-Hinkley test for a rise of the mean above 0: places at which the sum of `values[i] - tolerance` stands more than
 * `threshold` above its lowest so far, and how far back that was. The sum starts anew after each. A threshold of 0, from
 * values that never vary, finds nothing.
 */
export function pageHinkley(
  values: ArrayLike<number>,
  tolerance: number,
  threshold: number,
): { readonly at: number; readonly since: number; readonly height: number }[] {
  const found: { at: number; since: number; height: number }[] = [];
  let height = 0;
  let since = -1;
  for (let at = 0; at < values.length; at += 1) {
    height += (values[at] ?? Number.NaN) - tolerance;
    if (height <= 0) {
      height = 0;
      since = at;
    }
    if (threshold > 0 && height > threshold) {
      found.push({ at, since, height });
      height = 0;
      since = at;
    }
  }
  return found;
}

interface DailyValue {
  readonly targetDate: string;
  readonly value: number;
}

function raise(code: Alarm['code'], days: readonly DailyValue[], tolerance: number, threshold: number): Alarm[] {
  const values = days.map(({ value }) => value);
  return pageHinkley(values, tolerance, threshold).map(({ at, since, height }) => ({
    code,
    targetDate: days[at]?.targetDate ?? '',
    days: at - since,
    statistic: height,
    threshold,
  }));
}

function dailyLosses(scored: readonly ScoredForecast[]): DailyValue[] {
  const units = new Map<number, number>();
  for (const horizon of new Set(scored.map((one) => one.horizon))) {
    const own = scored.filter((one) => one.horizon === horizon);
    units.set(horizon, mean(own.map(({ naive, actual }) => Math.abs(naive - actual))));
  }
  const byDay = new Map<string, number[]>();
  for (const one of scored) {
    const unit = units.get(one.horizon) ?? 0;
    const excess = Math.abs(one.mean - one.actual) - Math.abs(one.naive - one.actual);
    const values = byDay.get(one.targetDate) ?? [];
    values.push(unit > 0 ? excess / unit : 0);
    byDay.set(one.targetDate, values);
  }
  return [...byDay]
    .map(([targetDate, values]) => ({ targetDate, value: mean(values) }))
    .sort((a, b) => compare(a.targetDate, b.targetDate));
}

/** Bartlett weights over as many days as forecasts overlap (Newey & West 1987). */
function longRunVariance(values: readonly number[], lags: number): number {
  const centre = mean(values);
  let sum = variance(values, 0);
  for (let lag = 1; lag <= Math.min(lags, values.length - 1); lag += 1) {
    let covariance = 0;
    for (let t = lag; t < values.length; t += 1) {
      covariance += ((values[t] ?? 0) - centre) * ((values[t - lag] ?? 0) - centre);
    }
    sum += (2 * (1 - lag / (lags + 1)) * covariance) / values.length;
  }
  return Math.max(0, sum);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
