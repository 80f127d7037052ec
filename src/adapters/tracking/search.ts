import { assert, PlatformError } from '../../domain/errors.ts';
import type {
  Comparator,
  DatasetReference,
  Page,
  Search,
  SearchClause,
  SearchOrder,
} from '../../ports/tracking-store.ts';
import { type Queryable, rows } from '../warehouse/pool.ts';
import { namedQueries } from './named-queries.ts';
import { invalid, marksOf, type PageMarks, pageTokenOf } from './page-token.ts';

type ColumnType = 'text' | 'bigint' | 'float8' | 'integer';

interface Column {
  readonly column: string;
  readonly type: ColumnType;
  readonly isNullable?: boolean;
}

/** What one kind of row can be searched and ordered by, beside the pieces in search.sql that begin with its name. */
export interface SearchScope {
  readonly name: 'run' | 'experiment' | 'model' | 'version' | 'logged';
  /** MLflow's attribute names. */
  readonly attributes: Readonly<Record<string, Column>>;
  /** Appended to every order unless already in it, so that no two rows are equal in it. */
  readonly tieBreakers: readonly SearchOrder[];
}

export const runScope: SearchScope = {
  name: 'run',
  attributes: {
    run_id: { column: 'r.run_id', type: 'text' },
    run_name: { column: 'r.name', type: 'text' },
    status: { column: 'r.status', type: 'text' },
    user_id: { column: 'r.user_id', type: 'text' },
    artifact_uri: { column: 'r.artifact_uri', type: 'text' },
    start_time: { column: 'r.start_time', type: 'bigint' },
    end_time: { column: 'r.end_time', type: 'bigint', isNullable: true },
  },
  tieBreakers: [attribute('start_time', false), attribute('run_id', true)],
};

export const experimentScope: SearchScope = {
  name: 'experiment',
  attributes: {
    experiment_id: { column: 'r.experiment_id', type: 'bigint' },
    name: { column: 'r.name', type: 'text' },
    creation_time: { column: 'r.creation_time', type: 'bigint' },
    last_update_time: { column: 'r.last_update_time', type: 'bigint' },
  },
  tieBreakers: [attribute('experiment_id', false)],
};

export const modelScope: SearchScope = {
  name: 'model',
  attributes: {
    name: { column: 'r.name', type: 'text' },
    creation_timestamp: { column: 'r.creation_time', type: 'bigint' },
    last_updated_timestamp: { column: 'r.last_updated_time', type: 'bigint' },
  },
  tieBreakers: [attribute('name', true)],
};

export const versionScope: SearchScope = {
  name: 'version',
  attributes: {
    name: { column: 'r.name', type: 'text' },
    version_number: { column: 'r.version', type: 'integer' },
    run_id: { column: "coalesce(r.run_id, '')", type: 'text' },
    source_path: { column: 'r.source', type: 'text', isNullable: true },
    creation_timestamp: { column: 'r.creation_time', type: 'bigint' },
    last_updated_timestamp: { column: 'r.last_updated_time', type: 'bigint' },
  },
  tieBreakers: [attribute('name', true), attribute('version_number', false)],
};

export const loggedModelScope: SearchScope = {
  name: 'logged',
  attributes: {
    model_id: { column: 'r.model_id', type: 'text' },
    name: { column: 'r.name', type: 'text' },
    model_type: { column: "coalesce(r.model_type, '')", type: 'text' },
    status: { column: 'r.status', type: 'text' },
    source_run_id: { column: "coalesce(r.source_run_id, '')", type: 'text' },
    creation_timestamp: { column: 'r.creation_time', type: 'bigint' },
    last_updated_timestamp: { column: 'r.last_updated_time', type: 'bigint' },
  },
  tieBreakers: [attribute('creation_timestamp', false), attribute('model_id', true)],
};

/** Keys of the rows that a search finds, a page of them; `fixed` are the statement's own first parameters. */
export async function searchIds<Row extends { readonly id: string | number }>(
  db: Queryable,
  scope: SearchScope,
  fixed: readonly unknown[],
  search: Search,
  datasets: readonly DatasetReference[] = [],
): Promise<Page<Row>> {
  const limit = search.limit + 1;
  const known = isByMetric(scope, search)
    ? await foundIn<Row>(db, searchStatement(scope, fixed, search, { isKnownOnly: true }), search)
    : [];
  const found =
    known.length === limit
      ? known
      : await foundIn<Row>(db, searchStatement(scope, fixed, search, { datasets }), search);
  const shown = found.slice(0, search.limit);
  const last = shown.at(-1);
  return {
    rows: shown,
    nextPageToken: found.length > shown.length && last !== undefined ? pageTokenOf(last.marks) : null,
  };
}

/**
 * Runs with a value of the first ordered metric come before those with NaN or none. Among them the index is the order, so
 * that a full page of them is read and no more; where they do not fill it, one statement sorts all kinds together.
 */
