import { nextQuoteDates } from '../calendar/calendar.ts';
import { addDays, type IsoDate } from '../iso-date.ts';
import type { Instant } from '../moscow-time.ts';
import { publicationRules, publishedAt } from '../publication.ts';
import type { AlertCondition, AlertEvent } from './alert-rule.ts';

/** What is known of one metal, for rules to be held against. Prices in RUB per gram. */
export interface AlertFacts {
  readonly now: Instant;
  /** Every quote, oldest first. */
  readonly quotes: readonly { readonly date: IsoDate; readonly price: number; readonly knownAt: Instant }[];
  /** Forecast points with their facts, one for each target date and horizon. */
  readonly scored: readonly {
    readonly targetDate: IsoDate;
    readonly horizon: number;
    readonly modelName: string;
    readonly mean: number;
    readonly actual: number;
    readonly interval80: readonly [low: number, high: number];
    readonly interval95: readonly [low: number, high: number];
    readonly knownAt: Instant;
  }[];
  /** Terms of champions, in any order. */
  readonly promotions: readonly {
    readonly version: number;
    readonly model: string;
    readonly why: string;
    readonly at: Instant;
  }[];
  /** Nowcasts with whether the formula held, oldest first. */
  readonly formula: readonly { readonly at: Instant; readonly alarm: string | null }[];
}

/**
 * Every event of the facts that the condition waits for, oldest first. Pure: the same facts give the same events with
 * the same keys, so that a preview shows what would have been sent, and nothing is sent twice.
 */
export function eventsOf(condition: AlertCondition, facts: AlertFacts): AlertEvent[] {
  switch (condition.kind) {
    case 'price-crosses':
      return crossings(condition, facts);
    case 'change-exceeds':
      return changes(condition, facts);
    case 'interval-breach':
      return breaches(condition, facts);
    case 'new-record':
      return records(condition, facts);
    case 'stale-data':
      return staleness(condition, facts);
    case 'promotion':
      return facts.promotions
        .map(({ version, model, why, at }) => ({
          key: `promotion ${version} ${at}`,
          at,
          date: null,
          figures: { version, model, why },
        }))
        .sort((a, b) => (a.at < b.at ? -1 : 1));
    case 'formula-alarm':
      return alarms(facts);
  }
}

type Of<Kind extends AlertCondition['kind']> = Extract<AlertCondition, { kind: Kind }>;

function crossings({ levelRubPerGram: level, direction }: Of<'price-crosses'>, { quotes }: AlertFacts): AlertEvent[] {
  return quotes.flatMap(({ date, price, knownAt }, index) => {
    const before = quotes[index - 1]?.price;
    if (before === undefined) return [];
    const passed = before < level && price >= level ? 'up' : before > level && price <= level ? 'down' : null;
    if (passed === null || (direction !== 'either' && direction !== passed)) return [];
    return [{ key: `crosses ${date}`, at: knownAt, date, figures: { price, before, level, passed } }];
  });
}

function changes({ percent, quotes: span }: Of<'change-exceeds'>, { quotes }: AlertFacts): AlertEvent[] {
  return quotes.flatMap(({ date, price, knownAt }, index) => {
    const before = quotes[index - span]?.price;
    if (before === undefined) return [];
    const change = (100 * (price - before)) / before;
    if (Math.abs(change) <= percent) return [];
    return [
      { key: `change ${date}`, at: knownAt, date, figures: { price, before, changePercent: change, quotes: span } },
    ];
  });
}

function breaches({ level, horizon }: Of<'interval-breach'>, { scored }: AlertFacts): AlertEvent[] {
  return scored
    .filter((point) => point.horizon === horizon)
    .flatMap(({ targetDate, modelName, mean, actual, interval80, interval95, knownAt }) => {
      const [low, high] = level === 80 ? interval80 : interval95;
      if (actual >= low && actual <= high) return [];
      const figures = { price: actual, mean, low, high, level, horizon, model: modelName };
      return [{ key: `breach ${targetDate} ${horizon}`, at: knownAt, date: targetDate, figures }];
    })
    .sort((a, b) => (a.date < b.date ? -1 : 1));
}

function records({ side, days }: Of<'new-record'>, { quotes }: AlertFacts): AlertEvent[] {
  const highs = extremes(quotes, days, (a, b) => a >= b);
  const lows = extremes(quotes, days, (a, b) => a <= b);
  return quotes.flatMap(({ date, price, knownAt }, index) => {
    const [high, low] = [highs[index], lows[index]];
    // The window must reach back before it can say anything: the first quotes of a history are no records.
    const isOld = index > 0 && (days === null || (quotes[0]?.date ?? date) <= addDays(date, -days));
    if (!isOld) return [];
    if (side !== 'low' && high !== undefined && price > high) {
      return [{ key: `record ${date}`, at: knownAt, date, figures: { price, former: high, side: 'high', days } }];
    }
    if (side !== 'high' && low !== undefined && price < low) {
      return [{ key: `record ${date}`, at: knownAt, date, figures: { price, former: low, side: 'low', days } }];
    }
    return [];
  });
}

/** The extreme of the quotes before each one within `days`, in one pass: a monotonic queue of candidates. */
function extremes(
  quotes: AlertFacts['quotes'],
  days: number | null,
  beats: (a: number, b: number) => boolean,
): (number | undefined)[] {
  const queue: { date: IsoDate; price: number }[] = [];
  let head = 0;
  return quotes.map(({ date, price }) => {
    if (days !== null) {
      const first = addDays(date, -days);
      while (head < queue.length && (queue[head]?.date ?? date) < first) head += 1;
    }
    const extreme = queue[head]?.price;
    while (queue.length > head && beats(price, queue.at(-1)?.price ?? price)) queue.pop();
    queue.push({ date, price });
    return extreme;
  });
}

/** One event for each outage, named by the first price that is missing. */
function staleness({ hours }: Of<'stale-data'>, { now, quotes }: AlertFacts): AlertEvent[] {
  const last = quotes.at(-1);
  const [missing] = last === undefined ? [] : nextQuoteDates(last.date, 1);
  if (last === undefined || missing === undefined) return [];
  const expected = publishedAt(publicationRules.metals, missing.date);
  const lateMs = Date.parse(now) - Date.parse(expected);
  if (lateMs < hours * 3_600_000) return [];
  const figures = { lastDate: last.date, missing: missing.date, expected, lateHours: Math.floor(lateMs / 3_600_000) };
  return [{ key: `stale ${missing.date}`, at: now, date: missing.date, figures }];
}

/** The first nowcast of each time in which the formula does not hold. */
function alarms({ formula }: AlertFacts): AlertEvent[] {
  return formula.flatMap(({ at, alarm }, index) => {
    const began = alarm !== null && (formula[index - 1]?.alarm ?? null) === null;
    return began ? [{ key: `formula ${at}`, at, date: null, figures: { alarm } }] : [];
  });
}
