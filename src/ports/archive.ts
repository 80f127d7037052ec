/** One table of the warehouse as text: one JSON object per row, in key order. */
export interface ArchivedTable {
  /** `raw.record`. */
  readonly table: string;
  readonly lines: readonly string[];
}

/** The whole warehouse as tables of text, for backups. */
export interface Archive {
  /** Every table at one moment, in an order in which they can be restored. */
  dump(): AsyncIterable<ArchivedTable>;
  /**
   * Fills an empty warehouse, all or nothing; returns rows by table.
   * Throws CONFLICT when it holds anything, INPUT_INVALID for a table or a row it does not know.
   */
  restore(tables: AsyncIterable<ArchivedTable>): Promise<Readonly<Record<string, number>>>;
}
