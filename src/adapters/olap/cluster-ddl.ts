import { assert } from '../../domain/errors.ts';

/**
 * A statement that makes a table, for a server alone (as it stands) or for a cluster: on each of its nodes, the rows kept
 * by ClickHouse Keeper's word the same on all replicas. What is later written to one replica reaches the others.
 */
export function onCluster(statement: string, cluster: string | null): string {
  if (cluster === null) return statement;
  const spread = statement
    .replace(/^CREATE TABLE IF NOT EXISTS (\w+)$/m, (made) => `${made} ON CLUSTER ${quoted(cluster)}`)
    // The macros are those of a node's configuration: which shard it has, and which replica it is.
    .replace(
      /^ENGINE = (\w*)MergeTree$/m,
      "ENGINE = Replicated$1MergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')",
    );
  assert(
    spread.includes(' ON CLUSTER ') && spread.includes('ENGINE = Replicated'),
    'a table is of the MergeTree family',
  );
  return spread;
}

/** The same table under a name of its own, for rows on their way. */
export function renamedTable(statement: string, table: string, name: string): string {
  return statement.replace(`CREATE TABLE IF NOT EXISTS ${table}\n`, `CREATE TABLE IF NOT EXISTS ${name}\n`);
}

/** A name as ClickHouse writes it. */
export function quoted(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}
