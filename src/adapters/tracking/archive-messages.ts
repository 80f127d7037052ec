import type {
  ArchivedExperiment,
  ArchivedPoint,
  ArchivedRun,
  ArchivedVersion,
  KeyValue,
} from '../../ports/tracking-archive.ts';
import type { Paged } from './mlflow-calls.ts';

/** MLflow's messages as an archive reads and writes them; 64-bit integers come as numbers, from some servers as texts. */
export interface PairMessage {
  readonly key: string;
  readonly value?: string;
}

export interface ExperimentMessage {
  readonly experiment_id: string;
  readonly name: string;
  readonly lifecycle_stage?: string;
  readonly tags?: readonly PairMessage[];
}

export interface RunMessage {
  readonly info: {
    readonly run_id: string;
    readonly run_name?: string;
    readonly user_id?: string;
    readonly status: string;
    readonly start_time?: number | string;
    readonly end_time?: number | string;
    readonly artifact_uri: string;
    readonly lifecycle_stage?: string;
  };
  readonly data?: {
    readonly params?: readonly PairMessage[];
    readonly metrics?: readonly { readonly key: string }[];
    readonly tags?: readonly PairMessage[];
  };
  readonly inputs?: {
    readonly dataset_inputs?: readonly object[];
    readonly model_inputs?: readonly { readonly model_id: string }[];
  };
  readonly outputs?: {
    readonly model_outputs?: readonly { readonly model_id: string; readonly step?: number | string }[];
  };
}

export interface HistoryPage extends Paged {
  readonly metrics?: readonly PointMessage[];
}

export interface PointMessage {
  readonly key: string;
  /** NaN and the infinities are texts. */
  readonly value: number | string;
  readonly timestamp: number | string;
  readonly step?: number | string;
}

export interface ModelsPage extends Paged {
  readonly registered_models?: readonly { readonly name: string }[];
}

export interface ModelMessage {
  readonly description?: string;
  readonly tags?: readonly PairMessage[];
  readonly aliases?: readonly { readonly alias: string; readonly version: number | string }[];
}

export interface VersionsPage extends Paged {
  readonly model_versions?: readonly VersionMessage[];
}

export interface VersionMessage {
  readonly version: string;
  readonly current_stage?: string;
  readonly description?: string;
  readonly source: string;
  readonly run_id?: string;
  readonly model_id?: string;
  readonly tags?: readonly PairMessage[];
}

export interface FilesPage extends Paged {
  readonly files?: readonly { readonly path: string; readonly is_dir?: boolean }[];
}

export function pairOf({ key, value }: PairMessage): KeyValue {
  return { key, value: value ?? '' };
}

export function experimentOf({ experiment_id, name, lifecycle_stage, tags }: ExperimentMessage): ArchivedExperiment {
  return {
    experimentId: experiment_id,
    name,
    isDeleted: lifecycle_stage === 'deleted',
    tags: (tags ?? []).map(pairOf),
  };
}

export function runOf({ info, data = {}, inputs = {}, outputs = {} }: RunMessage): ArchivedRun {
  return {
    runId: info.run_id,
    name: info.run_name ?? '',
    userId: info.user_id ?? '',
    status: info.status,
    startTime: Number(info.start_time ?? 0),
    endTime: info.end_time === undefined ? null : Number(info.end_time),
    artifactUri: info.artifact_uri.replace(/\/+$/, ''),
    isDeleted: info.lifecycle_stage === 'deleted',
    params: (data.params ?? []).map(pairOf),
    metricKeys: (data.metrics ?? []).map(({ key }) => key),
    tags: (data.tags ?? []).map(pairOf),
    inputs: inputs.dataset_inputs ?? [],
    modelInputs: (inputs.model_inputs ?? []).map(({ model_id }) => model_id),
    modelOutputs: (outputs.model_outputs ?? []).map(({ model_id, step }) => ({
      modelId: model_id,
      step: Number(step ?? 0),
    })),
  };
}

export function pointOf({ key, value, timestamp, step }: PointMessage): ArchivedPoint {
  return { key, value: Number(value), timestamp: Number(timestamp), step: Number(step ?? 0) };
}

export function pointMessage({ key, value, timestamp, step }: ArchivedPoint): object {
  return { key, value: Number.isFinite(value) ? value : String(value), timestamp, step };
}

export function versionOf(message: VersionMessage): ArchivedVersion {
  return {
    version: Number(message.version),
    stage: message.current_stage ?? 'None',
    description: message.description ?? '',
    source: message.source,
    runId: message.run_id ?? '',
    // MLflow keeps it in the source alone.
    modelId: message.model_id || (/^models:\/(m-[^/]+)/.exec(message.source)?.[1] ?? ''),
    tags: (message.tags ?? []).map(pairOf),
  };
}
