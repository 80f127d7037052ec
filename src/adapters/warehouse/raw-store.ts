import type pg from 'pg';
import { PlatformError } from '../../domain/errors.ts';
import type { IsoDate } from '../../domain/iso-date.ts';
import type { RawRecord, SourceSeries } from '../../ports/price-source.ts';
import type { LoadOutcome, RawStore, Receipt } from '../../ports/warehouse.ts';
import { sqlFile } from '../sql-files.ts';
import { rows, transaction, written } from './pool.ts';

/** Raw rows in PostgreSQL. Loads of one source and series go one by one, however many processes load. */
export function createRawStore(pool: pg.Pool): RawStore {
  return {
    async newestRecordDates(source) {
      const found = await rows<{ series: SourceSeries; newest: IsoDate }>(
        pool,
        sqlFile('postgres/read/newest-record-dates.sql'),
        [source],
      );
      const newest = Object.fromEntries(found.map((row) => [row.series, row.newest]));
      return { metals: null, usd: null, ...newest };
    },
    async loadedReceipts(source) {
      const found = await rows<{ receipt_key: string }>(pool, sqlFile('postgres/read/loaded-receipts.sql'), [source]);
      return new Set(found.map((row) => row.receipt_key));
    },
    async load(receipt, records) {
      refuseDuplicates(receipt, records);
      return transaction(pool, (db) => loadOnce(db, receipt, records));
    },
  };
}

async function loadOnce(db: pg.PoolClient, receipt: Receipt, records: readonly RawRecord[]): Promise<LoadOutcome> {
  // One lock for all loads: it also keeps real and simulated data from slipping in beside each other.
  await rows(db, sqlFile('postgres/write/lock.sql'), ['raw.load']);
  const before = await rows<{ records: number }>(db, sqlFile('postgres/read/loaded-receipt.sql'), [receipt.receiptKey]);
  if (before[0] !== undefined) return { records: before[0].records, inserted: 0, unchanged: before[0].records };
  await refuseMixture(db, receipt);

  const inserted = await written(db, sqlFile('postgres/raw/load.sql'), [
    receipt.source,
    receipt.series,
    receipt.receiptKey,
    receipt.receivedAt,
    records.map((record) => record.code),
    records.map((record) => record.date),
    records.map((record) => JSON.stringify(record.fields)),
  ]);
  const outcome = { records: records.length, inserted, unchanged: records.length - inserted };
  await rows(db, sqlFile('postgres/raw/receipt.sql'), [
    receipt.receiptKey,
    receipt.objectKey,
    receipt.sha256,
    receipt.source,
    receipt.simulated,
    receipt.series,
    receipt.range.from,
    receipt.range.to,
    receipt.receivedAt,
    outcome.records,
    outcome.inserted,
    outcome.unchanged,
  ]);
  return outcome;
}

async function refuseMixture(db: pg.PoolClient, receipt: Receipt): Promise<void> {
  const other = await rows<{ source: string }>(db, sqlFile('postgres/read/other-kind-of-data.sql'), [
    receipt.simulated,
  ]);
  if (other[0] === undefined) return;
  const [kind, kept] = receipt.simulated ? ['simulated', 'real'] : ['real', 'simulated'];
  throw new PlatformError(
    'CONFLICT',
    `This warehouse holds ${kept} data of ${other[0].source}; ${kind} data was refused.`,
    {
      context: { receipt: receipt.receiptKey, source: receipt.source },
      hint: 'Give simulated data a data folder or database of its own.',
    },
  );
}

function refuseDuplicates(receipt: Receipt, records: readonly RawRecord[]): void {
  const seen = new Set<string>();
  for (const { code, date } of records) {
    const key = `${code} ${date}`;
    if (seen.has(key)) {
      throw new PlatformError('INPUT_INVALID', `The answer has two records of code ${code} for ${date}.`, {
        context: { receipt: receipt.receiptKey, code, date },
        hint: 'Quarantine the answer: which of the two is right is not for the loader to guess.',
      });
    }
    seen.add(key);
  }
}
