/**
 * Experiments, runs and the model registry, in MLflow's terms and reached through MLflow's REST API,
 * so that our embedded server and a real MLflow are the same to every flow.
 */
export interface RunStart {
  readonly experiment: string;
  readonly name: string;
  readonly parentRunId?: string;
  readonly startedAtMs: number;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface MetricPoint {
  readonly key: string;
  readonly value: number;
  readonly step: number;
  readonly timestampMs: number;
}

/** The data that a run read, as MLflow shows inputs. */
export interface RunInput {
  /** At most 500 characters. */
  readonly name: string;
  /** Tells one state of the data from another; at most 36 characters. */
  readonly digest: string;
  /** JSON: where it came from. */
  readonly source: string;
  /** JSON: columns in MLflow's form. */
  readonly schema: string;
  /** JSON: counts, range and the whole hash. */
  readonly profile: string;
  /** What it was used for: `training`. */
  readonly context: string;
}

export interface RunRecord {
  readonly runId: string;
  readonly name: string;
  readonly status: 'RUNNING' | 'SCHEDULED' | 'FINISHED' | 'FAILED' | 'KILLED';
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly params: Readonly<Record<string, string>>;
  /** Latest value by key. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly tags: Readonly<Record<string, string>>;
}

export type Stage = 'None' | 'Staging' | 'Production' | 'Archived';

export interface ModelVersion {
  readonly name: string;
  readonly version: number;
  readonly stage: Stage;
  readonly runId: string;
  /** Artefact folder of the version, `mlflow-artifacts:/...` or as the server names it. */
  readonly source: string;
  readonly createdAtMs: number;
  readonly tags: Readonly<Record<string, string>>;
}

export interface Tracking {
  /** Creates the experiment on first use. */
  startRun(start: RunStart): Promise<string>;
  logBatch(
    runId: string,
    batch: {
      params?: Readonly<Record<string, string>>;
      metrics?: readonly MetricPoint[];
      tags?: Readonly<Record<string, string>>;
    },
  ): Promise<void>;
  /** Names a data set as an input of the run; a second call with the same name and digest changes nothing. */
  logInput(runId: string, input: RunInput): Promise<void>;
  putArtefact(runId: string, path: string, bytes: Uint8Array): Promise<void>;
  getArtefact(runId: string, path: string): Promise<Uint8Array>;
  finishRun(runId: string, status: 'FINISHED' | 'FAILED' | 'KILLED', endedAtMs: number): Promise<void>;
  searchRuns(experiment: string, filter: string, limit: number): Promise<RunRecord[]>;

  /** Creates the registered model on first use; a version that the run already has under this name is returned as it is. */
  registerVersion(
    name: string,
    runId: string,
    artefactPath: string,
    tags: Readonly<Record<string, string>>,
  ): Promise<ModelVersion>;
  /** Newest first; empty when the model is not registered. */
  versions(name: string): Promise<ModelVersion[]>;
  /** Moves a version; with `archiveOthers` every other version in that stage is archived in the same transaction. */
  transition(name: string, version: number, stage: Stage, archiveOthers: boolean): Promise<ModelVersion>;
  setAlias(name: string, alias: string, version: number): Promise<void>;
  versionByAlias(name: string, alias: string): Promise<ModelVersion | null>;
  setVersionTag(name: string, version: number, key: string, value: string): Promise<void>;
}
