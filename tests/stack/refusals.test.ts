import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../src/adapters/warehouse/migrate.ts';
import type { EmbeddedOlap } from '../../src/embedded/olap.ts';
import { createInstallation } from '../support/installation.ts';
import { startTestOlap } from '../support/olap.ts';
import { installedPostgres, type PostgresServer, startPostgresServer } from '../support/postgres-server.ts';
import { noS3Server, type S3Server, s3Credentials, startS3Server } from '../support/s3-server.ts';
import { startTextServer, type TextServer } from '../support/text-server.ts';
import { openTrackingServer, type TrackingServer } from '../support/tracking-server.ts';

type Environment = Readonly<Record<string, string>>;

/** What a command is given, what it must say of it, and the setting it must name. */
type Refusal = readonly [
  name: string,
  environment: () => Environment | Promise<Environment>,
  says: RegExp,
  setting: RegExp,
];

/** Nothing may be begun: exit code 1, one sentence with the setting, and no lake, no engine, no table. */
function refusesAll(refusals: readonly Refusal[], after: (environment: Environment) => Promise<void> = async () => {}) {
  it.each(refusals)('%s', async (_, environment, says, setting) => {
    const given = await environment();
    const installation = createInstallation({ ASSAY_CBR_URL: 'http://127.0.0.1:9', ...given });
    try {
      const result = await installation.run(['sync'], { timeoutMs: 60_000 });
      expect(result.stderr).toMatch(says);
      expect(result.stderr).toMatch(setting);
      expect(result.exitCode).toBe(1);
      for (const begun of ['lake', 'postgres', 'olap']) expect(existsSync(join(installation.data, begun))).toBe(false);
      await after(given);
    } finally {
      await installation.remove();
    }
  });
}

/** A server that answers everything with one text: the releases meant here are not to be had any more. */
function saying(body: string, contentType: string, status = 200): Promise<TextServer> {
  return startTextServer((_, response) => response.writeHead(status, { 'content-type': contentType }).end(body));
}

const noServer = 'http://127.0.0.1:9';

describe.skipIf(installedPostgres(15) === null)('PostgreSQL (skipped where none is installed)', () => {
  let server: PostgresServer;
  let old: PostgresServer | null = null;
  let database: string;
  beforeAll(async () => {
    server = await startPostgresServer(15);
    if (installedPostgres(13) !== null) old = await startPostgresServer(13);
    await server.ask("create role plain login password 'of-this-test'");
    database = await server.createDatabase();
  });
  afterAll(async () => {
    await server?.stop();
    await old?.stop();
  });
  const plain = { name: 'plain', password: 'of-this-test' };

  refusesAll([
    ['absent', () => ({ DATABASE_URL: 'postgres://a:b@127.0.0.1:9/assay' }), /does not answer/, /DATABASE_URL/],
    [
      'wrong password',
      () => ({ DATABASE_URL: server.url(database, { ...plain, password: 'x' }) }),
      /refused the connection.*password/,
      /DATABASE_URL/,
    ],
    ['no such database', () => ({ DATABASE_URL: server.url('nowhere') }), /"nowhere" does not exist/, /DATABASE_URL/],
    [
      'too old',
      () => ({ DATABASE_URL: old?.url() ?? server.url('nowhere') }),
      old === null && installedPostgres(13) === null ? /nowhere/ : /PostgreSQL 13\S*: too old/,
      /DATABASE_URL/,
    ],
    [
      'wrong direct address',
      () => ({ DATABASE_URL: server.url(database), DATABASE_DIRECT_URL: 'postgres://a:b@127.0.0.1:9/assay' }),
      /does not answer/,
      /DATABASE_DIRECT_URL/,
    ],
  ]);

  it('missing right: the schema is not laid by half, and the owner is told of', async () => {
    const installation = createInstallation({ ASSAY_CBR_URL: noServer, DATABASE_URL: server.url(database, plain) });
    const result = await installation.run(['sync']);
    await installation.remove();
    expect(result.stderr).toMatch(/may not lay it: permission denied.*DATABASE_OWNER_URL.*assay migrate/s);
    expect(result.exitCode).toBe(1);
    const left = await server.ask("select nspname from pg_namespace where nspname in ('ops', 'raw', 'dbos')", database);
    expect(left).toEqual([]);
  });

  it('a schema of a newer release is left as it is', async () => {
    const newer = await server.createDatabase();
    await migrate(server.url(newer));
    await server.ask("insert into ops.migration values (999999, '999999_of_tomorrow', 'x')", newer);
    const installation = createInstallation({ ASSAY_CBR_URL: noServer, DATABASE_URL: server.url(newer) });
    const result = await installation.run(['sync']);
    await installation.remove();
    expect(result.stderr).toMatch(/999999_of_tomorrow, newer than this version.*newer version of Assay/s);
    expect(result.exitCode).toBe(1);
    expect(await server.ask('select run_id from ops.run', newer)).toEqual([]);
  });
});

