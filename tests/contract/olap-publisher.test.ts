import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOlap } from '../../src/adapters/olap/clickhouse.ts';
import { createOlapPublisher } from '../../src/adapters/olap/publisher.ts';
import type { EmbeddedOlap } from '../../src/embedded/olap.ts';
import { publish } from '../../src/flows/publish.ts';
import type { StepContext } from '../../src/ports/journal.ts';
import type { Lake } from '../../src/ports/lake.ts';
import type { Olap } from '../../src/ports/olap.ts';
import { startTestOlap } from '../support/olap.ts';

let engine: EmbeddedOlap;
let olap: Olap;

beforeAll(async () => {
  engine = await startTestOlap();
  olap = createOlap({ url: engine.url, user: engine.user, password: engine.password, database: engine.database });
});

afterAll(async () => {
  await olap?.close();
  await engine?.stop();
});

/** Three quotes of January, three of February: the figures below are worked out by hand. */
const prices: [string, number][] = [
  ['2024-01-10', 100],
  ['2024-01-11', 110],
  ['2024-01-12', 99],
  ['2024-02-01', 120],
  ['2024-02-02', 130],
  ['2024-02-03', 140],
];

function quotes(from: readonly [string, number][] = prices) {
  return from.map(([date, price], index) => ({
    metal: 'gold',
    effective_date: date,
    buy_rub_per_gram: String(price),
    sell_rub_per_gram: index < 3 ? null : String(price + 1),
    log_return: index === 0 ? null : Math.log(price / (from[index - 1]?.[1] ?? 1)),
    drawdown_percent: 0,
    revision: 1,
    known_at: '2024-01-09T13:30:00.000Z',
    simulated: false,
  }));
}

const january = {
  metal: 'gold',
  month: '2024-01-01',
  quotes: 3,
  first_rub_per_gram: 100,
  last_rub_per_gram: 99,
  min_rub_per_gram: 99,
  max_rub_per_gram: 110,
  mean_buy_rub_per_gram: 103,
  mean_sell_rub_per_gram: null,
  q25_rub_per_gram: 99.5,
  median_rub_per_gram: 100,
  q75_rub_per_gram: 105,
  return_percent: null,
  // Returns ln 1.1 and ln 0.9: standard deviation |a - b| / sqrt 2, times sqrt 2.
  volatility_percent: (Math.log(1.1) - Math.log(0.9)) * 100,
  max_drawdown_percent: -10,
  days_above_mean: 1,
  trend_rub_per_quote: -0.5,
};

function warehouse(tables: Readonly<Record<string, readonly object[]>>) {
  return {
    readTable: async (table: string) => ({ columns: [], rows: tables[table] ?? [] }),
    countRows: async () => ({}),
  };
}

function memoryLake(): Lake & { readonly keys: () => string[] } {
  const objects = new Map<string, Uint8Array>();
  return {
    keys: () => [...objects.keys()].sort(),
    putIfAbsent: async () => 'created',
    replace: async (key, bytes) => void objects.set(key, bytes as Uint8Array),
    get: async (key) => objects.get(key) ?? null,
    list: () => expect.fail('publishing does not list the lake'),
    remove: async (key) => void objects.delete(key),
  };
}

const step: StepContext = {
  runId: 'r',
  signal: new AbortController().signal,
  note: () => undefined,
  rows: () => undefined,
};

function hash(rows: readonly object[]): string {
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex');
}

describe('publishing into ClickHouse', () => {
  it('computes the months from daily quotes as worked out by hand', async () => {
    const publisher = createOlapPublisher(olap);
    await publisher.prepare();
    await publisher.replaceParts('quote_daily', [{ part: '2024', hash: hash(quotes()), rows: quotes() }]);
    await publisher.rebuildMonths();
    const [first, second, ...rest] = await publisher.months();
    expect(rest).toEqual([]);
    for (const [column, value] of Object.entries(january)) {
      if (typeof value === 'number') expect(Number(first?.[column]), column).toBeCloseTo(value, 9);
      else expect(first?.[column], column).toBe(value);
    }
    expect(Number(second?.['return_percent'])).toBeCloseTo((140 / 99 - 1) * 100, 9);
    expect(Number(second?.['mean_sell_rub_per_gram'])).toBeCloseTo(131, 9);
  });

  it('replaces a part whole, so that loading it again gives the same rows', async () => {
    const publisher = createOlapPublisher(olap);
    const counted = () =>
      olap.rows<{ n: number }>('SELECT count() AS n FROM quote_daily WHERE toYear(effective_date) = 2024');
    for (let again = 0; again < 2; again += 1) {
      await publisher.replaceParts('quote_daily', [{ part: '2024', hash: hash(quotes()), rows: quotes() }]);
      expect(await counted()).toEqual([{ n: 6 }]);
    }
    const fewer = quotes(prices.slice(0, 4));
    await publisher.replaceParts('quote_daily', [{ part: '2024', hash: hash(fewer), rows: fewer }]);
    expect(await counted()).toEqual([{ n: 4 }]);
    expect((await publisher.parts('quote_daily')).get('2024')).toBe(hash(fewer));
  });

  it('writes only what changed, exports it, and refuses when the engines disagree', async () => {
    const publisher = createOlapPublisher(olap);
    const lake = memoryLake();
    await publisher.replaceParts('quote_daily', [{ part: '2024', hash: hash(quotes()), rows: quotes() }]);
    await publisher.rebuildMonths();
    const months = await publisher.months();
    const tables = { 'dm.quote_daily': quotes(), 'dm.monthly': months };
    const first = await publish(
      { scopes: ['quotes', 'forecasts'] },
      { publisher, lake, step, exporter: warehouse(tables) },
    );
    expect(first).toMatchObject({ rowsLoaded: 0, parquetFiles: 1, monthsReconciled: 2 });
    expect(lake.keys()).toEqual(['parquet/dm/quote_daily/2024.parquet', 'parquet/dm/quote_daily/hashes.json']);
    expect(
      Buffer.from((await lake.get('parquet/dm/quote_daily/2024.parquet')) ?? [])
        .subarray(0, 4)
        .toString(),
    ).toBe('PAR1');
    expect(
      await publish({ scopes: ['quotes', 'forecasts'] }, { publisher, lake, step, exporter: warehouse(tables) }),
    ).toMatchObject({
      rowsLoaded: 0,
      parquetFiles: 0,
    });
    const wrong = months.map((month) => ({ ...month, max_rub_per_gram: Number(month['max_rub_per_gram']) + 0.01 }));
    const disagreeing = publish(
      { scopes: ['quotes', 'forecasts'] },
      { publisher, lake, step, exporter: warehouse({ ...tables, 'dm.monthly': wrong }) },
    );
    await expect(disagreeing).rejects.toMatchObject({ code: 'CHECK_FAILED' });
  });

  it('drops a part whose rows are gone from the warehouse', async () => {
    const publisher = createOlapPublisher(olap);
    const lake = memoryLake();
    await publish({ scopes: ['quotes', 'forecasts'] }, { publisher, lake, step, exporter: warehouse({}) });
    expect(await olap.rows('SELECT * FROM quote_daily')).toEqual([]);
    expect((await publisher.parts('quote_daily')).size).toBe(0);
    expect(await publisher.months()).toEqual([]);
  });
});
