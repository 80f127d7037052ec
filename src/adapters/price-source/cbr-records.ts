import { bankDate, usdCode } from '../../domain/bank-answer.ts';
import { assert } from '../../domain/errors.ts';
import { type DateRange, type IsoDate, isIsoDate } from '../../domain/iso-date.ts';
import { metalCode, metals } from '../../domain/metal.ts';
import type { BankSeries, RawRecord, SourceSeries } from '../../ports/price-source.ts';
import { excerpt, Rejection } from './cbr-rejection.ts';
import type { CbrXml, CbrXmlRecord } from './cbr-xml.ts';

/** What a well-formed answer to a series has to be. */
interface Shape {
  readonly root: string;
  /** Attributes of the root by which the answer repeats the request. */
  readonly echo: (range: DateRange) => Readonly<Record<string, string>>;
  readonly codeAttribute: string;
  readonly codes: readonly string[];
  /** Fields that must hold a value. */
  readonly required: readonly string[];
  /** Fields that may be empty or absent: null then. */
  readonly optional: readonly string[];
}

const shapes: Readonly<Record<BankSeries, Shape>> = {
  metals: {
    root: 'Metall',
    echo: (range) => ({ FromDate: range.from.replaceAll('-', ''), ToDate: range.to.replaceAll('-', '') }),
    codeAttribute: 'Code',
    codes: metals.map(metalCode),
    required: ['Buy'],
    optional: ['Sell'],
  },
  usd: {
    root: 'ValCurs',
    echo: (range) => ({ ID: usdCode, DateRange1: bankDate(range.from), DateRange2: bankDate(range.to) }),
    codeAttribute: 'Id',
    codes: [usdCode],
    required: ['Nominal', 'Value'],
    optional: ['VunitRate'],
  },
};

/** No grouping, no exponent, a comma: anything else is not how the Bank writes a number. */
const decimal = /^-?(?:0|[1-9]\d{0,11})(?:,\d{1,12})?$/;
const wholeNumber = /^[1-9]\d{0,8}$/;

/** Records of the series in the answer's order; throws a Rejection at the first thing that does not fit. */
export function readCbrRecords(series: SourceSeries, range: DateRange, xml: CbrXml): RawRecord[] {
  const shape = shapes[series as BankSeries];
  assert(shape !== undefined, `${series} is a series of the Bank`);
  if (xml.root !== shape.root) {
    throw new Rejection('shape', `The root of the answer is <${xml.root}> where <${shape.root}> is expected.`);
  }
  rejectForeignRange(shape.echo(range), xml.attributes);
  const seen = new Set<string>();
  let previous = '';
  return xml.records.map((entry) => {
    const record = readRecord(shape, range, entry);
    if (record.date < previous) {
      throw new Rejection('order', `The record of ${record.date} comes after the record of ${previous}.`);
    }
    previous = record.date;
    const key = `${record.date} ${record.code}`;
    if (seen.has(key)) {
      throw new Rejection('duplicate', `The answer holds two records of ${record.date} with code ${record.code}.`);
    }
    seen.add(key);
    return record;
  });
}

function rejectForeignRange(
  expected: Readonly<Record<string, string>>,
  attributes: Readonly<Record<string, string>>,
): void {
  for (const [name, value] of Object.entries(expected)) {
    const found = attributes[name];
    if (found === undefined) throw new Rejection('shape', `The root of the answer has no attribute ${name}.`);
    if (found !== value) {
      throw new Rejection('range', `The answer is for ${name} ${excerpt(found)}, the request was for "${value}".`);
    }
  }
}

function readRecord(shape: Shape, range: DateRange, entry: CbrXmlRecord): RawRecord {
  const date = readDate(entry.attributes['Date']);
  if (date < range.from || date > range.to) {
    throw new Rejection('range', `The record of ${date} lies outside ${range.from} .. ${range.to}.`);
  }
  const code = entry.attributes[shape.codeAttribute];
  if (code === undefined || !shape.codes.includes(code)) {
    const found = code === undefined ? 'no code' : `the unknown code ${excerpt(code)}`;
    throw new Rejection('shape', `The record of ${date} has ${found}.`);
  }
  return { code, date, fields: readFields(shape, entry, `The record of ${date} with code ${code}`) };
}

function readDate(text: string | undefined): IsoDate {
  const parts = /^(\d{2})\.(\d{2})\.(\d{4})$/.exec(text ?? '');
  const date = parts === null ? '' : `${parts[3]}-${parts[2]}-${parts[1]}`;
  if (isIsoDate(date)) return date;
  throw new Rejection('value', `A record has ${text === undefined ? 'no date' : `the date ${excerpt(text)}`}.`);
}

/**
 * A field the Bank may add one day is kept as received, but only beside every field known now:
 * a renamed field must not pass for a missing one.
 */
function readFields(shape: Shape, entry: CbrXmlRecord, which: string): Record<string, string | null> {
  const fields: Record<string, string | null> = {};
  for (const name of shape.required) {
    const text = entry.fields[name] ?? '';
    if (text === '') throw new Rejection('value', `${which} has no ${name}.`);
    fields[name] = text;
  }
  for (const name of shape.optional) fields[name] = entry.fields[name] || null;
  for (const [name, text] of Object.entries(fields)) rejectOddNumber(which, name, text);
  const added = Object.keys(entry.fields).filter((name) => !Object.hasOwn(fields, name));
  const complete = [...shape.required, ...shape.optional].every((name) => name in entry.fields);
  const odd = added.find((name) => !complete || !/^[A-Za-z][A-Za-z0-9]{0,63}$/.test(name));
  if (odd !== undefined) throw new Rejection('shape', `${which} holds the unknown field <${odd}>.`);
  for (const name of added) fields[name] = entry.fields[name] || null;
  return fields;
}

function rejectOddNumber(which: string, name: string, text: string | null): void {
  const pattern = name === 'Nominal' ? wholeNumber : decimal;
  if (text !== null && !pattern.test(text)) {
    throw new Rejection('value', `${which} has ${name} ${excerpt(text)}, which is not a number as the Bank writes it.`);
  }
}
