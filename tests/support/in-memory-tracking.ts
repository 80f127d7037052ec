import { PlatformError } from '../../src/domain/errors.ts';
import type { MetricPoint, ModelVersion, RunInput, RunRecord, RunStart, Tracking } from '../../src/ports/tracking.ts';

interface StoredRun {
  readonly start: RunStart;
  readonly record: RunRecord;
  /** Points by identity, as MLflow's table keys them: a point logged twice is one point. */
  readonly history: ReadonlyMap<string, MetricPoint>;
  readonly artefacts: ReadonlyMap<string, Uint8Array>;
  readonly inputs: readonly RunInput[];
}

export interface InMemoryTracking extends Tracking {
  /** Everything kept, for comparing two histories of calls. */
  readonly state: {
    readonly runs: Map<string, StoredRun>;
    readonly versions: Map<string, ModelVersion[]>;
    readonly aliases: Map<string, number>;
  };
}

/** Tracking in memory with MLflow's rules: params do not change, points do not double, filters are conjunctions. */
export function createInMemoryTracking(): InMemoryTracking {
  const state: InMemoryTracking['state'] = { runs: new Map(), versions: new Map(), aliases: new Map() };
  const runOf = (runId: string): StoredRun => {
    const run = state.runs.get(runId);
    if (run === undefined) throw new PlatformError('NOT_FOUND', `There is no run ${runId}.`);
    return run;
  };
  const change = (runId: string, changes: Partial<StoredRun>) => state.runs.set(runId, { ...runOf(runId), ...changes });
  const versionsOf = (name: string): ModelVersion[] => state.versions.get(name) ?? [];
  const changeVersion = (name: string, version: number, changes: Partial<ModelVersion>): ModelVersion => {
    const before = versionsOf(name).find((known) => known.version === version);
    if (before === undefined) throw new PlatformError('NOT_FOUND', `There is no version ${version} of ${name}.`);
    const after = { ...before, ...changes };
    state.versions.set(
      name,
      versionsOf(name).map((known) => (known.version === version ? after : known)),
    );
    return after;
  };
  return { state, ...runMethods(state, runOf, change), ...registryMethods(state, versionsOf, changeVersion) };
}

function runMethods(
  state: InMemoryTracking['state'],
  runOf: (runId: string) => StoredRun,
  change: (runId: string, changes: Partial<StoredRun>) => void,
): Pick<Tracking, 'startRun' | 'logBatch' | 'logInput' | 'putArtefact' | 'getArtefact' | 'finishRun' | 'searchRuns'> {
  return {
    async startRun(start) {
      const runId = `run-${state.runs.size + 1}`;
      const record = openRun(runId, start);
      state.runs.set(runId, { start, record, history: new Map(), artefacts: new Map(), inputs: [] });
      return runId;
    },
    async logBatch(runId, { params = {}, metrics = [], tags = {} }) {
      const { record, history } = runOf(runId);
      for (const [key, value] of Object.entries(params)) {
        if ((record.params[key] ?? value) !== value) {
          throw new PlatformError('INPUT_INVALID', `Param ${key} of ${runId} was logged with another value.`);
        }
      }
      const points = new Map(history);
      const latest: Record<string, number> = { ...record.metrics };
      for (const point of metrics) {
        points.set(`${point.key} ${point.step} ${point.timestampMs} ${point.value}`, point);
        latest[point.key] = point.value;
      }
      change(runId, {
        history: points,
        record: {
          ...record,
          params: { ...record.params, ...params },
          metrics: latest,
          tags: { ...record.tags, ...tags },
        },
      });
    },
    async logInput(runId, input) {
      const others = runOf(runId).inputs.filter(({ name, digest }) => name !== input.name || digest !== input.digest);
      change(runId, { inputs: [...others, input] });
    },
    async putArtefact(runId, path, bytes) {
      change(runId, { artefacts: new Map(runOf(runId).artefacts).set(path, bytes.slice()) });
    },
    async getArtefact(runId, path) {
      const bytes = runOf(runId).artefacts.get(path);
      if (bytes === undefined) throw new PlatformError('NOT_FOUND', `Run ${runId} has no ${path}.`);
      return bytes.slice();
    },
    async finishRun(runId, status, endedAtMs) {
      change(runId, { record: { ...runOf(runId).record, status, endedAtMs } });
    },
    async searchRuns(experiment, filter, limit) {
      const runs = [...state.runs.values()].filter(
        ({ start, record }) => start.experiment === experiment && matches(record, filter),
      );
      return runs
        .slice(-limit)
        .map(({ record }) => record)
        .reverse();
    },
  };
}

function openRun(runId: string, { name, startedAtMs, tags = {} }: RunStart): RunRecord {
  return { runId, name, status: 'RUNNING', startedAtMs, endedAtMs: null, params: {}, metrics: {}, tags };
}

function registryMethods(
  state: InMemoryTracking['state'],
  versionsOf: (name: string) => ModelVersion[],
  changeVersion: (name: string, version: number, changes: Partial<ModelVersion>) => ModelVersion,
): Pick<Tracking, 'registerVersion' | 'versions' | 'transition' | 'setAlias' | 'versionByAlias' | 'setVersionTag'> {
  return {
    async registerVersion(name, runId, artefactPath, tags) {
      const known = versionsOf(name).find((version) => version.runId === runId);
      if (known !== undefined) return known;
      const version = versionsOf(name).length + 1;
      const source = `mlflow-artifacts:/${runId}/artifacts/${artefactPath}`;
      const created: ModelVersion = { name, version, stage: 'None', runId, source, createdAtMs: version, tags };
      state.versions.set(name, [...versionsOf(name), created]);
      return created;
    },
    async versions(name) {
      return [...versionsOf(name)].reverse();
    },
    async transition(name, version, stage, archiveOthers) {
      if (archiveOthers) {
        for (const other of versionsOf(name)) {
          if (other.stage === stage && other.version !== version)
            changeVersion(name, other.version, { stage: 'Archived' });
        }
      }
      return changeVersion(name, version, { stage });
    },
    async setAlias(name, alias, version) {
      changeVersion(name, version, {});
      state.aliases.set(`${name}@${alias}`, version);
    },
    async versionByAlias(name, alias) {
      const version = state.aliases.get(`${name}@${alias}`);
      return versionsOf(name).find((known) => known.version === version) ?? null;
    },
    async setVersionTag(name, version, key, value) {
      const before = versionsOf(name).find((known) => known.version === version);
      changeVersion(name, version, { tags: { ...before?.tags, [key]: value } });
    },
  };
}

/** The part of MLflow's filter language that flows use: equalities of tags and attributes joined by `and`. */
function matches(run: RunRecord, filter: string): boolean {
  return filter.split(/ and /i).every((clause) => {
    const parts = /^(tags|attributes)\.(?:`([^`]+)`|(\w+)) = '([^']*)'$/.exec(clause.trim());
    if (parts === null) throw new PlatformError('INPUT_INVALID', `This filter is not understood: ${clause}`);
    const [, kind, quoted, plain, value] = parts;
    return kind === 'tags' ? run.tags[quoted ?? plain ?? ''] === value : run.status === value;
  });
}
