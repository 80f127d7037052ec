/**
 * What the MLflow-compatible server keeps: experiments, runs and the model registry, without artefacts' bytes.
 * Values arrive validated in form (names, lengths, types); the store judges what depends on its state and throws
 * PlatformError: NOT_FOUND for what does not exist, CONFLICT for a name taken, INPUT_INVALID for a refused change,
 * STORE_UNAVAILABLE when it cannot be reached. `context.mlflowErrorCode` names MLflow's own code where it differs.
 * All times are milliseconds since 1970 UTC.
 */
export type Lifecycle = 'active' | 'deleted';

export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

export interface ExperimentRow {
  readonly experimentId: string;
  readonly name: string;
  readonly artifactLocation: string;
  readonly lifecycle: Lifecycle;
  readonly creationTime: number;
  readonly lastUpdateTime: number;
  readonly tags: readonly KeyValue[];
}

export type TrackedRunStatus = 'RUNNING' | 'SCHEDULED' | 'FINISHED' | 'FAILED' | 'KILLED';

/** A point of a metric: value may be NaN or infinite, step negative. */
export interface MetricRow {
  readonly key: string;
  readonly value: number;
  readonly timestamp: number;
  readonly step: number;
  readonly modelId?: string | null;
  readonly datasetName?: string | null;
  readonly datasetDigest?: string | null;
}

export interface RunMetricRow extends MetricRow {
  readonly runId: string;
}

export interface DatasetRow {
  readonly name: string;
  readonly digest: string;
  readonly sourceType: string;
  readonly source: string;
  readonly schema: string | null;
  readonly profile: string | null;
}

export interface DatasetInput {
  readonly dataset: DatasetRow;
  readonly tags: readonly KeyValue[];
}

export interface RunModel {
  readonly modelId: string;
  readonly step: number;
}

export interface RunInfoRow {
  readonly runId: string;
  readonly experimentId: string;
  readonly name: string;
  readonly userId: string;
  readonly status: TrackedRunStatus;
  readonly startTime: number;
  readonly endTime: number | null;
  readonly lifecycle: Lifecycle;
  readonly artifactUri: string;
}

export interface FullRun {
  readonly info: RunInfoRow;
  readonly params: readonly KeyValue[];
  /** Latest point of each metric. */
  readonly metrics: readonly MetricRow[];
  readonly tags: readonly KeyValue[];
  readonly datasets: readonly DatasetInput[];
  readonly modelInputs: readonly RunModel[];
  readonly modelOutputs: readonly RunModel[];
}

export interface NewRun {
  readonly experimentId: string;
  /** Null: the store makes one up from the run's id. */
  readonly name: string | null;
  readonly userId: string;
  readonly startTime: number;
  readonly tags: readonly KeyValue[];
}

export type LoggedModelStatus = 'PENDING' | 'READY' | 'UPLOAD_FAILED';

/** A model logged to an experiment, whether or not a registered name points at it. */
export interface LoggedModelRow {
  readonly modelId: string;
  readonly experimentId: string;
  readonly name: string;
  readonly modelType: string | null;
  readonly sourceRunId: string | null;
  readonly artifactLocation: string;
  readonly status: LoggedModelStatus;
  readonly creationTime: number;
  readonly lastUpdatedTime: number;
  readonly params: readonly KeyValue[];
  readonly tags: readonly KeyValue[];
  /** Every point of its metrics, with the run that logged it. */
  readonly metrics: readonly (MetricRow & { readonly runId: string })[];
}

export interface NewLoggedModel {
  readonly experimentId: string;
  /** Null: the store makes one up from the model's id. */
  readonly name: string | null;
  readonly modelType: string | null;
  readonly sourceRunId: string | null;
  readonly params: readonly KeyValue[];
  readonly tags: readonly KeyValue[];
}

export type RegistryStage = 'None' | 'Staging' | 'Production' | 'Archived';

export interface ModelVersionRow {
  readonly name: string;
  readonly version: number;
  readonly stage: RegistryStage;
  readonly description: string | null;
  readonly source: string;
  readonly storageLocation: string;
  readonly runId: string | null;
  readonly runLink: string | null;
  readonly modelId: string | null;
  readonly creationTime: number;
  readonly lastUpdatedTime: number;
  readonly tags: readonly KeyValue[];
  readonly aliases: readonly string[];
}

