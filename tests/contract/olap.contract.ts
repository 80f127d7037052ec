import { expect, test } from 'vitest';
import type { PlatformError } from '../../src/domain/errors.ts';
import type { Olap } from '../../src/ports/olap.ts';

/** What every `Olap` does. `olap` is asked for in each test, as it is made before the tests run. */
export function describeOlap(olap: () => Olap): void {
  typesSurvive(olap);
  parametersAreValues(olap);
  partitionsAreReplaced(olap);
  exportsAreWhole(olap);
  errorsAreTold(olap);
}

function typesSurvive(olap: () => Olap): void {
  test('values of every type used come back as they went in', async () => {
    await olap().command('DROP TABLE IF EXISTS typed');
    await olap().command(
      `CREATE TABLE typed (id UInt32, price Decimal(18, 4), day Date, old_day Date32, at DateTime64(3, 'UTC'),
        metal LowCardinality(String), sell Nullable(Decimal(18, 4)), quantiles Array(Float64), share Float64)
       ENGINE = MergeTree ORDER BY id`,
    );
    await olap().insert('typed', [
      {
        ...{ id: 1, price: '8801.3600', day: '2025-06-28', old_day: '1998-01-05', at: '2025-06-27T13:30:00.125Z' },
        ...{ metal: 'золото', sell: null, quantiles: [0.1, 0.30000000000000004], share: 1e-300 },
      },
      {
        ...{ id: 2, price: '0.0001', day: '1998-01-05', old_day: '1998-01-05', at: '1998-01-04T21:00:00.000Z' },
        ...{ metal: 'it\'s \\ \t\n "q" 金', sell: '-1.5', quantiles: [], share: -0.5 },
      },
    ]);
    const rows = await olap().rows<Record<string, unknown>>(
      'SELECT * REPLACE (toString(price) AS price, toString(sell) AS sell) FROM typed ORDER BY id',
    );
    expect(rows).toEqual([
      {
        ...{ id: 1, price: '8801.36', day: '2025-06-28', old_day: '1998-01-05', at: '2025-06-27 13:30:00.125' },
        ...{ metal: 'золото', sell: null, quantiles: [0.1, 0.30000000000000004], share: 1e-300 },
      },
      {
        ...{ id: 2, price: '0.0001', day: '1998-01-05', old_day: '1998-01-05', at: '1998-01-04 21:00:00.000' },
        ...{ metal: 'it\'s \\ \t\n "q" 金', sell: '-1.5', quantiles: [], share: -0.5 },
      },
    ]);
  });

  test('a hundred thousand rows go in at once, and counts are numbers', async () => {
    await olap().command('DROP TABLE IF EXISTS many');
    await olap().command('CREATE TABLE many (x UInt32, s String) ENGINE = MergeTree ORDER BY x');
    const rows = Array.from({ length: 100_000 }, (_, x) => ({ x, s: `строка ${x}` }));
    await olap().insert('many', rows);
    await olap().insert('many', []);
    const sums = await olap().rows('SELECT count() AS n, sum(x) AS total, uniqExact(s) AS strings FROM many');
    expect(sums).toEqual([{ n: 100_000, total: 4_999_950_000, strings: 100_000 }]);
  });
}

function parametersAreValues(olap: () => Olap): void {
  test.each(["O'Brien", '\\', "\\' OR 1=1 --", 'a\tb\nc', 'цена «золота» 金🪙', '', '{x:String}', "'); DROP TABLE t"])(
    'the string %j passes as a parameter',
    async (text) => {
      const [row] = await olap().rows('SELECT {text:String} AS text', { text });
      expect(row).toEqual({ text });
    },
  );

  test('a long list passes as a parameter', async () => {
    const days = Array.from({ length: 4_000 }, (_, index) => `2024-01-${String(1 + (index % 31)).padStart(2, '0')}`);
    const rows = await olap().rows('SELECT length({days:Array(Date)}) AS n', { days });
    expect(rows).toEqual([{ n: 4_000 }]);
  });

  test('numbers, dates, lists and nulls pass as parameters', async () => {
    const rows = await olap().rows(
      `SELECT {n:Int32} AS n, {day:Date} AS day, {metals:Array(String)} AS metals, {none:Nullable(String)} AS none,
        toString({price:Decimal(18, 4)}) AS price`,
      { n: -7, day: '2024-02-29', metals: ["it's", 'серебро', 'b\\c'], none: null, price: '8801.3600' },
    );
    const expected = { n: -7, day: '2024-02-29', metals: ["it's", 'серебро', 'b\\c'], none: null, price: '8801.36' };
    expect(rows).toEqual([expected]);
  });
}

