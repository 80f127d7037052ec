import { PlatformError } from '../domain/errors.ts';
import { type IsoDate, isIsoDate } from '../domain/iso-date.ts';
import { type SeriesCode, seriesCode } from './series-name.ts';

const transportKinds = [
  'challenge',
  'truncate',
  '5xx',
  '429',
  'drip',
  'reset',
  'bomb',
  'range',
  'doctype',
  'html',
] as const;
const valueKinds = ['revise', 'late', 'duplicate', 'zero', 'negative', 'thousandfold'] as const;

export type TransportKind = (typeof transportKinds)[number];
export type ValueKind = (typeof valueKinds)[number];

/** Spoils whole answers of the Bank's scripts. */
export interface TransportFault {
  readonly kind: TransportKind;
  /** How many answers it spoils: the next n, all, or those to requests that bring no cookie of the guard. */
  readonly count: number | 'always' | 'cookie';
  /** Null: of both series. */
  readonly series: 'metals' | 'usd' | null;
}

/** Changes what is said of one day of one series. */
export interface ValueFault {
  readonly kind: ValueKind;
  readonly date: IsoDate;
  readonly series: SeriesCode;
  /** revise: what is added to the value, or what it becomes. */
  readonly change: { readonly operation: 'add' | 'set'; readonly amount: number } | null;
  /** late: hours after the proper instant. */
  readonly hours: number;
}

export interface Faults {
  readonly transport: readonly TransportFault[];
  readonly values: readonly ValueFault[];
}

export const noFaults: Faults = { transport: [], values: [] };

/** The syntax, for help texts. */
export const faultSyntax = [
  `${transportKinds.join('|')}[:COUNT|always][@metals|usd]  (challenge:cookie: until the guard's cookie is brought)`,
  'revise:DATE:+AMOUNT|-AMOUNT|=AMOUNT[@gold|silver|platinum|palladium|usd]',
  'late:DATE[:HOURS][@SERIES]',
  'duplicate|zero|negative|thousandfold:DATE[@SERIES]',
] as const;

/** Reads `challenge:2,revise:2025-06-20:+1.5@silver`; an empty text means no faults. Throws USAGE. */
export function parseFaults(text: string): Faults {
  const transport: TransportFault[] = [];
  const values: ValueFault[] = [];
  for (const item of text.split(',').map((part) => part.trim())) {
    if (item === '') continue;
    const [body = '', target, ...more] = item.split('@');
    const [kind = '', ...parameters] = body.split(':');
    if (more.length > 0) throw badFault(item, 'it names more than one series');
    if (isOneOf(transportKinds, kind)) transport.push(readTransport(item, kind, parameters, target));
    else if (isOneOf(valueKinds, kind)) values.push(readValue(item, kind, parameters, target));
    else throw badFault(item, `there is no fault "${kind}"`);
  }
  return { transport, values };
}

function readTransport(
  item: string,
  kind: TransportKind,
  [count = '1', ...rest]: readonly string[],
  target: string | undefined,
): TransportFault {
  if (rest.length > 0) throw badFault(item, 'it takes one count');
  if (target !== undefined && target !== 'metals' && target !== 'usd') {
    throw badFault(item, `"${target}" is neither metals nor usd`);
  }
  const series = target ?? null;
  if (count === 'always') return { kind, count, series };
  if (count === 'cookie' && kind === 'challenge') return { kind, count, series };
  if (!/^[1-9]\d{0,5}$/.test(count)) throw badFault(item, `"${count}" is not a count`);
  return { kind, count: Number(count), series };
}

function readValue(
  item: string,
  kind: ValueKind,
  [date = '', detail, ...rest]: readonly string[],
  target: string | undefined,
): ValueFault {
  const series = seriesCode(target ?? 'gold');
  if (!isIsoDate(date)) throw badFault(item, `"${date}" is not a date`);
  if (series === null) throw badFault(item, `"${target}" is not a series`);
  if (rest.length > 0) throw badFault(item, 'it has too many parts');
  if (kind === 'revise') return { kind, date, series, change: readChange(item, detail), hours: 0 };
  if (kind === 'late') return { kind, date, series, change: null, hours: readHours(item, detail ?? '24') };
  if (detail !== undefined) throw badFault(item, 'it takes a date only');
  return { kind, date, series, change: null, hours: 0 };
}

function readChange(item: string, text: string | undefined): NonNullable<ValueFault['change']> {
  const parts = /^([+\-=])(\d{1,9}(?:\.\d{1,4})?)$/.exec(text ?? '');
  if (parts === null) throw badFault(item, 'it needs an amount: +1.5, -1.5 or =8000');
  const amount = Number(parts[2]);
  if (parts[1] === '=') return { operation: 'set', amount };
  return { operation: 'add', amount: parts[1] === '-' ? -amount : amount };
}

function readHours(item: string, text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw badFault(item, `"${text}" is not a number of hours`);
  return Number(text);
}

function isOneOf<Kind extends string>(kinds: readonly Kind[], text: string): text is Kind {
  return (kinds as readonly string[]).includes(text);
}

function badFault(item: string, what: string): PlatformError {
  return new PlatformError('USAGE', `The fault "${item}" cannot be read: ${what}.`, {
    context: { fault: item },
    hint: `Separate faults by commas. They are: ${faultSyntax.join('; ')}.`,
  });
}
