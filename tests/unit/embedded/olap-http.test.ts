import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EmbeddedOlap } from '../../../src/embedded/olap.ts';
import { startTestOlap } from '../../support/olap.ts';

let olap: EmbeddedOlap;

beforeAll(async () => {
  olap = await startTestOlap();
});

afterAll(() => olap.stop());

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  readonly text: string;
}

interface Ask {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  /** null: no credentials. */
  readonly as?: { user: string; password: string } | null;
}

/** Node's own client: fetch would hide encodings and forbid a Host of ours. */
function ask(parameters: Record<string, string>, options: Ask = {}): Promise<Answer> {
  const who = options.as === undefined ? olap : options.as;
  const credentials = who === null ? {} : { 'X-ClickHouse-User': who.user, 'X-ClickHouse-Key': who.password };
  const query = new URLSearchParams(parameters).toString();
  return new Promise((resolve, reject) => {
    const sent = httpRequest({
      ...{ host: '127.0.0.1', port: olap.port, path: `${options.path ?? '/'}${query === '' ? '' : `?${query}`}` },
      method: options.method ?? (options.body === undefined ? 'GET' : 'POST'),
      headers: { ...credentials, ...options.headers },
    });
    sent.once('error', reject);
    sent.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const bytes = Buffer.concat(chunks);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes, text: bytes.toString('utf8') });
      });
    });
    sent.end(options.body);
  });
}

const write = (sql: string): Promise<Answer> => ask({}, { body: sql });

describe('what a ClickHouse client asks first', () => {
  test('ping and replicas_status answer without credentials', async () => {
    for (const path of ['/ping', '/replicas_status']) {
      expect(await ask({}, { path, as: null })).toMatchObject({ status: 200, text: 'Ok.\n' });
    }
    expect((await ask({}, { as: null })).text).toBe('Ok.\n');
  });

  test('version, time zone and settings', async () => {
    const { text } = await ask({ query: "SELECT version(), timezone(), getSetting('session_timezone')" });
    expect(text).toBe(`${olap.version}\tUTC\tUTC\n`);
    const settings = await ask({ query: 'SELECT name, value, readonly FROM system.settings LIMIT 10000 FORMAT JSON' });
    expect(JSON.parse(settings.text).rows).toBeGreaterThan(1_000);
  });

  test('an unknown path is 404', async () => {
    expect(await ask({}, { path: '/play' })).toMatchObject({ status: 404 });
  });
});

describe('queries', () => {
  test('a GET and a POST with FORMAT JSON give rows, with the headers of a server', async () => {
    const sql = "SELECT 1 AS one, 'золото' AS metal FORMAT JSON";
    const answers = [await ask({ query: sql, query_id: 'q-1' }), await ask({}, { body: sql })];
    answers.push(await ask({ query: 'SELECT 1 AS one,' }, { body: "'золото' AS metal FORMAT JSON" }));
    for (const { status, headers, text } of answers) {
      expect(status).toBe(200);
      expect(headers['content-type']).toBe('application/json; charset=UTF-8');
      expect(headers['x-clickhouse-format']).toBe('JSON');
      expect(JSON.parse(text).data).toEqual([{ one: 1, metal: 'золото' }]);
    }
    expect(answers[0]?.headers['x-clickhouse-query-id']).toBe('q-1');
    expect(JSON.parse(String(answers[0]?.headers['x-clickhouse-summary']))).toMatchObject({ read_rows: '1' });
  });

  test('the default format comes by parameter or header; a FORMAT clause wins', async () => {
    expect((await ask({ query: 'SELECT 1, 2' })).text).toBe('1\t2\n');
    expect((await ask({ query: 'SELECT 1, 2', default_format: 'CSV' })).text).toBe('1,2\n');
    expect(
      (await ask({ query: 'SELECT 1, 2' }, { headers: { 'X-ClickHouse-Format': 'JSONCompactEachRow' } })).text,
    ).toBe('[1, 2]\n');
    expect((await ask({ query: 'SELECT 1, 2 FORMAT CSV;', default_format: 'JSON' })).text).toBe('1,2\n');
  });

  test('settings and the database are of one request alone', async () => {
    await write('CREATE DATABASE IF NOT EXISTS other');
    const where = 'SELECT currentDatabase(), getSetting($$max_block_size$$)';
    expect((await ask({ query: where, database: 'other', max_block_size: '777' })).text).toBe('other\t777\n');
    expect((await ask({ query: where }, { headers: { 'X-ClickHouse-Database': 'other' } })).text).toMatch(/^other\t/);
    const after = await ask({ query: where });
    expect(after.text).toMatch(/^assay\t/);
    expect(after.text).not.toContain('777');
  });

  test('a session keeps temporary tables until another client would share it at once', async () => {
    const session = { session_id: 's1' };
    await ask(session, { body: 'CREATE TEMPORARY TABLE t AS SELECT 7 AS x' });
    expect((await ask({ ...session, query: 'SELECT x FROM t' })).text).toBe('7\n');
    expect((await ask({ query: 'SELECT x FROM t' })).status).toBe(404);
    const slow = ask({ ...session, query: 'SELECT sleep(0.3)' });
    const clash = await ask({ ...session, query: 'SELECT 1' });
    expect(clash.headers['x-clickhouse-exception-code']).toBe('373');
    expect((await slow).status).toBe(200);
  });
});

