import type { ArchivedModel, ArchivedVersion, TrackingArchive } from '../../ports/tracking-archive.ts';
import {
  type ExperimentMessage,
  experimentOf,
  type FilesPage,
  type HistoryPage,
  type ModelMessage,
  type ModelsPage,
  pairOf,
  pointMessage,
  pointOf,
  type RunMessage,
  runOf,
  type VersionMessage,
  type VersionsPage,
  versionOf,
} from './archive-messages.ts';
import { loggedModelArchive } from './logged-model-archive.ts';
import { chunks, escaped, orNull, type Paged, pages, proxyPath, quoted } from './mlflow-calls.ts';
import { createMlflowRest, type MlflowRest, type MlflowRestOptions } from './mlflow-rest.ts';

const api = '/api/2.0/mlflow';

/** A tracking server, ours or a real MLflow, as an archive to copy from and to. */
export function createMlflowArchive(options: MlflowRestOptions): TrackingArchive {
  const rest = createMlflowRest({ timeoutMs: 120_000, ...options });
  const { host, protocol, pathname } = new URL(options.url);
  return {
    address: `${protocol}//${host}${pathname === '/' ? '' : pathname}`,
    ...readings(rest),
    ...artefactCalls(rest),
    ...runWritings(rest),
    ...registryWritings(rest),
    ...loggedModelArchive(rest),
  };
}

type Readings = 'experiments' | 'runs' | 'metricHistory' | 'models' | 'versions';

function readings(rest: MlflowRest): Pick<TrackingArchive, Readings> {
  return {
    experiments: async function* () {
      const path = `${api}/experiments/search`;
      const body = { view_type: 'ALL', max_results: 1000 };
      const found = pages<Paged & { experiments?: ExperimentMessage[] }>(rest, { method: 'POST', path, body });
      for await (const { experiments = [] } of found) yield* experiments.map(experimentOf);
    },
    runs: async function* (experimentId) {
      const path = `${api}/runs/search`;
      const order = { order_by: ['attributes.start_time ASC'], max_results: 500 };
      const body = { experiment_ids: [experimentId], run_view_type: 'ALL', ...order };
      const found = pages<Paged & { runs?: RunMessage[] }>(rest, { method: 'POST', path, body });
      for await (const { runs = [] } of found) yield runs.map(runOf);
    },
    metricHistory: async function* (runId, key) {
      const path = `${api}/metrics/get-history`;
      const query = { run_id: runId, metric_key: key, max_results: '5000' };
      for await (const { metrics = [] } of pages<HistoryPage>(rest, { method: 'GET', path, query })) {
        yield metrics.map(pointOf);
      }
    },
    models: async function* () {
      const path = `${api}/registered-models/search`;
      const found = pages<ModelsPage>(rest, { method: 'GET', path, query: { max_results: '500' } });
      for await (const { registered_models = [] } of found) {
        for (const { name } of registered_models) yield await readModel(rest, name);
      }
    },
    versions: async (model) => {
      const path = `${api}/model-versions/search`;
      const query = { filter: `name = ${quoted(model)}`, max_results: '1000' };
      const found: ArchivedVersion[] = [];
      for await (const { model_versions = [] } of pages<VersionsPage>(rest, { method: 'GET', path, query })) {
        found.push(...model_versions.map(versionOf));
      }
      return found.sort((a, b) => a.version - b.version);
    },
  };
}

/** A searched model comes without its aliases on some servers; one that is asked for by name has them. */
async function readModel(rest: MlflowRest, name: string): Promise<ArchivedModel> {
  const path = `${api}/registered-models/get`;
  const { registered_model } = await rest.call<{ registered_model: ModelMessage }>({
    method: 'GET',
    path,
    query: { name },
  });
  const { description = '', tags = [], aliases = [] } = registered_model;
  return {
    name,
    description,
    tags: tags.map(pairOf),
    aliases: aliases.map(({ alias, version }) => ({ alias, version: Number(version) })),
  };
}

type ArtefactCalls = 'artefacts' | 'getArtefact' | 'putArtefact';

function artefactCalls(rest: MlflowRest): Pick<TrackingArchive, ArtefactCalls> {
  const rootOf = async (runId: string) => {
    const { run } = await rest.call<{ run: RunMessage }>({
      method: 'GET',
      path: `${api}/runs/get`,
      query: { run_id: runId },
    });
    return proxyPath(run.info.artifact_uri.replace(/\/+$/, ''));
  };
  async function* below(runId: string, folder: string): AsyncGenerator<string> {
    const path = `${api}/artifacts/list`;
    const query = { run_id: runId, ...(folder === '' ? {} : { path: folder }) };
    for await (const { files = [] } of pages<FilesPage>(rest, { method: 'GET', path, query })) {
      for (const file of files) {
        if (file.is_dir === true) yield* below(runId, file.path);
        else yield file.path;
      }
    }
  }
  return {
    artefacts: (runId) => below(runId, ''),
    getArtefact: async (runId, path) => rest.download(`${await rootOf(runId)}/${escaped(path)}`),
    putArtefact: async (runId, path, bytes) => {
      await rest.call({ method: 'PUT', path: `${await rootOf(runId)}/${escaped(path)}`, body: bytes });
    },
  };
}

type RunWritings =
  | ExperimentWritings
  | 'createRun'
  | 'logParams'
  | 'logPoints'
  | 'setTags'
  | 'logInputs'
  | 'logModels'
  | 'endRun'
  | 'deleteRun'
  | 'restoreRun';

/** MLflow takes at most so many of each in one request. */
const most = { points: 1000, pairs: 100, inputs: 100 } as const;

