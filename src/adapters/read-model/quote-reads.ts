import type pg from 'pg';
import type { AssayApi, Month, Place, Provenance, Quote, QuoteQuery, Summary } from '../../api/contract.ts';
import { assert } from '../../domain/errors.ts';
import { daysBetween, type IsoDate, isoDate } from '../../domain/iso-date.ts';
import { moscowDate, moscowInstant } from '../../domain/moscow-time.ts';
import { publicationRules, publishedAt } from '../../domain/publication.ts';
import type { Clock } from '../../ports/clock.ts';
import { sqlFile } from '../sql-files.ts';
import { rows } from '../warehouse/pool.ts';

export interface QuoteReadsOptions {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly source: { readonly id: string; readonly simulated: boolean };
}

type QuoteReads = Pick<AssayApi, 'provenance' | 'dataVersion' | 'today' | 'quotes' | 'summary' | 'months'>;

/** Prices, their summary and their months. */
export function createQuoteReads({ pool, clock, source }: QuoteReadsOptions): QuoteReads {
  return {
    async provenance(): Promise<Provenance> {
      const [row] = await rows<ProvenanceRow>(pool, sqlFile('postgres/read/provenance.sql'));
      return {
        source: row?.source ?? source.id,
        simulated: row?.simulated ?? source.simulated,
        generatedAt: clock.now(),
        lastEffectiveDate: row?.last_effective_date ?? null,
      };
    },
    async dataVersion() {
      const [row] = await rows<VersionRow>(pool, sqlFile('postgres/read/data-version.sql'));
      assert(row !== undefined, 'the version of the data is one row, also over nothing');
      // Ages and what is late change with the day, without any run.
      const today = moscowDate(clock.now());
      const dayBegan = moscowInstant(today, '00:00');
      const changedAt = row.changed_at === null || row.changed_at > dayBegan ? row.changed_at : dayBegan;
      return { version: `${today} ${row.version}`, changedAt };
    },
    async today(metal) {
      const today = moscowDate(clock.now());
      const [recent, [extremes]] = await Promise.all([
        newestQuotes(pool, metal, 60),
        rows<ExtremesRow>(pool, sqlFile('postgres/read/extremes.sql'), [metal]),
      ]);
      const last = recent.at(-1) ?? null;
      return {
        metal,
        last,
        previous: recent.at(-2) ?? null,
        ageDays: last === null ? null : daysBetween(last.date as IsoDate, today),
        nextQuoteDate: extremes?.next_quote_date ?? null,
        nextExpectedAt: extremes?.next_quote_date == null ? null : expectedAt(extremes.next_quote_date),
        yearLow: extremes?.year_low ?? null,
        yearHigh: extremes?.year_high ?? null,
        allTimeHigh: extremes?.all_time_high ?? null,
        allTimeHighDate: extremes?.all_time_high_date ?? null,
        place: extremes === undefined ? null : placeOf(extremes),
        recent,
      };
    },
    async quotes(query) {
      if (query.asOf !== undefined) return quotesAsOf(pool, { ...query, asOf: query.asOf });
      const found = await rows<QuoteRow>(pool, sqlFile('postgres/read/quotes.sql'), parametersOf(query));
      return found.map(quoteOf);
    },
    summary: (query) => readSummary(pool, query),
    async months(metal, asOf) {
      const found =
        asOf === undefined
          ? await rows<MonthRow>(pool, sqlFile('postgres/read/months.sql'), [metal])
          : await rows<MonthRow>(pool, sqlFile('postgres/read/months-as-of.sql'), [metal, asOf]);
      return found.map(monthOf);
    },
  };
}

async function readSummary(pool: pg.Pool, query: QuoteQuery): Promise<Summary> {
  const [sql, values] =
    query.asOf === undefined
      ? [sqlFile('postgres/read/summary.sql'), parametersOf(query)]
      : [sqlFile('postgres/read/summary-as-of.sql'), [...parametersOf(query), query.asOf]];
  const [row] = await rows<SummaryRow>(pool, sql, values);
  assert(row !== undefined, 'a summary is one row, also over no quotes');
  return {
    quotes: row.quotes,
    firstDate: row.first_date,
    lastDate: row.last_date,
    minRubPerGram: row.min_rub_per_gram,
    maxRubPerGram: row.max_rub_per_gram,
    meanRubPerGram: row.mean_rub_per_gram,
    volatilityPercent: row.volatility_percent,
  };
}

/** Oldest first. */
export async function newestQuotes(pool: pg.Pool, metal: string, count: number): Promise<Quote[]> {
  const found = await rows<QuoteRow>(pool, sqlFile('postgres/read/newest-quotes.sql'), [metal, count]);
  return found.reverse().map(quoteOf);
}