function partitionsAreReplaced(olap: () => Olap): void {
  test('replacing a partition twice leaves the same rows once', async () => {
    const columns = '(day Date, metal String, price Decimal(18, 2))';
    const engine = 'ENGINE = MergeTree PARTITION BY toYear(day) ORDER BY (metal, day)';
    for (const table of ['quotes', 'quotes_incoming']) {
      await olap().command(`DROP TABLE IF EXISTS ${table}`);
      await olap().command(`CREATE TABLE ${table} ${columns} ${engine}`);
    }
    await olap().insert('quotes', [
      { day: '2024-12-31', metal: 'gold', price: '1' },
      { day: '2025-01-10', metal: 'gold', price: '2' },
    ]);
    for (let run = 0; run < 2; run++) {
      await olap().command('TRUNCATE TABLE quotes_incoming');
      await olap().insert('quotes_incoming', [{ day: '2025-01-10', metal: 'gold', price: '3.50' }]);
      await olap().command('ALTER TABLE quotes REPLACE PARTITION 2025 FROM quotes_incoming');
    }
    const rows = await olap().rows('SELECT day, toString(price) AS price FROM quotes ORDER BY day');
    expect(rows).toEqual([
      { day: '2024-12-31', price: '1' },
      { day: '2025-01-10', price: '3.5' },
    ]);
  });
}

function exportsAreWhole(olap: () => Olap): void {
  test('a Parquet export is a Parquet file, a CSV export has its header', async () => {
    const sql = "SELECT number AS n, toString(number) || ' г' AS s FROM numbers(50000);";
    const parquet = Buffer.from(await olap().export(sql, 'Parquet'));
    expect(parquet.subarray(0, 4).toString('latin1')).toBe('PAR1');
    expect(parquet.subarray(-4).toString('latin1')).toBe('PAR1');
    const csv = Buffer.from(await olap().export(sql, 'CSVWithNames'))
      .toString('utf8')
      .trimEnd()
      .split('\n');
    expect(csv).toHaveLength(50_001);
    expect([csv[0], csv[1], csv.at(-1)]).toEqual(['"n","s"', '0,"0 г"', '49999,"49999 г"']);
  });
}

function errorsAreTold(olap: () => Olap): void {
  const failure = async (work: Promise<unknown>): Promise<PlatformError> =>
    work.then(
      () => expect.unreachable('it had to fail'),
      (error: PlatformError) => error,
    );

  test('an engine error keeps its number, its words and the statement', async () => {
    const syntax = await failure(olap().rows('SELEC 1'));
    expect([syntax.code, syntax.context['clickhouseCode']]).toEqual(['ENGINE_FAILED', 62]);
    expect(syntax.message).toMatch(/syntax error/i);
    expect(syntax.context['statement']).toBe('SELEC 1');
    const absent = await failure(olap().rows('SELECT * FROM nowhere'));
    expect([absent.code, absent.context['clickhouseCode']]).toEqual(['NOT_FOUND', 60]);
    const late = await failure(olap().rows('SELECT throwIf(number = 100000) FROM numbers(200000)'));
    expect(late.context['clickhouseCode']).toBe(395);
    const exported = await failure(olap().export('SELECT * FROM nowhere', 'Parquet'));
    expect(exported.code).toBe('NOT_FOUND');
  });

  test('rows that do not fit their table insert nothing', async () => {
    await olap().command('DROP TABLE IF EXISTS strict_table');
    await olap().command('CREATE TABLE strict_table (x UInt32, day Date) ENGINE = MergeTree ORDER BY x');
    const rows = [
      { x: 1, day: '2025-01-10' },
      { x: 'not a number', day: '2025-01-10' },
    ];
    const refused = await failure(olap().insert('strict_table', rows));
    expect(refused.code).toBe('ENGINE_FAILED');
    expect(await olap().rows('SELECT count() AS n FROM strict_table')).toEqual([{ n: 0 }]);
  });

  test('ping answers', async () => {
    await expect(olap().ping()).resolves.toBeUndefined();
  });
}
