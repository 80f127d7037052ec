import { nextQuoteDates } from './calendar/calendar.ts';
import { assert } from './errors.ts';
import { addDays, type IsoDate } from './iso-date.ts';
import type { MarketView } from './market.ts';
import { gramsPerTroyOunce } from './metal.ts';
import { type Instant, moscowDate } from './moscow-time.ts';
import { explainQuote, goldLeg, judgeRule, newestFixing, type RuleState } from './parity.ts';

/** Quotes ahead whose legs can be known: the longest pause of London spans four prices of the Bank. */
export const knownHorizons = 5;

/** What is known at one origin about the legs of the prices to come. NaN where it is not known. */
export interface OriginFeatures {
  readonly cutoff: IsoDate;
  readonly at: Instant;
  readonly rule: RuleState;
  /** Official dollar rate of the cutoff, RUB. */
  readonly usdLast: number;
  /** London price, USD per ounce, that the next price would rest on if nothing came after the origin. */
  readonly goldLatest: number;
  /** Index h - 1: the London price that the h-th quote after the cutoff is sure to rest on. */
  readonly gold: Float64Array;
  /** Index h - 1: its official dollar rate. */
  readonly usd: Float64Array;
  /** ln (close of the Moscow Exchange / what the newest legs make), from a close after the newest rate was set. */
  readonly closeRatio: number;
}

/** Names of the columns that `featureColumns` makes, in their order. */
export const featureNames: readonly string[] = [
  'usd_last',
  'gold_latest',
  'close_ratio',
  ...Array.from({ length: knownHorizons }, (_, index) => `gold_${index + 1}`),
  ...Array.from({ length: knownHorizons }, (_, index) => `usd_${index + 1}`),
];

/** Quotes looked back over to tell the regime: it shows in nearly every price. */
const ruleLookBack = 30;

/**
 * Features of the origin that stands at `at` with the last known quote of `cutoff`. `recentDates` are quote dates up to
 * the cutoff, ascending, at least the last 30 where there are so many. `view` must be the market as of `at`: whatever
 * became known later cannot change a bit.
 */
export function originFeatures(
  cutoff: IsoDate,
  at: Instant,
  recentDates: readonly IsoDate[],
  view: MarketView,
): OriginFeatures {
  const today = moscowDate(at);
  const newest = newestFixing(today, view);
  // Without London's prices there is nothing to try, and looking for them quote by quote would take long.
  const rule = judgeRule(newest === null ? [] : trialsOf(recentDates, view));
  const gold = new Float64Array(knownHorizons).fill(Number.NaN);
  const usd = new Float64Array(knownHorizons).fill(Number.NaN);
  const usdLast = view.usd(cutoff) ?? Number.NaN;
  let usdLatest = usdLast;
  let usdDate = cutoff;
  for (const [index, { date }] of nextQuoteDates(cutoff, knownHorizons).entries()) {
    const leg = rule.regime !== null && rule.holds ? goldLeg(rule.regime, addDays(date, -1), view) : null;
    if (leg?.isFinal) gold[index] = leg.usdPerOunce;
    const rate = view.usd(date);
    if (rate === null) continue;
    usd[index] = rate;
    usdLatest = rate;
    usdDate = date;
  }
  // London's newest price is news only where the price that made the last quote is known, too.
  const isFresh =
    rule.regime !== null && rule.holds && goldLeg(rule.regime, addDays(cutoff, -1), view)?.isFinal === true;
  const goldLatest = isFresh ? (newest?.usdPerOunce ?? Number.NaN) : Number.NaN;
  const close = newestClose(addDays(usdDate, -1), today, view);
  const closeRatio = Math.log((close * gramsPerTroyOunce) / (goldLatest * usdLatest));
  return { cutoff, at, rule, usdLast, goldLatest, gold, usd, closeRatio };
}

/** Columns for a model, in the order of `featureNames`: `columns[k][t]` belongs to the origin `features[t]`. */
export function featureColumns(features: readonly OriginFeatures[]): Float64Array[] {
  const column = (pick: (one: OriginFeatures) => number) => Float64Array.from(features, pick);
  const at = (values: Float64Array, index: number) => {
    const value = values[index];
    assert(value !== undefined, 'features reach over all known horizons');
    return value;
  };
  const horizons = Array.from({ length: knownHorizons }, (_, index) => index);
  return [
    column((one) => one.usdLast),
    column((one) => one.goldLatest),
    column((one) => one.closeRatio),
    ...horizons.map((index) => column((one) => at(one.gold, index))),
    ...horizons.map((index) => column((one) => at(one.usd, index))),
  ];
}

function* trialsOf(dates: readonly IsoDate[], view: MarketView) {
  for (const date of dates.slice(-ruleLookBack).reverse()) {
    const [rubPerGram, rubPerUsd] = [view.quote(date), view.usd(date)];
    if (rubPerGram === null || rubPerUsd === null) continue;
    yield { date, trials: explainQuote({ date, rubPerGram, rubPerUsd }, view) };
  }
}

/** The newest close from `first` to `last`; NaN when there is none. */
function newestClose(first: IsoDate, last: IsoDate, view: MarketView): number {
  for (let date = last; date >= first; date = addDays(date, -1)) {
    const close = view.exchangeClose(date);
    if (close !== null) return close;
  }
  return Number.NaN;
}
