import { type DateRange, type IsoDate, isIsoDate, isoDate } from '../../domain/iso-date.ts';
import type { ParsedAnswer, PriceSource, RawRecord, SourceAnswer, SourceSeries } from '../../ports/price-source.ts';
import { excerpt, Rejection } from './cbr-rejection.ts';
import { createDriverTools, type DriverOptions, driverRoot } from './driver-client.ts';
import { asList, asObject, parseDriverAnswer, priceText } from './driver-json.ts';
import { fetchWithRetries } from './retrying-fetch.ts';

/** Older prices made no accounting price of the Bank. */
const firstDay = isoDate('1998-01-01');
const files: Readonly<Partial<Record<SourceSeries, string>>> = {
  'gold-am': 'gold_am.json',
  'gold-pm': 'gold_pm.json',
};

/**
 * London's gold price, as the LBMA's own tables have it: the whole history in one file, of which the asked range is
 * read. Off until its address is configured, because its terms are the user's to accept.
 */
export function createLbmaSource(options: DriverOptions): PriceSource {
  const tools = createDriverTools(options, 'ASSAY_LBMA_URL');
  return {
    id: 'lbma',
    simulated: false,
    series: ['gold-am', 'gold-pm'],
    fileEnding: 'json',
    firstDate: () => firstDay,
    fetch: (series, _range, signal) =>
      fetchWithRetries(`${driverRoot(options.baseUrl)}/json/${files[series] ?? ''}`, tools, signal),
    parse: parseLbmaAnswer,
  };
}

/** Judges and reads a table of London: pure. Dates must rise over the whole of it; values are judged in the range. */
export function parseLbmaAnswer(
  series: SourceSeries,
  range: DateRange,
  answer: Pick<SourceAnswer, 'status' | 'headers' | 'bytes'>,
): ParsedAnswer {
  return parseDriverAnswer(answer, (value) => {
    if (files[series] === undefined) throw new Rejection('shape', `London has no series ${series}.`);
    const rows = asList(value, 'The table').map((row) => asObject(row, 'A row'));
    if (rows.length === 0) throw new Rejection('truncated', 'The table has no rows.');
    const records: RawRecord[] = [];
    let previous = '';
    for (const row of rows) {
      const date = readDate(row['d']);
      if (date === previous) throw new Rejection('duplicate', `The table has two rows of ${date}.`);
      if (date < previous) throw new Rejection('order', `The row of ${date} comes after the row of ${previous}.`);
      previous = date;
      if (date < range.from || date > range.to) continue;
      const [usdPerOunce] = asList(row['v'], `The row of ${date}`);
      records.push({ code: 'XAU', date, fields: { Usd: priceText(usdPerOunce, `The dollar price of ${date}`) } });
    }
    return records;
  });
}

function readDate(text: unknown): IsoDate {
  if (typeof text === 'string' && isIsoDate(text)) return text;
  throw new Rejection('value', `A row has the date ${excerpt(String(text))}.`);
}