describe('inserts', () => {
  test.each([
    ['the statement in the address', 'INSERT INTO f1 FORMAT JSONEachRow', '{"x":1,"s":"я"}\n{"x":2,"s":"b"}'],
    ['all in the body', '', 'INSERT INTO f1 (x, s) FORMAT JSONEachRow\n{"x":1,"s":"я"}\n{"x":2,"s":"b"}'],
    ['on one line', '', 'INSERT INTO f1 FORMAT JSONEachRow {"x":1,"s":"я"} {"x":2,"s":"b"}'],
    ['as CSV', 'INSERT INTO `f1` FORMAT CSV', '1,"я"\n2,b\n'],
    ['as values', 'INSERT INTO f1 VALUES', "(1, 'я'), (2, 'b')"],
    ['as values in one text', '', "INSERT INTO f1 (x, s) VALUES (1, 'я'), (2, 'b')"],
    ['from a query', '', "INSERT INTO f1 SELECT number + 1, ['я', 'b'][number + 1] FROM numbers(2)"],
  ])('%s', async (_, query, body) => {
    await write('CREATE OR REPLACE TABLE f1 (x UInt8, s String) ENGINE = MergeTree ORDER BY x');
    const answer = await ask(query === '' ? {} : { query }, { body });
    expect(answer.text).toBe('');
    expect((await ask({ query: 'SELECT * FROM f1 ORDER BY x' })).text).toBe('1\tя\n2\tb\n');
  });

  test.each(['Native', 'RowBinary', 'Parquet', 'ArrowStream'])('%s, byte for byte, gzipped too', async (format) => {
    await write('CREATE OR REPLACE TABLE f2 (x UInt32, s String) ENGINE = MergeTree ORDER BY x');
    const sql = `SELECT toUInt32(number) AS x, char(number % 256) AS s FROM numbers(5000) FORMAT ${format}`;
    const { bytes } = await ask({ query: sql });
    const plain = await ask({ query: `INSERT INTO f2 FORMAT ${format}` }, { body: bytes });
    expect(plain.text).toBe('');
    expect(JSON.parse(String(plain.headers['x-clickhouse-summary'])).written_rows).toBe('5000');
    const packed = { body: gzipSync(bytes), headers: { 'Content-Encoding': 'gzip' } };
    expect((await ask({ query: `INSERT INTO f2 FORMAT ${format}` }, packed)).text).toBe('');
    const check = 'SELECT count(), sum(x), countIf(s != char(x % 256)) FROM f2';
    expect((await ask({ query: check })).text).toBe(`10000\t${2 * 12_497_500}\t0\n`);
  });

  test('data is never SQL: empty lines, semicolons and statements in it are rows', async () => {
    await write('CREATE OR REPLACE TABLE victim (x UInt8) ENGINE = MergeTree ORDER BY x');
    await write('CREATE OR REPLACE TABLE texts (s String) ENGINE = MergeTree ORDER BY s');
    const rows = ['a', '\n\nDROP TABLE victim', ';\n\n;DROP TABLE victim;\n\n', '\n\n\n'];
    const csv = rows.map((row) => `"${row}"`).join('\n\n');
    await ask(
      { query: 'INSERT INTO texts SETTINGS input_format_allow_errors_num=0, max_threads = 1 FORMAT CSV' },
      { body: csv },
    );
    await ask({}, { body: `INSERT INTO texts FORMAT CSV\n${csv}\n\nDROP TABLE victim` });
    expect((await ask({ query: 'EXISTS TABLE victim' })).text).toBe('1\n');
    const stored = await ask({ query: "SELECT s FROM texts WHERE s != 'DROP TABLE victim' FORMAT JSONCompact" });
    const strings = (JSON.parse(stored.text).data as string[][]).map(([s]) => s);
    expect(strings.filter((s) => s !== '').sort()).toEqual([...rows, ...rows].sort());
  });

  test('an insert whose data cannot be told from SQL is refused; VALUES hold any text', async () => {
    await write('CREATE OR REPLACE TABLE victim (x UInt8) ENGINE = MergeTree ORDER BY x');
    await write('CREATE OR REPLACE TABLE texts (s String) ENGINE = MergeTree ORDER BY s');
    const data = 'a\n\nDROP TABLE victim';
    const unclear = await ask({ query: 'INSERT INTO texts FORMAT CSV SETTINGS max_threads = 1' }, { body: data });
    expect(unclear).toMatchObject({ status: 501, text: expect.stringContaining('NOT_IMPLEMENTED') });
    expect((await ask({ query: '/* by */ INSERT INTO texts FORMAT LineAsString' }, { body: data })).text).toBe('');
    expect((await ask({ query: 'INSERT INTO texts VALUES' }, { body: `('${data}'), ('b')` })).text).toBe('');
    expect((await ask({ query: `SELECT count(), countIf(s = $$${data}$$) FROM texts` })).text).toBe('5\t1\n');
    expect((await ask({ query: 'EXISTS TABLE victim' })).text).toBe('1\n');
  });

  // Frames with one block each, stored as it is: a header, the length, the bytes, the end mark.
  test.each([
    [
      'zstd',
      '28b52ffd',
      (body: Buffer) => [[0x20, body.length], [((body.length << 3) | 1) & 0xff, body.length >> 5, 0], body],
    ],
    ['lz4', '04224d18', (body: Buffer) => [[0x60, 0x40, 0x82], [body.length, 0, 0, 0x80], body, [0, 0, 0, 0]]],
  ] as const)('a whole request in %s is inflated by the engine', async (encoding, magic, frame) => {
    await write('CREATE OR REPLACE TABLE f3 (x UInt32) ENGINE = MergeTree ORDER BY x');
    const parts = frame(Buffer.from('INSERT INTO f3 FORMAT TSV\n1\n2\n')).map((part) =>
      Buffer.from(part as Uint8Array),
    );
    const body = Buffer.concat([Buffer.from(magic, 'hex'), ...parts]);
    expect((await ask({}, { body, headers: { 'Content-Encoding': encoding } })).text).toBe('');
    expect((await ask({ query: 'SELECT sum(x) FROM f3' })).text).toBe('3\n');
    const cut = await ask({}, { body: body.subarray(0, 12), headers: { 'Content-Encoding': encoding } });
    expect(cut.status).toBeGreaterThanOrEqual(400);
  });

  test('an encoding nobody here knows is refused by name', async () => {
    const answer = await ask({ query: 'SELECT 1' }, { body: 'x', headers: { 'Content-Encoding': 'snappy' } });
    expect(answer).toMatchObject({ status: 501, text: expect.stringContaining('snappy') });
  });
});

