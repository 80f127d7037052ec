import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type MarketOrigin, marketSeries, originInstant, originsAt } from '../../../src/backtest/market-origins.ts';
import { isoDate } from '../../../src/domain/iso-date.ts';
import { createMarket, type KnownValue, type MarketHistory, withoutDrivers } from '../../../src/domain/market.ts';
import { featureNames } from '../../../src/domain/market-features.ts';
import { parity } from '../../../src/models/parity.ts';
import { madeMarket } from '../../support/made-market.ts';

const history = madeMarket({ from: isoDate('2023-06-01'), to: isoDate('2024-06-01') });
const market = createMarket(history);
const column = (name: string) => featureNames.indexOf(name);

describe('origins', () => {
  test('stand on the day of setting: in the evening with its price, before 16:30 with the one before', () => {
    const evening = originsAt(market, '18:15').at(-1);
    expect(evening).toEqual({ at: '2024-05-31T15:15:00.000Z', cutoff: '2024-06-01' });
    const afternoon = originsAt(market, '16:10').at(-1);
    expect(afternoon).toEqual({ at: '2024-05-31T13:10:00.000Z', cutoff: '2024-05-31' });
    expect(originInstant(isoDate('2024-05-31'), '16:10')).toBe(afternoon?.at);
  });

  test.each([
    ['09:00', { gold_1: true, usd_1: false }],
    ['16:10', { gold_1: true, usd_1: true }],
    // 16:45 in Moscow is before the evening auction in London, winter and summer.
    ['16:45', { gold_1: false, usd_1: false }],
    ['18:15', { gold_1: true, usd_1: false }],
    ['23:55', { gold_1: true, usd_1: false }],
  ])('at %s know these legs of the next price', (clock, expected) => {
    const series = marketSeries(market, clock);
    const one = series.features.get(isoDate('2024-05-23'));
    expect({ gold_1: !Number.isNaN(one?.gold[0]), usd_1: !Number.isNaN(one?.usd[0]) }).toEqual(expected);
    expect(Number.isNaN(one?.closeRatio)).toBe(clock !== '23:55' && clock !== '09:00');
    expect(one?.rule).toEqual({ regime: 'B', holds: true, unexplained: 0, checked: '2024-05-23' });
  });

  test('under regime A know the gold leg only once the morning auction of the day is over', () => {
    const old = createMarket(madeMarket({ from: isoDate('2024-01-10'), to: isoDate('2024-06-01'), regime: () => 'A' }));
    const cutoff = isoDate('2024-05-23');
    const legAt = (clock: string) => marketSeries(old, clock).features.get(cutoff)?.gold[0];
    expect(legAt('18:15')).toBeNaN();
    expect(legAt('12:30')).toBeNaN();
    expect(legAt('13:00')).toBe(old.asOf(originInstant(cutoff, '13:00')).morning(isoDate('2024-05-23')));
  });

  test('without drivers know the rouble leg alone', () => {
    const series = marketSeries(createMarket(withoutDrivers(history)), '16:10');
    const one = series.features.get(isoDate('2024-05-23'));
    expect(one?.gold[0]).toBeNaN();
    expect(one?.goldLatest).toBeNaN();
    expect(one?.usd[0]).toBe(market.asOf(originInstant(isoDate('2024-05-23'), '16:10')).usd(isoDate('2024-05-24')));
  });
});

describe('a forecast', () => {
  test('of a price whose legs are both known is that price, without an interval', () => {
    for (const origin of originsAt(market, '16:10').slice(60, 75)) {
      const forecast = forecastAt(history, '16:10', origin);
      const next = market.quoteDates[market.quoteDates.indexOf(origin.cutoff) + 1];
      const actual = history.quotes.find(({ date }) => date === next)?.value;
      expect(forecast.mean[0]).toBe(actual);
      expect(forecast.quantiles.every((row) => row[0] === actual)).toBe(true);
    }
  });

  test('changes by no bit when everything that became known after its origin is changed or lost', () => {
    const origins = new Map(['09:00', '16:10', '18:15', '23:55'].map((clock) => [clock, originsAt(market, clock)]));
    fc.assert(
      fc.property(
        fc.constantFrom('09:00', '16:10', '18:15', '23:55'),
        fc.integer({ min: 150, max: 235 }),
        fc.double({ min: 0.5, max: 2, noNaN: true }),
        fc.boolean(),
        (clock, place, factor, isLost) => {
          const origin = origins.get(clock)?.[place];
          if (origin === undefined) throw new Error('there is no such origin');
          const spoilt = spoilAfter(history, origin.at, factor, isLost);
          expect(forecastAt(spoilt, clock, origin)).toEqual(forecastAt(history, clock, origin));
        },
      ),
      { numRuns: 15 },
    );
  });

  test('does change when something known at its origin is changed', () => {
    const origin = originsAt(market, '18:15')[200];
    const earlier = originsAt(market, '18:15')[199];
    if (origin === undefined || earlier === undefined) throw new Error('there are such origins');
    const spoilt = spoilAfter(history, earlier.at, 1.01, false);
    expect(forecastAt(spoilt, '18:15', origin)).not.toEqual(forecastAt(history, '18:15', origin));
  });
});

test('a column has a name, and holds what is known of its origin', () => {
  const [origin] = originsAt(market, '18:15').slice(-1);
  if (origin === undefined) throw new Error('there is an origin');
  const { y, regressors, dates } = marketSeries(market, '18:15').trainingAt(origin, 5);
  expect(regressors?.names).toEqual(featureNames);
  expect(regressors?.columns.map((values) => values.length)).toEqual(featureNames.map(() => y.length));
  expect(dates.at(-1)).toBe('2024-06-01');
  expect(regressors?.columns[column('usd_last')]?.at(-1)).toBe(history.usd.at(-1)?.value);
  expect(regressors?.columns[column('gold_1')]?.at(-1)).toBe(history.londonEvening.at(-1)?.value);
});

function forecastAt(from: MarketHistory, clock: string, origin: MarketOrigin) {
  const seen = createMarket(from);
  return parity.create().fit(marketSeries(seen, clock).trainingAt(origin, 5), { seed: 1 }).forecast(14);
}

/** Multiplies, or drops, every value that became known after an instant. */
function spoilAfter(from: MarketHistory, at: string, factor: number, isLost: boolean): MarketHistory {
  const spoil = (values: readonly KnownValue[], decimals: number) =>
    values.flatMap((one) => {
      if (one.knownAt <= at) return one;
      return isLost ? [] : { ...one, value: Number((one.value * factor).toFixed(decimals)) };
    });
  return {
    quotes: spoil(from.quotes, 2),
    usd: spoil(from.usd, 4),
    londonMorning: spoil(from.londonMorning, 2),
    londonEvening: spoil(from.londonEvening, 2),
    exchangeCloses: spoil(from.exchangeCloses, 2),
  };
}
