import { type DateRange, isIsoDate, isoDate } from '../../domain/iso-date.ts';
import type { ParsedAnswer, PriceSource, RawRecord, SourceAnswer, SourceSeries } from '../../ports/price-source.ts';
import { excerpt, Rejection } from './cbr-rejection.ts';
import { createDriverTools, type DriverOptions, driverRoot } from './driver-client.ts';
import { asList, asObject, parseDriverAnswer, priceText } from './driver-json.ts';
import { fetchWithRetries, type RetryTools } from './retrying-fetch.ts';

const board = 'CETS';
const security = 'GLDRUB_TOM';
/** Gold was first traded on 21 October 2013. */
const firstDay = isoDate('2013-10-21');
/** Pages of a hundred days: a century of them. */
const mostPages = 300;

/**
 * Closes of gold for tomorrow (GLDRUB_TOM, RUB per gram) at the Moscow Exchange, from its ISS. The pages of an answer
 * are kept as they came, joined to one JSON list. Off until its address is configured.
 */
export function createMoexSource(options: DriverOptions): PriceSource {
  const tools = createDriverTools(options, 'ASSAY_MOEX_URL');
  return {
    id: 'moex',
    simulated: false,
    series: ['gldrub'],
    fileEnding: 'json',
    firstDate: () => firstDay,
    fetch: (_series, range, signal) => fetchPages(driverRoot(options.baseUrl), range, tools, signal),
    parse: parseMoexAnswer,
  };
}

/** Judges and reads the pages of the exchange's history: pure. A day without a close has no record. */
export function parseMoexAnswer(
  series: SourceSeries,
  range: DateRange,
  answer: Pick<SourceAnswer, 'status' | 'headers' | 'bytes'>,
): ParsedAnswer {
  return parseDriverAnswer(answer, (value) => {
    if (series !== 'gldrub') throw new Rejection('shape', `The exchange has no series ${series}.`);
    const pages = asList(value, 'The answer').map(readPage);
    const [first] = pages;
    if (first === undefined) throw new Rejection('truncated', 'The answer has no pages.');
    let count = 0;
    for (const page of pages) {
      if (page.index !== count || page.total !== first.total) {
        throw new Rejection('range', `A page begins at row ${page.index} of ${page.total} where row ${count} is next.`);
      }
      count += page.rows.length;
    }
    if (count !== first.total) throw new Rejection('truncated', `The pages hold ${count} rows of ${first.total}.`);
    return readRows(
      pages.flatMap((page) => page.rows),
      range,
    );
  });
}

async function fetchPages(
  root: string,
  range: DateRange,
  tools: RetryTools,
  signal: AbortSignal,
): Promise<SourceAnswer> {
  const path = `/iss/history/engines/currency/markets/selt/boards/${board}/securities/${security}.json`;
  const query = `?from=${range.from}&till=${range.to}&iss.meta=off&iss.only=history,history.cursor`;
  const texts: Uint8Array[] = [];
  let first: SourceAnswer | null = null;
  for (let start = 0; ; ) {
    const answer = await fetchWithRetries(`${root}${path}${query}&start=${start}`, tools, signal);
    first ??= answer;
    const rows = answer.status === 200 ? rowsOf(answer) : null;
    // What is no page is handed on as it is, for the judgement to name.
    if (rows === null) return answer;
    texts.push(answer.bytes);
    start += rows.count;
    if (start >= rows.total || rows.count === 0 || texts.length >= mostPages) {
      const { 'content-length': _length, ...headers } = first.headers;
      return { ...answer, url: first.url, requestedAt: first.requestedAt, headers, bytes: joined(texts) };
    }
  }
}

/** How many rows a page has, and how many there are in all; null when it is no page. */
function rowsOf(answer: SourceAnswer): { count: number; total: number } | null {
  let found: { count: number; total: number } | null = null;
  const parsed = parseDriverAnswer(answer, (value) => {
    const { rows, total } = readPage(value);
    found = { count: rows.length, total };
    return [];
  });
  return parsed.ok ? found : null;
}

function joined(texts: readonly Uint8Array[]): Uint8Array {
  const [open, comma, close] = ['[', ',\n', ']\n'].map((text) => Buffer.from(text));
  const parts = texts.flatMap((text, index) => (index === 0 ? [text] : [comma as Buffer, text]));
  return new Uint8Array(Buffer.concat([open as Buffer, ...parts, close as Buffer]));
}

interface Page {
  readonly index: number;
  readonly total: number;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

function readPage(value: unknown): Page {
  const page = asObject(value, 'A page');
  const [cursor] = readBlock(page['history.cursor'], 'The cursor of a page');
  const [index, total] = [cursor?.['INDEX'], cursor?.['TOTAL']];
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(total)) {
    throw new Rejection('shape', 'The cursor of a page has no INDEX and TOTAL.');
  }
  return { index: index as number, total: total as number, rows: readBlock(page['history'], 'The history of a page') };
}

/** Rows of a block of ISS: a list of column names, and lists of cells in their order. */
function readBlock(value: unknown, what: string): Record<string, unknown>[] {
  const block = asObject(value, what);
  const columns = asList(block['columns'], `The columns of ${what.toLowerCase()}`).map(String);
  return asList(block['data'], what).map((cells) => {
    const row = asList(cells, `A row of ${what.toLowerCase()}`);
    if (row.length !== columns.length) throw new Rejection('shape', `${what} has a row of ${row.length} cells.`);
    return Object.fromEntries(columns.map((column, place) => [column, row[place]]));
  });
}

function readRows(rows: readonly Readonly<Record<string, unknown>>[], range: DateRange): RawRecord[] {
  const records: RawRecord[] = [];
  let previous = '';
  for (const row of rows) {
    const date = row['TRADEDATE'];
    if (typeof date !== 'string' || !isIsoDate(date)) {
      throw new Rejection('value', `A row has the date ${excerpt(String(date))}.`);
    }
    if (row['BOARDID'] !== board || row['SECID'] !== security) {
      throw new Rejection('shape', `The row of ${date} is of ${excerpt(String(row['SECID']))}, not of ${security}.`);
    }
    if (date < range.from || date > range.to) {
      throw new Rejection('range', `The row of ${date} lies outside ${range.from} .. ${range.to}.`);
    }
    if (date === previous) throw new Rejection('duplicate', `The answer has two rows of ${date}.`);
    if (date < previous) throw new Rejection('order', `The row of ${date} comes after the row of ${previous}.`);
    previous = date;
    const close = row['CLOSE'];
    if (close === null || close === undefined) continue;
    records.push({ code: security, date, fields: { Close: priceText(close, `The close of ${date}`) } });
  }
  return records;
}
