import type { ModelVersion, RunRecord, Stage } from '../../ports/tracking.ts';

/** MLflow's messages as this client reads them; 64-bit integers come as numbers, from some servers as texts. */
export interface RunMessage {
  readonly info: {
    readonly run_id: string;
    readonly run_name?: string;
    readonly status: RunRecord['status'];
    readonly start_time: number | string;
    readonly end_time?: number | string;
    readonly artifact_uri: string;
  };
  readonly data?: {
    readonly params?: readonly PairMessage[];
    readonly metrics?: readonly { readonly key: string; readonly value: number | string }[];
    readonly tags?: readonly PairMessage[];
  };
}

export interface VersionMessage {
  readonly name: string;
  readonly version: string;
  readonly current_stage?: Stage;
  readonly run_id?: string;
  readonly source: string;
  readonly creation_timestamp: number | string;
  readonly tags?: readonly PairMessage[];
}

interface PairMessage {
  readonly key: string;
  readonly value?: string;
}

export function recordOf({ info, data = {} }: RunMessage): RunRecord {
  return {
    runId: info.run_id,
    name: info.run_name ?? '',
    status: info.status,
    startedAtMs: Number(info.start_time),
    endedAtMs: info.end_time === undefined ? null : Number(info.end_time),
    params: recordOfPairs(data.params),
    // NaN and the infinities are texts in JSON.
    metrics: Object.fromEntries((data.metrics ?? []).map(({ key, value }) => [key, Number(value)])),
    tags: recordOfPairs(data.tags),
  };
}

export function versionOf(message: VersionMessage): ModelVersion {
  return {
    name: message.name,
    version: Number(message.version),
    stage: message.current_stage ?? 'None',
    runId: message.run_id ?? '',
    source: message.source,
    createdAtMs: Number(message.creation_timestamp),
    tags: recordOfPairs(message.tags),
  };
}

function recordOfPairs(pairs: readonly PairMessage[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, value ?? '']));
}
