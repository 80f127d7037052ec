/** HTTP status of a ClickHouse exception, as its server chooses it (exceptionCodeToHTTPStatus). */
export function statusOfException(code: number): number {
  for (const [status, codes] of Object.entries(statuses)) if (codes.includes(code)) return Number(status);
  return 500;
}

/** The code in `Code: N. DB::Exception: ..`; 1002 (unknown exception) where a text has none. */
export function exceptionCode(text: string): number {
  return Number(/\bCode:\s*(\d+)/.exec(text)?.[1] ?? 1002);
}

export function contentTypeOf(format: string): string {
  if (/^(JSONEachRow|JSONLines|NDJSON|JSONCompactEachRow|JSONStringsEachRow|JSONEachRowWithProgress)/i.test(format)) {
    return 'application/x-ndjson; charset=UTF-8';
  }
  if (/^JSON/i.test(format)) return 'application/json; charset=UTF-8';
  if (/^CSV/i.test(format)) return `text/csv; charset=UTF-8; header=${/Names/i.test(format) ? 'present' : 'absent'}`;
  if (/^(TSV|TabSeparated)/i.test(format)) return 'text/tab-separated-values; charset=UTF-8';
  if (/^XML$/i.test(format)) return 'application/xml; charset=UTF-8';
  if (/^(Pretty|Markdown|Vertical|Values|SQLInsert)/i.test(format)) return 'text/plain; charset=UTF-8';
  return 'application/octet-stream';
}

/** The FORMAT clause at the end of a statement, null when it has none. */
export function formatOf(sql: string): string | null {
  return /\bFORMAT\s+([A-Za-z]\w*)\s*(?:SETTINGS\s[^;]*)?;?\s*$/i.exec(sql)?.[1] ?? null;
}

/** Where the data of an insert begins: the statement up to its FORMAT clause and what follows, null for others. */
export function splitInsert(query: string, body: Uint8Array): { sql: string; data: Uint8Array } | null {
  if (query !== '') return insertWithFormat.test(`${query}\n`) ? { sql: query.replace(/;\s*$/, ''), data: body } : null;
  // Byte for character, so that positions are those of the body.
  const head = Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, 65_536)).toString('latin1');
  const found = insertHead.exec(head)?.[0];
  if (found === undefined) return null;
  const sql = Buffer.from(found, 'latin1').toString('utf8').trimEnd();
  return { sql, data: body.subarray(found.length) };
}

const insertWithFormat = /^\s*INSERT\s+INTO\s(?:(?!\bSELECT\b)[\s\S])*\bFORMAT\s+[A-Za-z]\w*\s*;?\s*$/i;
const insertHead =
  /^\s*INSERT\s+INTO\s(?:(?!\b(?:SELECT|VALUES)\b)[\s\S])*?\bFORMAT\s+(?!VALUES\b)[A-Za-z]\w*[ \t]*(?:\r?\n|(?=[[{]))/i;

const statuses: Readonly<Record<number, readonly number[]>> = {
  401: [194],
  403: [164, 192, 193, 291, 497, 511, 516],
  // Texts that do not parse or do not fit their types.
  400: [
    6, 26, 27, 33, 36, 38, 41, 42, 43, 53, 62, 69, 70, 72, 117, 131, 168, 184, 190, 215, 321, 349, 386, 456, 457, 469,
  ],
  404: [13, 16, 46, 47, 50, 56, 60, 63, 73, 81, 83, 115, 142],
  408: [159],
  411: [381],
  413: [223],
  501: [48],
  503: [202, 209, 236, 439],
};
