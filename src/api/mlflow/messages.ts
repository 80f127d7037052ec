import type {
  DatasetInput,
  ExperimentRow,
  FullRun,
  KeyValue,
  LoggedModelRow,
  MetricRow,
  ModelVersionRow,
  RegisteredModelRow,
  RunInfoRow,
} from '../../ports/tracking-store.ts';

/** MLflow 3 names the one there is; its older clients skip the field. */
const workspace = 'default';

/**
 * MLflow's messages as its server writes them: proto names, 64-bit integers as numbers, NaN and infinities as texts,
 * empty lists and unset fields left out.
 */
export function experimentMessage(experiment: ExperimentRow): object {
  return {
    experiment_id: experiment.experimentId,
    name: experiment.name,
    artifact_location: experiment.artifactLocation,
    lifecycle_stage: experiment.lifecycle,
    workspace,
    last_update_time: experiment.lastUpdateTime,
    creation_time: experiment.creationTime,
    ...list('tags', experiment.tags, pair),
  };
}

export function runInfoMessage(info: RunInfoRow): object {
  return {
    run_uuid: info.runId,
    experiment_id: info.experimentId,
    run_name: info.name,
    user_id: info.userId,
    status: info.status,
    start_time: info.startTime,
    ...(info.endTime === null ? {} : { end_time: info.endTime }),
    artifact_uri: info.artifactUri,
    lifecycle_stage: info.lifecycle,
    run_id: info.runId,
  };
}

export function runMessage(run: FullRun): object {
  return {
    info: runInfoMessage(run.info),
    data: {
      ...list('metrics', run.metrics, metricMessage),
      ...list('params', run.params, pair),
      ...list('tags', run.tags, pair),
    },
    inputs: {
      ...list('dataset_inputs', run.datasets, datasetInputMessage),
      ...list('model_inputs', run.modelInputs, (model) => ({ model_id: model.modelId })),
    },
    outputs: list('model_outputs', run.modelOutputs, (model) => ({ model_id: model.modelId, step: model.step })),
  };
}

/** A run just created: of outputs nothing is said yet. */
export function newRunMessage(run: FullRun): object {
  const { outputs: _none, ...message } = runMessage(run) as { readonly outputs: object };
  return message;
}

export function metricMessage(metric: MetricRow): object {
  return {
    key: metric.key,
    value: Number.isFinite(metric.value) ? metric.value : String(metric.value),
    timestamp: metric.timestamp,
    step: metric.step,
    ...optional('dataset_name', metric.datasetName),
    ...optional('dataset_digest', metric.datasetDigest),
    ...optional('model_id', metric.modelId),
  };
}

export function loggedModelMessage(model: LoggedModelRow): object {
  return {
    info: {
      model_id: model.modelId,
      experiment_id: model.experimentId,
      name: model.name,
      creation_timestamp_ms: model.creationTime,
      last_updated_timestamp_ms: model.lastUpdatedTime,
      artifact_uri: model.artifactLocation,
      status: `LOGGED_MODEL_${model.status}`,
      model_type: model.modelType ?? '',
      source_run_id: model.sourceRunId ?? '',
      ...list('tags', model.tags, pair),
    },
    data: {
      ...list('params', model.params, pair),
      ...list('metrics', model.metrics, (metric) => ({ ...metricMessage(metric), run_id: metric.runId })),
    },
  };
}

export function modelMessage(model: RegisteredModelRow): object {
  return {
    name: model.name,
    creation_timestamp: model.creationTime,
    last_updated_timestamp: model.lastUpdatedTime,
    ...optional('description', model.description),
    ...list('latest_versions', model.latestVersions, versionMessage),
    ...list('tags', model.tags, pair),
    ...list('aliases', model.aliases, ({ alias, version }) => ({ alias, version: String(version) })),
  };
}

export function versionMessage(version: ModelVersionRow): object {
  return {
    name: version.name,
    version: String(version.version),
    creation_timestamp: version.creationTime,
    last_updated_timestamp: version.lastUpdatedTime,
    current_stage: version.stage,
    ...(version.description === null ? {} : { description: version.description }),
    source: version.source,
    run_id: version.runId ?? '',
    status: 'READY',
    run_link: version.runLink ?? '',
    ...optional('model_id', version.modelId),
    ...list('tags', version.tags, pair),
    ...(version.aliases.length === 0 ? {} : { aliases: version.aliases }),
  };
}

/** A repeated field, left out when empty. */
export function list<Row>(
  name: string,
  rows: readonly Row[],
  message: (row: Row) => object,
): Readonly<Record<string, readonly object[]>> {
  return rows.length === 0 ? {} : { [name]: rows.map((row) => message(row)) };
}

/** A text, left out when there is none. */
export function optional(name: string, value: string | null | undefined): Readonly<Record<string, string>> {
  return value === null || value === undefined || value === '' ? {} : { [name]: value };
}

function datasetInputMessage(input: DatasetInput): object {
  const { name, digest, sourceType, source, schema, profile } = input.dataset;
  return {
    ...list('tags', input.tags, pair),
    dataset: {
      name,
      digest,
      source_type: sourceType,
      source,
      ...optional('schema', schema),
      ...optional('profile', profile),
    },
  };
}

function pair({ key, value }: KeyValue): object {
  return { key, value };
}
