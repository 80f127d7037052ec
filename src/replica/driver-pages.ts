import type { IsoDate } from '../domain/iso-date.ts';
import type { Instant } from '../domain/moscow-time.ts';
import { type PublicationRule, publicationRules } from '../domain/publication.ts';
import type { DayValue, ReplicaData } from './data-folder.ts';
import { publicThrough } from './published.ts';

/** Bodies of the optional drivers, as JSON texts. */
export interface DriverPages {
  londonAm(published: Instant | null): string;
  londonPm(published: Instant | null): string;
  moscowExchange(query: MoscowExchangeQuery, published: Instant | null): string;
}

/** `from` and `till` are inclusive; null means no bound. */
export interface MoscowExchangeQuery {
  readonly from: IsoDate | null;
  readonly till: IsoDate | null;
  readonly start: number;
}

const pageSize = 100;
const historyColumns = [
  'BOARDID',
  'TRADEDATE',
  'SHORTNAME',
  'SECID',
  'OPEN',
  'LOW',
  'HIGH',
  'CLOSE',
  'NUMTRADES',
  'VOLRUR',
  'WAPRICE',
] as const;

export function createDriverPages(data: ReplicaData): DriverPages {
  return {
    londonAm: (published) => londonJson(publicPart(data.londonAm, publicationRules.londonAm, published)),
    londonPm: (published) => londonJson(publicPart(data.londonPm, publicationRules.londonPm, published)),
    moscowExchange: (query, published) =>
      moscowExchangeJson(publicPart(data.moscowExchange, publicationRules.moscowExchange, published), query),
  };
}

function publicPart(values: readonly DayValue[], rule: PublicationRule, published: Instant | null): DayValue[] {
  const through = publicThrough(rule, published);
  return values.filter((value) => value.date <= through);
}

/** `v` is dollars, pounds, euros; London writes 0 for what it does not have, and so for the two unknown here. */
function londonJson(values: readonly DayValue[]): string {
  return JSON.stringify(values.map(({ date, value }) => ({ is_cms_locked: 0, d: date, v: [Number(value), 0, 0] })));
}

/** A page of the exchange's history, with the cursor that tells how many there are. Only the close is known here. */
function moscowExchangeJson(values: readonly DayValue[], query: MoscowExchangeQuery): string {
  const { from, till, start } = query;
  const asked = values.filter(({ date }) => (from === null || date >= from) && (till === null || date <= till));
  const data = asked.slice(start, start + pageSize).map(({ date, value }) => {
    const close = Number(value);
    return ['CETS', date, 'GLDRUB_TOM', 'GLDRUB_TOM', null, null, null, close, null, null, null];
  });
  return JSON.stringify({
    history: { columns: historyColumns, data },
    'history.cursor': { columns: ['INDEX', 'TOTAL', 'PAGESIZE'], data: [[start, asked.length, pageSize]] },
  });
}
