import { isoDate as day, type IsoDate } from '../iso-date.ts';

/** Holidays of the law for a span of years; `lastYear` null while in force. */
export interface Statute {
  readonly firstYear: number;
  readonly lastYear: number | null;
  /** Days as `MM-DD` with their names. */
  readonly holidays: Readonly<Record<string, string>>;
  /**
   * Whether a January holiday on a weekend moves to the next working day by itself.
   * Since 2013 it does not: the Government moves two such days by decree.
   */
  readonly januaryMovesByItself: boolean;
  readonly source: string;
}

/** Days off moved within a year: `[from, to]`, both inside the year. A plain weekend day given up becomes a working day. */
export interface YearlyDecree {
  readonly year: number;
  readonly moved: readonly (readonly [from: IsoDate, to: IsoDate])[];
  readonly source: string;
}

/**
 * Days on which the country's law and the Bank's habit parted: what the Bank did counts.
 * A single date, whatever its weekday, or the weekdays of an inclusive span.
 */
export interface CalendarException {
  readonly kind: 'exception';
  readonly from: IsoDate;
  readonly to: IsoDate;
  /** Whether the Bank set prices then. */
  readonly setsPrices: boolean;
  readonly reason: string;
  readonly source: string;
}

/** First day the facts speak of: the Bank's first year of prices in new roubles. */
export const firstCalendarDate = day('1998-01-01');

const spring = {
  '03-08': "International Women's Day",
  '05-01': 'Spring and Labour Day',
  '05-09': 'Victory Day',
  '06-12': 'Russia Day',
};
const defender = { '02-23': 'Defender of the Fatherland Day' };
const christmas = { '01-07': 'Christmas' };
const autumnUntil2004 = {
  '05-02': 'Spring and Labour Day',
  '11-07': 'Day of Accord and Reconciliation',
  '12-12': 'Constitution Day',
};
const unity = { '11-04': 'Unity Day' };

export const statutes: readonly Statute[] = [
  {
    firstYear: 1998,
    lastYear: 2001,
    holidays: { ...newYear(2), ...christmas, ...spring, ...autumnUntil2004 },
    januaryMovesByItself: true,
    source: 'Code of Laws on Labour, article 65',
  },
  {
    firstYear: 2002,
    lastYear: 2004,
    holidays: { ...newYear(2), ...christmas, ...defender, ...spring, ...autumnUntil2004 },
    januaryMovesByItself: true,
    source: 'Labour Code of 30.12.2001 No. 197-FZ, article 112',
  },
  {
    firstYear: 2005,
    lastYear: 2012,
    holidays: { ...newYear(5), ...christmas, ...defender, ...spring, ...unity },
    januaryMovesByItself: true,
    source: 'Labour Code, article 112 as amended by No. 201-FZ of 29.12.2004',
  },
  {
    firstYear: 2013,
    lastYear: null,
    holidays: { ...newYear(6), '01-08': 'New Year holidays', ...christmas, ...defender, ...spring, ...unity },
    januaryMovesByItself: false,
    source: 'Labour Code, article 112 as amended by No. 35-FZ of 23.04.2012',
  },
];

const bankDates = "observed in the Bank's own dates";
const butSet = 'non-working by decree, but the Bank set prices';
/** Where the number of a decree is not at hand, the days are those that the Bank itself kept. */
const observed = "yearly decree of the Government; days as observed in the Bank's own dates";

