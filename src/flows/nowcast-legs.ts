import { setDayOf } from '../domain/calendar/calendar.ts';
import { addDays, type IsoDate } from '../domain/iso-date.ts';
import { londonAuctions } from '../domain/london-calendar.ts';
import type { MarketView } from '../domain/market.ts';
import type { OriginFeatures } from '../domain/market-features.ts';
import { type Instant, moscowDate } from '../domain/moscow-time.ts';
import { type Fixing, goldLeg, newestFixing, type Regime } from '../domain/parity.ts';
import { publicationRules, publishedAt } from '../domain/publication.ts';
import type { GoldLegNow, RoubleLegNow } from '../ports/nowcast.ts';

/** The gold leg of the price of a date, as far as it is known: fixed only under a rule that holds. */
export function goldLegNow(target: IsoDate, at: Instant, { rule }: OriginFeatures, view: MarketView): GoldLegNow {
  const { regime } = rule;
  const leg = regime !== null && rule.holds ? goldLeg(regime, setDayOf(target), view) : null;
  if (leg?.isFinal) return { state: 'fixed', ...placeOf(leg, view), expectedAt: null };
  const expectedAt = regime === null || !rule.holds ? null : fixedAt(regime, setDayOf(target));
  const newest = newestFixing(moscowDate(at), view);
  if (newest !== null) return { state: 'newest', ...placeOf(newest, view), expectedAt };
  return { state: 'unknown', usdPerOunce: null, date: null, auction: null, knownAt: null, expectedAt };
}

/** The official rate of a date, or the last one until it is set. */
export function roubleLegNow(target: IsoDate, cutoff: IsoDate, view: MarketView): RoubleLegNow {
  const leg = (state: 'fixed' | 'last', date: IsoDate, expectedAt: Instant | null): RoubleLegNow | null => {
    const rubPerUsd = view.usd(date);
    return rubPerUsd === null ? null : { state, rubPerUsd, date, knownAt: view.knownSince('usd', date), expectedAt };
  };
  const expectedAt = publishedAt(publicationRules.usd, target);
  return (
    leg('fixed', target, null) ??
    leg('last', cutoff, expectedAt) ?? { state: 'unknown', rubPerUsd: null, date: null, knownAt: null, expectedAt }
  );
}

function placeOf({ usdPerOunce, date, auction }: Fixing, view: MarketView) {
  const series = auction === 'morning' ? 'londonMorning' : 'londonEvening';
  return { usdPerOunce, date, auction, knownAt: view.knownSince(series, date) };
}

/** When the London price that makes the price set on a day will be public, by London's calendar. */
function fixedAt(regime: Regime, setDay: IsoDate): Instant {
  if (regime === 'A' && londonAuctions(setDay) !== 'none') return publishedAt(publicationRules.londonAm, setDay);
  let date = addDays(setDay, -1);
  while (londonAuctions(date) === 'none') date = addDays(date, -1);
  const rule = londonAuctions(date) === 'both' ? publicationRules.londonPm : publicationRules.londonAm;
  return publishedAt(rule, date);
}
