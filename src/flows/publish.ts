import { createHash } from 'node:crypto';
import { PlatformError } from '../domain/errors.ts';
import type { StepContext } from '../ports/journal.ts';
import type { Lake } from '../ports/lake.ts';
import type { OlapPublisher, PublishedPart, PublishedTable } from '../ports/olap-publisher.ts';
import type { ExportReader } from '../ports/warehouse.ts';
import { reconcileMonths } from './reconcile-months.ts';

export interface PublishPorts {
  readonly publisher: OlapPublisher;
  readonly exporter: ExportReader;
  readonly lake: Lake;
  readonly step: StepContext;
}

export interface PublishReport {
  /** Parts replaced, by table; a rerun over unchanged data replaces none. */
  readonly replaced: Readonly<Record<string, number>>;
  readonly rowsLoaded: number;
  readonly parquetFiles: number;
  /** Months compared between the two engines. */
  readonly monthsReconciled: number;
}

/** What the market says, and what we say of it: the second is there only after a forecast. */
export type PublishScope = 'quotes' | 'forecasts';

const tablesOf: Readonly<Record<PublishScope, readonly PublishedTable[]>> = {
  quotes: [
    { name: 'quote_daily', from: 'dm.quote_daily', yearOf: 'effective_date' },
    { name: 'metal_quote', from: 'ods.metal_quote', yearOf: 'effective_date' },
    { name: 'fx_rate', from: 'ods.fx_rate', yearOf: 'effective_date' },
  ],
  forecasts: [
    { name: 'forecast_vintage', from: 'dm.forecast_vintage', yearOf: 'cutoff' },
    { name: 'forecast_point', from: 'dm.forecast_point', yearOf: 'target_date' },
    { name: 'forecast_vs_fact', from: 'dm.forecast_vs_fact', yearOf: 'target_date' },
    { name: 'model_score', from: 'dm.model_score', yearOf: null },
  ],
};

/**
 * Makes the analytical engine and the Parquet exports equal to the warehouse, part by part, then holds the months
 * that each engine computed for itself against each other. Only parts whose content changed are written.
 * Throws CHECK_FAILED when the engines disagree, STORE_UNAVAILABLE when one is gone.
 */
export async function publish(
  request: { readonly scopes: readonly PublishScope[] },
  ports: PublishPorts,
): Promise<PublishReport> {
  const { publisher, exporter, lake, step } = ports;
  await publisher.prepare();
  const replaced: Record<string, number> = {};
  let rowsRead = 0;
  let rowsLoaded = 0;
  let parquetFiles = 0;
  for (const table of request.scopes.flatMap((scope) => tablesOf[scope])) {
    const { rows } = await exporter.readTable(table.from, null);
    const parts = cutIntoParts(table, rows);
    const there = await publisher.parts(table.name);
    const changed = parts.filter(({ part, hash }) => there.get(part) !== hash);
    const gone = [...there.keys()].filter((part) => !parts.some((kept) => kept.part === part));
    await publisher.replaceParts(table.name, changed);
    await publisher.dropParts(table.name, gone);
    parquetFiles += await writeParquet(table, parts, { publisher, lake });
    for (const part of gone) await lake.remove(parquetKey(table, part));
    replaced[table.name] = changed.length + gone.length;
    rowsRead += rows.length;
    rowsLoaded += changed.reduce((sum, part) => sum + part.rows.length, 0);
  }
  if (Number(replaced['quote_daily']) > 0) await publisher.rebuildMonths();
  const monthsReconciled = request.scopes.includes('quotes') ? await reconcile(ports) : 0;
  step.rows(rowsRead, rowsLoaded);
  const agreement = monthsReconciled === 0 ? '' : `, ${monthsReconciled} months agree between the two engines`;
  step.note(`${rowsLoaded} rows published${agreement}`);
  return { replaced, rowsLoaded, parquetFiles, monthsReconciled };
}

function cutIntoParts(table: PublishedTable, rows: readonly object[]): readonly PublishedPart[] {
  const groups = new Map<string, object[]>();
  for (const row of rows) {
    const part = table.yearOf === null ? 'all' : String((row as Record<string, unknown>)[table.yearOf]).slice(0, 4);
    const group = groups.get(part);
    if (group === undefined) groups.set(part, [row]);
    else group.push(row);
  }
  return [...groups].map(([part, rowsOfPart]) => ({
    part,
    rows: rowsOfPart,
    hash: createHash('sha256').update(JSON.stringify(rowsOfPart)).digest('hex'),
  }));
}

/** Exports carry the hash of their rows beside them, so that a part is written again only when it changed. */
async function writeParquet(
  table: PublishedTable,
  parts: readonly PublishedPart[],
  ports: { readonly publisher: OlapPublisher; readonly lake: Lake },
): Promise<number> {
  const hashKey = `parquet/${table.from.replace('.', '/')}/hashes.json`;
  const known = await readHashes(ports.lake, hashKey);
  const stale = parts.filter(({ part, hash }) => known[part] !== hash);
  if (stale.length === 0) return 0;
  // Side by side: each waits for the disk to hold its file, which is most of its time.
  await Promise.all(
    stale.map(async ({ part }) =>
      ports.lake.replace(parquetKey(table, part), await ports.publisher.parquet(table.name, part)),
    ),
  );
  const hashes = Object.fromEntries(parts.map(({ part, hash }) => [part, hash]));
  await ports.lake.replace(hashKey, Buffer.from(JSON.stringify(hashes)));
  return stale.length;
}

function parquetKey(table: PublishedTable, part: string): string {
  return `parquet/${table.from.replace('.', '/')}/${part}.parquet`;
}

async function readHashes(lake: Lake, key: string): Promise<Readonly<Record<string, string>>> {
  const bytes = await lake.get(key);
  return bytes === null ? {} : (JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, string>);
}

/** Months that disagree are first built again: a process that died between the days and their months left old ones. */
async function reconcile(ports: PublishPorts): Promise<number> {
  const first = await compareMonths(ports);
  if (first.differences.length === 0) return first.months;
  await ports.publisher.rebuildMonths();
  const { differences, months } = await compareMonths(ports);
  if (differences.length > 0) {
    throw new PlatformError('CHECK_FAILED', `The two engines disagree on ${differences.length} monthly figures.`, {
      context: { first: differences.slice(0, 5) },
      hint: 'Rebuild both with: assay transform && assay publish. If it stays, one of the two computations is wrong.',
    });
  }
  return months;
}

async function compareMonths({ publisher, exporter }: PublishPorts) {
  const [ours, theirs] = await Promise.all([exporter.readTable('dm.monthly', null), publisher.months()]);
  const differences = reconcileMonths(ours.rows as Record<string, unknown>[], theirs);
  return { differences, months: theirs.length };
}
