import { createHash } from 'node:crypto';
import { assert, PlatformError } from '../domain/errors.ts';
import type { DateRange } from '../domain/iso-date.ts';
import type { StepContext } from '../ports/journal.ts';
import type { Lake } from '../ports/lake.ts';
import type { PriceSource, RawRecord, SourceSeries } from '../ports/price-source.ts';
import type { LoadOutcome, RawStore, Receipt } from '../ports/warehouse.ts';
import { corrupt, listReceiptKeys, readReceipt } from './receipts.ts';

export interface LoadRequest {
  readonly series?: readonly SourceSeries[];
  /** Only receipts whose range touches this one; left out or null: all. */
  readonly range?: DateRange | null;
}

export interface LoadPorts {
  /** Reads the stored answers; it is not asked for new ones. */
  readonly source: Pick<PriceSource, 'id' | 'parse'>;
  readonly lake: Lake;
  readonly raw: Pick<RawStore, 'loadedReceipts' | 'load'>;
  readonly step: StepContext;
}

/** Counts over all receipts loaded now: records = inserted + unchanged. */
export interface LoadReport extends LoadOutcome {
  readonly source: string;
  readonly receipts: readonly LoadedReceipt[];
}

export interface LoadedReceipt extends LoadOutcome {
  readonly receiptKey: string;
  readonly series: SourceSeries;
  readonly range: DateRange;
}

/**
 * Lake -> raw, without the source: every receipt not yet loaded, in the order received, each in one transaction.
 * Throws ARTEFACT_CORRUPT when an object is not what its receipt says, SOURCE_REJECTED when it no longer parses.
 */
export async function load(request: LoadRequest, ports: LoadPorts): Promise<LoadReport> {
  const { source, lake, raw, step } = ports;
  const loaded = await raw.loadedReceipts(source.id);
  const pending = (await listReceiptKeys(lake, source.id)).filter(
    (key) => !loaded.has(key.receiptKey) && isAsked(request, key),
  );
  const receipts: LoadedReceipt[] = [];
  for (const key of pending) {
    step.signal.throwIfAborted();
    const receipt = await readReceipt(lake, key);
    const records = await readRecords(receipt, ports);
    const outcome = await raw.load(receipt, records);
    assert(
      outcome.records === records.length && outcome.inserted + outcome.unchanged === outcome.records,
      `every record of ${receipt.receiptKey} is inserted or unchanged`,
    );
    step.note(`${receipt.series} ${receipt.range.from} .. ${receipt.range.to}: ${outcome.inserted} new rows.`, {
      receiptKey: receipt.receiptKey,
      ...outcome,
    });
    receipts.push({ receiptKey: receipt.receiptKey, series: receipt.series, range: receipt.range, ...outcome });
  }
  return report(source.id, receipts, step);
}

function isAsked({ series, range }: LoadRequest, key: { series: SourceSeries; range: DateRange }): boolean {
  if (series !== undefined && !series.includes(key.series)) return false;
  return range === undefined || range === null || (key.range.from <= range.to && key.range.to >= range.from);
}

async function readRecords(receipt: Receipt, { source, lake }: LoadPorts): Promise<readonly RawRecord[]> {
  const bytes = await lake.get(receipt.objectKey);
  if (bytes === null) throw corrupt(receipt.objectKey, `it is missing, and ${receipt.receiptKey} points to it`);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== receipt.sha256) throw corrupt(receipt.objectKey, `its SHA-256 is ${sha256}, not ${receipt.sha256}`);
  const parsed = source.parse(receipt.series, receipt.range, {
    status: receipt.status,
    headers: receipt.headers,
    bytes,
  });
  if (parsed.ok) return parsed.records;
  throw new PlatformError(
    'SOURCE_REJECTED',
    `The stored answer ${receipt.objectKey} no longer parses: ${parsed.reason}`,
    {
      context: { objectKey: receipt.objectKey, receiptKey: receipt.receiptKey, kind: parsed.kind },
      hint: 'It was accepted by another version of Assay: load with that version, or move object and receipt away and sync the range again.',
    },
  );
}

function report(source: string, receipts: readonly LoadedReceipt[], step: StepContext): LoadReport {
  const sum = (field: keyof LoadOutcome) => receipts.reduce((total, receipt) => total + receipt[field], 0);
  const totals = { records: sum('records'), inserted: sum('inserted'), unchanged: sum('unchanged') };
  step.rows(totals.records, totals.inserted);
  return { source, ...totals, receipts };
}
