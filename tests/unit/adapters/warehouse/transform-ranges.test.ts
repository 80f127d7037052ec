import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createExportReader } from '../../../../src/adapters/warehouse/export-reader.ts';
import { createPool } from '../../../../src/adapters/warehouse/pool.ts';
import { createRawStore } from '../../../../src/adapters/warehouse/raw-store.ts';
import { createSeriesReader } from '../../../../src/adapters/warehouse/series-reader.ts';
import { createTransformer } from '../../../../src/adapters/warehouse/transformer.ts';
import { calendarDays } from '../../../../src/domain/calendar/calendar.ts';
import { addDays, dateRange, dayNumber, type IsoDate, isoDate } from '../../../../src/domain/iso-date.ts';
import { type Instant, instant } from '../../../../src/domain/moscow-time.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/postgres.ts';
import { metalRecord, sampleReceipt, usdRecord } from './sample-receipt.ts';

const first = isoDate('2023-12-01');
const days = 150;
const tables = [
  'ods.metal_quote',
  'ods.fx_rate',
  'dm.quote_daily',
  'dm.anomaly',
  'dm.monthly',
  'dm.yearly',
  'dm.training_set',
];

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase({ migrate: true });
  pool = createPool(database.url);
  const year = dateRange(isoDate('2023-11-01'), isoDate('2024-12-31'));
  await createTransformer(pool).replaceCalendar(calendarDays(year));
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** Often the last day of a month, on which the next month's return rests. */
const revisedDay = fc.oneof(fc.constantFrom(30, 61), fc.nat(days - 1));

/** A wandering price in kopecks with a quiet spell, then jumps: some are anomalies, some are held. */
const history = fc.record({
  steps: fc.array(fc.integer({ min: -9, max: 10 }), { minLength: days, maxLength: days }),
  gaps: fc.uniqueArray(fc.nat(days - 1), { maxLength: 60 }),
  jumps: fc.uniqueArray(
    fc.record({ day: fc.integer({ min: 100, max: days - 1 }), by: fc.integer({ min: -60, max: 90 }) }),
    {
      maxLength: 3,
      selector: ({ day }) => day,
    },
  ),
  revisions: fc.uniqueArray(fc.record({ day: revisedDay, price: fc.integer({ min: 70_000, max: 130_000 }) }), {
    minLength: 1,
    maxLength: 4,
    selector: ({ day }) => day,
  }),
  cuts: fc.uniqueArray(fc.integer({ min: 1, max: days - 1 }), { minLength: 1, maxLength: 3 }),
  order: fc.array(fc.nat(100), { minLength: 4, maxLength: 4 }),
});

type History = typeof history extends fc.Arbitrary<infer Value> ? Value : never;

test('ranges in any order, then revised days alone, end where one whole run ends, and a rerun changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (drawn) => {
      await clear();
      const transformer = createTransformer(pool);
      await loadFirst(drawn);
      const ranges = rangesOf(drawn);
      for (const range of ranges) expect(await failedChecks(transformer.apply(range))).toEqual([]);
      await loadRevisions(drawn);
      // Only the revised days themselves: whatever rests on them has to follow by itself.
      for (const { day } of drawn.revisions) {
        const date = addDays(first, day);
        expect(await failedChecks(transformer.apply(dateRange(date, date)))).toEqual([]);
      }
      const byRanges = await snapshot();

      const again = await transformer.apply(null);
      const written = Object.values(again.tables).map(({ inserted, updated, deleted }) => inserted + updated + deleted);
      expect(written).toEqual(written.map(() => 0));

      await clearTransformed();
      await transformer.apply(null);
      expect(await snapshot()).toEqual(byRanges);
    }),
    { numRuns: 5, endOnFailure: true },
  );
}, 60_000);

test('a past range alone changes no row outside it while the past stays as it was', async () => {
  const [drawn] = fc.sample(history, { numRuns: 1, seed: 7 });
  await clear();
  await loadFirst(drawn!);
  const transformer = createTransformer(pool);
  await transformer.apply(null);
  const before = await snapshot();
  const middle = dateRange(addDays(first, 40), addDays(first, 60));
  await pool.query('delete from dm.quote_daily where effective_date between $1 and $2', [middle.from, middle.to]);
  await transformer.apply(middle);
  expect(await snapshot()).toEqual(before);
});

