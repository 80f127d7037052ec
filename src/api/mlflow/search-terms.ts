import { PlatformError } from '../../domain/errors.ts';
import type { SearchClause, SearchEntity, SearchOrder } from '../../ports/tracking-store.ts';
import { type Identifier, type Literal, type ParsedClause, parseFilter, parseOrder } from './search-language.ts';

/** What a kind of row can be searched by: the meaning that the names of the language have for it. */
export interface SearchVocabulary {
  /** Accepted spellings of each entity. */
  readonly entities: Readonly<Record<string, SearchEntity>>;
  /** The entities as MLflow's refusals list them. */
  readonly entityNames: string;
  /** Other spellings of attributes. */
  readonly attributeAliases?: Readonly<Record<string, string>>;
  readonly textAttributes: readonly string[];
  readonly numericAttributes: readonly string[];
  /** Attributes that are texts in a filter and integers in the store. */
  readonly idAttributes?: readonly string[];
  /** Text attributes that can be compared with a list. */
  readonly listAttributes: readonly string[];
  readonly orderAttributes: readonly string[];
  readonly orderAliases?: Readonly<Record<string, string>>;
  readonly canTestTagsForNull: boolean;
  /** Values of tags and parameters can be compared with a list. */
  readonly canListValues?: boolean;
}

const tagEntities = { attribute: 'attribute', tag: 'tag', tags: 'tag' } as const;
const tagEntityNames = "('attribute', 'tag', 'tags')";

export const runVocabulary: SearchVocabulary = {
  entities: {
    metric: 'metric',
    metrics: 'metric',
    parameter: 'parameter',
    parameters: 'parameter',
    param: 'parameter',
    params: 'parameter',
    tag: 'tag',
    tags: 'tag',
    attribute: 'attribute',
    attributes: 'attribute',
    attr: 'attribute',
    run: 'attribute',
    dataset: 'dataset',
    datasets: 'dataset',
  },
  entityNames: "['metric', 'parameter', 'tag', 'attribute', 'dataset']",
  attributeAliases: {
    created: 'start_time',
    Created: 'start_time',
    'run name': 'run_name',
    'Run name': 'run_name',
    'Run Name': 'run_name',
  },
  orderAliases: { created: 'start_time', Created: 'start_time' },
  textAttributes: ['artifact_uri', 'run_id', 'run_name', 'status', 'user_id'],
  numericAttributes: ['start_time', 'end_time'],
  listAttributes: ['run_id'],
  orderAttributes: ['artifact_uri', 'end_time', 'run_id', 'run_name', 'start_time', 'status', 'user_id'],
  canTestTagsForNull: true,
};

export const experimentVocabulary: SearchVocabulary = {
  entities: tagEntities,
  entityNames: tagEntityNames,
  textAttributes: ['name'],
  numericAttributes: ['creation_time', 'last_update_time'],
  idAttributes: ['experiment_id'],
  listAttributes: [],
  orderAttributes: ['name', 'experiment_id', 'creation_time', 'last_update_time'],
  canTestTagsForNull: true,
};

export const modelVocabulary: SearchVocabulary = {
  entities: tagEntities,
  entityNames: tagEntityNames,
  textAttributes: ['name'],
  numericAttributes: [],
  listAttributes: ['name'],
  orderAttributes: ['name', 'last_updated_timestamp'],
  orderAliases: { timestamp: 'last_updated_timestamp' },
  canTestTagsForNull: false,
};

export const versionVocabulary: SearchVocabulary = {
  entities: tagEntities,
  entityNames: tagEntityNames,
  textAttributes: ['name', 'run_id', 'source_path'],
  numericAttributes: ['version_number'],
  listAttributes: ['name', 'run_id'],
  orderAttributes: ['name', 'version_number', 'creation_timestamp', 'last_updated_timestamp'],
  canTestTagsForNull: false,
};

export const loggedModelVocabulary: SearchVocabulary = {
  entities: {
    metric: 'metric',
    metrics: 'metric',
    param: 'parameter',
    params: 'parameter',
    parameter: 'parameter',
    parameters: 'parameter',
    tag: 'tag',
    tags: 'tag',
    attribute: 'attribute',
    attributes: 'attribute',
    attr: 'attribute',
  },
  entityNames: "['metric', 'parameter', 'tag', 'attribute']",
  attributeAliases: { creation_time: 'creation_timestamp', last_updated_time: 'last_updated_timestamp' },
  textAttributes: ['name', 'model_id', 'model_type', 'status', 'source_run_id'],
  numericAttributes: ['creation_timestamp', 'last_updated_timestamp'],
  listAttributes: ['name', 'model_id', 'model_type', 'status', 'source_run_id'],
  orderAttributes: [
    'name',
    'model_id',
    'model_type',
    'status',
    'source_run_id',
    'creation_timestamp',
    'last_updated_timestamp',
  ],
  orderAliases: { creation_time: 'creation_timestamp', last_updated_time: 'last_updated_timestamp' },
  canTestTagsForNull: false,
  canListValues: true,
};

/** The clauses of a filter string; throws INPUT_INVALID in MLflow's words. */
export function readFilter(text: string, vocabulary: SearchVocabulary): SearchClause[] {
  return parseFilter(text)
    .map((clause) => readClause(clause, vocabulary))
    .filter((clause) => !asksForNoPrompts(clause));
}

/** The terms of `order_by`; a field named twice is refused. */
export function readOrder(terms: readonly string[], vocabulary: SearchVocabulary): SearchOrder[] {
  const seen = new Set<string>();
  return terms.map((text) => {
    const term = readOrderTerm(text, vocabulary);
    const name = `${term.entity} ${term.key}`;
    if (seen.has(name)) throw invalid(`\`order_by\` contains duplicate fields: ${JSON.stringify(terms)}`);
    seen.add(name);
    return term;
  });
}