function runWritings(rest: MlflowRest): Pick<TrackingArchive, RunWritings> {
  const post = (path: string, body: object) => rest.call({ method: 'POST', path: `${api}${path}`, body });
  const batches = async <Item>(runId: string, name: string, items: readonly Item[], size: number) => {
    for (const part of chunks(items, size)) await post('/runs/log-batch', { run_id: runId, [name]: part });
  };
  return {
    ...experimentWritings(rest),
    createRun: async (experimentId, run, mark) => {
      const search = { experiment_ids: [experimentId], filter: `tags.\`${mark.key}\` = '${mark.value}'` };
      const find = async () => {
        const path = `${api}/runs/search`;
        const { runs = [] } = await rest.call<{ runs?: RunMessage[] }>({ method: 'POST', path, body: search });
        return runs[0] === undefined ? null : { run: runs[0] };
      };
      const body = {
        experiment_id: experimentId,
        run_name: run.name,
        user_id: run.userId,
        start_time: run.startTime,
        tags: [mark, ...(run.name === '' ? [] : [{ key: 'mlflow.runName', value: run.name }])],
      };
      const created = await rest.callOnce<{ run: RunMessage }>(
        { method: 'POST', path: `${api}/runs/create`, body },
        find,
      );
      return { runId: created.run.info.run_id, artifactUri: created.run.info.artifact_uri };
    },
    logParams: (runId, params) => batches(runId, 'params', params, most.pairs),
    logPoints: (runId, points) => batches(runId, 'metrics', points.map(pointMessage), most.points),
    setTags: (runId, tags) => batches(runId, 'tags', tags, most.pairs),
    logInputs: async (runId, inputs) => {
      for (const part of chunks(inputs, most.inputs)) {
        await post('/runs/log-inputs', { run_id: runId, datasets: part });
      }
    },
    logModels: async (runId, inputs, outputs) => {
      const models = inputs.map((modelId) => ({ model_id: modelId }));
      if (models.length > 0) await post('/runs/log-inputs', { run_id: runId, models });
      const made = outputs.map(({ modelId, step }) => ({ model_id: modelId, step }));
      if (made.length > 0) await post('/runs/outputs', { run_id: runId, models: made });
    },
    deleteRun: async (runId) => {
      await post('/runs/delete', { run_id: runId });
    },
    restoreRun: async (runId) => {
      await post('/runs/restore', { run_id: runId });
    },
    endRun: async (runId, status, endTime) => {
      await post('/runs/update', { run_id: runId, status, ...(endTime === null ? {} : { end_time: endTime }) });
    },
  };
}

type ExperimentWritings = 'putExperiment' | 'setExperimentTags' | 'deleteExperiment' | 'restoreExperiment';

function experimentWritings(rest: MlflowRest): Pick<TrackingArchive, ExperimentWritings> {
  const post = (path: string, body: object) => rest.call({ method: 'POST', path: `${api}/experiments${path}`, body });
  return {
    putExperiment: async (name) => {
      const create = rest.call<{ experiment_id: string }>({
        method: 'POST',
        path: `${api}/experiments/create`,
        body: { name },
      });
      const created = await orNull('CONFLICT', create);
      if (created !== null) return { experimentId: created.experiment_id, isDeleted: false };
      const path = `${api}/experiments/get-by-name`;
      const query = { experiment_name: name };
      return experimentOf(
        (await rest.call<{ experiment: ExperimentMessage }>({ method: 'GET', path, query })).experiment,
      );
    },
    setExperimentTags: async (experimentId, tags) => {
      for (const tag of tags) await post('/set-experiment-tag', { experiment_id: experimentId, ...tag });
    },
    deleteExperiment: async (experimentId) => {
      await orNull('NOT_FOUND', post('/delete', { experiment_id: experimentId }));
    },
    restoreExperiment: async (experimentId) => {
      await orNull('NOT_FOUND', post('/restore', { experiment_id: experimentId }));
    },
  };
}

type RegistryWritings = 'putModel' | 'createVersion' | 'deleteVersion' | 'setVersionTags' | 'setStage' | 'setAlias';

function registryWritings(rest: MlflowRest): Pick<TrackingArchive, RegistryWritings> {
  const call = (method: 'POST' | 'PATCH' | 'DELETE', path: string, body: object) =>
    rest.call({ method, path: `${api}${path}`, body });
  return {
    putModel: async ({ name, description, tags }) => {
      await orNull('CONFLICT', call('POST', '/registered-models/create', { name }));
      if (description !== '') await call('PATCH', '/registered-models/update', { name, description });
      for (const tag of tags) await call('POST', '/registered-models/set-tag', { name, ...tag });
    },
    createVersion: async (name, { source, runId, modelId, description, tags }) => {
      const origin = { ...(runId === '' ? {} : { run_id: runId }), ...(modelId === '' ? {} : { model_id: modelId }) };
      const body = { name, source, ...origin, description, tags };
      const path = `${api}/model-versions/create`;
      const { model_version } = await rest.call<{ model_version: VersionMessage }>({ method: 'POST', path, body });
      return Number(model_version.version);
    },
    deleteVersion: async (name, version) => {
      await call('DELETE', '/model-versions/delete', { name, version: String(version) });
    },
    setVersionTags: async (name, version, tags) => {
      for (const tag of tags) await call('POST', '/model-versions/set-tag', { name, version: String(version), ...tag });
    },
    setStage: async (name, version, stage) => {
      const body = { name, version: String(version), stage, archive_existing_versions: false };
      await call('POST', '/model-versions/transition-stage', body);
    },
    setAlias: async (name, alias, version) => {
      await call('POST', '/registered-models/alias', { name, alias, version: String(version) });
    },
  };
}
