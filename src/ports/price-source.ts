import type { DateRange, IsoDate } from '../domain/iso-date.ts';
import type { Instant } from '../domain/moscow-time.ts';

/** Official series of the Bank. */
export type BankSeries = 'metals' | 'usd';
/** What drives the price of gold: London's morning and evening prices, and gold's closes at the Moscow Exchange. */
export type DriverSeries = 'gold-am' | 'gold-pm' | 'gldrub';
/** The series a source can be asked for. */
export type SourceSeries = BankSeries | DriverSeries;

/** An answer exactly as it arrived (after content decoding). */
export interface SourceAnswer {
  readonly url: string;
  readonly requestedAt: Instant;
  readonly receivedAt: Instant;
  readonly status: number;
  /** Lower-case names; cookie values left out. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

/** One record as received: field texts untouched, null for an absent or empty field. */
export interface RawRecord {
  /** Code within the series: '1'..'4' for metals, 'R01235' for the dollar, 'XAU' and 'GLDRUB_TOM' for the drivers. */
  readonly code: string;
  readonly date: IsoDate;
  readonly fields: Readonly<Record<string, string | null>>;
}

export type ParsedAnswer =
  | { readonly ok: true; readonly records: readonly RawRecord[] }
  /** Not a word of it may become a row; `reason` is a sentence for a person, `kind` for counting. */
  | { readonly ok: false; readonly kind: RejectionKind; readonly reason: string };

export type RejectionKind =
  | 'status'
  | 'challenge'
  | 'html'
  | 'doctype'
  | 'truncated'
  | 'malformed'
  | 'encoding'
  | 'shape'
  | 'range'
  | 'order'
  | 'duplicate'
  | 'value'
  | 'too-large';

/** A publisher of official series. Fetching and parsing are separate, so that parsing can be repeated from the lake. */
export interface PriceSource {
  /** Name in lake keys and in raw.record: 'cbr', 'simulated', 'lbma' or 'moex'. */
  readonly id: string;
  /** True for made-up data: everything derived from it is labelled. */
  readonly simulated: boolean;
  readonly series: readonly SourceSeries[];
  /** Ending of its answers in the lake, without the dot; `xml` when left out. */
  readonly fileEnding?: 'xml' | 'json';
  /** First day the source can have a record of the series. */
  firstDate(series: SourceSeries): IsoDate;
  /**
   * One request for the whole range, with the source's own limits and retries.
   * Throws SOURCE_UNAVAILABLE when no usable connection could be had; an answer that arrived,
   * however odd, is returned for `parse` to judge.
   */
  fetch(series: SourceSeries, range: DateRange, signal: AbortSignal): Promise<SourceAnswer>;
  /** Judges and reads an answer. Pure: the same bytes always give the same result. */
  parse(
    series: SourceSeries,
    range: DateRange,
    answer: Pick<SourceAnswer, 'status' | 'headers' | 'bytes'>,
  ): ParsedAnswer;
}
