import { invalidParameter } from './mlflow-error.ts';

/**
 * Fields of a request, read as MLflow reads them through protobuf's JSON: by proto name or camelCase, 64-bit
 * integers as numbers or texts, doubles also as "NaN", "Infinity" and "-Infinity", null as absent, and an empty text
 * as a missing one where the field is required. Each refusal names the field in MLflow's words.
 */
export interface RequestFields {
  has(name: string): boolean;
  /** Throws when the field is missing or an empty text. */
  required(name: string): unknown;
  /** The value as it came, or null. */
  raw(name: string): unknown;
  requiredText(name: string): string;
  /** Empty when absent. */
  text(name: string): string;
  /** Null when absent. */
  optionalText(name: string): string | null;
  requiredInteger(name: string): number;
  optionalInteger(name: string): number | null;
  requiredDouble(name: string): number;
  flag(name: string): boolean;
  texts(name: string): readonly string[];
  /** Nested messages of a repeated field. */
  messages(name: string): readonly RequestFields[];
  /** A nested message, or null when absent. */
  message(name: string): RequestFields | null;
}

/** Fields of a JSON body. */
export function bodyFields(body: unknown): RequestFields {
  return fieldsOf(body === null || body === undefined ? {} : asRecord(body), '');
}

/** Fields of a query string: every value is a text, and a repeated one is a list. */
export function queryFields(query: URLSearchParams): RequestFields {
  const record: Record<string, unknown> = {};
  for (const name of new Set(query.keys())) record[name] = new QueryValues(query.getAll(name));
  return fieldsOf(record, '');
}

/** Texts of one query parameter; a single-valued field takes the first. */
class QueryValues {
  readonly values: readonly string[];

  constructor(values: readonly string[]) {
    this.values = values;
  }
}

type FieldRecord = Readonly<Record<string, unknown>>;

function fieldsOf(record: FieldRecord, prefix: string): RequestFields {
  return new RecordFields(record, prefix);
}

/** A class, for a batch has a thousand of them: each is then two fields and no function of its own. */
class RecordFields implements RequestFields {
  readonly record: FieldRecord;
  readonly prefix: string;

  constructor(record: FieldRecord, prefix: string) {
    this.record = record;
    this.prefix = prefix;
  }

  has(name: string): boolean {
    return this.raw(name) !== null;
  }

  raw(name: string): unknown {
    return singleValue(this.record, name);
  }

  required(name: string): unknown {
    const value = this.raw(name);
    if (value === null || value === '') throw missing(this.pathOf(name));
    return value;
  }

  requiredText(name: string): string {
    return readText(this.required(name), this.pathOf(name));
  }

  text(name: string): string {
    return this.optionalText(name) ?? '';
  }

  optionalText(name: string): string | null {
    const value = this.raw(name);
    return value === null ? null : readText(value, this.pathOf(name));
  }

  requiredInteger(name: string): number {
    return readInteger(this.required(name), this.pathOf(name));
  }

  optionalInteger(name: string): number | null {
    const value = this.raw(name);
    return value === null ? null : readInteger(value, this.pathOf(name));
  }

  requiredDouble(name: string): number {
    return readDouble(this.required(name), this.pathOf(name));
  }

  flag(name: string): boolean {
    const value = this.raw(name);
    return value === null ? false : readFlag(value, this.pathOf(name));
  }

  texts(name: string): readonly string[] {
    const path = this.pathOf(name);
    return listValue(this.record, name, path).map((value, index) => readText(value, `${path}[${index}]`));
  }

  messages(name: string): readonly RequestFields[] {
    const path = this.pathOf(name);
    return listValue(this.record, name, path).map((value, index) => {
      if (!isRecord(value)) throw wrongType(path, value);
      return fieldsOf(value, `${path}[${index}].`);
    });
  }

  message(name: string): RequestFields | null {
    const value = this.raw(name);
    if (value === null) return null;
    if (!isRecord(value)) throw wrongType(this.pathOf(name), value);
    return fieldsOf(value, `${this.pathOf(name)}.`);
  }

  private pathOf(name: string): string {
    return `${this.prefix}${name}`;
  }
}

function singleValue(record: FieldRecord, name: string): unknown {
  const value = lookUp(record, name);
  return value instanceof QueryValues ? (value.values[0] ?? null) : value;
}

function listValue(record: FieldRecord, name: string, path: string): readonly unknown[] {
  const value = lookUp(record, name);
  if (value === null) return [];
  if (value instanceof QueryValues) return value.values;
  if (!Array.isArray(value)) throw wrongType(path, value);
  return value;
}

/** Both spellings at once are refused: which of the two would count is nobody's guess. */
function lookUp(record: FieldRecord, name: string): unknown {
  const camel = camelCase(name);
  const has = (key: string) => Object.hasOwn(record, key);
  if (camel !== name && has(name) && has(camel)) {
    throw invalidParameter(`Request specifies both '${name}' and '${camel}'; provide only one of them.`);
  }
  return (has(name) ? record[name] : has(camel) ? record[camel] : null) ?? null;
}

/** Names are few and asked for with every point of a batch. */
function camelCase(name: string): string {
  const known = camelNames.get(name);
  if (known !== undefined) return known;
  const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  camelNames.set(name, camel);
  return camel;
}

const camelNames = new Map<string, string>();

function readText(value: unknown, path: string): string {
  if (typeof value !== 'string') throw wrongType(path, value);
  if (value.includes('\0')) throw invalidParameter(`Parameter '${path}' may not contain the character NUL.`);
  return value;
}

/** Integers beyond 2^53 cannot pass through JSON unharmed, so they are refused rather than rounded. */
function readInteger(value: unknown, path: string): number {
  const isWritten = typeof value === 'string' && /^-?\d{1,19}(?:\.0*)?$/.test(value);
  const number = isWritten ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw wrongType(path, value);
  return number;
}

function readDouble(value: unknown, path: string): number {
  if (typeof value === 'number') return value;
  const isWritten =
    typeof value === 'string' && /^(?:NaN|-?Infinity|[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)$/i.test(value);
  const number = isWritten ? Number(value) : Number.NaN;
  if (!isWritten || (Number.isNaN(number) && value !== 'NaN')) throw wrongType(path, value);
  return number;
}

function readFlag(value: unknown, path: string): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string' && /^(?:true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  throw wrongType(path, value);
}

function asRecord(body: unknown): FieldRecord {
  if (isRecord(body)) return body;
  throw wrongType('request', body);
}

function isRecord(value: unknown): value is FieldRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function missing(path: string): Error {
  return invalidParameter(`Missing value for required parameter '${path}'. ${moreInformation}`);
}

/** The refusal of a value of a wrong type, in MLflow's words. */
export function wrongType(path: string, value: unknown): Error {
  const shown = JSON.stringify(value) ?? 'null';
  const short = shown.length > 200 ? `${shown.slice(0, 200)}…` : shown;
  return invalidParameter(
    `Invalid value ${short} for parameter '${path}' supplied:  Hint: Value was of type '${typeName(value)}'. ${moreInformation}`,
  );
}

const moreInformation = 'See the API docs for more information about request parameters.';

/** The type as a Python reader of MLflow's messages knows it. */
function typeName(value: unknown): string {
  if (value === null) return 'NoneType';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return 'dict';
}
