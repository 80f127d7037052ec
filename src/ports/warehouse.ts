import type { CalendarDay } from '../domain/calendar/calendar.ts';
import type { DateRange, IsoDate } from '../domain/iso-date.ts';
import type { MarketHistory } from '../domain/market.ts';
import type { Metal } from '../domain/metal.ts';
import type { Instant } from '../domain/moscow-time.ts';
import type { PriceSeries } from '../domain/quote.ts';
import type { RawRecord, SourceSeries } from './price-source.ts';

/** Rows a step read and wrote: a rerun that changes nothing writes 0. */
export interface RowCounts {
  readonly read: number;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

/** What is written beside every lake object: how it came. One receipt per distinct sighting. */
export interface Receipt {
  readonly receiptKey: string;
  readonly objectKey: string;
  readonly sha256: string;
  readonly source: string;
  readonly simulated: boolean;
  readonly series: SourceSeries;
  readonly range: DateRange;
  readonly url: string;
  readonly requestedAt: Instant;
  readonly receivedAt: Instant;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: number;
}

export interface LoadOutcome {
  readonly records: number;
  /** Records whose content differs from the newest raw record of the same code and date: these became rows. */
  readonly inserted: number;
  readonly unchanged: number;
}

/** Raw: append-only, as received. */
export interface RawStore {
  /** Newest record date per series of a source, null or absent when there is none. */
  newestRecordDates(source: string): Promise<Readonly<Partial<Record<SourceSeries, IsoDate | null>>>>;
  /** Keys of receipts already loaded. */
  loadedReceipts(source: string): Promise<ReadonlySet<string>>;
  /** All of an answer or nothing, once: a second load of the same receipt inserts nothing. */
  load(receipt: Receipt, records: readonly RawRecord[]): Promise<LoadOutcome>;
}

export type { CalendarDay };

export interface TransformOutcome {
  /** By table, `ods.metal_quote` .. `dm.yearly`, in the order they ran. */
  readonly tables: Readonly<Record<string, RowCounts>>;
}

/** A check query's offending rows; empty means the check passed. */
export interface CheckResult {
  readonly check: string;
  readonly purpose: string;
  readonly offending: readonly Readonly<Record<string, unknown>>[];
  readonly offendingCount: number;
}

/** A transformation judged as a whole. */
export interface AppliedTransform extends TransformOutcome {
  /** False when a check found offending rows: then nothing of it was kept. */
  readonly kept: boolean;
  readonly checks: readonly CheckResult[];
}

/** raw -> ods -> dm by SQL files: idempotent, by date range (null: everything). */
export interface Transformer {
  ods(range: DateRange | null): Promise<TransformOutcome>;
  dm(range: DateRange | null): Promise<TransformOutcome>;
  replaceCalendar(days: readonly CalendarDay[]): Promise<RowCounts>;
  /** Grain checks generated from headers, and `sql/postgres/checks`; what raw owes ods only within the range. */
  check(range?: DateRange | null): Promise<readonly CheckResult[]>;
  /**
   * ods, dm and check as one: kept when every check passes, else rolled back whole, so that readers keep what they
   * had. The results of the checks are recorded either way.
   */
  apply(range: DateRange | null): Promise<AppliedTransform>;
}

/** Series for models: current values, or as they were known at an instant. */
export interface SeriesReader {
  readSeries(metal: Metal, options?: { readonly cutoff?: IsoDate; readonly asOf?: Instant }): Promise<PriceSeries>;
}

/** What the price of a metal rests on, for point-in-time work. */
export interface MarketReader {
  /** Every accepted revision with its `knownAt`; drivers for gold alone, and empty where none is collected. */
  readMarket(metal: Metal): Promise<MarketHistory>;
}

/** One forecast as published: append-only, complete or absent. */
export interface ForecastVintage {
  readonly vintageId: string;
  readonly metal: Metal;
  readonly cutoff: IsoDate;
  readonly madeAt: Instant;
  readonly modelName: string;
  readonly modelVersion: number;
  readonly trackingRunId: string;
  /** SHA-256 over the series the model saw. */
  readonly dataHash: string;
  readonly simulated: boolean;
  readonly points: readonly ForecastPoint[];
}

export interface ForecastPoint {
  readonly targetDate: IsoDate;
  /** Quotes after the cutoff, 1-based. */
  readonly horizon: number;
  /** True where the target date rests on a year without a decree. */
  readonly isProvisional: boolean;
  readonly meanRubPerGram: number;
  readonly medianRubPerGram: number;
  /** Keyed by level, '0.025'..'0.975'. */
  readonly quantilesRubPerGram: Readonly<Record<string, number>>;
}

/** One model's result in one tournament, by block and horizon. */
export interface ModelScore {
  readonly tournamentId: string;
  readonly metal: Metal;
  readonly model: string;
  readonly block: 'selection' | 'report';
  readonly horizon: number;
  readonly origins: number;
  readonly mae: number;
  readonly rmse: number;
  readonly r2: number | null;
  readonly mase: number;
  readonly bias: number;
  readonly wis: number;
  readonly coverage80: number;
  readonly coverage95: number;
  /** 1 - MAE / MAE of naive over the same origins. */
  readonly skillVsNaive: number;
}

export interface Tournament {
  readonly tournamentId: string;
  readonly metal: Metal;
  readonly startedAt: Instant;
  readonly cutoff: IsoDate;
  readonly dataHash: string;
  readonly settingsHash: string;
  readonly trackingRunId: string;
  readonly origins: number;
  readonly horizon: number;
  readonly simulated: boolean;
  readonly models: readonly TournamentModel[];
  /** The promotion decision, in words. */
  readonly decision: PromotionDecision;
}

export interface TournamentModel {
  readonly model: string;
  readonly trackingRunId: string;
  readonly rank: number | null;
  readonly seconds: number;
  readonly status: 'ok' | 'failed';
  readonly failure: string | null;
  readonly failedFolds: number;
}

export interface PromotionDecision {
  readonly outcome: 'promoted' | 'kept' | 'first';
  readonly champion: string | null;
  readonly challenger: string | null;
  /** Why each candidate passed or failed: one sentence each. */
  readonly reasons: readonly {
    readonly model: string;
    readonly passed: boolean;
    readonly reason: string;
    /** What decided, as a word for programs: `passed`, `champion`, `failed` or the first fault. Absent in old records. */
    readonly code?: string;
    /** All faults, in the order of the sentence. */
    readonly faults?: readonly string[];
    /** The numbers of the sentence; null where they do not apply. */
    readonly figures?: Readonly<Record<string, number | null>>;
  }[];
}

/** A JSON document whose shape is its writer's affair; numbers and texts survive as they are. */
export type JsonDocument = Readonly<Record<string, unknown>>;

/** What a tournament found, cut so that a reader fetches only what it shows. */
export interface StoredReport {
  /** The report without its models. */
  readonly summary: JsonDocument;
  readonly models: readonly { readonly model: string; readonly summary: JsonDocument }[];
  /** One row per model, block and horizon. */
  readonly figures: readonly {
    readonly model: string;
    readonly block: 'selection' | 'report';
    readonly horizon: number;
    readonly figures: JsonDocument;
  }[];
}

/** A published point beside its fact and beside the price it was made from (the naive forecast). RUB per gram. */
export interface ScoredPoint {
  readonly targetDate: IsoDate;
  readonly horizon: number;
  readonly modelVersion: number;
  readonly mean: number;
  readonly naive: number;
  readonly actual: number;
  readonly inside80: boolean;
}

/** Where forecasts, tournaments and scores are kept. */
export interface ForecastStore {
  /** 'exists' when the vintage (same metal, cutoff, model version and data hash) is already there. */
  saveVintage(vintage: ForecastVintage): Promise<'created' | 'exists'>;
  latestVintage(metal: Metal): Promise<ForecastVintage | null>;
  /** Fills dm.forecast_vs_fact for every point whose fact has arrived; never rewrites a scored point. */
  scoreVintages(): Promise<RowCounts>;
  /** Scored points of a metal, newest facts first, at most `limit`. */
  scoredForecasts(metal: Metal, limit: number): Promise<readonly ScoredPoint[]>;
  /** The tournament with its scores and its report, all or nothing. */
  saveTournament(
    tournament: Tournament,
    scores: readonly ModelScore[],
    report: StoredReport,
  ): Promise<'created' | 'exists'>;
  findTournament(metal: Metal, dataHash: string, settingsHash: string): Promise<Tournament | null>;
}

/** Rows for the analytical engine and the Parquet exports. */
export interface ExportReader {
  /** Column names and rows of one dm or ods table for one year (or whole when `year` is null). */
  readTable(
    table: string,
    year: number | null,
  ): Promise<{ readonly columns: readonly string[]; readonly rows: readonly object[] }>;
  /** Rows per table of every layer, `raw.record` .. `dm.model_score`. */
  countRows(): Promise<Readonly<Record<string, number>>>;
}