function isByMetric(scope: SearchScope, { order }: Search): boolean {
  return scope.name === 'run' && order[0]?.entity === 'metric';
}

type Found<Row> = Row & { readonly marks: PageMarks };

export interface SearchStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/**
 * A search as a statement: its text is made of this project's own pieces only, whatever a client wrote is a value.
 * Null when only runs with a value of the ordered metric are asked for, and the page begins after them.
 */
export function searchStatement(
  scope: SearchScope,
  fixed: readonly unknown[],
  search: Search,
  {
    datasets = [],
    isKnownOnly = false,
  }: { readonly datasets?: readonly DatasetReference[]; readonly isKnownOnly?: boolean } = {},
): SearchStatement | null {
  const parameters: Parameters = { values: [...fixed] };
  const { joins, keys } = orderOf(scope, search.order, parameters, isKnownOnly);
  const conditions = search.clauses.map((clause) => conditionOf(scope, clause, parameters, datasets));
  if (datasets.length > 0 && !search.clauses.some((clause) => clause.entity === 'metric')) {
    conditions.push(fill(piece(`${scope.name}.datasets`), { on: onDatasets(datasets, parameters) }));
  }
  if (search.pageToken !== null) {
    const marks = marksOf(search.pageToken, keys.length);
    if (isKnownOnly && marks[0] !== '0') return null;
    conditions.push(afterMarks(keys, marks, parameters));
    if (isKnownOnly) conditions.push(fromMark(keys[1], marks[1], parameters));
  }
  const text = fill(pieces[scope.name], {
    marks: keys.map((key) => `(${key.expression})::text`).join(', '),
    joins: joins.join('\n'),
    conditions: conditions.map((condition) => `AND ${condition}`).join('\n'),
    order: keys.map((key) => `${key.expression} ${key.isAscending ? 'ASC' : 'DESC'}`).join(', '),
    limit: bind(parameters, search.limit + 1),
  });
  return { text, values: parameters.values };
}

async function foundIn<Row extends { readonly id: string | number }>(
  db: Queryable,
  statement: SearchStatement | null,
  search: Search,
): Promise<Found<Row>[]> {
  return statement === null ? [] : pageRows<Found<Row>>(db, statement, search);
}

/** Says again of the first value alone what the marks say of all, in a form in which an index can begin there. */
function fromMark(key: OrderKey | undefined, mark: string | null | undefined, parameters: Parameters): string {
  assert(key !== undefined, 'an order by a metric has its value as second key');
  return `${key.expression} ${key.isAscending ? '>=' : '<='} ${bind(parameters, mark ?? null)}::text::${key.type}`;
}

const pieces: Readonly<Record<string, string>> & Readonly<Record<SearchScope['name'], string>> = namedQueries(
  'postgres/tracking/search.sql',
  ['run', 'experiment', 'model', 'version', 'logged'],
);

interface Parameters {
  readonly values: unknown[];
}

interface OrderKey {
  readonly expression: string;
  readonly type: ColumnType;
  readonly isAscending: boolean;
}

function attribute(key: string, ascending: boolean): SearchOrder {
  return { entity: 'attribute', key, ascending };
}

/** A parameter's place in the statement. */
function bind(parameters: Parameters, value: unknown): string {
  parameters.values.push(value);
  return `$${parameters.values.length}`;
}

/** Missing values and NaN come last in both directions: a rank goes before each value that can be either. */
function orderOf(
  scope: SearchScope,
  asked: readonly SearchOrder[],
  parameters: Parameters,
  isKnownOnly: boolean,
): { readonly joins: readonly string[]; readonly keys: readonly OrderKey[] } {
  const joins: string[] = [];
  const keys: OrderKey[] = [];
  const isAsked = (term: SearchOrder) => asked.some((one) => one.entity === term.entity && one.key === term.key);
  for (const [index, term] of [...asked, ...scope.tieBreakers.filter((one) => !isAsked(one))].entries()) {
    if (term.entity === 'attribute') {
      const { column, type, isNullable } = attributeOf(scope, term.key);
      if (isNullable) keys.push({ expression: fill(piece('rank'), { column }), type: 'integer', isAscending: true });
      keys.push({ expression: column, type, isAscending: term.ascending });
      continue;
    }
    const alias = `o${index}`;
    const on = onDatasets(term.dataset === undefined ? [] : [term.dataset], parameters);
    const fillings = { alias, key: bind(parameters, term.key), on };
    if (index === 0 && isKnownOnly) {
      joins.push(fill(piece('order.metric.known'), fillings));
      keys.push({ expression: '0::integer', type: 'integer', isAscending: true });
      keys.push({ expression: `${alias}.value`, type: 'float8', isAscending: term.ascending });
      continue;
    }
    joins.push(fill(pieces[`order.${scope.name}.${term.entity}`] ?? piece(`order.${term.entity}`), fillings));
    const column = `${alias}.value`;
    const rank = piece(term.entity === 'metric' ? 'rank.metric' : 'rank');
    const value = term.entity === 'metric' ? fill(piece('value.metric'), { column }) : column;
    keys.push({ expression: fill(rank, { column }), type: 'integer', isAscending: true });
    keys.push({ expression: value, type: term.entity === 'metric' ? 'float8' : 'text', isAscending: term.ascending });
  }
  return { joins, keys };
}

