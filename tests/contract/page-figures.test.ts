import fc from 'fast-check';
import type { Hono } from 'hono';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createReadModel } from '../../src/adapters/read-model/postgres.ts';
import { createPool } from '../../src/adapters/warehouse/pool.ts';
import { createRawStore } from '../../src/adapters/warehouse/raw-store.ts';
import { createTransformer } from '../../src/adapters/warehouse/transformer.ts';
import { createWebApp } from '../../src/api/dashboard.ts';
import type { Instant } from '../../src/domain/moscow-time.ts';
import { transform } from '../../src/flows/transform.ts';
import { alloyValue } from '../../web/calculations.ts';
import { formatOf } from '../../web/i18n/format.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { createSampleApi } from '../support/sample-api.ts';
import { sampleQuotes } from '../support/sample-series.ts';
import { metalRecord, sampleReceipt, usdRecord } from '../unit/adapters/warehouse/sample-receipt.ts';

const clock = { now: () => '2025-06-28T09:00:00.000Z' as Instant };
const made = sampleQuotes('gold').slice(-700);
const { money, percent, number } = formatOf('en');

describe('figures on a page are those of the database', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let app: Hono;

  const text = async (path: string): Promise<string> =>
    (await app.request(`http://localhost${path}`, { headers: { host: 'localhost' } })).text();
  const ask = async <Row>(sql: string, values: readonly string[]): Promise<Row[]> =>
    (await pool.query(sql, [...values])).rows as Row[];

  beforeAll(async () => {
    database = await createTestDatabase({ migrate: true });
    pool = createPool(database.url);
    const comma = (value: number): string => String(value).replace('.', ',');
    const raw = createRawStore(pool);
    await raw.load(
      sampleReceipt(),
      made.map((quote) => metalRecord(quote.date, comma(quote.buyRubPerGram))),
    );
    await raw.load(
      sampleReceipt({ receiptKey: 'u', series: 'usd' }),
      made.map((quote) => usdRecord(quote.date, comma(Number((quote.usdRub ?? 1).toFixed(4))))),
    );
    const step = { runId: 'r', signal: new AbortController().signal, note: () => undefined, rows: () => undefined };
    await transform({ range: null }, { transformer: createTransformer(pool), clock, step });
    const reads = createReadModel({
      pool,
      clock,
      lake: { async *list() {}, get: async () => new Uint8Array() },
      version: '0.1.0',
      source: { id: 'cbr', simulated: false },
      versions: async () => [],
      components: async () => [],
    });
    app = createWebApp({
      api: { ...createSampleApi(), ...reads },
      version: '0.1.0',
      guardOptions: {},
      secret: 'only for this test',
      newId: () => 'visitor-00000001',
    });
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  const range = fc
    .tuple(fc.nat(made.length - 1), fc.nat(made.length - 1))
    .map((ends) => ends.map((at) => made[at]?.date ?? '').sort() as [string, string]);

  test('minimum, maximum, mean, volatility and count of any range; the file of its chart', async () => {
    await fc.assert(
      fc.asyncProperty(range, async ([from, to]) => {
        const [figures] = await ask<Record<'low' | 'high' | 'mean' | 'deviation' | 'quotes', string | null>>(
          `select min(buy_rub_per_gram)::text low, max(buy_rub_per_gram)::text high, avg(buy_rub_per_gram)::text mean,
                  (100 * stddev_samp(log_return) * sqrt(247))::text deviation, count(*)::text quotes
           from dm.quote_daily where metal = 'gold' and effective_date between $1 and $2`,
          [from, to],
        );
        const html = await text(`/history?from=${from}&to=${to}&lang=en`);
        const facts = /<dl class="facts">.*?<\/dl>/s.exec(html)?.[0] ?? '';
        for (const name of ['low', 'high', 'mean'] as const) expect(facts).toContain(money(Number(figures?.[name])));
        expect(facts).toContain(`<dd>${number(Number(figures?.quotes), 0)}</dd>`);
        if (figures?.deviation != null) expect(facts).toContain(percent(Number(figures.deviation), 1));
        const rows = await ask<{ row: string }>(
          `select effective_date || ',' || trim_scale(buy_rub_per_gram) || ',false' as row from dm.quote_daily
           where metal = 'gold' and effective_date between $1 and $2 order by effective_date`,
          [from, to],
        );
        const file = (await text(`/chart/history.csv?from=${from}&to=${to}`)).trim().split('\r\n').slice(1);
        expect(file).toEqual(rows.map(({ row }) => row));
      }),
      { numRuns: 12 },
    );
  });

  test('where the last price stands, and what a piece is worth by it', async () => {
    const [last] = await ask<{ price: string; lower: string; quotes: string }>(
      `select p.price::text, count(*) filter (where buy_rub_per_gram < p.price)::text lower, count(*)::text quotes
       from dm.quote_daily,
            (select buy_rub_per_gram price from dm.quote_daily order by effective_date desc limit 1) p
       group by p.price`,
      [],
    );
    const share = (100 * Number(last?.lower)) / (Number(last?.quotes) - 1);
    expect(await text('/?lang=en')).toContain(`Higher than ${percent(share, 0)} of the quotes`);
    const priceRubPerGram = Number(last?.price);
    const worth = alloyValue({ massGrams: 7.3, hallmark: 750, payoutPercent: 85, priceRubPerGram }).payoutRub;
    expect(await text('/calculators?mass=7.3&hallmark=750&payout=85&lang=en')).toContain(money(worth));
  });
});
