import { packageVersion } from '../../config/package-root.ts';
import { bankQueryDate, usdCode } from '../../domain/bank-answer.ts';
import { type DateRange, isoDate } from '../../domain/iso-date.ts';
import type { Clock } from '../../ports/clock.ts';
import type { BankSeries, PriceSource, SourceSeries } from '../../ports/price-source.ts';
import { createCookieJar } from './cbr-cookies.ts';
import type { HttpTools } from './cbr-http.ts';
import { type CbrLimits, cbrLimits } from './cbr-limits.ts';
import { createPace } from './cbr-pace.ts';
import { parseCbrAnswer } from './cbr-parse.ts';
import { fetchWithRetries, seededDraws, sleepFor } from './retrying-fetch.ts';

export interface CbrOptions {
  /** Another address that answers as the Bank does: a mirror, a proxy or the replica. */
  readonly baseUrl?: string;
  readonly userAgent?: string;
  readonly clock: Clock;
  readonly fetch?: typeof fetch;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Draws from [0, 1) for the pauses between attempts. */
  readonly random?: () => number;
  readonly limits?: Partial<CbrLimits>;
}

const hint =
  'Check the network (the Bank may be closed to addresses outside Russia), or set ASSAY_CBR_URL to a mirror or to `assay replica`; what is already stored keeps being served.';

/** Metals were first priced for 5 January 1998; rates of that year are the first in the roubles of today. */
const firstDates = { metals: isoDate('1998-01-05'), usd: isoDate('1998-01-01') } as const;

/** The Bank of Russia: one request for any range of a series. */
export function createCbrSource(options: CbrOptions): PriceSource {
  const baseUrl = options.baseUrl ?? 'https://www.cbr.ru';
  const limits = { ...cbrLimits, ...options.limits };
  const sleep = options.sleep ?? sleepFor;
  const now = () => Date.parse(options.clock.now());
  const tools: HttpTools = {
    fetch: options.fetch ?? fetch,
    userAgent: options.userAgent ?? `assay/${packageVersion} (warehouse of official gold prices)`,
    cookies: createCookieJar(),
    limits,
    now,
    pace: createPace(limits.requestsPerSecond, now, sleep),
  };
  const random = options.random ?? seededDraws(now());

  return {
    id: 'cbr',
    simulated: false,
    series: ['metals', 'usd'],
    firstDate: (series) => firstDates[series as BankSeries],
    fetch: (series, range, signal) =>
      fetchWithRetries(requestUrl(baseUrl, series, range), { ...tools, sleep, random, hint }, signal),
    parse: parseCbrAnswer,
  };
}

function requestUrl(baseUrl: string, series: SourceSeries, range: DateRange): string {
  const dates = `date_req1=${bankQueryDate(range.from)}&date_req2=${bankQueryDate(range.to)}`;
  const query = series === 'metals' ? `xml_metall.asp?${dates}` : `XML_dynamic.asp?${dates}&VAL_NM_RQ=${usdCode}`;
  return `${baseUrl.replace(/\/+$/, '')}/scripts/${query}`;
}
