import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AlertFacts, eventsOf } from '../../../../src/domain/alerts/alert-events.ts';
import { messageOf } from '../../../../src/domain/alerts/alert-message.ts';
import { type AlertCondition, isNews } from '../../../../src/domain/alerts/alert-rule.ts';
import { nextQuoteDates } from '../../../../src/domain/calendar/calendar.ts';
import { type IsoDate, isoDate } from '../../../../src/domain/iso-date.ts';
import { instant } from '../../../../src/domain/moscow-time.ts';
import { publicationRules, publishedAt } from '../../../../src/domain/publication.ts';

const start = isoDate('2024-01-31');

function factsOf(prices: readonly number[], changes: Partial<AlertFacts> = {}): AlertFacts {
  const dates = nextQuoteDates(start, Math.max(1, prices.length)).map(({ date }) => date);
  const quotes = prices.map((price, index) => {
    const date = dates[index] as IsoDate;
    return { date, price, knownAt: publishedAt(publicationRules.metals, date) };
  });
  const now = quotes.at(-1)?.knownAt ?? publishedAt(publicationRules.metals, start);
  return { now, quotes, scored: [], promotions: [], formula: [], ...changes };
}

const dateAt = (facts: AlertFacts, index: number) => facts.quotes[index]!.date;
const found = (condition: AlertCondition, facts: AlertFacts) => eventsOf(condition, facts).map(({ date }) => date);

