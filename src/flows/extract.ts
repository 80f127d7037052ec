import { createHash } from 'node:crypto';
import { PlatformError } from '../domain/errors.ts';
import { addDays, type DateRange, dateRange, type IsoDate } from '../domain/iso-date.ts';
import { moscowDate } from '../domain/moscow-time.ts';
import type { Clock } from '../ports/clock.ts';
import type { StepContext } from '../ports/journal.ts';
import type { Lake } from '../ports/lake.ts';
import type { ParsedAnswer, PriceSource, SourceAnswer, SourceSeries } from '../ports/price-source.ts';
import type { RawStore, Receipt } from '../ports/warehouse.ts';
import { compactInstant, listReceiptKeys, rangeFolder } from './receipts.ts';

export interface ExtractRequest {
  readonly series: readonly SourceSeries[];
  /** Left out or null: the whole history when nothing is known yet, else the last month and what is to come. */
  readonly range?: DateRange | null;
}

export interface ExtractPorts {
  readonly source: PriceSource;
  readonly lake: Lake;
  readonly raw: Pick<RawStore, 'newestRecordDates'>;
  readonly clock: Clock;
  readonly step: StepContext;
}

export interface ExtractReport {
  readonly source: string;
  readonly simulated: boolean;
  readonly series: readonly ExtractedSeries[];
}

export interface ExtractedSeries {
  readonly series: SourceSeries;
  readonly range: DateRange;
  /** unchanged: the same answer was already there, and nothing was written. */
  readonly outcome: 'stored' | 'unchanged';
  readonly objectKey: string;
  readonly receiptKey: string;
  readonly records: number;
  readonly bytes: number;
}

/** The Bank may correct a price of the last weeks; earlier corrections are found by a backfill. */
const lookBackDays = 31;
/** Prices are set a day ahead, and before long holidays further. */
const lookAheadDays = 14;
/** Of an answer cut off for its size this much is kept as evidence. */
const keptOfTooLarge = 1024 * 1024;

/**
 * Source -> lake. Each answer is judged before it is stored: a sound one goes under `raw/` with a receipt,
 * any other under `quarantine/` with the reason, and then SOURCE_REJECTED is thrown. The object is stored
 * before its receipt, so a receipt always points to a whole object and a rerun after a crash repeats nothing.
 */
export async function extract(request: ExtractRequest, ports: ExtractPorts): Promise<ExtractReport> {
  const { source, step } = ports;
  const newest = await ports.raw.newestRecordDates(source.id);
  const series: ExtractedSeries[] = [];
  for (const name of request.series) {
    const range = await chooseRange(name, request.range ?? null, newest[name] ?? null, ports);
    series.push(await extractSeries(name, range, ports));
  }
  const count = (counted: readonly ExtractedSeries[]) => counted.reduce((sum, { records }) => sum + records, 0);
  step.rows(count(series), count(series.filter(({ outcome }) => outcome === 'stored')));
  return { source: source.id, simulated: source.simulated, series };
}

async function chooseRange(
  series: SourceSeries,
  asked: DateRange | null,
  newest: IsoDate | null,
  { source, lake, clock }: ExtractPorts,
): Promise<DateRange> {
  const first = source.firstDate(series);
  if (asked !== null) {
    if (asked.to < first) throw beforeHistory(series, asked, first);
    return dateRange(later(asked.from, first), asked.to);
  }
  const ahead = addDays(moscowDate(clock.now()), lookAheadDays);
  if (newest === null) return dateRange(first, later(ahead, first));
  // Asked again on the same day, the same question: an unchanged answer then has the same bytes and writes nothing.
  const last = (await listReceiptKeys(lake, source.id, series)).at(-1)?.range;
  if (last?.to === ahead && last.from <= addDays(newest, -lookBackDays)) return last;
  return dateRange(later(addDays(newest, -lookBackDays), first), later(ahead, newest));
}

function later(left: IsoDate, right: IsoDate): IsoDate {
  if (left > right) return left;
  return right;
}

async function extractSeries(series: SourceSeries, range: DateRange, ports: ExtractPorts): Promise<ExtractedSeries> {
  const { source, step } = ports;
  step.note(`Asking ${source.id} for ${series} of ${range.from} .. ${range.to}.`, { series, range });
  const answer = await source.fetch(series, range, step.signal);
  const parsed = source.parse(series, range, answer);
  if (!parsed.ok) throw await quarantine(series, range, answer, parsed, ports);
  const stored = await store(series, range, answer, ports);
  const what = stored.outcome === 'stored' ? 'stored' : 'the same as before';
  step.note(`${parsed.records.length} records of ${series}: ${what}.`, { series, receiptKey: stored.receiptKey });
  return { series, range, records: parsed.records.length, bytes: answer.bytes.length, ...stored };
}

