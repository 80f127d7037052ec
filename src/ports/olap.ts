/** The analytical engine, spoken to over ClickHouse's HTTP interface. */
export interface Olap {
  /** Runs a statement without a result set (DDL, INSERT .. SELECT, partition commands). */
  command(sql: string, parameters?: Readonly<Record<string, unknown>>): Promise<void>;
  /** Rows of a query as JSON objects. Decimals and 64-bit integers arrive as strings or numbers as the server sends them. */
  rows<Row>(sql: string, parameters?: Readonly<Record<string, unknown>>): Promise<Row[]>;
  /** Inserts rows (objects keyed by column name). */
  insert(table: string, rows: readonly object[]): Promise<void>;
  /** The result of a query in one of ClickHouse's formats, as bytes (Parquet exports). */
  export(sql: string, format: 'Parquet' | 'CSVWithNames'): Promise<Uint8Array>;
  /** Throws STORE_UNAVAILABLE when the engine does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