const operators: Readonly<Record<Comparator, string>> = {
  '=': '=',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  LIKE: 'LIKE',
  ILIKE: 'ILIKE',
};

function conditionOf(
  scope: SearchScope,
  clause: SearchClause,
  parameters: Parameters,
  datasets: readonly DatasetReference[],
): string {
  const { entity, comparator, key } = clause;
  const base = entity === 'attribute' ? 'attribute' : `${scope.name}.${entity}`;
  const text = pieces[`${base}.${comparator}`] ?? piece(base);
  const column = entity === 'attribute' ? attributeOf(scope, key) : entity === 'dataset' ? datasetColumn(key) : null;
  const fillings: Record<string, string> = text.includes('{on}') ? { on: onDatasets(datasets, parameters) } : {};
  if (column !== null) fillings['column'] = column.column;
  else fillings['key'] = bind(parameters, key);
  if (clause.value !== null) {
    const type = column === null ? '' : `::${castOf(column, clause.value)}`;
    fillings['value'] = `${bind(parameters, clause.value)}${type}`;
  }
  if (comparator in operators) fillings['operator'] = operators[comparator as Comparator];
  return fill(text, fillings);
}

/** True of a metric's point on one of the data sets, or of every point when there is none to be on. */
function onDatasets(datasets: readonly DatasetReference[], parameters: Parameters): string {
  if (datasets.length === 0) return piece('on.any');
  return fill(piece('on.datasets'), {
    names: bind(
      parameters,
      datasets.map(({ name }) => name),
    ),
    digests: bind(
      parameters,
      datasets.map(({ digest }) => digest),
    ),
  });
}

/** A number may be wider than its column, or a fraction: it is compared as what it is. */
function castOf(column: Column, value: string | number | readonly string[]): string {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'bigint' : 'float8';
  return typeof value === 'string' ? column.type : `${column.type}[]`;
}

function attributeOf(scope: SearchScope, key: string): Column {
  const found = Object.hasOwn(scope.attributes, key) ? scope.attributes[key] : undefined;
  assert(found !== undefined, `the parser lets only known attributes through, not ${scope.name}.${key}`);
  return found;
}

const datasetColumns: Readonly<Record<string, Column>> = {
  name: { column: 'd.name', type: 'text' },
  digest: { column: 'd.digest', type: 'text' },
  context: {
    column: `(jsonb_path_query_first(i.tags, '$[*] ? (@.key == "mlflow.data.context").value') #>> '{}')`,
    type: 'text',
  },
};

function datasetColumn(key: string): Column {
  const found = Object.hasOwn(datasetColumns, key) ? datasetColumns[key] : undefined;
  assert(found !== undefined, `the parser lets only known data set attributes through, not ${key}`);
  return found;
}

/** True of rows after the marked one: the first key that differs decides. */
function afterMarks(keys: readonly OrderKey[], marks: PageMarks, parameters: Parameters): string {
  const places = keys.map((key, index) => `${bind(parameters, marks[index] ?? null)}::text::${key.type}`);
  const alternatives = keys.map((key, index) => {
    const equal = keys.slice(0, index).map((one, at) => `${one.expression} IS NOT DISTINCT FROM ${places[at]}`);
    return `(${[...equal, `${key.expression} ${key.isAscending ? '>' : '<'} ${places[index]}`].join(' AND ')})`;
  });
  return `(${alternatives.join(' OR ')})`;
}

async function pageRows<Row extends { readonly id: string | number }>(
  db: Queryable,
  statement: SearchStatement,
  search: Search,
): Promise<Row[]> {
  try {
    return await rows<Row & Record<string, unknown>>(db, statement.text, statement.values);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    // A mark that is not of its column's type, or a number that the column cannot hold.
    if (search.pageToken !== null && code === '22P02') throw invalid(search.pageToken);
    if (code === '22003') {
      throw new PlatformError('INPUT_INVALID', 'A number in the filter is out of the range of its field.', {
        cause: error,
      });
    }
    throw error;
  }
}

function piece(name: string): string {
  const text = pieces[name];
  assert(text !== undefined, `search.sql has the piece ${name}`);
  return text;
}

function fill(text: string, fillings: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const filling = fillings[name];
    assert(filling !== undefined, `the piece's {${name}} is given`);
    return filling;
  });
}
