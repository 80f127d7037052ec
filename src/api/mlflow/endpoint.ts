import type { Lifecycle, Search, SearchOrder } from '../../ports/tracking-store.ts';
import { invalidParameter } from './mlflow-error.ts';
import type { RequestFields } from './request-fields.ts';
import { readFilter, readOrder, type SearchVocabulary } from './search-terms.ts';

/** One of MLflow's REST calls: fields in, message out. */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below `/api/2.0/mlflow` and `/ajax-api/2.0/mlflow`; `:name` stands for one segment. */
  readonly path: string;
  /** `segment` gives what stands in the path for a name. */
  handle(fields: RequestFields, segment: (name: string) => string): Promise<object>;
}

export interface SearchLimits {
  readonly default: number;
  readonly most: number;
}

/** The fields that every search shares; `order` where a search says it in another shape than texts. */
export function readSearch(
  fields: RequestFields,
  vocabulary: SearchVocabulary,
  limits: SearchLimits,
  order: readonly SearchOrder[] = readOrder(fields.texts('order_by'), vocabulary),
): Search {
  const limit = fields.optionalInteger('max_results') ?? limits.default;
  if (limit < 1 || limit > limits.most) {
    const range = limit < 1 ? 'a positive integer' : `at most ${limits.most}`;
    throw invalidParameter(`Invalid value ${limit} for parameter 'max_results' supplied. It must be ${range}.`);
  }
  return {
    clauses: readFilter(fields.text('filter'), vocabulary),
    order,
    limit,
    pageToken: fields.text('page_token') || null,
  };
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
  if (lifecycles === undefined) throw invalidParameter(`Invalid value "${view}" for parameter '${name}' supplied.`);
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

export function nextPage(token: string | null): object {
  return token === null ? {} : { next_page_token: token };
}