/** Quotes as they were known at an instant, oldest first. */
export async function quotesAsOf(pool: pg.Pool, query: QuoteQuery & { readonly asOf: string }): Promise<Quote[]> {
  const parameters = [...parametersOf(query), query.asOf];
  const found = await rows<QuoteRow>(pool, sqlFile('postgres/read/quotes-as-of.sql'), parameters);
  return found.map(quoteOf);
}

function parametersOf({ metal, from, to }: QuoteQuery): (string | null)[] {
  return [metal, from === undefined ? null : isoDate(from), to === undefined ? null : isoDate(to)];
}

function expectedAt(date: string): string {
  return publishedAt(publicationRules.metals, isoDate(date));
}

function placeOf(row: ExtremesRow): Place | null {
  if (row.first_date === null) return null;
  const day = (date: string | null, percent: number | null): Place['largestRise'] =>
    date === null || percent === null ? null : { date, percent };
  return {
    firstDate: row.first_date,
    quotes: row.quotes,
    lowerQuotes: row.lower_quotes,
    highsInYear: row.highs_in_year,
    largestRise: day(row.rise_date, row.rise_percent),
    largestFall: day(row.fall_date, row.fall_percent),
  };
}

function quoteOf(row: QuoteRow): Quote {
  return {
    date: row.effective_date,
    buyRubPerGram: row.buy_rub_per_gram,
    sellRubPerGram: row.sell_rub_per_gram,
    changeRub: row.change_rub,
    changePercent: row.change_percent,
    logReturn: row.log_return,
    drawdownPercent: row.drawdown_percent,
    usdRub: row.usd_rub,
    impliedUsdPerOunce: row.implied_usd_per_ounce,
    metalContribution: row.metal_contribution,
    roubleContribution: row.rouble_contribution,
    isAnomaly: row.is_anomaly,
  };
}

function monthOf(row: MonthRow): Month {
  return {
    month: row.month,
    quotes: row.quotes,
    firstRubPerGram: row.first_rub_per_gram,
    lastRubPerGram: row.last_rub_per_gram,
    minRubPerGram: row.min_rub_per_gram,
    maxRubPerGram: row.max_rub_per_gram,
    meanBuyRubPerGram: row.mean_buy_rub_per_gram,
    meanSellRubPerGram: row.mean_sell_rub_per_gram,
    q25RubPerGram: row.q25_rub_per_gram,
    medianRubPerGram: row.median_rub_per_gram,
    q75RubPerGram: row.q75_rub_per_gram,
    returnPercent: row.return_percent,
    volatilityPercent: row.volatility_percent,
    maxDrawdownPercent: row.max_drawdown_percent,
    daysAboveMean: row.days_above_mean,
    trendRubPerQuote: row.trend_rub_per_quote,
  };
}

interface ProvenanceRow {
  readonly source: string | null;
  readonly simulated: boolean | null;
  readonly last_effective_date: string | null;
}

interface VersionRow {
  readonly version: string;
  readonly changed_at: string | null;
}

interface QuoteRow {
  readonly effective_date: string;
  readonly buy_rub_per_gram: number;
  readonly sell_rub_per_gram: number | null;
  readonly change_rub: number | null;
  readonly change_percent: number | null;
  readonly log_return: number | null;
  readonly drawdown_percent: number;
  readonly usd_rub: number | null;
  readonly implied_usd_per_ounce: number | null;
  readonly metal_contribution: number | null;
  readonly rouble_contribution: number | null;
  readonly is_anomaly: boolean;
}

interface ExtremesRow {
  readonly next_quote_date: string | null;
  readonly year_low: number | null;
  readonly year_high: number | null;
  readonly all_time_high: number | null;
  readonly all_time_high_date: string | null;
  readonly quotes: number;
  readonly first_date: string | null;
  readonly lower_quotes: number;
  readonly highs_in_year: number;
  readonly rise_date: string | null;
  readonly rise_percent: number | null;
  readonly fall_date: string | null;
  readonly fall_percent: number | null;
}

interface SummaryRow {
  readonly quotes: number;
  readonly first_date: string | null;
  readonly last_date: string | null;
  readonly min_rub_per_gram: number | null;
  readonly max_rub_per_gram: number | null;
  readonly mean_rub_per_gram: number | null;
  readonly volatility_percent: number | null;
}

interface MonthRow {
  readonly month: string;
  readonly quotes: number;
  readonly first_rub_per_gram: number;
  readonly last_rub_per_gram: number;
  readonly min_rub_per_gram: number;
  readonly max_rub_per_gram: number;
  readonly mean_buy_rub_per_gram: number;
  readonly mean_sell_rub_per_gram: number | null;
  readonly q25_rub_per_gram: number;
  readonly median_rub_per_gram: number;
  readonly q75_rub_per_gram: number;
  readonly return_percent: number | null;
  readonly volatility_percent: number | null;
  readonly max_drawdown_percent: number;
  readonly days_above_mean: number;
  readonly trend_rub_per_quote: number | null;
}
