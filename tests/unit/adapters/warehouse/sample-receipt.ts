import { type IsoDate, isoDate } from '../../../../src/domain/iso-date.ts';
import type { Instant } from '../../../../src/domain/moscow-time.ts';
import type { RawRecord } from '../../../../src/ports/price-source.ts';
import type { Receipt } from '../../../../src/ports/warehouse.ts';

/** A receipt as extract would write it; a field of interest is named by the test. */
export function sampleReceipt(changes: Partial<Receipt> = {}): Receipt {
  const key = changes.receiptKey ?? 'raw/cbr/metals/a.json';
  return {
    receiptKey: key,
    objectKey: key.replace('.json', '.xml'),
    sha256: 'a'.repeat(64),
    source: 'cbr',
    simulated: false,
    series: 'metals',
    range: { from: isoDate('1998-01-05'), to: isoDate('2030-12-31') },
    url: 'http://bank.test/',
    requestedAt: '2025-07-01T09:00:00.000Z' as Instant,
    receivedAt: '2025-07-01T09:00:01.000Z' as Instant,
    status: 200,
    headers: {},
    bytes: 1,
    ...changes,
  };
}

/** A record of the metals series, prices as the Bank writes them. */
export function metalRecord(date: string, buy: string | null, sell: string | null = buy, code = '1'): RawRecord {
  return { code, date: date as IsoDate, fields: { Buy: buy, Sell: sell } };
}

/** A record of the dollar series. */
export function usdRecord(date: string, value: string, nominal = '1'): RawRecord {
  return { code: 'R01235', date: date as IsoDate, fields: { Nominal: nominal, Value: value, VunitRate: value } };
}
