import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createJournal } from '../../src/adapters/journal/postgres.ts';
import { createReadModel, type ReadModel } from '../../src/adapters/read-model/postgres.ts';
import { createForecastStore } from '../../src/adapters/warehouse/forecast-store.ts';
import { createPool } from '../../src/adapters/warehouse/pool.ts';
import { createRawStore } from '../../src/adapters/warehouse/raw-store.ts';
import { createTransformer } from '../../src/adapters/warehouse/transformer.ts';
import { addDays, isoDate } from '../../src/domain/iso-date.ts';
import type { Instant } from '../../src/domain/moscow-time.ts';
import { transform } from '../../src/flows/transform.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { sampleVintage } from '../unit/adapters/warehouse/sample-forecasts.ts';
import { metalRecord, sampleReceipt, usdRecord } from '../unit/adapters/warehouse/sample-receipt.ts';

const clock = { now: () => '2025-07-02T14:00:00.000Z' as Instant };
const early = '2025-07-01T10:00:00.000Z';
const later = '2025-07-02T10:00:00.000Z';

/** A year and a half of made days with a gap, a day without a rate and two leaps. */
const days = Array.from({ length: 419 }, (_, index) =>
  addDays(isoDate('2024-01-10'), index < 200 ? index : index + 40),
);
const price = (index: number) => (5000 + 40 * Math.sin(index * 1.7) + (index > 300 ? 900 : 0) + index).toFixed(2);
const comma = (text: string) => text.replace('.', ',');

