import pg from 'pg';
import { sqlFile } from '../sql-files.ts';
import { storeFailure } from './store-failure.ts';

export interface PoolOptions {
  /** Shown by the server's list of connections; default `assay`. */
  readonly applicationName?: string;
  /** Most connections at a time; default 4. */
  readonly maxConnections?: number;
  /** A statement running longer is cancelled by the server; default 60 s. */
  readonly statementTimeoutMs?: number;
  /** Whether a pooler stands between, which gives a connection to many: settings are then those of the role. */
  readonly isPooled?: boolean;
}

/** Anything that runs a query: a pool, or one of its clients inside a transaction. */
export type Queryable = Pick<pg.Pool | pg.PoolClient, 'query'>;

/**
 * Connections to the warehouse. Days arrive as `yyyy-mm-dd` and instants as ISO 8601 in UTC, whatever the zone of
 * the host or the server; numeric and bigint arrive as numbers (prices in kopecks are exact in them).
 */
export function createPool(url: string, options: PoolOptions = {}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: options.applicationName ?? 'assay',
    max: options.maxConnections ?? 4,
    connectionTimeoutMillis: 5_000,
    types: { getTypeParser: numbersParser },
    ...(options.isPooled
      ? {
          onConnect: (client: pg.ClientBase) =>
            script(client as pg.PoolClient, sqlFile('postgres/read/pooled-session.sql')),
        }
      : {
          statement_timeout: options.statementTimeoutMs ?? 60_000,
          options: '-c timezone=UTC -c datestyle=ISO -c jit=off',
        }),
  });
  // A connection that breaks, idle or between two queries of its holder, leaves the pool by itself; the next query
  // reports what is wrong, so that a restart of the server does not end this process.
  const ignore = () => undefined;
  pool.on('error', ignore);
  pool.on('connect', (client) => client.on('error', ignore));
  return pool;
}

/** Runs a query whose numeric columns stay text, for copies that must be exact. */
export async function exactRows(db: Queryable, sql: string, parameters: readonly unknown[]): Promise<pg.QueryResult> {
  return storing(() => db.query({ text: sql, values: [...parameters], types: { getTypeParser: exactParser } }));
}

/** Rows of a query; failures of the store arrive as PlatformError. */
export async function rows<Row extends pg.QueryResultRow>(
  db: Queryable,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<Row[]> {
  const result = await storing(() => db.query<Row>(sql, [...parameters]));
  return result.rows;
}

/** Rows written by a statement that returns none. */
export async function written(db: Queryable, sql: string, parameters: readonly unknown[]): Promise<number> {
  const result = await storing(() => db.query(sql, [...parameters]));
  return result.rowCount ?? 0;
}

/** Runs a script of several statements, without parameters. */
export async function script(db: Queryable, sql: string): Promise<void> {
  await storing(() => db.query(sql));
}

/** Runs `work` in one transaction on one connection: committed when it returns, rolled back when it throws. */
export async function transaction<Result>(
  pool: pg.Pool,
  work: (db: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await storing(() => pool.connect());
  let broken: Error | undefined;
  try {
    await script(client, 'begin');
    const result = await work(client);
    await script(client, 'commit');
    return result;
  } catch (error) {
    // A connection that cannot even roll back is not given back to the pool; the server rolls back by itself.
    await client.query('rollback').catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Turns failures of the database into what an operator can act on; bugs in our SQL pass through as they are. */
export async function storing<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw storeFailure(error);
  }
}

const oids = { int8: 20, date: 1082, timestamp: 1114, timestamptz: 1184, numeric: 1700 } as const;

function numbersParser(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
  return oid === oids.numeric ? Number : exactParser(oid, format);
}

function exactParser(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
  switch (oid) {
    case oids.int8:
      return Number;
    case oids.date:
    case oids.numeric:
      return String;
    case oids.timestamptz:
    case oids.timestamp:
      return (text) => new Date(pg.types.getTypeParser(oids.timestamptz, 'text')(text)).toISOString();
    default:
      return pg.types.getTypeParser(oid, (format ?? 'text') as 'text');
  }
}