describe('compression of answers', () => {
  const query = 'SELECT number, toString(number) FROM numbers(20000)';
  test('only on request, in an encoding the client accepts', async () => {
    const plain = await ask({ query });
    expect(plain.headers['content-encoding']).toBeUndefined();
    const unasked = await ask({ query }, { headers: { 'Accept-Encoding': 'gzip' } });
    expect(unasked.headers['content-encoding']).toBeUndefined();
    const asked = { query, enable_http_compression: '1' };
    const gzip = await ask(asked, { headers: { 'Accept-Encoding': 'gzip, deflate' } });
    expect(gzip.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(gzip.bytes).equals(plain.bytes)).toBe(true);
    const brotli = await ask(asked, { headers: { 'Accept-Encoding': 'br' } });
    expect(brotliDecompressSync(brotli.bytes).equals(plain.bytes)).toBe(true);
    expect((await ask(asked, { headers: { 'Accept-Encoding': 'lz4' } })).bytes.equals(plain.bytes)).toBe(true);
  });
});

describe('errors', () => {
  test.each([
    ['SELEC 1', 400, 62],
    ['SELECT * FROM nowhere', 404, 60],
    ['SELECT nothing', 404, 47],
    ['SELECT throwIf(1)', 500, 395],
    ['SELECT {absent:Int8}', 400, 456],
  ])('%s: %d, code %d', async (query, status, code) => {
    const answer = await ask({ query });
    expect(answer.status).toBe(status);
    expect(answer.headers['x-clickhouse-exception-code']).toBe(String(code));
    expect(answer.text).toMatch(
      new RegExp(`^Code: ${code}\\. DB::Exception: .+\\([A-Z_]+\\) \\(version 26\\..+\\)\\n$`, 's'),
    );
  });

  test('an unknown setting, an unknown database', async () => {
    expect(await ask({ query: 'SELECT 1', no_such_setting: '1' })).toMatchObject({ status: 404 });
    expect(await ask({ query: 'SELECT 1', database: 'absent' })).toMatchObject({ status: 404 });
  });

  test('a GET may not write, as with a server', async () => {
    const answer = await ask({ query: 'CREATE TABLE by_get (x Int8) ENGINE = Memory' });
    expect([answer.status, answer.headers['x-clickhouse-exception-code']]).toEqual([403, '164']);
  });

  test('a client that stalls in the middle of its body holds up nobody', async () => {
    const stalled = connect(olap.port, '127.0.0.1');
    const secret = `X-ClickHouse-User: ${olap.user}\r\nX-ClickHouse-Key: ${olap.password}`;
    stalled.write(`POST / HTTP/1.1\r\nHost: localhost\r\n${secret}\r\nContent-Length: 1000\r\n\r\nSELECT`);
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => ask({ query: `SELECT ${n}` })));
    expect(answers.map(({ text }) => Number(text))).toEqual(Array.from({ length: 20 }, (_, n) => n));
    stalled.destroy();
  });
});

