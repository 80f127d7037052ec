import { createHash } from 'node:crypto';
import { PlatformError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { MetricPoint, ModelVersion, RunInput, RunRecord, RunStart, Tracking } from '../../ports/tracking.ts';
import { artefactCalls, artefactUri } from './mlflow-artefacts.ts';
import { chunks, orNull, type Paged, pages, quoted } from './mlflow-calls.ts';
import { type RunMessage, recordOf, type VersionMessage, versionOf } from './mlflow-messages.ts';
import { createMlflowRest, type MlflowRest } from './mlflow-rest.ts';

export interface MlflowTrackingOptions {
  /** MLFLOW_TRACKING_URI: our own server or any MLflow server that serves artefacts. */
  readonly url: string;
  readonly token?: string | undefined;
  readonly clock: Clock;
  readonly fetch?: typeof fetch | undefined;
  readonly timeoutMs?: number | undefined;
  readonly retryDelayMs?: number | undefined;
}

/**
 * Tracking through MLflow's REST API and nothing else. Calls are retried when the connection or the server fails;
 * those that would do something twice look first whether they already did.
 */
export function createMlflowTracking(options: MlflowTrackingOptions): Tracking {
  const rest = createMlflowRest(options);
  return {
    ...runCalls(rest, startKeys(options.clock)),
    ...artefactCalls(rest),
    ...registryCalls(rest),
  };
}

const api = '/api/2.0/mlflow';
const startKeyTag = 'assay.startKey';

type RunCalls = 'startRun' | 'logBatch' | 'logInput' | 'finishRun' | 'searchRuns';

function runCalls(rest: MlflowRest, startKey: (start: RunStart) => string): Pick<Tracking, RunCalls> {
  const experimentIds = new Map<string, string>();
  const experimentId = async (name: string) => {
    const known = experimentIds.get(name);
    if (known !== undefined) return known;
    const id = (await findExperiment(rest, name)) ?? (await createExperiment(rest, name));
    experimentIds.set(name, id);
    return id;
  };
  return {
    startRun: async (start) => createRun(rest, await experimentId(start.experiment), start, startKey(start)),
    logBatch: async (runId, batch) => {
      for (const part of batchParts(batch)) {
        await rest.call({ method: 'POST', path: `${api}/runs/log-batch`, body: { run_id: runId, ...part } });
      }
    },
    logInput: async (runId, input) => {
      const body = { run_id: runId, datasets: [inputMessage(input)] };
      await rest.call({ method: 'POST', path: `${api}/runs/log-inputs`, body });
    },
    finishRun: async (runId, status, endedAtMs) => {
      const body = { run_id: runId, status, end_time: endedAtMs };
      await rest.call({ method: 'POST', path: `${api}/runs/update`, body });
    },
    searchRuns: async (experiment, filter, limit) => {
      const id = experimentIds.get(experiment) ?? (await findExperiment(rest, experiment));
      return id === null ? [] : searchRuns(rest, id, filter, limit);
    },
  };
}

/**
 * A word for each start, carried as a tag, by which a start whose answer was lost is found again: what is started,
 * by which client, as its how manieth.
 */
function startKeys(clock: Clock): (start: RunStart) => string {
  const client = `${clock.now()} ${process.pid}`;
  let count = 0;
  return (start) => {
    count += 1;
    const text = JSON.stringify([client, count, start.experiment, start.name, start.startedAtMs, start.parentRunId]);
    return createHash('sha256').update(text).digest('hex').slice(0, 32);
  };
}

async function findExperiment(rest: MlflowRest, name: string): Promise<string | null> {
  const found = await orNull(
    'NOT_FOUND',
    rest.call<{ experiment: { experiment_id: string } }>({
      method: 'GET',
      path: `${api}/experiments/get-by-name`,
      query: { experiment_name: name },
    }),
  );
  return found?.experiment.experiment_id ?? null;
}

async function createExperiment(rest: MlflowRest, name: string): Promise<string> {
  const created = await orNull(
    'CONFLICT',
    rest.call<{ experiment_id: string }>({ method: 'POST', path: `${api}/experiments/create`, body: { name } }),
  );
  // Somebody else, or an attempt of ours whose answer was lost, was first.
  const id = created?.experiment_id ?? (await findExperiment(rest, name));
  if (id !== null) return id;
  throw new PlatformError('CONFLICT', `The tracking server has and has not the experiment ${JSON.stringify(name)}.`);
}

async function createRun(rest: MlflowRest, experimentId: string, start: RunStart, key: string): Promise<string> {
  const tags = { ...start.tags, ...parentTag(start), 'mlflow.runName': start.name, [startKeyTag]: key };
  const body = { experiment_id: experimentId, run_name: start.name, start_time: start.startedAtMs, tags: pairs(tags) };
  const { run } = await rest.callOnce<{ run: RunMessage }>(
    { method: 'POST', path: `${api}/runs/create`, body },
    async () => {
      const filter = `tags.\`${startKeyTag}\` = '${key}'`;
      const search = { experiment_ids: [experimentId], filter, max_results: 1 };
      const path = `${api}/runs/search`;
      const { runs = [] } = await rest.call<{ runs?: RunMessage[] }>({ method: 'POST', path, body: search });
      const [found] = runs;
      return found === undefined ? null : { run: found };
    },
  );
  return run.info.run_id;
}

function parentTag(start: RunStart): Readonly<Record<string, string>> {
  return start.parentRunId === undefined ? {} : { 'mlflow.parentRunId': start.parentRunId };
}

/** MLflow takes at most so many of each in one request; each part is all or nothing, the parts are not one. */
const batchLimits = { metrics: 1000, params: 100, tags: 100 } as const;

function* batchParts(batch: Parameters<Tracking['logBatch']>[1]): Generator<object> {
  const params = chunks(pairs(batch.params ?? {}), batchLimits.params);
  const tags = chunks(pairs(batch.tags ?? {}), batchLimits.tags);
  // Room for a full load of parameters and tags beside the metrics, since their sum is limited as well.
  const metrics = chunks((batch.metrics ?? []).map(metricMessage), batchLimits.metrics - 200);
  const parts = Math.max(params.length, tags.length, metrics.length);
  for (let part = 0; part < parts; part++) {
    yield { params: params[part] ?? [], tags: tags[part] ?? [], metrics: metrics[part] ?? [] };
  }
}

/** `code` is the source type of data made by a program, which MLflow's clients can read back. */
function inputMessage({ name, digest, source, schema, profile, context }: RunInput): object {
  return {
    tags: [{ key: 'mlflow.data.context', value: context }],
    dataset: { name, digest, source_type: 'code', source, schema, profile },
  };
}

function metricMessage(point: MetricPoint): object {
  const { key, step, timestampMs } = point;
  return { key, value: Number.isFinite(point.value) ? point.value : String(point.value), step, timestamp: timestampMs };
}

async function searchRuns(rest: MlflowRest, experimentId: string, filter: string, limit: number): Promise<RunRecord[]> {
  const path = `${api}/runs/search`;
  const body = { experiment_ids: [experimentId], filter, max_results: Math.min(limit, 1000) };
  const found: RunRecord[] = [];
  for await (const { runs = [] } of pages<Paged & { runs?: RunMessage[] }>(rest, { method: 'POST', path, body })) {
    found.push(...runs.map(recordOf));
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
}

type RegistryCalls = 'registerVersion' | 'versions' | 'transition' | 'setAlias' | 'versionByAlias' | 'setVersionTag';

function registryCalls(rest: MlflowRest): Pick<Tracking, RegistryCalls> {
  return {
    registerVersion: (name, runId, artefactPath, tags) => registerVersion(rest, name, runId, artefactPath, tags),
    versions: (name) => searchVersions(rest, `name = ${quoted(name)}`),
    transition: async (name, version, stage, archiveOthers) => {
      const { model_version } = await rest.call<{ model_version: VersionMessage }>({
        method: 'POST',
        path: `${api}/model-versions/transition-stage`,
        body: {
          name,
          version: String(version),
          stage,
          // MLflow refuses to archive others for the stages in which versions do not compete.
          archive_existing_versions: archiveOthers && (stage === 'Staging' || stage === 'Production'),
        },
      });
      return versionOf(model_version);
    },
    setAlias: async (name, alias, version) => {
      const body = { name, alias, version: String(version) };
      await rest.call({ method: 'POST', path: `${api}/registered-models/alias`, body });
    },
    versionByAlias: async (name, alias) => {
      const path = `${api}/registered-models/alias`;
      const request = rest.call<{ model_version: VersionMessage }>({ method: 'GET', path, query: { name, alias } });
      // MLflow answers an unknown model with NOT_FOUND and an unknown alias as an invalid parameter.
      const found = await orNull('NOT_FOUND', orNull('INPUT_INVALID', request, /alias .* not found/i));
      return found === null ? null : versionOf(found.model_version);
    },
    setVersionTag: async (name, version, key, value) => {
      const body = { name, version: String(version), key, value };
      await rest.call({ method: 'POST', path: `${api}/model-versions/set-tag`, body });
    },
  };
}

async function registerVersion(
  rest: MlflowRest,
  name: string,
  runId: string,
  artefactPath: string,
  tags: Readonly<Record<string, string>>,
): Promise<ModelVersion> {
  const create = { method: 'POST', path: `${api}/registered-models/create`, body: { name } } as const;
  await orNull('CONFLICT', rest.call(create));
  const filter = `name = ${quoted(name)} AND run_id = ${quoted(runId)}`;
  const [known] = await searchVersions(rest, filter);
  if (known !== undefined) return known;
  const source = `${await artefactUri(rest, runId)}/${artefactPath}`;
  const created = await rest.callOnce<{ model_version: VersionMessage } | { known: ModelVersion }>(
    { method: 'POST', path: `${api}/model-versions/create`, body: { name, source, run_id: runId, tags: pairs(tags) } },
    async () => {
      const [found] = await searchVersions(rest, filter);
      return found === undefined ? null : { known: found };
    },
  );
  return 'known' in created ? created.known : versionOf(created.model_version);
}

/** Every version that the filter finds, newest first. */
async function searchVersions(rest: MlflowRest, filter: string): Promise<ModelVersion[]> {
  const path = `${api}/model-versions/search`;
  const query = { filter, order_by: 'version_number DESC', max_results: '1000' };
  const found: ModelVersion[] = [];
  type Found = Paged & { readonly model_versions?: readonly VersionMessage[] };
  for await (const { model_versions = [] } of pages<Found>(rest, { method: 'GET', path, query })) {
    found.push(...model_versions.map(versionOf));
  }
  return found;
}

function pairs(record: Readonly<Record<string, string>>): { key: string; value: string }[] {
  return Object.entries(record).map(([key, value]) => ({ key, value }));
}
