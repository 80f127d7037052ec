import type { Lifecycle, Search, SearchOrder } from '../../ports/tracking-store.ts';
import { invalidParameter } from './mlflow-error.ts';
import { type RequestFields, wrongType } from './request-fields.ts';
import { readFilter, readOrder, type SearchVocabulary } from './search-terms.ts';

export const prefixes = ['/api/2.0', '/ajax-api/2.0'];
/** For what only MLflow's pages ask. */
export const pagePrefixes = ['/ajax-api/2.0'];
export const newPrefixes = ['/api/3.0', '/ajax-api/3.0'];

/** One of MLflow's REST calls: fields in, message out. */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below `/mlflow` of each prefix; `:name` stands for one segment. */
  readonly path: string;
  /** The prefixes under which MLflow serves it; `/api/2.0` and `/ajax-api/2.0` when not said. */
  readonly prefixes?: readonly string[];
  /** `segment` gives what stands in the path for a name. */
  handle(fields: RequestFields, segment: (name: string) => string): Promise<object>;
}

export interface SearchLimits {
  readonly default: number;
  readonly most: number;
  /** How MLflow refuses more: by the range, or as it refuses a value of a wrong type. */
  readonly refusal?: 'range';
  /** What a limit of 0 means: refused unless told, for some searches of MLflow the default. */
  readonly nought?: 'default';
}

/** The fields that every search shares; `order` where a search says it in another shape than texts. */
export function readSearch(
  fields: RequestFields,
  vocabulary: SearchVocabulary,
  limits: SearchLimits,
  order: readonly SearchOrder[] = readOrder(fields.texts('order_by'), vocabulary),
): Search {
  return {
    clauses: readFilter(fields.text('filter'), vocabulary),
    order,
    limit: readLimit(fields, limits),
    pageToken: fields.text('page_token') || null,
  };
}

function readLimit(fields: RequestFields, limits: SearchLimits): number {
  const asked = fields.optionalInteger('max_results') ?? limits.default;
  const limit = asked === 0 && limits.nought === 'default' ? limits.default : asked;
  if (limit >= 1 && limit <= limits.most) return limit;
  const start = `Invalid value ${limit} for parameter 'max_results' supplied`;
  if (limit < 1) throw invalidParameter(`${start}. It must be a positive integer`);
  if (limits.refusal === 'range') throw invalidParameter(`${start}. It must be at most ${limits.most}`);
  throw invalidParameter(
    `${start}:  Hint: Value was of type 'int'. See the API docs for more information about request parameters.`,
  );
}

const views: Readonly<Record<string, readonly Lifecycle[]>> = {
  ACTIVE_ONLY: ['active'],
  DELETED_ONLY: ['deleted'],
  ALL: ['active', 'deleted'],
  1: ['active'],
  2: ['deleted'],
  3: ['active', 'deleted'],
};

/** A view type by name or protobuf number. */
export function readView(fields: RequestFields, name: string): readonly Lifecycle[] {
  const view = readEnumeration(fields, name) ?? 'ACTIVE_ONLY';
  const lifecycles = Object.hasOwn(views, view) ? views[view] : undefined;
  if (lifecycles === undefined) throw wrongEnumeration(fields, name);
  return lifecycles;
}

/** An enumerated field as text: clients send names, and protobuf allows numbers. */
export function readEnumeration(fields: RequestFields, name: string): string | null {
  if (!fields.has(name)) return null;
  try {
    return String(fields.optionalInteger(name));
  } catch {
    return fields.text(name);
  }
}

/** The refusal of a value that is none of an enumeration's. */
export function wrongEnumeration(fields: RequestFields, name: string): Error {
  return wrongType(name, fields.raw(name));
}

export function nextPage(token: string | null): object {
  return token === null ? {} : { next_page_token: token };
}