/** One term of an order: a field, and `ASC` or `DESC` after it. */
export function readOrderTerm(text: string, vocabulary: SearchVocabulary): SearchOrder {
  const { identifier, ascending } = parseOrder(text);
  const { entity, key } = readIdentifier(identifier, vocabulary, vocabulary.orderAttributes, vocabulary.orderAliases);
  const hasNoOrder = entity === 'dataset' || (entity === 'tag' && vocabulary.entities['metric'] === undefined);
  if (hasNoOrder) throw invalid(`Invalid order_by entity: ${entity}`);
  return { entity, key, ascending };
}

const orderings = ['=', '!=', '<', '<=', '>', '>='];
const likenesses = ['=', '!=', 'LIKE', 'ILIKE'];

function readClause(clause: ParsedClause, vocabulary: SearchVocabulary): SearchClause {
  const { textAttributes, numericAttributes, idAttributes = [], attributeAliases } = vocabulary;
  const attributes = [...textAttributes, ...numericAttributes, ...idAttributes];
  const { entity, key } = readIdentifier(clause.identifier, vocabulary, attributes, attributeAliases);
  requireComparator(clause.comparator, comparatorsOf(entity, key, vocabulary));
  if (clause.shape === 'tested') return { entity, key, comparator: clause.comparator, value: null };
  if (clause.shape === 'listed') {
    const values = clause.values.map((literal) => readText(literal, entity, key));
    if (idAttributes.includes(key)) for (const value of values) requireId(value);
    return { entity, key, comparator: clause.comparator, value: values };
  }
  const isNumeric = entity === 'metric' || (entity === 'attribute' && numericAttributes.includes(key));
  const value = isNumeric ? readNumber(clause.value, entity, key) : readText(clause.value, entity, key);
  if (entity === 'attribute' && idAttributes.includes(key)) requireId(String(value));
  return { entity, key, comparator: clause.comparator, value };
}

function readIdentifier(
  identifier: Identifier,
  vocabulary: SearchVocabulary,
  attributes: readonly string[],
  aliases: Readonly<Record<string, string>> = {},
): { readonly entity: SearchEntity; readonly key: string } {
  const spelled = identifier.entity ?? 'attribute';
  const entity = Object.hasOwn(vocabulary.entities, spelled) ? vocabulary.entities[spelled] : undefined;
  if (entity === undefined) {
    throw invalid(`Invalid entity type '${shown(spelled)}'. Valid values are ${vocabulary.entityNames}`);
  }
  if (identifier.key.includes('\0')) throw invalid('A key may not contain the character NUL.');
  const key =
    entity === 'attribute' && Object.hasOwn(aliases, identifier.key) ? aliases[identifier.key] : identifier.key;
  const known = entity === 'attribute' ? attributes : entity === 'dataset' ? ['name', 'digest', 'context'] : null;
  if (key === undefined || (known !== null && !known.includes(key))) {
    throw invalid(
      `Invalid ${entity} key '${shown(identifier.key)}' specified. Valid keys are '{${(known ?? []).map((name) => `'${name}'`).join(', ')}}'`,
    );
  }
  return { entity, key };
}

function comparatorsOf(entity: SearchEntity, key: string, vocabulary: SearchVocabulary): readonly string[] {
  switch (entity) {
    case 'metric':
      return orderings;
    case 'parameter':
    case 'tag':
      return [
        ...likenesses,
        ...(vocabulary.canTestTagsForNull ? ['IS NULL', 'IS NOT NULL'] : []),
        ...(vocabulary.canListValues ? ['IN', 'NOT IN'] : []),
      ];
    case 'dataset':
      return [...likenesses, 'IN', 'NOT IN'];
    case 'attribute':
      if (vocabulary.numericAttributes.includes(key)) return orderings;
      if (vocabulary.idAttributes?.includes(key)) return ['=', '!=', 'IN', 'NOT IN'];
      return vocabulary.listAttributes.includes(key) ? [...likenesses, 'IN', 'NOT IN'] : likenesses;
  }
}

function requireComparator(comparator: string, allowed: readonly string[]): void {
  if (allowed.includes(comparator)) return;
  throw invalid(`Invalid comparator '${comparator}' not one of '{${allowed.map((one) => `'${one}'`).join(', ')}}'`);
}

function readNumber(literal: Literal, entity: SearchEntity, key: string): number {
  if (literal.kind === 'number') return literal.value;
  throw invalid(
    entity === 'metric'
      ? `Expected numeric value type for metric. Found ${shown(literal.text)}`
      : `Expected numeric value type for numeric attribute: ${key}. Found ${shown(literal.text)}`,
  );
}

function readText(literal: Literal, entity: SearchEntity, key: string): string {
  if (literal.kind === 'string' && !literal.value.includes('\0')) return literal.value;
  const what = entity === 'attribute' ? `attribute ${key}` : entity;
  throw invalid(`Expected a quoted string value for ${what} (e.g. 'my-value'). Got value ${shown(literal.text)}`);
}

function requireId(value: string): void {
  if (/^-?\d{1,15}$/.test(value)) return;
  throw invalid(`Invalid experiment ID '${shown(value)}'. Experiment ID must be a valid integer.`);
}

/** MLflow's clients ask for models that are no prompts; here none is. */
function asksForNoPrompts(clause: SearchClause): boolean {
  return (
    clause.entity === 'tag' &&
    clause.key === 'mlflow.prompt.is_prompt' &&
    ((clause.comparator === '!=' && clause.value === 'true') || (clause.comparator === '=' && clause.value === 'false'))
  );
}

function invalid(message: string): PlatformError {
  return new PlatformError('INPUT_INVALID', message);
}

function shown(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
