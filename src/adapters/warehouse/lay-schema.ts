import { grantRoles, migrate } from './migrate.ts';
import { createPool } from './pool.ts';
import { refuseOldServer } from './server-fitness.ts';

export interface LaidSchema {
  /** Names of the migrations that were missing. */
  readonly applied: readonly string[];
  /** Statements that are left to an administrator of the server: roles that this one may not make. */
  readonly left: readonly string[];
}

/** Lays the whole schema as its owner: the warehouse's migrations, what `beside` lays, and the rights of the roles. */
export async function laySchema(url: string, beside: (url: string) => Promise<void>): Promise<LaidSchema> {
  const pool = createPool(url, { applicationName: 'assay migrate', maxConnections: 1 });
  try {
    await refuseOldServer(pool, 'DATABASE_OWNER_URL');
    const { applied } = await migrate(pool);
    await beside(url);
    return { applied, left: await grantRoles(pool) };
  } finally {
    await pool.end();
  }
}
