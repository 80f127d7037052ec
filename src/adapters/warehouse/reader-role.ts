import { sqlFile } from '../sql-files.ts';
import { grantRoles } from './migrate.ts';
import { createPool, rows, script } from './pool.ts';

/** Lets the role `assay_bi` in with a password; it reads the schema `dm` and nothing else. Throws FORBIDDEN. */
export async function letReaderIn(url: string, password: string): Promise<void> {
  const pool = createPool(url, { applicationName: 'assay reader', maxConnections: 1 });
  try {
    await grantRoles(pool);
    const [made] = await rows<{ statement: string }>(pool, sqlFile('postgres/write/reader-login.sql'), [password]);
    if (made !== undefined) await script(pool, made.statement);
  } finally {
    await pool.end();
  }
}
