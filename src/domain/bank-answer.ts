import { assert } from './errors.ts';
import type { DateRange, IsoDate } from './iso-date.ts';

/**
 * The shapes in which the Bank of Russia answers, byte for byte as recorded in March and April 2026:
 * one line, windows-1251, decimal commas. Values come in as plain decimal text (`8372.48`), so that
 * no digit passes through binary floating point.
 */

/** One metal on one day; `sell` null where the Bank published none. */
export interface MetalEntry {
  readonly date: IsoDate;
  readonly code: string;
  readonly buy: string;
  readonly sell: string | null;
}

/** One official rate: `value` roubles for `nominal` units (a power of ten). */
export interface RateEntry {
  readonly date: IsoDate;
  readonly nominal: string;
  readonly value: string;
}

/** One currency of the daily table. */
export interface CurrencyEntry {
  readonly id: string;
  readonly numCode: string;
  readonly charCode: string;
  readonly nominal: string;
  readonly name: string;
  readonly value: string;
}

/** The Bank's code of the US dollar. */
export const usdCode = 'R01235';

const declaration = '<?xml version="1.0" encoding="windows-1251"?>';

/** `xml_metall.asp`: the records as fragments (see `metalFragment`), in the order given. */
export function metalsAnswer(range: DateRange, fragments: readonly string[]): string {
  const from = range.from.replaceAll('-', '');
  const to = range.to.replaceAll('-', '');
  const open = `<Metall FromDate="${from}" ToDate="${to}" name="Precious metals quotations">`;
  return `${declaration}${open}${fragments.join('')}</Metall>`;
}

/** One `Record` of `xml_metall.asp`: trailing zeros are dropped (`236,1`), as the Bank does. */
export function metalFragment(entry: MetalEntry): string {
  const buy = shortDecimal(entry.buy);
  const sell = entry.sell === null ? '' : shortDecimal(entry.sell);
  return `<Record Date="${bankDate(entry.date)}" Code="${entry.code}"><Buy>${buy}</Buy><Sell>${sell}</Sell></Record>`;
}

/** `XML_dynamic.asp`: the records as fragments (see `rateFragment`), in the order given. */
export function ratesAnswer(code: string, range: DateRange, fragments: readonly string[]): string {
  const dates = `DateRange1="${bankDate(range.from)}" DateRange2="${bankDate(range.to)}"`;
  const open = `<ValCurs ID="${escapeXml(code)}" ${dates} name="Foreign Currency Market Dynamic">`;
  return `${declaration}${open}${fragments.join('')}</ValCurs>`;
}

/** One `Record` of `XML_dynamic.asp`: four decimals in `Value`, trailing zeros dropped in `VunitRate`. */
export function rateFragment(code: string, entry: RateEntry): string {
  const open = `<Record Date="${bankDate(entry.date)}" Id="${code}">`;
  return `${open}${rateElements(entry.nominal, entry.value)}</Record>`;
}

/** `XML_daily.asp`: all rates of one day. */
export function dailyAnswer(date: IsoDate, currencies: readonly CurrencyEntry[]): string {
  const entries = currencies.map((currency) => {
    const head = `<NumCode>${currency.numCode}</NumCode><CharCode>${currency.charCode}</CharCode>`;
    const nominal = `<Nominal>${currency.nominal}</Nominal><Name>${escapeXml(currency.name)}</Name>`;
    const rate = `${rateValue(currency.value)}${unitRate(currency.nominal, currency.value)}`;
    return `<Valute ID="${currency.id}">${head}${nominal}${rate}</Valute>`;
  });
  return `${declaration}<ValCurs Date="${bankDate(date)}" name="Foreign Currency Market">${entries.join('')}</ValCurs>`;
}

/** `dd.mm.yyyy`, as in records. */
export function bankDate(date: IsoDate): string {
  return `${date.slice(8, 10)}.${date.slice(5, 7)}.${date.slice(0, 4)}`;
}

/** `dd/mm/yyyy`, as in queries. */
export function bankQueryDate(date: IsoDate): string {
  return `${date.slice(8, 10)}/${date.slice(5, 7)}/${date.slice(0, 4)}`;
}

/** ASCII and Russian text as windows-1251; any other character is a bug of the caller. */
export function encodeWindows1251(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = windows1251Byte(text.charCodeAt(index));
  return bytes;
}

function rateElements(nominal: string, value: string): string {
  return `<Nominal>${nominal}</Nominal>${rateValue(value)}${unitRate(nominal, value)}`;
}

function rateValue(value: string): string {
  const [whole = '0', fraction = ''] = value.split('.');
  return `<Value>${whole},${fraction.padEnd(4, '0')}</Value>`;
}

/** The rate of one unit: the value with its point moved left by the zeros of the nominal. */
function unitRate(nominal: string, value: string): string {
  assert(/^10*$/.test(nominal), `a nominal is a power of ten, not "${nominal}"`);
  const shift = nominal.length - 1;
  const [whole = '0', fraction = ''] = value.split('.');
  const digits = whole.padStart(shift + 1, '0');
  const point = digits.length - shift;
  const rate = shortDecimal(`${digits.slice(0, point)}.${digits.slice(point)}${fraction}`);
  return `<VunitRate>${scientificIfTiny(rate)}</VunitRate>`;
}

/** Below 0.0001 the Bank's programs fall into scientific notation: `5,88139E-05` for a rial. */
function scientificIfTiny(rate: string): string {
  const [, zeros = '', first = '', rest = ''] = /^0,(0{4,})([1-9])(\d*)$/.exec(rate) ?? [];
  if (first === '') return rate;
  const exponent = String(zeros.length + 1).padStart(2, '0');
  return `${rest === '' ? first : `${first},${rest}`}E-${exponent}`;
}

/** `236.10` as `236,1`, `8801.00` as `8801`, `007.5` as `7,5`. */
function shortDecimal(text: string): string {
  const [whole = '0', fraction = ''] = text.split('.');
  const short = fraction.replace(/0+$/, '');
  const lead = whole.replace(/^(-?)0+(?=\d)/, '$1');
  return short === '' ? lead : `${lead},${short}`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function windows1251Byte(unit: number): number {
  if (unit < 0x80) return unit;
  if (unit >= 0x410 && unit <= 0x44f) return unit - 0x350;
  if (unit === 0x401) return 0xa8;
  if (unit === 0x451) return 0xb8;
  assert(
    unit === 0x2116,
    `windows-1251 text holds ASCII, Russian letters and the number sign, not U+${unit.toString(16)}`,
  );
  return 0xb9;
}