describe('rules of alerts', () => {
  it('see a level crossed upwards, downwards, or touched, and not stayed above', () => {
    const facts = factsOf([90, 100, 110, 95, 100, 90]);
    const rule = { kind: 'price-crosses', levelRubPerGram: 100 } as const;
    expect(found({ ...rule, direction: 'up' }, facts)).toEqual([dateAt(facts, 1), dateAt(facts, 4)]);
    expect(found({ ...rule, direction: 'down' }, facts)).toEqual([dateAt(facts, 3)]);
    expect(found({ ...rule, direction: 'either' }, facts)).toHaveLength(3);
  });

  it('see a change over one quote and over several, beyond the limit alone', () => {
    const facts = factsOf([100, 102, 104, 101]);
    expect(found({ kind: 'change-exceeds', percent: 2, quotes: 1 }, facts)).toEqual([dateAt(facts, 3)]);
    expect(found({ kind: 'change-exceeds', percent: 3.9, quotes: 2 }, facts)).toEqual([dateAt(facts, 2)]);
    expect(found({ kind: 'change-exceeds', percent: 4, quotes: 2 }, facts)).toEqual([]);
  });

  it('see a fact outside its interval, at its horizon', () => {
    const facts = factsOf([100, 120]);
    const point = (horizon: number) => ({
      targetDate: dateAt(facts, 1),
      horizon,
      modelName: 'theta',
      mean: 100,
      actual: 120,
      interval80: [95, 105] as const,
      interval95: [90, 120] as const,
      knownAt: facts.now,
    });
    const scored = [point(1), point(2)];
    expect(eventsOf({ kind: 'interval-breach', level: 80, horizon: 1 }, { ...facts, scored })).toHaveLength(1);
    expect(eventsOf({ kind: 'interval-breach', level: 95, horizon: 1 }, { ...facts, scored })).toEqual([]);
  });

  it('see a price that is late once for each outage, and none that is not due', () => {
    const facts = factsOf([100]);
    const expected = Date.parse(publishedAt(publicationRules.metals, nextQuoteDates(dateAt(facts, 0), 1)[0]!.date));
    const at = (hours: number) => ({ ...facts, now: instant(expected + hours * 3_600_000) });
    const rule = { kind: 'stale-data', hours: 24 } as const;
    expect(eventsOf(rule, at(23))).toEqual([]);
    const [first] = eventsOf(rule, at(24));
    const [later] = eventsOf(rule, at(90));
    expect(first?.key).toBe(later?.key);
    expect(later?.figures['lateHours']).toBe(90);
    expect(eventsOf(rule, factsOf([]))).toEqual([]);
  });

  it('see the beginning of a formula alarm, and each new champion', () => {
    const at = (minute: number) => instant(Date.UTC(2025, 0, 1, 0, minute));
    const alarms = [null, 'a', 'a', null, 'b'].map((alarm, minute) => ({ at: at(minute), alarm }));
    const facts = factsOf([1], { formula: alarms });
    expect(eventsOf({ kind: 'formula-alarm' }, facts).map((event) => event.at)).toEqual([at(1), at(4)]);
    const promotions = [
      { version: 2, model: 'ets', why: 'won', at: at(9) },
      { version: 1, model: 'naive', why: 'first', at: at(3) },
    ];
    const terms = eventsOf({ kind: 'promotion' }, factsOf([1], { promotions }));
    expect(terms.map(({ figures }) => figures['version'])).toEqual([1, 2]);
  });

  it('find records as looking at every former price would', () => {
    const days = fc.option(fc.integer({ min: 2, max: 60 }), { nil: null });
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 60 }), days, (prices, window) => {
        const facts = factsOf(prices);
        const wanted = facts.quotes.filter(({ date, price }, index) => {
          const dayOf = (text: string) => Date.parse(text) / 86_400_000;
          const reach = window === null ? Number.POSITIVE_INFINITY : window;
          if (index === 0 || (window !== null && dayOf(date) - dayOf(facts.quotes[0]!.date) < window)) return false;
          const before = facts.quotes.slice(0, index).filter((one) => dayOf(date) - dayOf(one.date) <= reach);
          return before.length > 0 && price > Math.max(...before.map((one) => one.price));
        });
        expect(found({ kind: 'new-record', side: 'high', days: window }, facts)).toEqual(
          wanted.map(({ date }) => date),
        );
      }),
    );
  });

  it('give the same events the same keys when more becomes known, and no key twice', () => {
    const conditions: AlertCondition[] = [
      { kind: 'price-crosses', levelRubPerGram: 15, direction: 'either' },
      { kind: 'change-exceeds', percent: 10, quotes: 2 },
      { kind: 'new-record', side: 'either', days: null },
    ];
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 40 }), fc.nat(40), (prices, cut) => {
        for (const condition of conditions) {
          const all = eventsOf(condition, factsOf(prices)).map(({ key }) => key);
          const some = eventsOf(condition, factsOf(prices.slice(0, cut))).map(({ key }) => key);
          expect(all.slice(0, some.length)).toEqual(some);
          expect(new Set(all).size).toBe(all.length);
        }
      }),
    );
  });

  it('take nothing for news that was known when the rule was made, nor a history that came later', () => {
    const facts = factsOf([90, 110, 90, 110]);
    const events = eventsOf({ kind: 'price-crosses', levelRubPerGram: 100, direction: 'either' }, facts);
    const made = { watchedFrom: instant(Date.parse(facts.now) + 1), afterDate: dateAt(facts, 1) };
    expect(events.filter((event) => isNews(event, made)).map(({ date }) => date)).toEqual([
      dateAt(facts, 2),
      dateAt(facts, 3),
    ]);
    expect(events.filter((event) => isNews(event, { ...made, afterDate: null }))).toEqual([]);
  });
});

describe('messages', () => {
  const event = {
    key: 'k',
    at: instant(0),
    date: isoDate('2025-06-28'),
    figures: { price: 8372.48, before: 8000, level: 8100, passed: 'up', changePercent: -4.449, quotes: 22 },
  };
  it('say what happened in both languages, with figures as prices are written', () => {
    const condition = { kind: 'price-crosses', levelRubPerGram: 8100, direction: 'up' } as const;
    const rule = { name: 'N', metal: 'gold', condition, lang: 'ru' } as const;
    expect(messageOf(rule, event, false).subject).toBe(
      'Золото на 2025-06-28: 8372.48, выше уровня 8100.00 (было 8000.00)',
    );
    const change = { ...rule, condition: { kind: 'change-exceeds', percent: 1, quotes: 22 } } as const;
    expect(messageOf(change, event, false).subject).toContain('−4.45% за 22 котировки');
    expect(messageOf({ ...change, lang: 'en' }, event, true).subject).toMatch(
      /^SIMULATED: Gold .* −4.45% over 22 quotes$/,
    );
  });
});
