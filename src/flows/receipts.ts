import { PlatformError } from '../domain/errors.ts';
import { type DateRange, isIsoDate } from '../domain/iso-date.ts';
import type { Instant } from '../domain/moscow-time.ts';
import type { Lake } from '../ports/lake.ts';
import type { SourceSeries } from '../ports/price-source.ts';
import type { Receipt } from '../ports/warehouse.ts';

/** What the key of a receipt tells without opening it. */
export interface ReceiptKey {
  readonly receiptKey: string;
  readonly series: SourceSeries;
  readonly range: DateRange;
  readonly sha256: string;
  readonly receivedAt: Instant;
}

const known: readonly SourceSeries[] = ['metals', 'usd', 'gold-am', 'gold-pm', 'gldrub'];

const keyPattern =
  /^raw\/[^/]+\/(metals|usd|gold-am|gold-pm|gldrub)\/(\d{4}-\d{2}-\d{2})_(\d{4}-\d{2}-\d{2})\/([0-9a-f]{64})\.(\d{8}T\d{9}Z)\.json$/;

/** Folder of everything received for one range of a series, with its slash. */
export function rangeFolder(source: string, series: SourceSeries, range: DateRange): string {
  return `raw/${source}/${series}/${range.from}_${range.to}/`;
}

/** Receipts of a source (of one series when named), oldest first; objects and foreign files are passed over. */
export async function listReceiptKeys(lake: Lake, source: string, series?: SourceSeries): Promise<ReceiptKey[]> {
  const found: ReceiptKey[] = [];
  for await (const { key } of lake.list(series === undefined ? `raw/${source}/` : `raw/${source}/${series}/`)) {
    const parsed = parseReceiptKey(key);
    if (parsed !== null) found.push(parsed);
  }
  const order = (entry: ReceiptKey) => `${entry.receivedAt} ${entry.receiptKey}`;
  return found.toSorted((left, right) => (order(left) < order(right) ? -1 : 1));
}

/** `2025-06-27T12:30:00.000Z` as `20250627T123000000Z`, which may stand in a key. */
export function compactInstant(at: Instant): string {
  return at.replaceAll(/[-:.]/g, '');
}

/** The receipt under a key; throws ARTEFACT_CORRUPT when it is gone, is not JSON or contradicts its own key. */
export async function readReceipt(lake: Lake, key: ReceiptKey): Promise<Receipt> {
  const bytes = await lake.get(key.receiptKey);
  if (bytes === null) throw corrupt(key.receiptKey, 'it is listed but cannot be read');
  const receipt = parseJson(key.receiptKey, bytes);
  const isSame =
    receipt.receiptKey === key.receiptKey &&
    receipt.sha256 === key.sha256 &&
    receipt.series === key.series &&
    receipt.range?.from === key.range.from &&
    receipt.range?.to === key.range.to &&
    receipt.receivedAt === key.receivedAt;
  if (!isSame) throw corrupt(key.receiptKey, 'its content contradicts its name');
  if (typeof receipt.objectKey !== 'string' || typeof receipt.status !== 'number' || receipt.headers === undefined) {
    throw corrupt(key.receiptKey, 'it lacks the key, the status or the headers of the answer');
  }
  return receipt as Receipt;
}

export function corrupt(key: string, what: string): PlatformError {
  return new PlatformError('ARTEFACT_CORRUPT', `The lake object ${key} is damaged: ${what}.`, {
    context: { key },
    hint: 'Restore the object from a backup of the lake, or move it away with its receipt and sync its range again.',
  });
}

function parseReceiptKey(key: string): ReceiptKey | null {
  const [, text = '', from = '', to = '', sha256 = '', compact = ''] = keyPattern.exec(key) ?? [];
  const series = known.find((name) => name === text);
  if (series === undefined || !isIsoDate(from) || !isIsoDate(to)) return null;
  return { receiptKey: key, series, range: { from, to }, sha256, receivedAt: expandInstant(compact) };
}

function expandInstant(compact: string): Instant {
  const [, year, month, day, hour, minute, second, ms] =
    /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(\d{3})Z$/.exec(compact) ?? [];
  return `${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z` as Instant;
}

function parseJson(key: string, bytes: Uint8Array): Partial<Receipt> {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof value === 'object' && value !== null) return value as Partial<Receipt>;
  } catch (error) {
    throw new PlatformError('ARTEFACT_CORRUPT', `The receipt ${key} is not JSON.`, { cause: error, context: { key } });
  }
  throw corrupt(key, 'it is not a JSON object');
}
