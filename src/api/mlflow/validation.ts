import { posix } from 'node:path';
import type { DatasetInput, KeyValue, MetricRow } from '../../ports/tracking-store.ts';
import { invalidParameter } from './mlflow-error.ts';
import type { RequestFields } from './request-fields.ts';

/** MLflow's limits (mlflow/utils/validation.py), in characters and entries. */
const limits = {
  experimentName: 500,
  key: 250,
  paramValue: 6000,
  tagValue: 8000,
  experimentTagValue: 20_000,
  registryTagValue: 100_000,
  alias: 255,
  datasetName: 500,
  datasetDigest: 36,
  datasetSource: 65_535,
  datasetSchema: 1_048_575,
  datasetProfile: 16_777_215,
  inputTagKey: 255,
  inputTagValue: 500,
  batchMetrics: 1000,
  batchParamsOrTags: 100,
  batchEntities: 1000,
} as const;

export function requireExperimentName(name: string): string {
  if (name === '') throw invalidParameter("Invalid experiment name: ''");
  limitLength('name', limits.experimentName, name);
  return name;
}

export function requireExperimentId(text: string): string {
  if (!/^\s*[+-]?\d{1,15}\s*$/.test(text)) {
    throw invalidParameter(`Invalid experiment ID '${text}'. Experiment ID must be a valid integer.`);
  }
  return String(Number(text));
}

export function requireRunId(runId: string): string {
  if (!/^[a-zA-Z0-9][\w-]{0,255}$/.test(runId)) throw invalidValue('run_id', runId);
  return runId;
}

export function requireModelName(name: string, path = 'name'): string {
  if (name.trim() === '') throw invalidParameter(`Missing value for required parameter '${path}'.`);
  if (/[/:]/.test(name)) throw invalidParameter(`Invalid model name '${name}'. Names cannot contain '/' or ':'.`);
  if (isAnotherPath(name)) throw invalidValue('name', name, badPath(name));
  return name;
}

export function requireVersion(text: string): number {
  const version = /^\s*[+-]?\d+\s*$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(version)) throw invalidParameter(`Parameter 'version' must be an integer, got '${text}'.`);
  // Beyond the column's range there is no version either way; zero stands for every such number.
  return version > 0 && version <= 2_147_483_647 ? version : 0;
}

export function requireAlias(alias: string): string {
  if (!/^[\w-]*$/.test(alias)) {
    throw invalidParameter(
      `Invalid alias name: '${alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-).`,
    );
  }
  limitLength('Registered model alias name', limits.alias, alias);
  return alias;
}

/** `latest` and `v1` mean something already. */
export function refuseReservedAlias(alias: string): void {
  if (alias.toLowerCase() === 'latest') {
    throw invalidParameter("'latest' alias name (case insensitive) is reserved.");
  }
  if (/^v\d+$/i.test(alias)) throw invalidParameter(`Version alias name '${alias}' is reserved.`);
}

export type TagOwner = 'experiment' | 'run' | 'registry';

const tagValueLimits: Readonly<Record<TagOwner, number>> = {
  experiment: limits.experimentTagValue,
  run: limits.tagValue,
  registry: limits.registryTagValue,
};

export function readTag(fields: RequestFields, owner: TagOwner, path = ''): KeyValue {
  const key = fields.requiredText('key');
  const value = fields.text('value');
  requireName(key, `${path}key`);
  limitLength(`${path}key`, limits.key, key);
  if (owner === 'run') return { key, value: truncated(value, tagValueLimits.run) };
  limitLength(`${path}value`, tagValueLimits[owner], value);
  return { key, value };
}

/** Of a run's tags a refusal tells the place in the list; of others, as MLflow does, only the field. */
export function readTags(fields: RequestFields, owner: TagOwner): KeyValue[] {
  const pathOf = (index: number) => (owner === 'run' ? `tags[${index}].` : '');
  return fields.messages('tags').map((tag, index) => readTag(tag, owner, pathOf(index)));
}

export function requireTagKey(key: string): string {
  requireName(key, 'key');
  return key;
}

export function readParam(fields: RequestFields, path = ''): KeyValue {
  const key = fields.requiredText('key');
  requireName(key, `${path}key`);
  limitLength('Param key', limits.key, key);
  return { key, value: truncated(fields.text('value'), limits.paramValue) };
}

export function readMetric(fields: RequestFields, path = ''): MetricRow {
  const key = fields.requiredText('key');
  const value = fields.requiredDouble('value');
  const timestamp = fields.requiredInteger('timestamp');
  const step = fields.optionalInteger('step') ?? 0;
  requireName(key, `${path}name`);
  if (timestamp < 0) {
    throw invalidValue(
      `${path}timestamp`,
      timestamp,
      `metric '${key}' (value=${floatText(value)}). Timestamp must be a nonnegative long (64-bit integer) `,
    );
  }
  limitLength('Metric name', limits.key, key);
  return {
    key,
    value,
    timestamp,
    step,
    modelId: fields.optionalText('model_id') || null,
    datasetName: fields.optionalText('dataset_name') || null,
    datasetDigest: fields.optionalText('dataset_digest') || null,
  };
}

