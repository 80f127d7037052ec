/** A table of the analytical engine: what feeds it and how it is cut into parts that are replaced whole. */
export interface PublishedTable {
  readonly name: string;
  /** The warehouse's table, `dm.quote_daily`. */
  readonly from: string;
  /** Column whose year is the partition; null: one partition for all rows. */
  readonly yearOf: string | null;
}

/** One part of a published table. Its key is a year, or 'all'. */
export interface PublishedPart {
  readonly part: string;
  /** SHA-256 over the rows: the same hash is the same content. */
  readonly hash: string;
  readonly rows: readonly object[];
}

/** A month as the analytical engine computes it by itself from daily quotes; numbers, null for missing. */
export type OlapMonth = Readonly<Record<string, string | number | null>>;

/** Keeps the analytical engine equal to the warehouse. Everything in it can be made again. */
export interface OlapPublisher {
  /** Makes missing tables. */
  prepare(): Promise<void>;
  /** Hashes of the parts that are there, by part. */
  parts(table: string): Promise<ReadonlyMap<string, string>>;
  /** Replaces each part at once: a reader sees the old rows or the new ones, never a mixture or a gap. */
  replaceParts(table: string, parts: readonly PublishedPart[]): Promise<void>;
  dropParts(table: string, parts: readonly string[]): Promise<void>;
  /** Computes the months anew from the engine's own daily quotes, with its own SQL. */
  rebuildMonths(): Promise<void>;
  months(): Promise<readonly OlapMonth[]>;
  /** Rows of one part as Parquet. */
  parquet(table: string, part: string): Promise<Uint8Array>;
}
