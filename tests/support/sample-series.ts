import type { MetalName, Month, Place, Quote, Summary } from '../../src/api/contract.ts';

const firstDay = day('1998-01-06');
const lastDay = day('2025-06-28');
const gramsPerOunce = 31.1035;

/** A made-up daily series from 1998 that has the real one's shape: levels, gaps, the missing and the discounted sells. */
export function sampleQuotes(metal: MetalName): Quote[] {
  const seed = { gold: 11, silver: 22, platinum: 33, palladium: 44 }[metal];
  const random = normalGenerator(seed);
  const rouble = normalGenerator(7);
  const quotes: Quote[] = [];
  let noiseMetal = 0;
  let noiseRouble = 0;
  let high = 0;
  for (let at = firstDay; at <= lastDay; at += 1) {
    const date = isoOf(at);
    if (!isQuoteDate(date)) continue;
    noiseMetal = noiseMetal * 0.985 + random() * 0.009;
    noiseRouble = noiseRouble * 0.97 + rouble() * 0.006;
    const usdPerOunce = onAnchors(metalAnchors[metal], at) * Math.exp(noiseMetal);
    const usdRub = onAnchors(roubleAnchors, at) * Math.exp(noiseRouble);
    const buy = round((usdPerOunce * usdRub) / gramsPerOunce, 2);
    high = Math.max(high, buy);
    quotes.push(quoteAfter(quotes.at(-1), { date, buy, usdPerOunce, usdRub, high }));
  }
  return quotes;
}

/** The monthly mart of a series, oldest month first. */
export function sampleMonths(quotes: readonly Quote[]): Month[] {
  const byMonth = new Map<string, Quote[]>();
  for (const quote of quotes) {
    const month = quote.date.slice(0, 7);
    byMonth.set(month, [...(byMonth.get(month) ?? []), quote]);
  }
  let before: number | null = null;
  return [...byMonth].map(([month, rows]) => {
    const row = monthOf(month, rows, before);
    before = row.lastRubPerGram;
    return row;
  });
}

export function sampleSummary(quotes: readonly Quote[]): Summary {
  const prices = quotes.map((quote) => quote.buyRubPerGram);
  const returns = quotes.flatMap((quote) => quote.logReturn ?? []);
  const isEmpty = prices.length === 0;
  return {
    quotes: prices.length,
    firstDate: quotes[0]?.date ?? null,
    lastDate: quotes.at(-1)?.date ?? null,
    minRubPerGram: isEmpty ? null : Math.min(...prices),
    maxRubPerGram: isEmpty ? null : Math.max(...prices),
    meanRubPerGram: isEmpty ? null : round(mean(prices), 2),
    volatilityPercent: returns.length < 2 ? null : round(deviation(returns) * Math.sqrt(247) * 100, 2),
  };
}

/** Where the last price stands among all. */
export function samplePlace(quotes: readonly Quote[], last: Quote): Place {
  const changed = quotes.flatMap(({ date, changePercent: percent }) => (percent === null ? [] : [{ date, percent }]));
  const byChange = changed.sort((a, b) => b.percent - a.percent);
  const year = quotes.filter((quote) => quote.date > '2024-06-28');
  return {
    firstDate: quotes[0]!.date,
    quotes: quotes.length,
    lowerQuotes: quotes.filter((quote) => quote.buyRubPerGram < last.buyRubPerGram).length,
    highsInYear: year.filter((quote) => quote.drawdownPercent === 0).length,
    largestRise: byChange[0] ?? null,
    largestFall: byChange.at(-1) ?? null,
  };
}

/** The quote dates after a day, by the same made-up calendar. */
export function nextQuoteDates(after: string, count: number): string[] {
  const dates: string[] = [];
  for (let at = day(after) + 1; dates.length < count; at += 1) {
    if (isQuoteDate(isoOf(at))) dates.push(isoOf(at));
  }
  return dates;
}

export function round(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}

/** Standard normal draws from a seed (mulberry32 with Box and Muller). */
export function normalGenerator(seed: number): () => number {
  let state = seed;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return () => Math.sqrt(-2 * Math.log(uniform() + 1e-12)) * Math.cos(2 * Math.PI * uniform());
}

type Anchors = readonly (readonly [date: string, value: number])[];

const roubleAnchors: Anchors = [
  ['1998-01-01', 6],
  ['1998-08-15', 6.3],
  ['1998-10-01', 16],
  ['1999-06-01', 24.5],
  ['2003-01-01', 31.8],
  ['2008-07-01', 23.5],
  ['2009-02-15', 36],
  ['2011-05-01', 28],
  ['2014-07-01', 34.5],
  ['2015-02-01', 66],
  ['2015-05-15', 50],
  ['2016-01-25', 78],
  ['2018-01-15', 57],
  ['2020-03-25', 78],
  ['2022-02-15', 76],
  ['2022-03-12', 112],
  ['2022-07-01', 55],
  ['2023-10-10', 98],
  ['2024-06-15', 89],
  ['2025-01-10', 101],
  ['2025-06-28', 78.7],
];

