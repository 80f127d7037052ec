import { type ClickHouseClient, ClickHouseError, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { type ErrorCode, PlatformError } from '../../domain/errors.ts';
import type { Olap } from '../../ports/olap.ts';
import { quoted } from './cluster-ddl.ts';

export interface OlapTarget {
  /** `http://host:8123`; user, password and database may be in it. */
  readonly url: string;
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  /** The cluster on whose nodes the database is made; null or absent for a server alone. */
  readonly cluster?: string | null;
  readonly requestTimeoutMs?: number;
}

type QueryParameters = Readonly<Record<string, unknown>>;

/**
 * ClickHouse by its own client: the embedded endpoint and any server alike. The database is made on first need where
 * the user may. Throws STORE_UNAVAILABLE (not reached, or the user is refused), FORBIDDEN, NOT_FOUND (table),
 * TIMEOUT, DISK_FULL, and ENGINE_FAILED with `clickhouseCode` for what else the engine says.
 */
export function createOlap(target: OlapTarget): Olap {
  const connection = connect(target);
  const { client } = connection;
  const run = <Result>(sql: string, work: () => Promise<Result>): Promise<Result> =>
    withDatabase(connection, work).catch((error: unknown) => {
      throw asPlatformError(error, connection.place, sql);
    });
  return {
    command: (sql, parameters) =>
      run(sql, async () => void (await client.command({ query: sql, ...substitutions(parameters) }))),
    rows: <Row>(sql: string, parameters?: QueryParameters) =>
      run(sql, async () => {
        const answer = await client.query({ query: sql, format: 'JSONEachRow', ...substitutions(parameters) });
        return answer.json<Row>();
      }),
    insert: (table, rows) =>
      run(`INSERT INTO ${table}`, async () => {
        if (rows.length === 0) return;
        await client.insert({ table, values: rows, format: 'JSONEachRow' });
      }),
    export: (sql, format) => run(sql, () => exportBytes(client, sql, format)),
    ping: () => run('ping', () => ping(client)),
    close: () => client.close(),
  };
}

interface Connection {
  readonly client: ClickHouseClient;
  readonly options: Parameters<typeof createClient>[0];
  readonly database: string;
  readonly cluster: string | null;
  /** The address without secrets, for errors. */
  readonly place: string;
}

function connect(target: OlapTarget): Connection {
  const url = parseUrl(target.url);
  const database = target.database ?? (url.pathname.replace(/^\//, '') || 'assay');
  const place = `${url.protocol}//${url.host}`;
  const options = {
    url: place,
    username: target.user ?? (decodeURIComponent(url.username) || 'default'),
    password: target.password ?? decodeURIComponent(url.password),
    application: 'assay',
    request_timeout: target.requestTimeoutMs ?? 300_000,
    clickhouse_settings: {
      // An exception in the middle of an answer would look like a short answer.
      wait_end_of_query: 1,
      date_time_input_format: 'best_effort',
      output_format_json_quote_64bit_integers: 0,
    },
    // Every failure is thrown, and told once, at the edge.
    log: { level: ClickHouseLogLevel.OFF },
  } as const;
  return { client: createClient({ ...options, database }), options, database, cluster: target.cluster ?? null, place };
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new PlatformError('CONFIG_INVALID', 'The address of ClickHouse is not an http or https address.', {
    hint: 'Set CLICKHOUSE_URL like http://user:password@host:8123/database, or leave it empty for the embedded one.',
  });
}

function substitutions(parameters: QueryParameters | undefined): { query_params?: Record<string, unknown> } {
  return parameters === undefined ? {} : { query_params: { ...parameters } };
}

/** A server that never saw us has no database of ours: it is made once, then the work is tried again. */
async function withDatabase<Result>(connection: Connection, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (saidBy(error)?.code !== unknownDatabase) throw error;
    await makeDatabase(connection);
    return work();
  }
}

/** By a client of its own: a request that names a database that does not exist yet is refused whatever it says. */
async function makeDatabase({ options, database, cluster }: Connection): Promise<void> {
  const client = createClient({ ...options, database: 'default' });
  const everywhere = cluster === null ? '' : ` ON CLUSTER ${quoted(cluster)}`;
  try {
    await client.command({ query: `CREATE DATABASE IF NOT EXISTS ${quoted(database)}${everywhere}` });
  } finally {
    await client.close();
  }
}

const unknownDatabase = '81';

async function exportBytes(client: ClickHouseClient, sql: string, format: string): Promise<Uint8Array> {
  const query = `${sql.replace(/;\s*$/, '')}\nFORMAT ${format}`;
  const { stream } = await client.exec({ query });
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

async function ping(client: ClickHouseClient): Promise<void> {
  const answer = await client.ping({ select: true });
  if (!answer.success) throw answer.error;
}

function asPlatformError(error: unknown, place: string, sql: string): PlatformError {
  if (error instanceof PlatformError) return error;
  const statement = sql.length > 500 ? `${sql.slice(0, 500)}..` : sql;
  const refusal = saidBy(error);
  if (refusal === null) {
    const said = error instanceof Error ? error.message || error.name : String(error);
    const isSlow = /timeout/i.test(said);
    return new PlatformError(
      isSlow ? 'TIMEOUT' : 'STORE_UNAVAILABLE',
      `ClickHouse at ${place} does not answer: ${said}`,
      {
        cause: error,
        context: { place, statement },
        hint: 'Check that it runs and that CLICKHOUSE_URL is right; empty means the embedded one, which assay up starts.',
      },
    );
  }
  const { code, hint } = meanings[refusal.code] ?? {};
  return new PlatformError(code ?? 'ENGINE_FAILED', `ClickHouse refused: ${refusal.message}`, {
    cause: error,
    context: { place, statement, clickhouseCode: Number(refusal.code), type: refusal.type },
    ...(hint === undefined ? {} : { hint }),
  });
}

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly type: string | null;
}

/** What the server said; null where it said nothing. Old releases say it in a form that the client does not take apart. */
function saidBy(error: unknown): Refusal | null {
  if (error instanceof ClickHouseError) return { code: error.code, message: error.message, type: error.type ?? null };
  const old = /^Code: (\d+), e\.displayText\(\) = DB::Exception: (.*?)(?:, e\.what\(\) = |$)/s.exec(
    error instanceof Error ? error.message : '',
  );
  return old === null ? null : { code: old[1] ?? '', message: old[2] ?? '', type: null };
}

const wrongUser = { code: 'STORE_UNAVAILABLE', hint: 'Check the user and the password in CLICKHOUSE_URL.' } as const;
const forbidden = { code: 'FORBIDDEN', hint: 'Grant the user of CLICKHOUSE_URL the right that is named.' } as const;
const notFound = { code: 'NOT_FOUND', hint: 'Publish first: assay publish makes and fills the tables.' } as const;
const noSpace = { code: 'DISK_FULL', hint: 'Free some space on the disk of ClickHouse, then publish again.' } as const;

const meanings: Readonly<Record<string, { readonly code: ErrorCode; readonly hint: string }>> = {
  '192': wrongUser,
  '193': wrongUser,
  '194': wrongUser,
  '516': wrongUser,
  '164': forbidden,
  '497': forbidden,
  '60': notFound,
  '243': noSpace,
  '159': { code: 'TIMEOUT', hint: 'Ask for less, or raise max_execution_time of the user.' },
  '202': { code: 'STORE_UNAVAILABLE', hint: 'The engine is busy: try again in a moment.' },
};
