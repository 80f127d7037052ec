import {
  encodeWindows1251,
  metalFragment,
  metalsAnswer,
  rateFragment,
  ratesAnswer,
  usdCode,
} from '../../domain/bank-answer.ts';
import { addDays, type DateRange, type IsoDate, isoDate, weekday } from '../../domain/iso-date.ts';
import { gramsPerTroyOunce, metalCode, metals } from '../../domain/metal.ts';
import { moscowClock, moscowDate } from '../../domain/moscow-time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PriceSource, SourceSeries } from '../../ports/price-source.ts';
import { parseCbrAnswer } from './cbr-parse.ts';

export interface SimulatedOptions {
  readonly seed: number;
  readonly clock: Clock;
  /** Days that have a price; Tuesday to Saturday when left out. */
  readonly isQuoteDate?: (date: IsoDate) => boolean;
}

interface SimulatedDay {
  readonly date: IsoDate;
  /** RUB per gram, in the order of `metals`, as decimal text. */
  readonly prices: readonly string[];
  readonly usd: string;
}

const firstDay = isoDate('2012-01-10');
/** Round figures, so that nobody takes the beginning for history: USD per ounce, then daily volatility. */
const walks: readonly (readonly [start: number, volatility: number])[] = [
  [1000, 0.0095],
  [10, 0.017],
  [2000, 0.013],
  [500, 0.018],
];
const usdStart = 50;
const usdVolatility = 0.008;

/**
 * Made-up prices in the Bank's own answers: four world prices and a dollar rate that walk at random, converted by
 * the Bank's rule. The same seed gives the same history, whichever range is asked for and whenever.
 */
export function createSimulatedSource(options: SimulatedOptions): PriceSource {
  const isQuoteDate = options.isQuoteDate ?? ((date: IsoDate) => weekday(date) >= 2 && weekday(date) <= 6);
  return {
    id: 'simulated',
    simulated: true,
    series: ['metals', 'usd'],
    firstDate: () => firstDay,
    async fetch(series, range, signal) {
      signal.throwIfAborted();
      const now = options.clock.now();
      const newest = addDays(moscowDate(now), moscowClock(now) >= '16:30' ? 1 : 0);
      const days = walk(options.seed, newest, isQuoteDate).filter(({ date }) => date >= range.from && date <= range.to);
      return {
        url: `simulated:${series}?seed=${options.seed}&from=${range.from}&to=${range.to}`,
        requestedAt: now,
        receivedAt: now,
        status: 200,
        headers: { 'content-type': 'application/xml; charset=windows-1251' },
        bytes: encodeWindows1251(answerText(series, range, days)),
      };
    },
    parse: parseCbrAnswer,
  };
}

function answerText(series: SourceSeries, range: DateRange, days: readonly SimulatedDay[]): string {
  if (series === 'usd') {
    const rates = days.map(({ date, usd }) => rateFragment(usdCode, { date, nominal: '1', value: usd }));
    return ratesAnswer(usdCode, range, rates);
  }
  const entries = days.flatMap(({ date, prices }) =>
    metals.map((metal, index) => {
      const price = prices[index] ?? '';
      return metalFragment({ date, code: metalCode(metal), buy: price, sell: price });
    }),
  );
  return metalsAnswer(range, entries);
}

/** Always from the first day, because a walk has no other way to a later one. */
function walk(seed: number, newest: IsoDate, isQuoteDate: (date: IsoDate) => boolean): SimulatedDay[] {
  const draw = normalDraws(seed);
  const world = walks.map(([start]) => start);
  let usd = usdStart;
  const days: SimulatedDay[] = [];
  for (let date = firstDay; date <= newest; date = addDays(date, 1)) {
    if (!isQuoteDate(date)) continue;
    usd *= Math.exp(usdVolatility * draw());
    walks.forEach(([, volatility], index) => {
      world[index] = (world[index] ?? 0) * Math.exp(volatility * draw());
    });
    const rate = Number(usd.toFixed(4));
    const prices = world.map((price) => ((price * rate) / gramsPerTroyOunce).toFixed(2));
    days.push({ date, prices, usd: rate.toFixed(4) });
  }
  return days;
}

/** Standard normal draws: the sum of twelve uniform ones less six (exact arithmetic, the same on every machine). */
function normalDraws(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return () => {
    let sum = -6;
    for (let count = 0; count < 12; count += 1) sum += uniform();
    return sum;
  };
}
