import type { IsoDate } from '../../src/domain/iso-date.ts';
import type { RawRecord, SourceSeries } from '../../src/ports/price-source.ts';
import type { RawStore, Receipt } from '../../src/ports/warehouse.ts';

export interface MemoryRawStore extends RawStore {
  /** Rows in the order they were inserted. */
  readonly rows: (RawRecord & { readonly series: SourceSeries; readonly receiptKey: string })[];
  readonly receipts: Receipt[];
}

export function createMemoryRawStore(): MemoryRawStore {
  const rows: MemoryRawStore['rows'] = [];
  const receipts: Receipt[] = [];
  return {
    rows,
    receipts,
    async newestRecordDates() {
      const newest = (series: SourceSeries): IsoDate | null =>
        rows
          .filter((row) => row.series === series)
          .map((row) => row.date)
          .toSorted()
          .at(-1) ?? null;
      return { metals: newest('metals'), usd: newest('usd') };
    },
    async loadedReceipts(source) {
      return new Set(receipts.filter((receipt) => receipt.source === source).map((receipt) => receipt.receiptKey));
    },
    async load(receipt, records) {
      if (receipts.some((known) => known.receiptKey === receipt.receiptKey)) {
        return { records: records.length, inserted: 0, unchanged: records.length };
      }
      const changed = records.filter((record) => {
        const newest = rows.findLast((row) => row.code === record.code && row.date === record.date);
        return JSON.stringify(newest?.fields) !== JSON.stringify(record.fields);
      });
      for (const record of changed) rows.push({ ...record, series: receipt.series, receiptKey: receipt.receiptKey });
      receipts.push(receipt);
      return { records: records.length, inserted: changed.length, unchanged: records.length - changed.length };
    },
  };
}
