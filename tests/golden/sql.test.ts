import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createReadModel } from '../../src/adapters/read-model/postgres.ts';
import { createExportReader } from '../../src/adapters/warehouse/export-reader.ts';
import { createPool } from '../../src/adapters/warehouse/pool.ts';
import { createRawStore } from '../../src/adapters/warehouse/raw-store.ts';
import { createTransformer } from '../../src/adapters/warehouse/transformer.ts';
import type { Held } from '../../src/api/contract.ts';
import { calendarDays } from '../../src/domain/calendar/calendar.ts';
import { dateRange, isoDate } from '../../src/domain/iso-date.ts';
import type { Instant } from '../../src/domain/moscow-time.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { metalRecord, sampleReceipt, usdRecord } from '../unit/adapters/warehouse/sample-receipt.ts';

/** What happens to a warehouse, in order; then the tables to compare. */
interface GoldenCase {
  readonly about: string;
  readonly calendar: readonly [string, string];
  readonly steps: readonly GoldenStep[];
  readonly tables: readonly string[];
}

type GoldenStep =
  /** `date buy [sell]`, sell equal to buy when left out and missing when `-`. */
  | { readonly at: string; readonly metal: '1' | '2' | '3' | '4'; readonly records: readonly string[] }
  /** `date rate [nominal]`. */
  | { readonly at: string; readonly usd: readonly string[] }
  | { readonly decide: 'release' | 'reject'; readonly held: string }
  | { readonly transform: readonly [string, string] | null };

const folder = join(import.meta.dirname, 'sql');
const drops: (() => Promise<void>)[] = [];

afterAll(async () => {
  for (const drop of drops) await drop();
});

describe.each(readdirSync(folder))('%s', (name) => {
  const golden = JSON.parse(readFileSync(join(folder, name, 'input.json'), 'utf8')) as GoldenCase;

  test(golden.about, async () => {
    const actual = await play(golden);
    const file = join(folder, name, 'expected.json');
    if (!existsSync(file)) {
      expect(process.env['CI'], `${file} is missing; run the test locally to make it, read it, commit it`).toBe(
        undefined,
      );
      writeFileSync(file, actual);
    }
    expect(actual).toBe(readFileSync(file, 'utf8'));
  });
});

async function play(golden: GoldenCase): Promise<string> {
  const database = await createTestDatabase({ migrate: true });
  const pool = createPool(database.url);
  drops.push(() => pool.end().then(() => database.drop()));
  const transformer = createTransformer(pool);
  const [from, to] = golden.calendar;
  await transformer.replaceCalendar(calendarDays(dateRange(isoDate(from), isoDate(to))));
  for (const [index, step] of golden.steps.entries()) {
    if ('transform' in step) {
      const range = step.transform === null ? null : dateRange(isoDate(step.transform[0]), isoDate(step.transform[1]));
      const { checks, kept } = await transformer.apply(range);
      expect(checks.filter((check) => check.offendingCount > 0)).toEqual([]);
      expect(kept).toBe(true);
    } else if ('decide' in step) await decide(pool, step);
    else await load(pool, step, String(index));
  }
  const exporter = createExportReader(pool);
  const tables: string[] = [];
  for (const table of golden.tables) {
    const { rows } = await exporter.readTable(table, null);
    tables.push(
      `${JSON.stringify(table)}: [\n${rows.map((row) => `    ${JSON.stringify(bare(row))}`).join(',\n')}\n  ]`,
    );
  }
  return `{\n  ${tables.join(',\n  ')}\n}\n`;
}

async function load(
  pool: ReturnType<typeof createPool>,
  step: Extract<GoldenStep, { at: string }>,
  receiptKey: string,
): Promise<void> {
  const receivedAt = step.at as Instant;
  if ('usd' in step) {
    const records = step.usd.map((line) => usdRecord(...(line.split(' ') as [string, string, string?])));
    await createRawStore(pool).load(sampleReceipt({ receiptKey, receivedAt, series: 'usd' }), records);
    return;
  }
  const records = step.records.map((line) => {
    const [date = '', buy = '', sell = buy] = line.split(' ');
    return metalRecord(date, buy, sell === '-' ? null : sell, step.metal);
  });
  await createRawStore(pool).load(sampleReceipt({ receiptKey, receivedAt }), records);
}

/** `ods.metal_quote gold 2025-06-27 1` */
async function decide(
  pool: ReturnType<typeof createPool>,
  { held, decide: decision }: Extract<GoldenStep, { held: string }>,
): Promise<void> {
  const [table = '', code = '', date = '', revision = ''] = held.split(' ');
  const readModel = createReadModel({
    pool,
    clock: { now: () => '2025-07-02T09:00:00.000Z' as Instant },
    lake: { list: async function* () {}, get: async () => null },
    version: '0',
    source: { id: 'cbr', simulated: false },
    versions: async () => [],
    components: async () => [],
  });
  const row = { table: table as Held['table'], code, date, revision: Number(revision) };
  await readModel.decideHeld(row, decision, 'looked at the source');
}

/**
 * Without what says nothing in a case: the number of a raw row, and flags that are always the same. Binary fractions
 * in 12 digits: the last ones are up to the platform's logarithm.
 */
function bare(row: object): object {
  const { record_id: _record, simulated: _simulated, source: _source, ...rest } = row as Record<string, unknown>;
  const short = (value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(12)) : value);
  return Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, short(value)]));
}
