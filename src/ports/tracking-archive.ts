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
  readonly params: readonly KeyValue[];
  /** Keys of its metrics; their points are asked for by `metricHistory`. */
  readonly metricKeys: readonly string[];
  readonly tags: readonly KeyValue[];
  /** Data sets as MLflow's messages, handed on as they are. */
  readonly inputs: readonly object[];
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
  readonly tags: readonly KeyValue[];
}

export interface TrackingArchive {
  /** The server's address without secrets. */
  readonly address: string;

  /** Active experiments. */
  experiments(): AsyncIterable<ArchivedExperiment>;
  /** Active runs of an experiment, oldest first, a page at a time. */
  runs(experimentId: string): AsyncIterable<readonly ArchivedRun[]>;
  metricHistory(runId: string, key: string): AsyncIterable<readonly ArchivedPoint[]>;
  /** Paths of all artefacts of a run, in every folder. */
  artefacts(runId: string): AsyncIterable<string>;
  getArtefact(runId: string, path: string): Promise<Uint8Array>;
  models(): AsyncIterable<ArchivedModel>;
  /** Oldest first. */
  versions(model: string): Promise<ArchivedVersion[]>;

  /** Finds the experiment by its name or creates it; tags are set either way. */
  putExperiment(name: string, tags: readonly KeyValue[]): Promise<string>;
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

  /** Creates the registered model unless it is there; description and tags are set either way. */
  putModel(model: ArchivedModel): Promise<void>;
  /** Not repeatable by itself: creates the next version and tells its number. */
  createVersion(
    model: string,
    version: Pick<ArchivedVersion, 'source' | 'runId' | 'description' | 'tags'>,
  ): Promise<number>;
  deleteVersion(model: string, version: number): Promise<void>;
  setVersionTags(model: string, version: number, tags: readonly KeyValue[]): Promise<void>;
  /** Moves a version without archiving another. */
  setStage(model: string, version: number, stage: string): Promise<void>;
  setAlias(model: string, alias: string, version: number): Promise<void>;
}
