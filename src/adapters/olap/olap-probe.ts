import { PlatformError } from '../../domain/errors.ts';
import { sqlFile } from '../sql-files.ts';
import { createOlap } from './clickhouse.ts';
import { onCluster } from './cluster-ddl.ts';

/** The oldest release with all that the statements in `sql/clickhouse` use. */
const oldest = [23, 8] as const;

/** Throws, naming the setting to change, where a ClickHouse cannot be used: absent, closed to us, too old, read-only. */
export async function probeOlap(url: string, cluster: string | null): Promise<void> {
  await refuseOldRelease(url);
  const olap = createOlap({ url, cluster });
  // Whoever may make this table may make and fill the others.
  await olap.command(onCluster(sqlFile('clickhouse/tables/published.sql'), cluster)).finally(() => olap.close());
}

/** Asked in a database that every server has: in ours, it would be made on a server that is then refused. */
async function refuseOldRelease(url: string): Promise<void> {
  const olap = createOlap({ url, database: 'system' });
  const [answer] = await olap.rows<{ version: string }>('SELECT version() AS version').finally(() => olap.close());
  const [major = 0, minor = 0] = (answer?.version ?? '').split('.').map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
  throw new PlatformError('STORE_UNAVAILABLE', `ClickHouse ${answer?.version ?? ''} is too old.`, {
    context: { version: answer?.version ?? null },
    hint: `Name a server of ${oldest[0]}.${oldest[1]} or newer in CLICKHOUSE_URL, or leave it empty for the embedded one.`,
  });
}
