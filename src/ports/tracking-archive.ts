/**
 * A tracking server as a place to copy from and to: whole runs with every point of their metrics, whole registered
 * models. MLflow's terms, reached through MLflow's REST API, so that either end is our server or a real MLflow.
 * Every writing call may be repeated without doing anything twice, unless it says otherwise.
 */
export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

export interface ArchivedExperiment {
  readonly experimentId: string;
  readonly name: string;
  readonly isDeleted: boolean;
  readonly tags: readonly KeyValue[];
}

/** A point of a metric: value may be NaN or infinite, step negative; milliseconds since 1970 UTC. */
export interface ArchivedPoint {
  readonly key: string;
  readonly value: number;
  readonly timestamp: number;
  readonly step: number;
}

export interface ArchivedRun {
  readonly runId: string;
  readonly name: string;
  readonly userId: string;
  readonly status: string;
  readonly startTime: number;
  readonly endTime: number | null;
  readonly artifactUri: string;
  readonly isDeleted: boolean;
  readonly params: readonly KeyValue[];
  /** Keys of its metrics; their points are asked for by `metricHistory`. */
  readonly metricKeys: readonly string[];
  readonly tags: readonly KeyValue[];
  /** Data sets as MLflow's messages, handed on as they are. */
  readonly inputs: readonly object[];
  /** Logged models by their ids. */
  readonly modelInputs: readonly string[];
  readonly modelOutputs: readonly ModelOutput[];
}

export interface ModelOutput {
  readonly modelId: string;
  readonly step: number;
}

/** What MLflow 3 logs as a model before anything is registered. */
export interface ArchivedLoggedModel {
  readonly modelId: string;
  readonly experimentId: string;
  readonly name: string;
  readonly modelType: string;
  /** READY, PENDING or UPLOAD_FAILED, as MLflow writes it: `LOGGED_MODEL_READY`. */
  readonly status: string;
  /** Empty where no run made it. */
  readonly sourceRunId: string;
  readonly artifactUri: string;
  readonly params: readonly KeyValue[];
  readonly tags: readonly KeyValue[];
  readonly metrics: readonly LoggedModelPoint[];
}

/** A point that a run logged of a model, on a data set where one is named. */
export interface LoggedModelPoint extends ArchivedPoint {
  readonly runId: string;
  readonly dataset: { readonly name: string; readonly digest: string } | null;
}

export interface ArchivedModel {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly KeyValue[];
  readonly aliases: readonly { readonly alias: string; readonly version: number }[];
}

export interface ArchivedVersion {
  readonly version: number;
  readonly stage: string;
  readonly description: string;
  readonly source: string;
  readonly runId: string;
  /** The logged model it was made of, empty where there is none. */
  readonly modelId: string;
  readonly tags: readonly KeyValue[];
}

export interface TrackingArchive extends LoggedModelArchive {
  /** The server's address without secrets. */
  readonly address: string;

  /** All experiments, deleted ones too. */
  experiments(): AsyncIterable<ArchivedExperiment>;
  /** All runs of an experiment, deleted ones too, oldest first, a page at a time. */
  runs(experimentId: string): AsyncIterable<readonly ArchivedRun[]>;
  metricHistory(runId: string, key: string): AsyncIterable<readonly ArchivedPoint[]>;
  /** Paths of all artefacts of a run, in every folder. */
  artefacts(runId: string): AsyncIterable<string>;
  getArtefact(runId: string, path: string): Promise<Uint8Array>;
  models(): AsyncIterable<ArchivedModel>;
  /** Oldest first. */
  versions(model: string): Promise<ArchivedVersion[]>;

  /** Finds the experiment by its name, deleted or not, or creates it. */
  putExperiment(name: string): Promise<Pick<ArchivedExperiment, 'experimentId' | 'isDeleted'>>;
  setExperimentTags(experimentId: string, tags: readonly KeyValue[]): Promise<void>;
  /** Deletes an experiment with its runs; nothing can be written to it then. */
  deleteExperiment(experimentId: string): Promise<void>;
  /** Brings a deleted experiment back, with all its runs. */
  restoreExperiment(experimentId: string): Promise<void>;
  /** Creates a run; `mark` is a tag that no other run has, by which a run whose answer was lost is found again. */
  createRun(
    experimentId: string,
    run: Pick<ArchivedRun, 'name' | 'userId' | 'startTime'>,
    mark: KeyValue,
  ): Promise<{ readonly runId: string; readonly artifactUri: string }>;
  logParams(runId: string, params: readonly KeyValue[]): Promise<void>;
  logPoints(runId: string, points: readonly ArchivedPoint[]): Promise<void>;
  setTags(runId: string, tags: readonly KeyValue[]): Promise<void>;
  logInputs(runId: string, inputs: readonly object[]): Promise<void>;
  putArtefact(runId: string, path: string, bytes: Uint8Array): Promise<void>;
  endRun(runId: string, status: string, endTime: number | null): Promise<void>;
  /** Not repeatable: an output that is there already is refused by some servers. */
  logModels(runId: string, inputs: readonly string[], outputs: readonly ModelOutput[]): Promise<void>;
  /** Nothing can be written to a deleted run. */
  deleteRun(runId: string): Promise<void>;
  restoreRun(runId: string): Promise<void>;

  /** Creates the registered model unless it is there; description and tags are set either way. */
  putModel(model: ArchivedModel): Promise<void>;
  /** Not repeatable by itself: creates the next version and tells its number. */
  createVersion(
    model: string,
    version: Pick<ArchivedVersion, 'source' | 'runId' | 'modelId' | 'description' | 'tags'>,
  ): Promise<number>;
  deleteVersion(model: string, version: number): Promise<void>;
  setVersionTags(model: string, version: number, tags: readonly KeyValue[]): Promise<void>;
  /** Moves a version without archiving another. */
  setStage(model: string, version: number, stage: string): Promise<void>;
  setAlias(model: string, alias: string, version: number): Promise<void>;
}

/** Logged models of a server; one before MLflow 3 has none and takes none. */
export interface LoggedModelArchive {
  /** Active ones of an experiment, a page at a time. */
  loggedModels(experimentId: string): AsyncIterable<readonly ArchivedLoggedModel[]>;
  /** A deleted one, which no search finds; null where the server does not know or tell it. */
  deletedLoggedModel(modelId: string): Promise<ArchivedLoggedModel | null>;
  /** Creates one with the tag `mark`, by which one whose answer was lost is found again; null where none is taken. */
  createLoggedModel(
    experimentId: string,
    model: Pick<ArchivedLoggedModel, 'name' | 'modelType' | 'sourceRunId' | 'params'>,
    mark: KeyValue,
  ): Promise<{ readonly modelId: string; readonly artifactUri: string } | null>;
  setLoggedModelTags(modelId: string, tags: readonly KeyValue[]): Promise<void>;
  /** Not repeatable: a point that is there already is refused by some servers. */
  logModelPoints(modelId: string, points: readonly LoggedModelPoint[]): Promise<void>;
  endLoggedModel(modelId: string, status: string): Promise<void>;
  deleteLoggedModel(modelId: string): Promise<void>;
  /** Paths of all files below an artefact URI of the server. */
  filesAt(uri: string): AsyncIterable<string>;
  getFileAt(uri: string, path: string): Promise<Uint8Array>;
  putFileAt(uri: string, path: string, bytes: Uint8Array): Promise<void>;
}
