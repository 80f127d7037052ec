import { createHash } from 'node:crypto';
import type pg from 'pg';
import { PlatformError } from '../../domain/errors.ts';
import { sqlFile, sqlFileNames } from '../sql-files.ts';
import { createPool, type Queryable, rows, script, transaction } from './pool.ts';
import { refuseOldServer } from './server-fitness.ts';

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** Brings the warehouse to the newest schema; safe to call from any number of processes at once. */
export async function migrate(
  database: string | pg.Pool,
  migrations: readonly Migration[] = packagedMigrations(),
): Promise<{ applied: string[] }> {
  if (typeof database !== 'string') return applyMissing(database, migrations);
  const pool = createPool(database, { applicationName: 'assay migrate', maxConnections: 1 });
  try {
    return await applyMissing(pool, migrations);
  } finally {
    await pool.end();
  }
}

/**
 * Sees that the warehouse has the newest schema: a look where it has, the missing migrations where the role may lay
 * them. Throws STORE_UNAVAILABLE for a server that is too old, and FORBIDDEN where another role has to do it.
 */
export async function ensureSchema(
  url: string,
  migrations: readonly Migration[] = packagedMigrations(),
): Promise<void> {
  const pool = createPool(url, { applicationName: 'assay migrate', maxConnections: 1 });
  try {
    await refuseOldServer(pool, 'DATABASE_URL');
    if (await isCurrent(pool, migrations)) return;
    await applyMissing(pool, migrations).catch((error: unknown) => {
      throw error instanceof PlatformError && error.code === 'FORBIDDEN' ? notTheOwner(error) : error;
    });
  } finally {
    await pool.end();
  }
}

async function isCurrent(pool: pg.Pool, migrations: readonly Migration[]): Promise<boolean> {
  const [found] = await rows<{ is_there: boolean }>(pool, sqlFile('postgres/read/has-ledger.sql'));
  if (found?.is_there !== true) return false;
  const ledger = await rows<LedgerRow>(pool, sqlFile('postgres/read/migrations.sql'));
  refuseNewerSchema(ledger, migrations);
  return migrations.every(({ version, sql }) =>
    ledger.some((row) => row.version === version && row.sha256 === hashOf(sql)),
  );
}

function notTheOwner(cause: PlatformError): PlatformError {
  return new PlatformError(
    'FORBIDDEN',
    `The warehouse does not have the newest schema, and the role of DATABASE_URL may not lay it: ${(cause.cause as Error).message}.`,
    { cause, hint: 'Set DATABASE_OWNER_URL to the owner of the database and run: assay migrate' },
  );
}

function hashOf(sql: string): string {
  return createHash('sha256').update(sql).digest('hex');
}

/** The migrations of this package, in order. */
export function packagedMigrations(): Migration[] {
  return sqlFileNames('postgres/migrations')
    .filter((name) => /^\d{6}_/.test(name))
    .map((name) => ({
      version: Number(name.slice(0, 6)),
      name: name.replace(/\.sql$/, ''),
      sql: sqlFile(`postgres/migrations/${name}`),
    }));
}

async function applyMissing(pool: pg.Pool, migrations: readonly Migration[]): Promise<{ applied: string[] }> {
  await locked(pool, (db) => script(db, sqlFile('postgres/migrations/bootstrap.sql')));
  const applied: string[] = [];
  for (const migration of migrations) {
    // Each in a transaction of its own, and judged again under the lock: a rival may have come first.
    const isNew = await locked(pool, (db) => applyOne(db, migration, migrations));
    if (isNew) applied.push(migration.name);
  }
  // Tables that came after the roles are granted too; what another role has to do is told by `grantRoles` when asked.
  if (applied.length > 0) await locked(pool, grantRoles);
  return { applied };
}

/**
 * Makes the roles of the warehouse where the current role may, and grants them what they need. Returns the statements
 * that are left to an administrator of the server.
 */
export async function grantRoles(db: Queryable): Promise<string[]> {
  const left = await rows<{ statement: string }>(db, sqlFile('postgres/write/grant-roles.sql'));
  return left.map(({ statement }) => statement);
}

async function locked<Result>(pool: pg.Pool, work: (db: pg.PoolClient) => Promise<Result>): Promise<Result> {
  return transaction(pool, async (db) => {
    await rows(db, sqlFile('postgres/write/lock.sql'), ['ops.migration']);
    return work(db);
  });
}

async function applyOne(db: pg.PoolClient, migration: Migration, migrations: readonly Migration[]): Promise<boolean> {
  const ledger = await rows<LedgerRow>(db, sqlFile('postgres/read/migrations.sql'));
  refuseNewerSchema(ledger, migrations);
  const sha256 = hashOf(migration.sql);
  const known = ledger.find((row) => row.version === migration.version);
  if (known !== undefined) {
    refuseChangedMigration(known, migration, sha256);
    return false;
  }
  // The row goes first: without the lock, two appliers would collide here and not halfway through the schema.
  await rows(db, sqlFile('postgres/write/migration.sql'), [migration.version, migration.name, sha256]);
  await script(db, migration.sql);
  return true;
}

interface LedgerRow {
  readonly version: number;
  readonly name: string;
  readonly sha256: string;
}

function refuseNewerSchema(ledger: readonly LedgerRow[], migrations: readonly Migration[]): void {
  const newest = Math.max(0, ...migrations.map((migration) => migration.version));
  const beyond = ledger.find((row) => row.version > newest);
  if (beyond === undefined) return;
  throw new PlatformError(
    'CONFLICT',
    `The warehouse has migration ${beyond.name}, newer than this version of Assay, which ends at ${newest}.`,
    {
      context: { version: beyond.version, newest },
      hint: 'Start the newer version of Assay, or restore a backup made before the upgrade.',
    },
  );
}

function refuseChangedMigration(known: LedgerRow, migration: Migration, sha256: string): void {
  if (known.sha256 === sha256) return;
  throw new PlatformError(
    'CHECK_FAILED',
    `Migration ${migration.name} was changed after it was applied to this warehouse (as ${known.name}).`,
    {
      context: { version: migration.version, applied: known.sha256, packaged: sha256 },
      hint: 'Restore the file as it was and put the change into a new migration.',
    },
  );
}