describe('ClickHouse', () => {
  let olap: EmbeddedOlap;
  let old: TextServer;
  beforeAll(async () => {
    olap = await startTestOlap();
    old = await saying('{"version":"21.8.15.7"}\n', 'application/x-ndjson');
  });
  afterAll(async () => {
    await olap?.stop();
    await old?.stop();
  });
  const as = (user: string, password: string) => ({
    CLICKHOUSE_URL: `http://${user}:${password}@127.0.0.1:${olap.port}/assay`,
  });
  refusesAll([
    [
      'absent',
      () => ({ CLICKHOUSE_URL: noServer }),
      /ClickHouse at http:\/\/127.0.0.1:9 does not answer/,
      /CLICKHOUSE_URL/,
    ],
    ['wrong password', () => as(olap.user, 'wrong'), /Authentication failed/, /CLICKHOUSE_URL/],
    [
      'missing right',
      () => as(olap.reader.user, olap.reader.password),
      /Not enough privileges|readonly/i,
      /CLICKHOUSE_URL/,
    ],
    ['too old', () => ({ CLICKHOUSE_URL: old.url }), /21\.8.* is too old/, /CLICKHOUSE_URL/],
  ]);
});

describe.skipIf(noS3Server !== null)(`S3${noS3Server === null ? '' : ` (skipped: ${noS3Server})`}`, () => {
  let server: S3Server;
  let careless: TextServer;
  beforeAll(async () => {
    server = await startS3Server();
    await server.bucket('lake');
    careless = await saying('<ListBucketResult/>', 'application/xml');
  });
  afterAll(async () => {
    await server?.stop();
    await careless?.stop();
  });
  const at = (endpoint: string, bucket = 'lake', keys: Environment = s3Credentials) => ({
    LAKE_URL: `s3://${bucket}/prefix?endpoint=${endpoint}`,
    ...keys,
  });
  refusesAll([
    ['absent', () => at(noServer), /did not answer/, /LAKE_URL/],
    [
      'wrong credentials',
      () => at(server.endpoint, 'lake', { ...s3Credentials, AWS_SECRET_ACCESS_KEY: 'x' }),
      /does not accept the credentials/,
      /AWS_SECRET_ACCESS_KEY/,
    ],
    ['missing bucket', () => at(server.endpoint, 'nowhere'), /no bucket nowhere/, /LAKE_URL/],
    [
      'missing right',
      () => at(server.endpoint, 'lake', server.stranger()),
      /may not do this in the bucket lake/,
      /list the bucket/,
    ],
    ['too old: it overwrites taken keys', () => at(careless.url), /overwrites a key.*too old/, /LAKE_URL/],
  ]);
});

describe('MLflow', () => {
  let closed: TrackingServer;
  let old: TextServer;
  let forbidding: TextServer;
  beforeAll(async () => {
    closed = await openTrackingServer({ token: 'the-token-of-this-test' });
    old = await saying('1.30.0', 'text/plain');
    forbidding = await saying(
      '{"error_code":"PERMISSION_DENIED","message":"Permission denied"}',
      'application/json',
      403,
    );
  });
  afterAll(async () => {
    await closed?.close();
    await old?.stop();
    await forbidding?.stop();
  });
  refusesAll([
    [
      'absent',
      () => ({ MLFLOW_TRACKING_URI: noServer }),
      /tracking server at http:\/\/127.0.0.1:9 cannot be reached/,
      /MLFLOW_TRACKING_URI/,
    ],
    [
      'wrong credentials',
      () => ({ MLFLOW_TRACKING_URI: closed.url.replace('://', '://user:wrong@') }),
      /refused.*401/,
      /MLFLOW_TRACKING_URI/,
    ],
    ['missing right', () => ({ MLFLOW_TRACKING_URI: forbidding.url }), /Permission denied/, /MLFLOW_TRACKING_URI/],
    ['too old', () => ({ MLFLOW_TRACKING_URI: old.url }), /MLflow "1\.30\.0": too old/, /MLFLOW_TRACKING_URI/],
  ]);
});
