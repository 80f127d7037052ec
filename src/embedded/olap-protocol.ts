/** HTTP status of a ClickHouse exception, as its server chooses it (exceptionCodeToHTTPStatus). */
export function statusOfException(code: number): number {
  for (const [status, codes] of Object.entries(statuses)) if (codes.includes(code)) return Number(status);
  return 500;
}

/** One exception told in the words of another, as files tell of their rows, said once. */
export function plainException(text: string): string {
  return text.replace(
    /^(Code: \d+\. DB::Exception: )Code: \d+\. DB::Exception: ([\s\S]*) \(version [^)]*\)\. \(\w+\)$/,
    '$1$2',
  );
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

/** An insert whose rows are data in a format, not SQL. */
export interface InsertText {
  /** Up to its SETTINGS and FORMAT clauses. */
  readonly into: string;
  /** ` SETTINGS ..` or nothing. */
  readonly settings: string;
  readonly format: string;
  readonly data: Uint8Array;
}

/** An insert in a format and its data, wherever the one ends and the other begins; null for other statements. */
export function splitInsert(query: string, body: Uint8Array): InsertText | null {
  if (query !== '') return insertOf(query, body);
  // A character for a byte, so that positions are those of the body.
  const head = Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, 65_536)).toString('latin1');
  const found = insertHead.exec(head)?.[0];
  if (found === undefined) return null;
  return insertOf(Buffer.from(found, 'latin1').toString('utf8'), body.subarray(found.length));
}

/**
 * True for an insert that is neither rows in a format as understood above, nor VALUES, nor a query: what follows it
 * would be taken for SQL, so it is not run.
 */
export function isUnclearInsert(sql: string): boolean {
  const head = sql.slice(0, 65_536);
  return /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*INSERT\b/i.test(head) && !/\b(?:SELECT|VALUES|WITH)\b/i.test(head);
}

function insertOf(sql: string, data: Uint8Array): InsertText | null {
  const parts = insertInFormat.exec(sql)?.groups;
  if (parts === undefined) return null;
  return { into: parts['into'] ?? '', settings: parts['settings'] ?? '', format: parts['format'] ?? '', data };
}

/** Names in quotes may hold any word; a query or VALUES instead of a format is no insert of data. */
const insertTarget = String.raw`(?:\s|--[^\n]*\n|/\*[\s\S]*?\*/)*INSERT\s+INTO\s(?:\`[^\`]*\`|"[^"]*"|(?!\b(?:SELECT|VALUES|WITH|FORMAT|SETTINGS|INFILE)\b)[^\`"])+?`;
const setting = String.raw`\w+\s*=\s*(?:'(?:[^'\\]|\\.)*'|[^\s,']+)`;
const insertClauses = String.raw`(?<settings>\s+SETTINGS\s+${setting}(?:\s*,\s*${setting})*)?\s+FORMAT\s+(?<format>[A-Za-z]\w*)`;
const insertInFormat = new RegExp(String.raw`^(?<into>${insertTarget})${insertClauses}\s*;?\s*$`, 'i');
const insertHead = new RegExp(String.raw`^${insertTarget}${insertClauses}[ \t]*(?:\r?\n|$|(?=[[{(]))`, 'i');

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
