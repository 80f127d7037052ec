import {
  dailyAnswer,
  encodeWindows1251,
  type MetalEntry,
  metalFragment,
  metalsAnswer,
  type RateEntry,
  rateFragment,
  ratesAnswer,
  usdCode,
} from '../domain/bank-answer.ts';
import type { DateRange, IsoDate } from '../domain/iso-date.ts';
import { type Instant, moscowDate } from '../domain/moscow-time.ts';
import { type PublicationRule, publicationRules, publishedAt } from '../domain/publication.ts';
import type { ReplicaData } from './data-folder.ts';
import type { ValueFault } from './faults.ts';
import { publicThrough } from './published.ts';
import type { SeriesCode } from './series-name.ts';

/** What of the data can be seen, and how it is spoilt. */
export interface View {
  readonly published: Instant | null;
  readonly faults: readonly ValueFault[];
}

/** Bodies of the Bank's scripts as windows-1251 bytes. */
export interface BankPages {
  metals(range: DateRange, view: View): Uint8Array;
  rates(code: string, range: DateRange, view: View): Uint8Array;
  /** The rates in force on a day (null: today by the view's clock); null before the first rate. */
  daily(date: IsoDate | null, view: View): Uint8Array | null;
}

const dollar = { id: usdCode, numCode: '840', charCode: 'USD', name: 'Доллар США' } as const;

/** Every record is written once, so that any range of the history is a join of ready texts. */
export function createBankPages(data: ReplicaData): BankPages {
  const metals = createRecords(data.metals, publicationRules.metals, {
    code: (entry) => entry.code as SeriesCode,
    fragment: metalFragment,
    change: (entry, change) => ({
      ...entry,
      buy: change(entry.buy),
      sell: entry.sell === null ? null : change(entry.sell),
    }),
  });
  const usd = createRecords(data.usd, publicationRules.usd, {
    code: () => 'usd',
    fragment: (entry) => rateFragment(usdCode, entry),
    change: (entry, change) => ({ ...entry, value: change(entry.value) }),
  });
  return {
    metals: (range, view) => encodeWindows1251(metalsAnswer(range, metals.fragments(range, view))),
    rates: (code, range, view) => {
      // The data folder knows the dollar alone; of another currency the answer is whole and empty.
      const fragments = code === usdCode ? usd.fragments(range, view) : [];
      return encodeWindows1251(ratesAnswer(code, range, fragments));
    },
    daily: (date, view) => {
      const day = date ?? (view.published === null ? ('9999-12-31' as IsoDate) : moscowDate(view.published));
      const newest = usd.newest(day, view);
      if (newest === null) return null;
      return encodeWindows1251(dailyAnswer(newest.date, [{ ...dollar, nominal: newest.nominal, value: newest.value }]));
    },
  };
}

interface RecordKind<Entry> {
  code(entry: Entry): SeriesCode;
  fragment(entry: Entry): string;
  change(entry: Entry, change: (value: string) => string): Entry;
}

interface Records<Entry> {
  fragments(range: DateRange, view: View): string[];
  newest(date: IsoDate, view: View): Entry | null;
}

function createRecords<Entry extends MetalEntry | RateEntry>(
  entries: readonly Entry[],
  rule: PublicationRule,
  kind: RecordKind<Entry>,
): Records<Entry> {
  const ready = entries.map(kind.fragment);
  return {
    fragments(range, view) {
      const through = publicThrough(rule, view.published);
      const start = countWhile(entries, (date) => date < range.from);
      const end = countWhile(entries, (date) => date <= range.to && date <= through);
      const faults = view.faults.filter((fault) => fault.date >= range.from && fault.date <= range.to);
      if (faults.length === 0) return ready.slice(start, end);
      return entries.slice(start, end).flatMap((entry, offset) => {
        const own = faults.filter((fault) => fault.date === entry.date && fault.series === kind.code(entry));
        if (own.length === 0) return ready[start + offset] ?? [];
        return spoil(entry, own, rule, kind, view.published).map(kind.fragment);
      });
    },
    newest(date, view) {
      const through = publicThrough(rule, view.published);
      return entries[countWhile(entries, (other) => other <= date && other <= through) - 1] ?? null;
    },
  };
}

/** A record under its faults: none while late, two when doubled. */
function spoil<Entry extends MetalEntry | RateEntry>(
  entry: Entry,
  faults: readonly ValueFault[],
  rule: PublicationRule,
  kind: RecordKind<Entry>,
  published: Instant | null,
): Entry[] {
  let spoilt = [entry];
  for (const fault of faults) {
    if (fault.kind === 'duplicate') spoilt = [...spoilt, ...spoilt];
    else if (fault.kind !== 'late') spoilt = spoilt.map((one) => kind.change(one, (value) => changed(value, fault)));
    else if (isStillLate(fault, rule, published)) spoilt = [];
  }
  return spoilt;
}

/** Without a clock of the replica a late value never comes. */
function isStillLate(fault: ValueFault, rule: PublicationRule, published: Instant | null): boolean {
  if (published === null) return true;
  return Date.parse(published) < Date.parse(publishedAt(rule, fault.date)) + fault.hours * 3_600_000;
}

function changed(value: string, fault: ValueFault): string {
  if (fault.kind === 'zero') return '0';
  if (fault.kind === 'negative') return `-${value}`;
  if (fault.kind === 'thousandfold') return (Number(value) * 1000).toFixed(4);
  if (fault.change === null) return value;
  const base = fault.change.operation === 'set' ? 0 : Number(value);
  return (base + fault.change.amount).toFixed(4);
}

/** How many entries at the beginning satisfy a condition that, once false, stays false. */
function countWhile(entries: readonly { readonly date: IsoDate }[], holds: (date: IsoDate) => boolean): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = entries[middle];
    if (entry !== undefined && holds(entry.date)) low = middle + 1;
    else high = middle;
  }
  return low;
}
