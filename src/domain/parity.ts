import { assert, PlatformError } from './errors.ts';
import { addDays, type IsoDate } from './iso-date.ts';
import { type LondonAuctions, londonAuctions } from './london-calendar.ts';

/**
 * Which London price makes the accounting price of gold. `A`: the morning price of the day the price is set; where
 * London has none that day, the newest one before. `B`: the newest London price before the day the price is set, in
 * practice the evening price of the working day before.
 */
export type Regime = 'A' | 'B';

export const regimes: readonly Regime[] = ['A', 'B'];

/** London prices, USD per troy ounce, as far as they are known; null where there is none or it is not known. */
export interface LondonPrices {
  morning(date: IsoDate): number | null;
  evening(date: IsoDate): number | null;
}

/** One London price. */
export interface Fixing {
  readonly date: IsoDate;
  readonly auction: 'morning' | 'evening';
  readonly usdPerOunce: number;
}

/** The gold leg of a price that is to be set: final, or the newest London price for as long as it is not. */
export interface GoldLeg extends Fixing {
  readonly isFinal: boolean;
}

/** A regime tried on an official price. */
export interface RegimeTrial {
  readonly regime: Regime;
  readonly fixing: Fixing;
  readonly rubPerGram: number;
  readonly reproduces: boolean;
}

/** The Bank's 31.1035 grams in an ounce, and the scales on which prices and rates are whole numbers. */
const gramsTimes10000 = 311_035n;
const fixingScale = 10_000;
const rateScale = 1_000_000;
/** London's longest silence is Easter or Christmas: five days. Beyond this a price is missing, not old. */
const longestSilenceDays = 12;

/**
 * The accounting price, RUB per gram: round half up (F x USD / 31.1035, 2), in whole numbers, so that a half is a half.
 * `usdPerOunce` has at most 4 decimals, `rubPerUsd` at most 6; both are positive. Throws INPUT_INVALID otherwise.
 * Source: the Bank of Russia's directives 1283-U (2003) and of 10 July 2024; checked on 3,025 published prices.
 */
export function parityPrice(usdPerOunce: number, rubPerUsd: number): number {
  const numerator = wholeOf(usdPerOunce, fixingScale, 'London price') * wholeOf(rubPerUsd, rateScale, 'dollar rate');
  // F x U has the scale 10^10; a kopeck of (F x U / 31.1035) is then numerator / (311035 x 10^4).
  const denominator = gramsTimes10000 * 10_000n;
  const kopecks = (2n * numerator + denominator) / (2n * denominator);
  return Number(kopecks) / 100;
}

/** The world price that an accounting price stands for, USD per ounce: P x 31.1035 / USD. Not rounded. */
export function impliedWorldPrice(rubPerGram: number, rubPerUsd: number): number {
  return (rubPerGram * Number(gramsTimes10000)) / 10_000 / rubPerUsd;
}

/**
 * The London price that makes, or so far is nearest to making, the price set on `setDay` under a regime. Final when no
 * auction that would take its place is still to come by London's calendar. null when no London price is known.
 */
export function goldLeg(regime: Regime, setDay: IsoDate, london: LondonPrices): GoldLeg | null {
  if (regime === 'A') {
    const morning = fixingOf('morning', setDay, london);
    if (morning !== null) return { ...morning, isFinal: true };
  }
  const before = newestFixing(addDays(setDay, -1), london);
  if (before === null) return null;
  const first = before.auction === 'morning' ? before.date : addDays(before.date, 1);
  const last = regime === 'A' ? setDay : addDays(setDay, -1);
  return { ...before, isFinal: !isAuctionLeft(before, first, last) };
}

/** The newest London price up to a day: its evening price, else its morning one, else that of a day before. */
export function newestFixing(through: IsoDate, london: LondonPrices): Fixing | null {
  for (let back = 0; back <= longestSilenceDays; back += 1) {
    const date = addDays(through, -back);
    const found = fixingOf('evening', date, london) ?? fixingOf('morning', date, london);
    if (found !== null) return found;
  }
  return null;
}

