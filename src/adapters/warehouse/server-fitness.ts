import { PlatformError } from '../../domain/errors.ts';
import { sqlFile } from '../sql-files.ts';
import { createPool, type Queryable, rows } from './pool.ts';

const oldest = 14;

/** Throws, naming the setting to change, where a PostgreSQL server cannot be reached or is too old. */
export async function refuseUnfitServer(
  url: string,
  { setting, isPooled }: { readonly setting: string; readonly isPooled: boolean },
): Promise<void> {
  const pool = createPool(url, { applicationName: 'assay probe', maxConnections: 1, isPooled });
  try {
    await refuseOldServer(pool, setting);
  } catch (error) {
    throw error instanceof PlatformError ? naming(setting, error) : error;
  } finally {
    await pool.end();
  }
}

/** What the pool says of DATABASE_URL, said of the setting that holds this address. */
function naming(setting: string, { code, message, hint, cause, context }: PlatformError): PlatformError {
  const renamed = (text: string) => text.replace(/DATABASE_URL/g, setting);
  return new PlatformError(code, renamed(message), { cause, context, ...(hint && { hint: renamed(hint) }) });
}

/** Throws STORE_UNAVAILABLE where the server is older than what the SQL of this package needs. */
export async function refuseOldServer(db: Queryable, setting: string): Promise<void> {
  const [server] = await rows<{ number: number; version: string }>(db, sqlFile('postgres/read/server-version.sql'));
  if (server === undefined || server.number >= oldest * 10_000) return;
  throw new PlatformError('STORE_UNAVAILABLE', `The server is PostgreSQL ${server.version}: too old.`, {
    context: { version: server.version },
    hint: `Name a server of PostgreSQL ${oldest} or newer in ${setting}, or leave it empty for the embedded one.`,
  });
}
