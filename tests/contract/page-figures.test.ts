import fc from 'fast-check';
import type { Hono } from 'hono';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createReadModel } from '../../src/adapters/read-model/postgres.ts';
import { createForecastStore } from '../../src/adapters/warehouse/forecast-store.ts';
import { createPool } from '../../src/adapters/warehouse/pool.ts';
import { createRawStore } from '../../src/adapters/warehouse/raw-store.ts';
import { createTransformer } from '../../src/adapters/warehouse/transformer.ts';
import { createWebApp } from '../../src/api/dashboard.ts';
import { isoDate } from '../../src/domain/iso-date.ts';
import type { Instant } from '../../src/domain/moscow-time.ts';
import { transform } from '../../src/flows/transform.ts';
import { alloyValue } from '../../web/calculations.ts';
import { formatOf } from '../../web/i18n/format.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { createSampleApi } from '../support/sample-api.ts';
import { sampleQuotes } from '../support/sample-series.ts';
import { sampleVintage } from '../unit/adapters/warehouse/sample-forecasts.ts';
import { metalRecord, sampleReceipt, usdRecord } from '../unit/adapters/warehouse/sample-receipt.ts';

const clock = { now: () => '2025-06-28T09:00:00.000Z' as Instant };
const made = sampleQuotes('gold').slice(-700);
const { money, percent, number, signed, signedMoney } = formatOf('en');

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

  test('any metric of any month, in its table', async () => {
    const months = await ask<Record<string, string | null>>(
      `select to_char(month, 'YYYY-MM') as month, m.mean_buy_rub_per_gram::text as mean, m.q25_rub_per_gram::text as low,
              m.last_rub_per_gram::text as last, m.volatility_percent::text as volatility, m.return_percent::text as return,
              m.max_drawdown_percent::text as drawdown, m.quotes::text, m.days_above_mean::text as above
       from dm.monthly m where metal = 'gold' order by m.month desc`,
      [],
    );
    const pages = await Promise.all([1, 2].map((page) => text(`/months?lang=en&page=${page}`)));
    const rows = pages.flatMap((html) => tableOf(html, 'All metrics'));
    expect(rows.length).toBe(months.length);
    for (const [place, month] of months.entries()) {
      const cells = rows[place] ?? [];
      for (const name of ['mean', 'low', 'last', 'volatility', 'drawdown'] as const) {
        if (month[name] != null)
          expect([month['month'], cells]).toEqual([
            month['month'],
            expect.arrayContaining([number(Number(month[name]))]),
          ]);
      }
      if (month['return'] != null) expect(cells.join(' ')).toContain(signed(Number(month['return'])));
      for (const name of ['quotes', 'above'] as const) expect(cells).toContain(number(Number(month[name]), 0));
    }
  });

  test('a holding between any two days, and the price on any day', async () => {
    await fc.assert(
      fc.asyncProperty(range, fc.integer({ min: 1, max: 5000 }), async ([since, until], grams) => {
        const [sum] = await ask<{ bought: string; worth: string; usd: string | null }>(
          `select round($3::numeric * b.buy_rub_per_gram, 2)::text bought, round($3::numeric * n.buy_rub_per_gram, 2)::text worth,
                  n.usd_rub::text usd
           from dm.quote_daily b, dm.quote_daily n
           where b.metal = 'gold' and n.metal = 'gold' and b.effective_date = $1 and n.effective_date = $2`,
          [since, until, String(grams)],
        );
        const query = `amount=${grams}&unit=g&since=${since}&until=${until}&on=${until}&lang=en`;
        const html = await text(`/calculators?${query}`);
        expect(html).toContain(money(Number(sum?.bought)));
        expect(html).toContain(money(Number(sum?.worth)));
        expect(html).toContain(signedMoney(Number((Number(sum?.worth) - Number(sum?.bought)).toFixed(2))));
        if (sum?.usd != null) expect(html.slice(html.indexOf('id="on"'))).toContain(number(Number(sum.usd), 4));
      }),
      { numRuns: 12 },
    );
  });

  test('how published forecasts did, by step', async () => {
    const store = createForecastStore(pool);
    for (const at of [200, 310, 420, 530, 640]) {
      const points = [1, 2, 3].map((horizon) => pointAt(at, horizon));
      const cutoff = isoDate(made[at]?.date ?? '');
      const madeAt = `${cutoff}T15:00:00.000Z` as Instant;
      await store.saveVintage({ ...sampleVintage(), vintageId: `v-${at}`, cutoff, madeAt, points });
    }
    await store.scoreVintages();
    const scores = await ask<Record<'step' | 'count' | 'mae' | 'naive' | 'held', string>>(
      `select p.horizon::text step, count(*)::text count, avg(abs(p.mean_rub_per_gram - a.buy_rub_per_gram))::text mae,
              avg(abs(n.buy_rub_per_gram - a.buy_rub_per_gram))::text naive,
              (100 * avg((a.buy_rub_per_gram between p.q100_rub_per_gram and p.q900_rub_per_gram)::integer))::text held
       from dm.forecast_point p join dm.forecast_vintage v using (vintage_id)
       join dm.quote_daily a on a.metal = v.metal and a.effective_date = p.target_date
       join dm.quote_daily n on n.metal = v.metal and n.effective_date = v.cutoff
       group by p.horizon order by p.horizon`,
      [],
    );
    expect(scores).toHaveLength(3);
    expect(tableOf(await text('/accuracy?lang=en'), 'Published forecasts').map((cells) => cells.slice(0, 6))).toEqual(
      scores.map(({ step, count, mae, naive, held }) => [
        step,
        count,
        number(Number(mae)),
        number(Number(naive)),
        expect.stringContaining(signed(100 * (1 - Number(mae) / Number(naive)), 1)),
        percent(Number(held), 0),
      ]),
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

/** Every other forecast is far enough off to miss its interval. */
function pointAt(at: number, horizon: number) {
  const [point] = sampleVintage().points;
  const [now, then] = [made[at], made[at + horizon]];
  const mean = (now?.buyRubPerGram ?? 0) * (1 + 0.002 * horizon + (at % 20 === 0 ? 0.2 : 0));
  return {
    ...point!,
    horizon,
    targetDate: isoDate(then?.date ?? ''),
    meanRubPerGram: mean,
    medianRubPerGram: mean,
    quantilesRubPerGram: Object.fromEntries(
      Object.keys(point!.quantilesRubPerGram).map((level) => [level, mean + 800 * (Number(level) - 0.5)]),
    ),
  };
}

/** Texts of the cells of a table, row by row, by what its caption begins with. */
function tableOf(html: string, caption: string): string[][] {
  const found = [...html.matchAll(/<table>.*?<\/table>/gs)].find(([table]) =>
    /<caption[^>]*>([^<]*)/.exec(table)?.[1]?.startsWith(caption),
  );
  return [...(found?.[0] ?? '').matchAll(/<tr>(.*?)<\/tr>/gs)]
    .slice(1)
    .map(([, row]) => [...(row ?? '').matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell]) => bare(cell ?? '')));
}

function bare(html: string): string {
  return html.replace(/<[^>]*>/g, '').trim();
}