const metalAnchors: Readonly<Record<MetalName, Anchors>> = {
  gold: [
    ['1998-01-01', 290],
    ['2001-04-01', 262],
    ['2006-05-01', 680],
    ['2008-07-01', 930],
    ['2011-09-05', 1850],
    ['2015-12-15', 1065],
    ['2020-08-05', 2030],
    ['2022-10-01', 1660],
    ['2024-03-01', 2060],
    ['2025-04-20', 3330],
    ['2025-06-28', 3290],
  ],
  silver: [
    ['1998-01-01', 5.6],
    ['2008-07-01', 17.5],
    ['2011-04-25', 46],
    ['2015-12-15', 14],
    ['2020-08-05', 26],
    ['2025-06-28', 36],
  ],
  platinum: [
    ['1998-01-01', 370],
    ['2008-03-01', 2050],
    ['2008-11-01', 850],
    ['2011-08-01', 1800],
    ['2020-03-20', 650],
    ['2025-06-28', 1340],
  ],
  palladium: [
    ['1998-01-01', 210],
    ['2001-01-20', 950],
    ['2003-04-01', 170],
    ['2014-09-01', 890],
    ['2022-03-08', 2800],
    ['2024-08-01', 900],
    ['2025-06-28', 1120],
  ],
};

function onAnchors(anchors: Anchors, at: number): number {
  const next = anchors.findIndex(([date]) => day(date) > at);
  const [toDate, to] = anchors[next === -1 ? anchors.length - 1 : next]!;
  const [fromDate, from] = anchors[next === -1 ? anchors.length - 2 : Math.max(0, next - 1)]!;
  const share = Math.min(1, (at - day(fromDate)) / Math.max(1, day(toDate) - day(fromDate)));
  return Math.exp(Math.log(from) * (1 - share) + Math.log(to) * share);
}

function isQuoteDate(date: string): boolean {
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  const monthDay = date.slice(5);
  return weekday >= 2 && (monthDay < '01-01' || monthDay > '01-09') && monthDay !== '05-02' && monthDay !== '05-10';
}

function quoteAfter(
  before: Quote | undefined,
  now: { date: string; buy: number; usdPerOunce: number; usdRub: number; high: number },
): Quote {
  const logReturn = before === undefined ? null : Math.log(now.buy / before.buyRubPerGram);
  const rouble = before === undefined ? null : Math.log(now.usdRub / (before.usdRub ?? now.usdRub));
  const metal = logReturn === null || rouble === null ? null : logReturn - rouble;
  return {
    date: now.date,
    buyRubPerGram: now.buy,
    sellRubPerGram: sellOf(now.date, now.buy),
    changeRub: before === undefined ? null : round(now.buy - before.buyRubPerGram, 2),
    changePercent: before === undefined ? null : round((now.buy / before.buyRubPerGram - 1) * 100, 4),
    logReturn,
    drawdownPercent: round((now.buy / now.high - 1) * 100, 3),
    usdRub: round(now.usdRub, 4),
    impliedUsdPerOunce: round((now.buy * gramsPerOunce) / now.usdRub, 2),
    metalContribution: metal,
    roubleContribution: rouble,
    isAnomaly: logReturn !== null && Math.abs(logReturn) > 0.045,
  };
}

/** None in the first year, above the buying price until the middle of 2008, equal since. */
function sellOf(date: string, buy: number): number | null {
  if (date < '1999-01-01') return null;
  return date < '2008-07-01' ? round(buy * 1.07, 2) : buy;
}

function monthOf(month: string, rows: readonly Quote[], before: number | null): Month {
  const prices = rows.map((row) => row.buyRubPerGram);
  const sorted = [...prices].sort((a, b) => a - b);
  const sells = rows.flatMap((row) => row.sellRubPerGram ?? []);
  const returns = rows.flatMap((row) => row.logReturn ?? []);
  const average = mean(prices);
  const last = prices.at(-1)!;
  return {
    month,
    quotes: prices.length,
    firstRubPerGram: prices[0]!,
    lastRubPerGram: last,
    minRubPerGram: sorted[0]!,
    maxRubPerGram: sorted.at(-1)!,
    meanBuyRubPerGram: round(average, 2),
    meanSellRubPerGram: sells.length === 0 ? null : round(mean(sells), 2),
    q25RubPerGram: quantile(sorted, 0.25),
    medianRubPerGram: quantile(sorted, 0.5),
    q75RubPerGram: quantile(sorted, 0.75),
    returnPercent: before === null ? null : round((last / before - 1) * 100, 3),
    volatilityPercent: returns.length < 2 ? null : round(deviation(returns) * Math.sqrt(returns.length) * 100, 3),
    maxDrawdownPercent: round(drawdown(prices) * 100, 3),
    daysAboveMean: prices.filter((price) => price > average).length,
    trendRubPerQuote: prices.length < 2 ? null : round(slope(prices), 3),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(values: readonly number[]): number {
  const average = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - average) ** 2, 0) / (values.length - 1));
}

function quantile(sorted: readonly number[], level: number): number {
  const at = (sorted.length - 1) * level;
  const low = sorted[Math.floor(at)]!;
  return round(low + (sorted[Math.ceil(at)]! - low) * (at - Math.floor(at)), 2);
}

function drawdown(prices: readonly number[]): number {
  let high = 0;
  let worst = 0;
  for (const price of prices) {
    high = Math.max(high, price);
    worst = Math.min(worst, price / high - 1);
  }
  return worst;
}

function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const average = mean(values);
  const top = values.reduce((sum, value, index) => sum + (index - middle) * (value - average), 0);
  return top / values.reduce((sum, _value, index) => sum + (index - middle) ** 2, 0);
}

function day(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / 86_400_000;
}

function isoOf(at: number): string {
  return new Date(at * 86_400_000).toISOString().slice(0, 10);
}

const cache = new Map<MetalName, readonly Quote[]>();

/** Quotes are made once for each metal: they take a while. */
export function cachedQuotes(metal: MetalName): readonly Quote[] {
  const known = cache.get(metal) ?? sampleQuotes(metal);
  cache.set(metal, known);
  return known;
}

export function isInside(date: string, from?: string, to?: string): boolean {
  return (from === undefined || date >= from) && (to === undefined || date <= to);
}
