import { isQuoteDate, setDayOf } from '../../src/domain/calendar/calendar.ts';
import { addDays, type IsoDate } from '../../src/domain/iso-date.ts';
import { londonAuctions } from '../../src/domain/london-calendar.ts';
import type { KnownValue, MarketHistory } from '../../src/domain/market.ts';
import { goldLeg, parityPrice, type Regime } from '../../src/domain/parity.ts';
import { type PublicationRule, publicationRules, publishedAt } from '../../src/domain/publication.ts';
import { createNormal } from './normal-draws.ts';

export interface MadeMarketRequest {
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly seed?: number;
  /** The regime by quote date. */
  readonly regime?: (date: IsoDate) => Regime;
}

/**
 * A made market that obeys the Bank's formula: London prices and a dollar rate that walk at random, the official price
 * they make, and a close of the exchange that knows half of the next change of the rate.
 */
export function madeMarket({ from, to, seed = 1, regime = () => 'B' }: MadeMarketRequest): MarketHistory {
  const draw = createNormal(seed);
  const history = { quotes: [], usd: [], londonMorning: [], londonEvening: [], exchangeCloses: [] } as Record<
    keyof MarketHistory,
    KnownValue[]
  >;
  const add = (series: keyof MarketHistory, rule: PublicationRule, date: IsoDate, value: number) => {
    history[series].push({ date, revision: 1, value, knownAt: publishedAt(rule, date) });
  };
  const [mornings, evenings] = [new Map<IsoDate, number>(), new Map<IsoDate, number>()];
  const london = {
    morning: (date: IsoDate) => mornings.get(date) ?? null,
    evening: (date: IsoDate) => evenings.get(date) ?? null,
  };
  let gold = 2000;
  let usd = 90;
  for (let day = addDays(from, -20); day < to; day = addDays(day, 1)) {
    const held = londonAuctions(day);
    const quoteDate = addDays(day, 1);
    if (held !== 'none') {
      gold = round(gold * Math.exp(0.005 * draw()), 2);
      mornings.set(day, gold);
      add('londonMorning', publicationRules.londonAm, day, gold);
    }
    if (isQuoteDate(quoteDate)) {
      usd = round(usd * Math.exp(0.006 * draw()), 4);
      add('usd', publicationRules.usd, quoteDate, usd);
      const leg = goldLeg(regime(quoteDate), setDayOf(quoteDate), london);
      if (quoteDate >= from && leg !== null) {
        add('quotes', publicationRules.metals, quoteDate, parityPrice(leg.usdPerOunce, usd));
      }
      add('exchangeCloses', publicationRules.moscowExchange, day, round((gold * usd) / 31.1035, 2));
    }
    if (held === 'both') {
      gold = round(gold * Math.exp(0.005 * draw()), 2);
      evenings.set(day, gold);
      add('londonEvening', publicationRules.londonPm, day, gold);
    }
  }
  return history;
}

function round(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