async function store(
  series: SourceSeries,
  range: DateRange,
  answer: SourceAnswer,
  { source, lake }: ExtractPorts,
): Promise<Pick<ExtractedSeries, 'outcome' | 'objectKey' | 'receiptKey'>> {
  const sha256 = sha256Of(answer.bytes);
  const stem = `${rangeFolder(source.id, series, range)}${sha256}`;
  const objectKey = `${stem}.${source.fileEnding ?? 'xml'}`;
  const known = await standingReceipt(lake, source.id, series, range);
  if (known?.sha256 === sha256) return { outcome: 'unchanged', objectKey, receiptKey: known.receiptKey };
  const receiptKey = `${stem}.${compactInstant(answer.receivedAt)}.json`;
  const receipt = describeAnswer(series, range, answer, { source, objectKey, receiptKey, sha256 });
  await lake.putIfAbsent(objectKey, answer.bytes);
  await lake.putIfAbsent(receiptKey, jsonBytes(receipt));
  return { outcome: 'stored', objectKey, receiptKey };
}

/**
 * The receipt that still tells what the source says of the range: the newest of that exact range, unless another
 * range over some of its days was received since. Then the same answer is news again (a value went back), and
 * is worth a receipt.
 */
async function standingReceipt(lake: Lake, source: string, series: SourceSeries, range: DateRange) {
  const touching = (await listReceiptKeys(lake, source, series)).filter(
    (receipt) => receipt.range.from <= range.to && receipt.range.to >= range.from,
  );
  const newest = touching.at(-1);
  return newest?.range.from === range.from && newest.range.to === range.to ? newest : null;
}

function describeAnswer(
  series: SourceSeries,
  range: DateRange,
  answer: SourceAnswer,
  keys: { readonly source: PriceSource } & Pick<Receipt, 'objectKey' | 'receiptKey' | 'sha256'>,
): Receipt {
  return {
    receiptKey: keys.receiptKey,
    objectKey: keys.objectKey,
    sha256: keys.sha256,
    source: keys.source.id,
    simulated: keys.source.simulated,
    series,
    range,
    url: answer.url,
    requestedAt: answer.requestedAt,
    receivedAt: answer.receivedAt,
    status: answer.status,
    headers: answer.headers,
    bytes: answer.bytes.length,
  };
}

/** Keeps what was refused, evidence first and reason second; gives back the error to throw. */
async function quarantine(
  series: SourceSeries,
  range: DateRange,
  answer: SourceAnswer,
  { kind, reason }: Extract<ParsedAnswer, { ok: false }>,
  { source, lake, step }: ExtractPorts,
): Promise<PlatformError> {
  const kept = kind === 'too-large' ? answer.bytes.subarray(0, keptOfTooLarge) : answer.bytes;
  const sha256 = sha256Of(kept);
  const stem = `quarantine/${source.id}/${series}/${compactInstant(answer.receivedAt)}_${sha256}`;
  const [objectKey, receiptKey] = [`${stem}.bin`, `${stem}.json`];
  const receipt = describeAnswer(series, range, answer, { source, objectKey, receiptKey, sha256 });
  await lake.putIfAbsent(objectKey, kept);
  await lake.putIfAbsent(receiptKey, jsonBytes({ ...receipt, keptBytes: kept.length, kind, reason }));
  step.note(`The answer for ${series} was refused: ${reason}`, { series, kind, objectKey });
  return new PlatformError('SOURCE_REJECTED', `The answer of ${source.id} for ${series} was refused: ${reason}`, {
    context: { url: answer.url, series, range, kind, objectKey },
    hint: `No row was made of it. Look at ${objectKey} in the lake; the next run asks again.`,
  });
}

function beforeHistory(series: SourceSeries, asked: DateRange, first: IsoDate): PlatformError {
  return new PlatformError('INPUT_INVALID', `${series} begin on ${first}: there is nothing up to ${asked.to}.`, {
    context: { series, range: asked },
    hint: `Ask for a range that ends on ${first} or later.`,
  });
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function jsonBytes(value: object): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
}