export interface RegisteredModelRow {
  readonly name: string;
  readonly description: string | null;
  readonly creationTime: number;
  readonly lastUpdatedTime: number;
  readonly tags: readonly KeyValue[];
  readonly aliases: readonly { readonly alias: string; readonly version: number }[];
  /** Newest version of each stage that has any. */
  readonly latestVersions: readonly ModelVersionRow[];
}

export interface NewModelVersion {
  readonly name: string;
  readonly source: string;
  readonly storageLocation: string;
  readonly runId: string | null;
  readonly runLink: string | null;
  readonly modelId: string | null;
  readonly description: string | null;
  readonly tags: readonly KeyValue[];
}

export type Comparator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE' | 'ILIKE';

export type SearchEntity = 'metric' | 'parameter' | 'tag' | 'attribute' | 'dataset';

/** One condition of a search; conditions are joined by AND. */
export type SearchClause = { readonly entity: SearchEntity; readonly key: string } & (
  | { readonly comparator: Comparator; readonly value: string | number }
  | { readonly comparator: 'IN' | 'NOT IN'; readonly value: readonly string[] }
  | { readonly comparator: 'IS NULL' | 'IS NOT NULL'; readonly value: null }
);

export interface SearchOrder {
  readonly entity: SearchEntity;
  readonly key: string;
  readonly ascending: boolean;
  /** Of a logged model's metric: only points on this data set count. */
  readonly dataset?: DatasetReference | undefined;
}

/** A data set by its name and, when not null, its digest; null for a name that does not matter. */
export interface DatasetReference {
  readonly name: string | null;
  readonly digest: string | null;
}

/** A data set that runs of an experiment read, and what for. */
export interface DatasetSummary {
  readonly experimentId: string;
  readonly name: string;
  readonly digest: string;
  readonly context: string | null;
}

/**
 * A search as parsed from MLflow's filter and order languages: keys of attributes are MLflow's names.
 * Rows without the ordered value come last, in both directions. Pages are marks in the order, not offsets:
 * rows that arrive between two pages neither repeat nor hide others.
 */
export interface Search {
  readonly clauses: readonly SearchClause[];
  readonly order: readonly SearchOrder[];
  readonly limit: number;
  readonly pageToken: string | null;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly nextPageToken: string | null;
}

export interface ExperimentStore {
  /** CONFLICT when the name is taken, also by a deleted experiment. */
  createExperiment(name: string, artifactLocation: string | null, tags: readonly KeyValue[]): Promise<string>;
  experiment(experimentId: string): Promise<ExperimentRow>;
  experimentByName(name: string): Promise<ExperimentRow>;
  renameExperiment(experimentId: string, name: string): Promise<void>;
  /** Deletes or restores the experiment and all its runs (marks; nothing is erased). */
  markExperiment(experimentId: string, lifecycle: Lifecycle): Promise<void>;
  setExperimentTag(experimentId: string, tag: KeyValue): Promise<void>;
  deleteExperimentTag(experimentId: string, key: string): Promise<void>;
  searchExperiments(search: Search, lifecycles: readonly Lifecycle[]): Promise<Page<ExperimentRow>>;
}

export interface RunStore {
  createRun(run: NewRun): Promise<FullRun>;
  run(runId: string): Promise<FullRun>;
  updateRun(
    runId: string,
    change: { readonly status?: TrackedRunStatus; readonly endTime?: number; readonly name?: string },
  ): Promise<RunInfoRow>;
  markRun(runId: string, lifecycle: Lifecycle): Promise<void>;
  /**
   * All of it or nothing. A point or parameter already there is not written twice; a parameter with another
   * value is refused with INPUT_INVALID.
   */
  logBatch(
    runId: string,
    batch: {
      readonly metrics: readonly MetricRow[];
      readonly params: readonly KeyValue[];
      readonly tags: readonly KeyValue[];
    },
  ): Promise<void>;
  deleteTag(runId: string, key: string): Promise<void>;
  logInputs(runId: string, datasets: readonly DatasetInput[], models: readonly RunModel[]): Promise<void>;
  logOutputs(runId: string, models: readonly RunModel[]): Promise<void>;
  /** Sets a tag to what its value, null when there is none, is changed into; one change at a time. */
  changeTag(runId: string, key: string, change: (value: string | null) => string): Promise<void>;
  /** At most 1,000, of the experiments' runs. */
  datasetSummaries(experimentIds: readonly string[]): Promise<readonly DatasetSummary[]>;
  /** The first `limit` points of a metric over several runs, ordered by run, timestamp, step, value. */
  metricHistories(runIds: readonly string[], key: string, limit: number): Promise<readonly RunMetricRow[]>;
  /** Of each run at most `limit` points, evenly spread over its steps, the first and last among them. */
  sampledHistories(
    runIds: readonly string[],
    key: string,
    limit: number,
    steps: { readonly from: number; readonly to: number } | null,
  ): Promise<readonly RunMetricRow[]>;
  /** Ordered by timestamp, step, value; `limit` null for all. */
  metricHistory(runId: string, key: string, limit: number | null, pageToken: string | null): Promise<Page<MetricRow>>;
  searchRuns(
    experimentIds: readonly string[],
    search: Search,
    lifecycles: readonly Lifecycle[],
  ): Promise<Page<FullRun>>;
}