describe('who may ask', () => {
  test('credentials by address, headers or Basic; anything else is refused', async () => {
    const query = 'SELECT 1';
    const { user, password } = olap;
    const basic = { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
    expect((await ask({ query, user, password }, { as: null })).status).toBe(200);
    expect((await ask({ query }, { as: null, headers: basic })).status).toBe(200);
    expect((await ask({ query }, { as: null })).status).toBe(401);
    for (const as of [
      { user, password: '' },
      { user, password: 'wrong' },
      { user: 'default', password: '' },
      { user: 'nobody', password },
    ]) {
      const answer = await ask({ query }, { as });
      expect([answer.status, answer.headers['x-clickhouse-exception-code']]).toEqual([403, '516']);
    }
  });

  test('a foreign Host or Origin is refused, and no other site is let in', async () => {
    for (const headers of [
      { Host: 'evil.example' },
      { Host: '127.0.0.1.evil.example' },
      { Origin: 'http://evil.example' },
    ]) {
      const answer = await ask({ query: 'SELECT 1' }, { headers });
      expect(answer.status).toBe(403);
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
    expect((await ask({ query: 'SELECT 1' }, { headers: { Host: 'localhost:8123' } })).status).toBe(200);
  });
});

describe('the read-only user', () => {
  const asReader = (query: string, more: Record<string, string> = {}, method = 'POST'): Promise<Answer> =>
    ask({ query, ...more }, { as: olap.reader, method });

  test.each([
    'SELECT 1',
    'WITH 2 AS x SELECT x',
    '(SELECT 1) UNION ALL (SELECT 2)',
    '/* note */ -- more\n SELECT 1',
    'SHOW TABLES',
    'DESCRIBE TABLE system.one',
    "SELECT name FROM system.settings WHERE name = 'max_threads'",
    'EXPLAIN SELECT 1',
    'SELECT "profile" FROM (SELECT 1 AS profile)',
    "SELECT url, cluster FROM (SELECT 'x' AS url, 1 AS cluster) WHERE url LIKE '%\\\\_%' ORDER BY 1 DESC",
    'DESCRIBE (SELECT 1 AS x);',
    "SHOW DATABASES LIKE '%'",
  ])('may run %s', async (query) => {
    expect(await asReader(query)).toMatchObject({ status: 200 });
  });

  test.each([
    'CREATE TABLE t (x Int8) ENGINE = Memory',
    'INSERT INTO readable VALUES (9)',
    'DROP TABLE readable',
    'TRUNCATE TABLE readable',
    'SET readonly = 0',
    'SELECT 1 SETTINGS readonly = 0',
    'SELECT 1; DROP TABLE readable',
    "SELECT * FROM file('/etc/passwd', LineAsString)",
    "SELECT file('/etc/passwd')",
    "SELECT `file`('/etc/passwd')",
    'SELECT "fi\\x6ce"(\'/etc/passwd\')',
    "SELECT `\\x66ile`('/etc/passwd')",
    "SELECT * APPLY(file) FROM (SELECT '/etc/passwd' AS x)",
    "SELECT file/**/('/etc/passwd')",
    "DESCRIBE file('/etc/passwd')",
    "DESCRIBE url('http://127.0.0.1:1/', LineAsString)",
    "DESC TABLE /* */ s3/**/('http://127.0.0.1:1/', LineAsString)",
    "SELECT 1; DESCRIBE url('http://127.0.0.1:1/', LineAsString)",
    'SELECT 1;KILL QUERY WHERE 1',
    "SELECT arrayMap(x -> file(x), ['/etc/passwd'])",
    'SELECT * FROM default.`/etc/passwd`',
    '/* SELECT */ KILL QUERY WHERE 1',
    "SELECT 1 INTO OUTFILE '/tmp/assay-outfile'",
    "SELECT * FROM url('http://127.0.0.1:1/', LineAsString)",
    "SELECT * FROM s3('http://127.0.0.1:1/bucket/key.csv', 'CSV')",
    "SELECT * FROM remote('127.0.0.1', system.one)",
    'KILL QUERY WHERE 1',
    'SYSTEM SHUTDOWN',
    "EXPLAIN SELECT * FROM executable('id', 'TSV', 'x String')",
  ])('may not run %s', async (query) => {
    await write('CREATE TABLE IF NOT EXISTS readable (x Int8) ENGINE = MergeTree ORDER BY x');
    const answer = await asReader(query);
    expect(answer.text).toMatch(/\((ACCESS_DENIED|READONLY)\)/);
    expect(answer.status).toBe(403);
    expect(answer.text).not.toContain('root:');
    expect((await ask({ query: 'EXISTS TABLE readable' })).text).toBe('1\n');
  });

  test('may change harmless settings of a request, but not its rights', async () => {
    const query = "SELECT getSetting('max_result_rows')";
    expect((await asReader(query, { max_result_rows: '10' })).text).toBe('10\n');
    expect((await asReader('SELECT 1', { readonly: '0' })).status).toBe(403);
  });
});
