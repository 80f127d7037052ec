import { createHash } from 'node:crypto';
import pg from 'pg';
import { type Queryable, rows, storing, transaction } from '../warehouse/pool.ts';

/** What the parts of the store share: single statements on the pool, and transactions that survive rivals. */
export interface Database {
  readonly pool: Queryable;
  /** Runs `work` in a transaction, again when PostgreSQL gave it up for a rival's sake (deadlock, serialisation). */
  inTransaction<Result>(work: (db: Queryable) => Promise<Result>): Promise<Result>;
}

const attempts = 5;

export function createDatabase(pool: pg.Pool): Database {
  return {
    pool,
    inTransaction: async (work) => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await transaction(pool, work);
        } catch (error) {
          if (attempt === attempts || !isGivenUp(error)) throw error;
        }
      }
    },
  };
}

/**
 * Rows of a statement of a SQL file, which each connection parses and plans once: for what is asked again and again.
 * Its name is made of its text, so that two statements never share one.
 */
export async function preparedRows<Row extends pg.QueryResultRow>(
  db: Queryable,
  sql: string,
  parameters: readonly unknown[],
): Promise<Row[]> {
  const name = statementNames.get(sql) ?? `assay ${createHash('sha256').update(sql).digest('hex').slice(0, 24)}`;
  statementNames.set(sql, name);
  const result = await storing(() => db.query<Row>({ name, text: sql, values: [...parameters] }));
  return result.rows;
}

const statementNames = new Map<string, string>();

/** Numbers, or texts that need no quotes, as PostgreSQL writes an array: much faster than the driver's own way. */
export function plainArray(items: readonly (number | null)[]): string {
  return `{${items.map((item) => item ?? 'NULL').join(',')}}`;
}

/** Texts as PostgreSQL writes an array: the driver's own way takes several times as long. */
export function quotedArray(items: readonly string[]): string {
  return `{${items.map((item) => (/["\\]/.test(item) ? `"${item.replace(/["\\]/g, '\\$&')}"` : `"${item}"`)).join(',')}}`;
}

/** The only row of a query, or undefined. */
export async function firstRow<Row extends pg.QueryResultRow>(
  db: Queryable,
  sql: string,
  parameters: readonly unknown[],
): Promise<Row | undefined> {
  return (await rows<Row>(db, sql, parameters))[0];
}

/** True when a unique constraint refused the row: somebody else has that name. */
export function isTaken(error: unknown): boolean {
  return sqlState(error) === '23505';
}

/**
 * Results of independent queries: side by side where each gets a connection of the pool, one after the other
 * inside a transaction, whose connection takes one query at a time.
 */
export async function together<const Work extends readonly (() => Promise<unknown>)[]>(
  db: Queryable,
  work: Work,
): Promise<{ -readonly [Index in keyof Work]: Awaited<ReturnType<Work[Index]>> }> {
  const results: unknown[] = [];
  if (db instanceof pg.Pool) results.push(...(await Promise.all(work.map((query) => query()))));
  else for (const query of work) results.push(await query());
  return results as { -readonly [Index in keyof Work]: Awaited<ReturnType<Work[Index]>> };
}

/** Rows gathered under a key; a key without rows has an empty list. */
export function groupRows<Row>(
  rowsOfAll: readonly Row[],
  keyOf: (row: Row) => string,
): (key: string) => readonly Row[] {
  const groups = new Map<string, Row[]>();
  for (const row of rowsOfAll) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return (key) => groups.get(key) ?? [];
}

function isGivenUp(error: unknown): boolean {
  const state = sqlState(error);
  return state === '40P01' || state === '40001';
}

/** PostgreSQL's code of an error that came from it. */
export function sqlState(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
