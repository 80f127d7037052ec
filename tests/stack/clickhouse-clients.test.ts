import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/config/package-root.ts';
import type { EmbeddedOlap } from '../../src/embedded/olap.ts';
import { startTestOlap } from '../support/olap.ts';

const python = join(
  process.env['ASSAY_CACHE'] ?? join(homedir(), '.cache', 'assay'),
  'clickhouse-clients',
  'bin',
  'python',
);
const isThere = existsSync(python);

let olap: EmbeddedOlap;
beforeAll(async () => {
  olap = await startTestOlap();
});
afterAll(() => olap?.stop());

const addressOf = ({ user, password }: { user: string; password: string }) =>
  `http://${user}:${password}@127.0.0.1:${olap.port}/${olap.database}`;

describe.skipIf(!isThere)(
  `clickhouse-connect and its SQLAlchemy dialect${isThere ? '' : ' (skipped: scripts/install-clickhouse-clients.sh)'}`,
  () => {
    const ask = (address: string, right: string) => {
      const { status, stdout, stderr } = spawnSync(
        python,
        [join(packageRoot, 'tests/stack/clickhouse-clients.py'), address, right],
        { encoding: 'utf8' },
      );
      expect(status, stderr.slice(-3_000)).toBe(0);
      return JSON.parse(stdout) as Record<string, unknown>;
    };
    const both = (name: string, value: unknown) => ({ [`${name} False`]: value, [`${name} True`]: value });

    it('insert, query with parameters and settings, compressed and not, stream and look around', () => {
      const rows = [
        ['2025-06-28', '8372.4800', 'золото', 'None'],
        ['2025-07-01', '8400.1000', 'золото', '1.5'],
      ];
      const expected = {
        ...both('rows', rows),
        ...both('parameters', ['золото', '2025-06-29', '1.5000']),
        ...both('settings', 777),
        ...both('rows streamed', 200_000),
        ...both('arrow', true),
        counted: 2,
        grouped: [['золото', '8400.1000']],
        columns: { day: 'Date32', price: 'Decimal(14, 4)', name: 'LowCardinality(String)', gap: 'Nullable(Float64)' },
      };
      const found = ask(addressOf(olap), 'write');
      expect(found).toMatchObject(expected);
      expect(found['tables']).toEqual(expect.arrayContaining(['by_client_0', 'by_client_1']));
    });

    it('as the reader: the same but for writing', () => {
      const found = ask(addressOf(olap.reader), 'read');
      expect(found).toMatchObject({ counted: 2, ...both('rows streamed', 200_000) });
    });
  },
);

describe('curl', () => {
  it('asks by address, header and body, takes compressed answers, and is refused as a server refuses', () => {
    const curl = (...words: string[]) => execFileSync('curl', ['--silent', ...words], { encoding: 'utf8' });
    const at = `http://127.0.0.1:${olap.port}/`;
    const account = ['--user', `${olap.user}:${olap.password}`];
    expect(curl(...account, `${at}?query=SELECT%201`)).toBe('1\n');
    expect(curl(...account, at, '--data-binary', 'SELECT 2 AS two FORMAT JSONEachRow')).toBe('{"two":2}\n');
    expect(
      curl(...account, '--compressed', `${at}?enable_http_compression=1&query=SELECT%20count()%20FROM%20numbers(1000)`),
    ).toBe('1000\n');
    expect(
      curl(
        '--header',
        `X-ClickHouse-User: ${olap.user}`,
        '--header',
        `X-ClickHouse-Key: ${olap.password}`,
        `${at}?query=SELECT%20%7Bx:Int8%7D&param_x=7`,
      ),
    ).toBe('7\n');
    expect(curl(...account, `${at}ping`)).toBe('Ok.\n');
    expect(curl('--output', '/dev/null', '--write-out', '%{http_code}', `${at}?query=SELECT%201`)).toBe('401');
    expect(curl('--user', `${olap.reader.user}:${olap.reader.password}`, at, '--data-binary', 'DROP TABLE x')).toMatch(
      /^Code: 497/,
    );
  });
});