export interface LoggedModelStore {
  createLoggedModel(model: NewLoggedModel): Promise<LoggedModelRow>;
  /** A deleted model is told only when asked for. */
  loggedModel(modelId: string, options?: { readonly evenDeleted: boolean }): Promise<LoggedModelRow>;
  finalizeLoggedModel(modelId: string, status: LoggedModelStatus): Promise<LoggedModelRow>;
  /** Deleting again changes nothing. */
  deleteLoggedModel(modelId: string): Promise<void>;
  /** A parameter that is there already keeps its value. */
  logLoggedModelParams(modelId: string, params: readonly KeyValue[]): Promise<void>;
  /** Tags of a deleted model can be changed too, as MLflow's. */
  setLoggedModelTags(modelId: string, tags: readonly KeyValue[]): Promise<void>;
  deleteLoggedModelTag(modelId: string, key: string): Promise<void>;
  /** With data sets, only models with a metric on one of them; conditions on metrics then mean those metrics. */
  searchLoggedModels(
    experimentIds: readonly string[],
    search: Search,
    datasets: readonly DatasetReference[],
  ): Promise<Page<LoggedModelRow>>;
}

export interface RegistryStore {
  createRegisteredModel(
    name: string,
    description: string | null,
    tags: readonly KeyValue[],
  ): Promise<RegisteredModelRow>;
  registeredModel(name: string): Promise<RegisteredModelRow>;
  describeRegisteredModel(name: string, description: string): Promise<RegisteredModelRow>;
  renameRegisteredModel(name: string, newName: string): Promise<RegisteredModelRow>;
  deleteRegisteredModel(name: string): Promise<void>;
  setRegisteredModelTag(name: string, tag: KeyValue): Promise<void>;
  deleteRegisteredModelTag(name: string, key: string): Promise<void>;
  searchRegisteredModels(search: Search): Promise<Page<RegisteredModelRow>>;

  /** Numbers count from 1 without gaps or repeats, whatever the concurrency. */
  createModelVersion(version: NewModelVersion): Promise<ModelVersionRow>;
  modelVersion(name: string, version: number): Promise<ModelVersionRow>;
  describeModelVersion(name: string, version: number, description: string | null): Promise<ModelVersionRow>;
  deleteModelVersion(name: string, version: number): Promise<void>;
  /**
   * Moves a version; with `archiveOthers` every other version in the stage goes to Archived in the same
   * transaction, and concurrent moves of one model wait for each other, so that one version stays in the stage.
   */
  transitionModelVersion(
    name: string,
    version: number,
    stage: RegistryStage,
    archiveOthers: boolean,
  ): Promise<ModelVersionRow>;
  setModelVersionTag(name: string, version: number, tag: KeyValue): Promise<void>;
  deleteModelVersionTag(name: string, version: number, key: string): Promise<void>;
  setAlias(name: string, alias: string, version: number): Promise<void>;
  deleteAlias(name: string, alias: string): Promise<void>;
  /** The version an alias points at, or null when the model has no such alias. */
  versionByAlias(name: string, alias: string): Promise<ModelVersionRow | null>;
  searchModelVersions(search: Search): Promise<Page<ModelVersionRow>>;
}

export interface TrackingStore extends ExperimentStore, RunStore, LoggedModelStore, RegistryStore {
  /** Throws STORE_UNAVAILABLE when the store does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
