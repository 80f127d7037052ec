import { PlatformError } from '../../domain/errors.ts';

/**
 * The grammar of MLflow's filter and order languages, without any meaning of the names in it:
 *
 *     filter     = [ clause { AND clause } ]
 *     clause     = identifier ( comparator value | [NOT] IN "(" value { "," value } ")" | IS [NOT] NULL )
 *     identifier = part [ "." part { "." word } ]           part = word | "`" .. "`" | '"' .. '"' | "'" .. "'"
 *     value      = number | "'" .. "'" | '"' .. '"'         (a quote within is doubled)
 *     order      = identifier [ ASC | DESC ]
 *
 * Keywords are case-insensitive. Whatever else is refused with INPUT_INVALID in MLflow's words.
 */
export interface Identifier {
  /** What stands before the first dot, or null for a bare name. */
  readonly entity: string | null;
  readonly key: string;
}

export type Literal =
  | { readonly kind: 'number'; readonly value: number; readonly text: string }
  | { readonly kind: 'string'; readonly value: string; readonly text: string };

export type ParsedClause =
  | {
      readonly shape: 'compared';
      readonly identifier: Identifier;
      readonly comparator: '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE' | 'ILIKE';
      readonly value: Literal;
    }
  | {
      readonly shape: 'listed';
      readonly identifier: Identifier;
      readonly comparator: 'IN' | 'NOT IN';
      readonly values: readonly Literal[];
    }
  | { readonly shape: 'tested'; readonly identifier: Identifier; readonly comparator: 'IS NULL' | 'IS NOT NULL' };

export interface ParsedOrder {
  readonly identifier: Identifier;
  readonly ascending: boolean;
}

const maxClauses = 200;

export function parseFilter(text: string): ParsedClause[] {
  const cursor: Cursor = { text, at: 0, refusal: (rest) => `Invalid clause(s) in filter string: '${rest}'` };
  const clauses: ParsedClause[] = [];
  if (isAtEnd(cursor)) return clauses;
  skipSpace(cursor);
  for (;;) {
    if (clauses.length === maxClauses) {
      throw new PlatformError('INPUT_INVALID', `A filter has at most ${maxClauses} clauses.`);
    }
    clauses.push(parseClause(cursor));
    if (isAtEnd(cursor)) return clauses;
    if (takeKeyword(cursor, 'AND') === null) throw refuse(cursor);
  }
}

export function parseOrder(text: string): ParsedOrder {
  const cursor: Cursor = {
    text,
    at: 0,
    refusal: () => `Invalid order_by clause '${shorten(text)}'. Could not be parsed.`,
  };
  skipSpace(cursor);
  const identifier = parseIdentifier(cursor);
  const direction = takeKeyword(cursor, 'ASC') ?? takeKeyword(cursor, 'DESC') ?? 'ASC';
  if (!isAtEnd(cursor)) throw refuse(cursor);
  return { identifier, ascending: direction === 'ASC' };
}

interface Cursor {
  readonly text: string;
  at: number;
  readonly refusal: (rest: string) => string;
}

function parseClause(cursor: Cursor): ParsedClause {
  const identifier = parseIdentifier(cursor);
  if (takeKeyword(cursor, 'IS') !== null) {
    const isNot = takeKeyword(cursor, 'NOT') !== null;
    if (takeKeyword(cursor, 'NULL') === null) throw refuse(cursor);
    return { shape: 'tested', identifier, comparator: isNot ? 'IS NOT NULL' : 'IS NULL' };
  }
  const isNot = takeKeyword(cursor, 'NOT') !== null;
  if (takeKeyword(cursor, 'IN') !== null) {
    return { shape: 'listed', identifier, comparator: isNot ? 'NOT IN' : 'IN', values: parseList(cursor) };
  }
  if (isNot) throw refuse(cursor);
  return { shape: 'compared', identifier, comparator: parseComparator(cursor), value: parseLiteral(cursor) };
}

const wordPattern = /[\p{L}_][\p{L}\p{N}_]*/uy;
const keyWordPattern = /[\p{L}\p{N}_]+/uy;