describe('what was known at an instant', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let api: ReadModel;
  const build = () =>
    transform(
      { range: null },
      {
        transformer: createTransformer(pool),
        clock,
        step: { runId: 'r', signal: new AbortController().signal, note: () => undefined, rows: () => undefined },
      },
    );

  beforeAll(async () => {
    database = await createTestDatabase({ migrate: true });
    pool = createPool(database.url);
    api = createReadModel({
      pool,
      clock,
      lake: { async *list() {}, get: async () => null },
      version: '0.1.0',
      source: { id: 'cbr', simulated: false },
      versions: async () => [],
      memory: async () => [{ process: 'web', bytes: 1, count: 1 }],
      components: async () => [],
    });
    const raw = createRawStore(pool);
    await raw.load(
      sampleReceipt({ receivedAt: early as Instant }),
      days.map((day, index) => metalRecord(day, comma(price(index)))),
    );
    await raw.load(
      sampleReceipt({ receiptKey: 'u', series: 'usd', receivedAt: early as Instant }),
      days
        .filter((_, index) => index % 9 !== 4)
        .map((day, index) => usdRecord(day, comma((90 + (index % 7)).toFixed(4)))),
    );
    await build();
    await createForecastStore(pool).saveVintage({
      ...sampleVintage(),
      cutoff: days.at(-2)!,
      madeAt: '2025-07-01T12:00:00.000Z' as Instant,
    });
    await raw.load(sampleReceipt({ receiptKey: 'revised', receivedAt: later as Instant }), [
      metalRecord(days.at(-1)!, '6543,21'),
    ]);
    await build();
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  test('now is what dm holds, to the last digit, with its changes and anomalies', async () => {
    const current = await api.quotes({ metal: 'gold' });
    expect(current.filter((quote) => quote.isAnomaly).length).toBeGreaterThan(0);
    expect(current.filter((quote) => quote.changeRub === null)).toHaveLength(2);
    expect(await api.quotes({ metal: 'gold', asOf: clock.now() })).toEqual(current);
    const range = { metal: 'gold', from: days[150]!, to: days[250]! } as const;
    expect(await api.quotes({ ...range, asOf: clock.now() })).toEqual(await api.quotes(range));
  });

  test('before a revision is the former value; before anything was received is nothing', async () => {
    const [then] = (await api.quotes({ metal: 'gold', asOf: '2025-07-02T09:59:59.999Z' })).slice(-1);
    expect(then).toMatchObject({ date: days.at(-1), buyRubPerGram: Number(price(days.length - 1)) });
    expect((await api.quotes({ metal: 'gold' })).at(-1)).toMatchObject({ buyRubPerGram: 6543.21 });
    expect(await api.quotes({ metal: 'gold', asOf: '1998-01-01T00:00:00.000Z' })).toEqual([]);
  });

  test('figures and months are reckoned from what was known then', async () => {
    const before = '2025-07-02T09:59:59.999Z';
    const last = days.at(-1)!;
    const range = { metal: 'gold', from: days[150]!, to: last } as const;
    expect(await api.summary({ ...range, asOf: clock.now() })).toEqual(await api.summary(range));
    expect(await api.months('gold', clock.now())).toEqual(await api.months('gold'));
    // The revised price is the highest of all: what was known before knows nothing of it.
    const highest = Math.max(...days.slice(150).map((_, index) => Number(price(index + 150))));
    expect(await api.summary(range)).toMatchObject({ maxRubPerGram: 6543.21 });
    const then = await api.summary({ ...range, asOf: before });
    expect(then).toMatchObject({ quotes: days.length - 150, lastDate: last, maxRubPerGram: highest });
    const quotes = (await api.quotes({ ...range, asOf: before })).map((quote) => quote.buyRubPerGram);
    const mean = quotes.reduce((sum, one) => sum + one, 0) / quotes.length;
    expect(then.meanRubPerGram).toBeCloseTo(mean, 3);
    const [now, month] = [(await api.months('gold')).at(-1), (await api.months('gold', before)).at(-1)];
    expect(now).toMatchObject({ lastRubPerGram: 6543.21 });
    expect(month).toMatchObject({ month: last.slice(0, 7), lastRubPerGram: Number(price(days.length - 1)) });
    expect(month?.volatilityPercent).not.toBe(now?.volatilityPercent);
    expect(await api.months('gold', '1998-01-01T00:00:00.000Z')).toEqual([]);
    expect(await api.summary({ metal: 'gold', asOf: '1998-01-01T00:00:00.000Z' })).toMatchObject({
      quotes: 0,
      meanRubPerGram: null,
    });
  });

  test('a changed value is on the list of revisions, beside what it was', async () => {
    const { revisions, balances } = await api.upkeep();
    expect(revisions).toMatchObject([
      { table: 'ods.metal_quote', code: 'gold', date: days.at(-1), revision: 2, value: '6543.21', knownAt: later },
    ]);
    expect(revisions[0]?.former).toBe(String(Number(price(days.length - 1))));
    expect(balances.find((one) => one.to === 'ods.metal_quote_current')).toMatchObject({ superseded: 1, lost: 0 });
  });

  test('a forecast is seen from the instant at which it was made', async () => {
    expect((await api.forecast('gold', undefined, '2025-07-01T11:59:59.000Z')).vintage).toBeNull();
    const seen = await api.forecast('gold', undefined, '2025-07-01T12:00:00.000Z');
    expect(seen.vintage?.cutoff).toBe(days.at(-2));
    expect(seen.lastQuote?.buyRubPerGram).toBe(Number(price(days.length - 1)));
    expect(await api.vintages('gold', '2025-07-01T11:00:00.000Z')).toEqual([]);
    expect(await api.vintages('gold', clock.now())).toHaveLength(1);
    expect(await api.nowcast('gold', clock.now())).toBeNull();
  });

  test('a scored forecast is seen once it was made and the revision of its fact was known', async () => {
    const store = createForecastStore(pool);
    const targets = [days.at(-2)!, days.at(-1)!];
    const points = sampleVintage().points.map((point, index) => ({ ...point, targetDate: targets[index]! }));
    const madeAt = '2025-07-01T13:00:00.000Z' as Instant;
    await store.saveVintage({ ...sampleVintage(), vintageId: 'scored', cutoff: days.at(-3)!, madeAt, points });
    await store.scoreVintages();
    const seen = async (asOf?: string) =>
      (await api.forecastVsFact('gold', 10, undefined, asOf)).map((fact) => fact.targetDate);
    expect(await seen('2025-07-01T12:59:59.999Z')).toEqual([]);
    expect(await seen(madeAt)).toEqual([targets[0]]);
    // The newest day was scored against its second revision.
    expect(await seen('2025-07-02T09:59:59.999Z')).toEqual([targets[0]]);
    expect(await seen(later)).toEqual([targets[1], targets[0]]);
    expect(await seen()).toEqual([targets[1], targets[0]]);
  });

  test('the version of the data follows runs, steps and decisions, and stands still between them', async () => {
    const journal = createJournal(pool, clock);
    const versions = new Set<string>();
    const look = async () => versions.add((await api.dataVersion()).version);
    await look();
    await look();
    expect(versions.size).toBe(1);
    await journal.startRun({ runId: 'run-a', flow: 'sync', trigger: 'test', parameters: {} });
    await look();
    const { attempt } = await journal.startStep('run-a', 'load', 0);
    await look();
    await journal.finishStep('run-a', 'load', attempt, { status: 'succeeded' });
    await look();
    await journal.finishRun('run-a', 'succeeded', null);
    await look();
    await api.decideHeld({ table: 'ods.metal_quote', code: 'gold', date: days[5]!, revision: 1 }, 'reject', 'a slip');
    await look();
    expect(versions.size).toBe(6);
    expect((await api.dataVersion()).changedAt).toBe(clock.now());
  });
});