test('what was known at an instant never has anything known later, and is what dm serves once all is known', async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.integer({ min: 0, max: days + 300 }), async (drawn, after) => {
      await clear();
      await loadFirst(drawn);
      await loadRevisions(drawn);
      await createTransformer(pool).apply(null);
      const asOf = instant((dayNumber(first) + after) * 86_400_000);
      const known = await pool.query('select known_at, effective_date, revision from ods.metal_quote_as_of($1)', [
        asOf,
      ]);
      for (const row of known.rows as { known_at: string; effective_date: IsoDate }[]) {
        expect(row.known_at <= asOf).toBe(true);
        // 16:30 in Moscow on the day before is the earliest a price can be known.
        expect(row.effective_date <= addDays(asOf.slice(0, 10) as IsoDate, 1)).toBe(true);
      }
      const reader = createSeriesReader(pool);
      expect(await reader.readSeries('gold', { asOf: '2030-01-01T00:00:00.000Z' as Instant })).toEqual(
        await reader.readSeries('gold'),
      );
      const cutoff = addDays(first, Math.min(after, days));
      const cut = await reader.readSeries('gold', { cutoff });
      expect(cut.dates.every((date) => date <= cutoff)).toBe(true);
      expect(cut.dates).toEqual((await reader.readSeries('gold')).dates.filter((date) => date <= cutoff));
    }),
    { numRuns: 6, endOnFailure: true },
  );
}, 60_000);

test('no row of the training set was usable before every price in it was known', async () => {
  const late = await pool.query(
    `select t.origin_date from dm.training_set t
     join lateral (
       select max(known_at) as known_at from (
         select q.known_at from (
           select distinct on (effective_date) effective_date, known_at from ods.metal_quote_accepted
           where metal = t.metal order by effective_date, revision
         ) q where q.effective_date <= t.origin_date order by q.effective_date desc limit 21
       ) as used
     ) k on true
     where t.known_at < k.known_at`,
  );
  expect(late.rows).toEqual([]);
  expect((await pool.query('select count(*) as n from dm.training_set')).rows).not.toEqual([{ n: 0 }]);
});

async function loadFirst({ steps, gaps, jumps }: History): Promise<void> {
  let kopecks = 100_000;
  const metals = [];
  const dollars = [];
  for (const [day, step] of steps.entries()) {
    const jump = jumps.find((each) => each.day === day);
    kopecks = Math.max(1_000, Math.round(kopecks * (1 + step / 1_000) * (1 + (jump?.by ?? 0) / 100)));
    if (gaps.includes(day)) continue;
    const date = addDays(first, day);
    metals.push(metalRecord(date, rouble(kopecks)), metalRecord(date, rouble(Math.round(kopecks / 90)), null, '2'));
    if (day % 5 !== 0) dollars.push(usdRecord(date, rouble(9_000 + step * 10)));
  }
  const store = createRawStore(pool);
  await store.load(sampleReceipt({ receivedAt: '2024-06-01T10:00:00.000Z' as Instant }), metals);
  await store.load(
    sampleReceipt({ receiptKey: 'u', series: 'usd', receivedAt: '2024-06-01T10:00:01.000Z' as Instant }),
    dollars,
  );
}

async function loadRevisions({ revisions }: History): Promise<void> {
  const changed = revisions.map(({ day, price }) => metalRecord(addDays(first, day), rouble(price)));
  const receivedAt = '2024-06-02T10:00:00.000Z' as Instant;
  await createRawStore(pool).load(sampleReceipt({ receiptKey: 'r', receivedAt }), changed);
}

/** Ranges that together cover the history, in a drawn order. */
function rangesOf({ cuts, order }: History) {
  const edges = [0, ...cuts.toSorted((left, right) => left - right), days];
  const ranges = edges
    .slice(1)
    .map((edge, index) => dateRange(addDays(first, edges[index]!), addDays(first, edge - 1)));
  return ranges
    .map((range, index) => ({ range, rank: order[index] ?? 0 }))
    .toSorted((left, right) => left.rank - right.rank)
    .map(({ range }) => range);
}

async function failedChecks(applying: ReturnType<ReturnType<typeof createTransformer>['apply']>) {
  const { checks, kept } = await applying;
  const failed = checks.filter((check) => check.offendingCount > 0);
  expect(kept).toBe(failed.length === 0);
  return failed;
}

async function snapshot(): Promise<Record<string, unknown>> {
  const exporter = createExportReader(pool);
  const entries = [];
  for (const table of tables) entries.push([table, (await exporter.readTable(table, null)).rows]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

async function clear(): Promise<void> {
  await pool.query("set session_replication_role = 'replica'; truncate raw.record, raw.load cascade; reset all");
  await clearTransformed();
}

async function clearTransformed(): Promise<void> {
  await pool.query(`truncate ${tables.join(', ')}`);
}

function rouble(kopecks: number): string {
  return (kopecks / 100).toFixed(2).replace('.', ',');
}