function parseIdentifier(cursor: Cursor): Identifier {
  const first = takeQuoted(cursor, '`') ?? takeQuoted(cursor, '"') ?? take(cursor, wordPattern);
  if (first === null) throw refuse(cursor);
  if (take(cursor, /\./y) === null) {
    skipSpace(cursor);
    return { entity: null, key: first };
  }
  const quoted = takeQuoted(cursor, '`') ?? takeQuoted(cursor, '"') ?? takeQuoted(cursor, "'");
  if (quoted !== null) {
    skipSpace(cursor);
    return { entity: first, key: quoted };
  }
  const words: string[] = [];
  do {
    const word = take(cursor, keyWordPattern);
    if (word === null) throw refuse(cursor);
    words.push(word);
  } while (take(cursor, /\./y) !== null);
  skipSpace(cursor);
  return { entity: first, key: words.join('.') };
}

function parseComparator(cursor: Cursor): '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE' | 'ILIKE' {
  const symbol = take(cursor, /!=|<=|>=|=|<|>/y);
  if (symbol !== null) {
    skipSpace(cursor);
    return symbol as '=' | '!=' | '<' | '<=' | '>' | '>=';
  }
  const word = takeKeyword(cursor, 'LIKE') ?? takeKeyword(cursor, 'ILIKE');
  if (word === null) throw refuse(cursor);
  return word;
}

function parseLiteral(cursor: Cursor): Literal {
  const start = cursor.at;
  const text = takeQuoted(cursor, "'") ?? takeQuoted(cursor, '"');
  if (text !== null) {
    const raw = cursor.text.slice(start, cursor.at);
    skipSpace(cursor);
    return { kind: 'string', value: text, text: raw };
  }
  const number = take(cursor, /-?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?(?![\p{L}\p{N}_.])/iuy);
  if (number === null || !Number.isFinite(Number(number))) throw refuse(cursor);
  skipSpace(cursor);
  return { kind: 'number', value: Number(number), text: number };
}

function parseList(cursor: Cursor): Literal[] {
  if (take(cursor, /\(\s*/y) === null) throw refuse(cursor);
  const values = [parseLiteral(cursor)];
  while (take(cursor, /,\s*/y) !== null) values.push(parseLiteral(cursor));
  if (take(cursor, /\)\s*/y) === null) throw refuse(cursor);
  return values;
}

/** The inside of a quoted text at the cursor, doubled quotes made single, or null when there is none. */
function takeQuoted(cursor: Cursor, quote: '`' | '"' | "'"): string | null {
  if (cursor.text[cursor.at] !== quote) return null;
  let inside = '';
  for (let from = cursor.at + 1; ; ) {
    const end = cursor.text.indexOf(quote, from);
    if (end === -1) throw refuse(cursor);
    inside += cursor.text.slice(from, end);
    if (cursor.text[end + 1] !== quote) {
      cursor.at = end + 1;
      return inside;
    }
    inside += quote;
    from = end + 2;
  }
}

/** The keyword, when it stands at the cursor as a word of its own. */
function takeKeyword<const Keyword extends string>(cursor: Cursor, keyword: Keyword): Keyword | null {
  const before = cursor.at;
  const word = take(cursor, wordPattern);
  if (word?.toUpperCase() !== keyword) {
    cursor.at = before;
    return null;
  }
  skipSpace(cursor);
  return keyword;
}

function take(cursor: Cursor, pattern: RegExp): string | null {
  pattern.lastIndex = cursor.at;
  const matched = pattern.exec(cursor.text);
  if (matched === null) return null;
  cursor.at += matched[0].length;
  return matched[0];
}

function skipSpace(cursor: Cursor): void {
  take(cursor, /\s+/y);
}

function isAtEnd(cursor: Cursor): boolean {
  return cursor.at >= cursor.text.length;
}

function refuse(cursor: Cursor): PlatformError {
  const rest = cursor.text.slice(cursor.at).trim();
  return new PlatformError('INPUT_INVALID', cursor.refusal(shorten(rest === '' ? cursor.text : rest)));
}

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