export function readBatch(fields: RequestFields): {
  readonly metrics: MetricRow[];
  readonly params: KeyValue[];
  readonly tags: KeyValue[];
} {
  const metrics = fields.messages('metrics').map((metric, index) => readMetric(metric, `metrics[${index}].`));
  const params = fields.messages('params').map((param, index) => readParam(param, `params[${index}].`));
  const tags = readTags(fields, 'run');
  limitBatch('metrics', limits.batchMetrics, metrics.length);
  limitBatch('params', limits.batchParamsOrTags, params.length);
  limitBatch('tags', limits.batchParamsOrTags, tags.length);
  const total = metrics.length + params.length + tags.length;
  limitBatch('metrics, params, and tags', limits.batchEntities, total);
  requireUniqueKeys(params);
  return { metrics, params, tags };
}

export function readDatasetInput(fields: RequestFields): DatasetInput {
  const given = fields.message('dataset');
  if (given === null) throw invalidParameter('Dataset cannot be None');
  const dataset = {
    name: given.requiredText('name'),
    digest: given.requiredText('digest'),
    sourceType: given.requiredText('source_type'),
    source: given.requiredText('source'),
    schema: given.optionalText('schema'),
    profile: given.optionalText('profile'),
  };
  limitLength('name', limits.datasetName, dataset.name);
  limitLength('digest', limits.datasetDigest, dataset.digest);
  limitLength('source', limits.datasetSource, dataset.source);
  limitLength('schema', limits.datasetSchema, dataset.schema ?? '');
  limitLength('profile', limits.datasetProfile, dataset.profile ?? '');
  const tags = fields.messages('tags').map((tag) => ({ key: tag.requiredText('key'), value: tag.text('value') }));
  for (const tag of tags) {
    limitLength('key', limits.inputTagKey, tag.key);
    limitLength('value', limits.inputTagValue, tag.value);
  }
  return { dataset, tags };
}

/** Names that MLflow lets be files: no path within them may lead elsewhere. */
function requireName(name: string, path: string): void {
  if (!/^[/\p{L}\p{N}_.\- :]*$/u.test(name)) {
    throw invalidValue(
      path,
      name,
      'Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).',
    );
  }
  if (isAnotherPath(name)) throw invalidValue(path, name, badPath(name));
}

function isAnotherPath(name: string): boolean {
  const normal = normalPath(name);
  return normal !== name || normal === '.' || normal.startsWith('..') || normal.startsWith('/');
}

/** As Python's posixpath.normpath, which also drops a trailing slash. */
function normalPath(name: string): string {
  const normal = posix.normalize(name);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

function badPath(name: string): string {
  return (
    'Names may be treated as files in certain cases, and must not resolve to other names when treated as such. ' +
    `This name would resolve to '${normalPath(name)}'`
  );
}

/** A double as Python writes it. */
function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? `${value}.0` : String(value);
}

function limitLength(name: string, limit: number, text: string): void {
  // Characters, not UTF-16 units; the cheap test first.
  if (text.length > limit && [...text].length > limit) {
    throw invalidParameter(`'${name}' exceeds the maximum length of ${limit} characters`);
  }
}

/** MLflow's server cuts long values of runs' parameters and tags by default; its clients count on being taken. */
function truncated(text: string, limit: number): string {
  return text.length <= limit ? text : [...text].slice(0, limit).join('');
}

function limitBatch(what: string, limit: number, length: number): void {
  if (length <= limit) return;
  throw invalidParameter(
    `A batch logging request can contain at most ${limit} ${what}. Got ${length} ${what}. ` +
      `Please split up ${what} across multiple requests and try again.`,
  );
}

function requireUniqueKeys(params: readonly KeyValue[]): void {
  const seen = new Set<string>();
  const repeated = params.map((param) => param.key).filter((key) => seen.size === seen.add(key).size);
  if (repeated.length === 0) return;
  throw invalidParameter(
    `Duplicate parameter keys have been submitted: [${repeated.map((key) => `'${key}'`).join(', ')}]. ` +
      'Please ensure the request contains only one param value per param key.',
  );
}

function invalidValue(path: string, value: unknown, reason?: string): Error {
  const supplied = `Invalid value ${JSON.stringify(value)} for parameter '${path}' supplied`;
  return invalidParameter(reason === undefined ? `${supplied}.` : `${supplied}: ${reason}`);
}
