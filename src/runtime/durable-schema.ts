import { ensureSystemDatabase } from '@dbos-inc/dbos-sdk/internal/system_database';

/**
 * Lays or renews the tables of the durable runner in the schema `dbos`, as the owner of the database. By the function
 * below `DBOS.migrate`, which would write its progress to the standard output.
 */
export async function layDurableSchema(databaseUrl: string): Promise<void> {
  const nothing = () => undefined;
  const silent = { info: nothing, debug: nothing, warn: nothing, error: nothing };
  await ensureSystemDatabase(databaseUrl, silent as unknown as Parameters<typeof ensureSystemDatabase>[1]);
}
