import type pg from 'pg';
import type { AssayApi, Upkeep } from '../../api/contract.ts';
import type { Lake } from '../../ports/lake.ts';
import { sqlFile } from '../sql-files.ts';
import { rows } from '../warehouse/pool.ts';

export interface UpkeepReadsOptions {
  readonly pool: pg.Pool;
  readonly lake: Pick<Lake, 'list'>;
  /** Memory of the processes of this installation; none where nobody can tell. */
  readonly memory?: () => Promise<Upkeep['memory']>;
}

const shown = 50;

/** Freshness, balances, revisions, decisions, space and memory. */
export function createUpkeepReads({
  pool,
  lake,
  memory = async () => [],
}: UpkeepReadsOptions): Pick<AssayApi, 'upkeep'> {
  return {
    async upkeep() {
      const [freshness, balances, revisions, decisions, schemas, folders, processes] = await Promise.all([
        rows<FreshnessRow>(pool, sqlFile('postgres/read/freshness.sql')),
        rows<BalanceRow>(pool, sqlFile('postgres/read/row-balances.sql')),
        rows<RevisionRow>(pool, sqlFile('postgres/read/revisions.sql'), [shown]),
        rows<DecisionRow>(pool, sqlFile('postgres/read/hold-decisions.sql'), [shown]),
        rows<StorageRow>(pool, sqlFile('postgres/read/storage.sql')),
        foldersOf(lake),
        memory(),
      ]);
      return {
        freshness: freshness.map((row) => ({
          kind: row.kind,
          name: row.name,
          newestDate: row.newest_date,
          renewedAt: row.renewed_at,
        })),
        balances: balances.map(balanceOf),
        revisions: revisions.map((row) => ({
          table: row.table_name,
          code: row.code,
          date: row.effective_date,
          revision: row.revision,
          former: row.former,
          value: row.value,
          knownAt: row.known_at,
        })),
        decisions: decisions.map((row) => ({
          table: row.table_name,
          code: row.code,
          date: row.effective_date,
          revision: row.revision,
          decision: row.decision,
          reason: row.reason,
          by: row.decided_by,
          at: row.decided_at,
        })),
        storage: [
          ...schemas.map((row) => ({ place: `warehouse ${row.schema_name}`, bytes: row.bytes, files: null })),
          ...folders,
        ],
        memory: processes,
      };
    },
  };
}

/** Bytes and files of the lake by its first folder. */
async function foldersOf(lake: Pick<Lake, 'list'>): Promise<Upkeep['storage']> {
  const sizes = new Map<string, { bytes: number; files: number }>();
  for await (const { key, bytes } of lake.list('')) {
    const folder = key.split('/')[0] ?? '';
    const size = sizes.get(folder) ?? { bytes: 0, files: 0 };
    sizes.set(folder, { bytes: size.bytes + bytes, files: size.files + 1 });
  }
  return [...sizes].sort().map(([folder, size]) => ({ place: `lake ${folder}`, ...size }));
}

function balanceOf(row: BalanceRow): Upkeep['balances'][number] {
  return {
    from: row.from_layer,
    to: row.to_layer,
    rowsIn: row.rows_in,
    rowsOut: row.rows_out,
    knownAlready: row.known_already,
    setAside: row.set_aside,
    superseded: row.superseded,
    lost: row.lost,
  };
}

type Table = Upkeep['revisions'][number]['table'];

interface FreshnessRow {
  readonly kind: Upkeep['freshness'][number]['kind'];
  readonly name: string;
  readonly newest_date: string | null;
  readonly renewed_at: string | null;
}

interface BalanceRow {
  readonly from_layer: string;
  readonly to_layer: string;
  readonly rows_in: number;
  readonly rows_out: number;
  readonly known_already: number;
  readonly set_aside: number;
  readonly superseded: number;
  readonly lost: number;
}

interface RevisionRow {
  readonly table_name: Table;
  readonly code: string;
  readonly effective_date: string;
  readonly revision: number;
  readonly former: string | null;
  readonly value: string | null;
  readonly known_at: string;
}

interface DecisionRow {
  readonly table_name: Table;
  readonly code: string;
  readonly effective_date: string;
  readonly revision: number;
  readonly decision: 'release' | 'reject';
  readonly reason: string;
  readonly decided_by: string;
  readonly decided_at: string;
}

interface StorageRow {
  readonly schema_name: string;
  readonly bytes: number;
}