export const yearlyDecrees: readonly YearlyDecree[] = [
  decree(1998, '', observed),
  decree(1999, '01-10>01-08', observed),
  decree(2000, '05-06>05-08 11-04>11-06 12-09>12-11', observed),
  decree(2001, '03-11>03-09 04-28>04-30 06-09>06-11 12-29>12-31', observed),
  decree(2002, '04-27>05-03 05-18>05-10 11-10>11-08 12-15>12-13', observed),
  decree(2003, '01-04>01-03 01-05>01-06 06-21>06-13', observed),
  decree(2004, '', observed),
  decree(2005, '03-05>03-07 05-14>05-10', observed),
  decree(2006, '02-26>02-24 05-06>05-08', observed),
  decree(2007, '04-28>04-30 06-09>06-11 12-29>12-31', observed),
  decree(2008, '05-04>05-02 06-07>06-13 11-01>11-03', observed),
  decree(2009, '01-11>01-09', observed),
  decree(2010, '02-27>02-22 11-13>11-05', observed),
  decree(2011, '03-05>03-07', 'Government decree No. 600 of 05.08.2010'),
  decree(
    2012,
    '03-11>03-09 04-28>04-30 05-05>05-07 05-12>05-08 06-09>06-11 12-29>12-31',
    'Government decree No. 581 of 20.07.2011, amended by No. 201 of 15.03.2012',
  ),
  decree(2013, '01-05>05-02 01-06>05-03 02-25>05-10', 'Government decree No. 1048 of 15.10.2012'),
  decree(2014, '01-04>05-02 01-05>06-13 02-23>11-03', 'Government decree No. 444 of 28.05.2013'),
  decree(2015, '01-03>01-09 01-04>05-04', 'Government decree No. 860 of 27.08.2014'),
  decree(2016, '01-02>05-03 01-03>03-07 02-20>02-22', 'Government decree No. 1017 of 24.09.2015'),
  decree(2017, '01-01>02-24 01-07>05-08', 'Government decree No. 756 of 04.08.2016'),
  decree(
    2018,
    '01-06>03-09 01-07>05-02 04-28>04-30 06-09>06-11 12-29>12-31',
    'Government decree No. 1250 of 14.10.2017',
  ),
  decree(2019, '01-05>05-02 01-06>05-03 02-23>05-10', 'Government decree No. 1163 of 01.10.2018'),
  decree(2020, '01-04>05-04 01-05>05-05', 'Government decree No. 875 of 10.07.2019'),
  decree(2021, '01-02>11-05 01-03>12-31 02-20>02-22', 'Government decree No. 1648 of 10.10.2020'),
  decree(2022, '01-01>05-03 01-02>05-10 03-05>03-07', 'Government decree No. 1564 of 16.09.2021'),
  decree(2023, '01-01>02-24 01-08>05-08', 'Government decree No. 1505 of 29.08.2022'),
  decree(
    2024,
    '01-06>05-10 01-07>12-31 04-27>04-29 11-02>04-30 12-28>12-30',
    'Government decree No. 1314 of 10.08.2023',
  ),
  decree(
    2025,
    '01-04>05-02 01-05>12-31 02-23>05-08 03-08>06-13 11-01>11-03',
    'Government decree No. 1335 of 04.10.2024',
  ),
  decree(2026, '01-03>01-09 01-04>12-31', 'Government decree No. 1466 of 24.09.2025'),
  decree(
    2027,
    '01-02>11-05 01-03>12-31 02-20>02-22',
    'yearly decree of the Government; days as listed by the holidays package 0.109, not yet observed',
  ),
];

export const exceptions: readonly CalendarException[] = [
  exception('1999-12-30', '1999-12-30', false, 'last day of the year without a rate', bankDates),
  exception('2001-12-28', '2001-12-28', false, 'one of the last days of the year without a rate', bankDates),
  exception('2001-12-29', '2001-12-29', false, 'one of the last days of the year without a rate', bankDates),
  exception('2001-12-31', '2001-12-31', true, 'rate for the new year set on its eve', bankDates),
  exception('2005-05-14', '2005-05-14', false, 'the Bank did not work on this working Saturday', bankDates),
  exception(
    '2020-03-30',
    '2020-04-03',
    false,
    'non-working days, and the Bank set no prices',
    'Presidential decree No. 206 of 25.03.2020',
  ),
  exception(
    '2020-04-06',
    '2020-04-30',
    true,
    butSet,
    "Presidential decree No. 239 of 02.04.2020; the Bank's Directive 5435-U of 10.04.2020",
  ),
  exception('2020-05-06', '2020-05-08', true, butSet, 'Presidential decree No. 294 of 28.04.2020'),
  exception('2020-06-24', '2020-06-24', true, butSet, 'Presidential decree No. 345 of 29.05.2020'),
  exception('2020-07-01', '2020-07-01', true, butSet, 'Presidential decree No. 354 of 01.06.2020'),
  exception('2021-05-04', '2021-05-07', true, butSet, 'Presidential decree No. 242 of 23.04.2021'),
  exception('2021-11-01', '2021-11-03', true, butSet, 'Presidential decree No. 595 of 20.10.2021'),
];

function newYear(days: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: days }, (_, index) => [`01-0${index + 1}`, 'New Year holidays']));
}

function exception(from: string, to: string, setsPrices: boolean, reason: string, source: string): CalendarException {
  return { kind: 'exception', from: day(from), to: day(to), setsPrices, reason, source };
}

/** Reads `MM-DD>MM-DD` pairs. */
function decree(year: number, moved: string, source: string): YearlyDecree {
  const pairs = moved === '' ? [] : moved.split(' ').map((pair) => pair.split('>'));
  return { year, moved: pairs.map(([from, to]) => [day(`${year}-${from}`), day(`${year}-${to}`)] as const), source };
}