/**
 * Which regimes reproduce an official price to the kopeck: one trial per regime whose London price is known for
 * certain; empty when London's prices are not known.
 */
export function explainQuote(
  quote: { readonly date: IsoDate; readonly rubPerGram: number; readonly rubPerUsd: number },
  london: LondonPrices,
): readonly RegimeTrial[] {
  const setDay = addDays(quote.date, -1);
  return regimes.flatMap((regime) => {
    const leg = goldLeg(regime, setDay, london);
    // A price that is missing here tells of our data, not of the Bank's rule.
    if (leg === null || !leg.isFinal) return [];
    const { date, auction, usdPerOunce } = leg;
    const rubPerGram = parityPrice(usdPerOunce, quote.rubPerUsd);
    // Kopecks are compared as whole numbers: a price may come from a column of floating point.
    const reproduces = Math.round(rubPerGram * 100) === Math.round(quote.rubPerGram * 100);
    return [{ regime, fixing: { date, auction, usdPerOunce }, rubPerGram, reproduces }];
  });
}

/** What past prices say of the rule. */
export interface RuleState {
  /** The regime that made the newest price that tells one from the other; null when none can be named. */
  readonly regime: Regime | null;
  /** False when the newest price that could be checked is reproduced by no regime: the rule has changed. */
  readonly holds: boolean;
  /** Newest prices in a row that no regime reproduces. */
  readonly unexplained: number;
  /** The newest price that was checked; null when none could be. */
  readonly checked: IsoDate | null;
}

/**
 * Judges the rule from the trials of prices, newest first. A price is unexplained only when every regime was tried on
 * it; where London's price of a regime is missing, a failure of the other says nothing.
 */
export function judgeRule(
  trials: Iterable<{ readonly date: IsoDate; readonly trials: readonly RegimeTrial[] }>,
): RuleState {
  let checked: IsoDate | null = null;
  let unexplained = 0;
  let stillCounting = true;
  for (const { date, trials: tried } of trials) {
    const matching = tried.filter((trial) => trial.reproduces);
    if (matching.length === 0 && tried.length < regimes.length) continue;
    checked ??= date;
    if (matching.length === 0) {
      if (stillCounting) unexplained += 1;
      continue;
    }
    stillCounting = false;
    // A price that both regimes give tells nothing of which one is in force.
    if (matching.length > 1) continue;
    const [only] = matching;
    assert(only !== undefined, 'a list of one has a first');
    return { regime: only.regime, holds: unexplained === 0, unexplained, checked };
  }
  return { regime: null, holds: unexplained === 0, unexplained, checked };
}

/** Whether an auction from `first` to `last`, newer than `before`, is held by London's calendar. */
function isAuctionLeft(before: Fixing, first: IsoDate, last: IsoDate): boolean {
  for (let date = first; date <= last; date = addDays(date, 1)) {
    const held: LondonAuctions = londonAuctions(date);
    if (date === before.date) {
      if (held === 'both' && before.auction === 'morning') return true;
    } else if (held !== 'none') return true;
  }
  return false;
}

function fixingOf(auction: Fixing['auction'], date: IsoDate, london: LondonPrices): Fixing | null {
  const usdPerOunce = auction === 'morning' ? london.morning(date) : london.evening(date);
  return usdPerOunce === null ? null : { date, auction, usdPerOunce };
}

function wholeOf(value: number, scale: number, name: string): bigint {
  const scaled = value * scale;
  const whole = Math.round(scaled);
  if (value > 0 && Number.isSafeInteger(whole) && Math.abs(scaled - whole) < 1e-3) return BigInt(whole);
  throw new PlatformError(
    'INPUT_INVALID',
    `The ${name} ${value} is not a positive number of at most ${Math.log10(scale)} decimals.`,
    {
      context: { value },
      hint: 'Give the figure as it was published.',
    },
  );
}
