import { PlatformError } from '../../domain/errors.ts';
import type {
  ArchivedLoggedModel,
  KeyValue,
  LoggedModelArchive,
  LoggedModelPoint,
} from '../../ports/tracking-archive.ts';
import { type PairMessage, type PointMessage, pairOf, pointMessage, pointOf } from './archive-messages.ts';
import { chunks, escaped, orNull, type Paged, proxyPath, proxyRoot } from './mlflow-calls.ts';
import type { MlflowRest } from './mlflow-rest.ts';

const api = '/api/2.0/mlflow';
/** MLflow takes at most so many points in one request. */
const mostPoints = 1000;

/** Logged models of MLflow 3, and files wherever the server's own proxy keeps them. */
export function loggedModelArchive(rest: MlflowRest): LoggedModelArchive {
  const call = <Answer>(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) =>
    rest.call<Answer>({ method, path: `${api}${path}`, ...(body === undefined ? {} : { body }) });
  return {
    loggedModels: (experimentId) => search(rest, { experiment_ids: [experimentId], max_results: 100 }),
    deletedLoggedModel: async (modelId) => {
      const query = { allow_deleted: 'true' };
      const path = `${api}/logged-models/${escaped(modelId)}`;
      const found = await orNull('NOT_FOUND', rest.call<{ model: ModelMessage }>({ method: 'GET', path, query }));
      return found === null ? null : modelOf(found.model);
    },
    createLoggedModel: (experimentId, model, mark) => create(rest, experimentId, model, mark),
    setLoggedModelTags: async (modelId, tags) => {
      if (tags.length > 0) await call('PATCH', `/logged-models/${escaped(modelId)}/tags`, { model_id: modelId, tags });
    },
    logModelPoints: async (modelId, points) => {
      for (const [runId, ofRun] of byRun(points)) {
        for (const part of chunks(ofRun, mostPoints)) {
          const metrics = part.map((point) => ({ ...pointMessage(point), model_id: modelId, ...datasetOf(point) }));
          await call('POST', '/runs/log-batch', { run_id: runId, metrics });
        }
      }
    },
    endLoggedModel: async (modelId, status) => {
      await call('PATCH', `/logged-models/${escaped(modelId)}`, { model_id: modelId, status });
    },
    deleteLoggedModel: async (modelId) => {
      await orNull('NOT_FOUND', call('DELETE', `/logged-models/${escaped(modelId)}`, { model_id: modelId }));
    },
    filesAt: (uri) => below(rest, proxyRoot(uri), ''),
    getFileAt: (uri, path) => rest.download(`${proxyPath(uri)}/${escaped(path)}`),
    putFileAt: async (uri, path, bytes) => {
      await rest.call({ method: 'PUT', path: `${proxyPath(uri)}/${escaped(path)}`, body: bytes });
    },
  };
}

/** Nothing from a server that knows no such search, as those before MLflow 3. */
async function* search(rest: MlflowRest, query: object): AsyncGenerator<ArchivedLoggedModel[]> {
  let token = '';
  do {
    const body = { ...query, ...(token === '' ? {} : { page_token: token }) };
    const request = { method: 'POST', path: `${api}/logged-models/search`, body } as const;
    const page = await orNull('NOT_FOUND', rest.call<Paged & { models?: ModelMessage[] }>(request));
    yield (page?.models ?? []).map(modelOf);
    token = page?.next_page_token ?? '';
  } while (token !== '');
}

async function create(
  rest: MlflowRest,
  experimentId: string,
  { name, modelType, sourceRunId, params }: Pick<ArchivedLoggedModel, 'name' | 'modelType' | 'sourceRunId' | 'params'>,
  mark: KeyValue,
): Promise<{ modelId: string; artifactUri: string } | null> {
  const find = async () => {
    for await (const models of search(rest, { experiment_ids: [experimentId], max_results: 100 })) {
      const found = models.find(({ tags }) => tags.some(({ key, value }) => key === mark.key && value === mark.value));
      if (found !== undefined) return { model: { info: { model_id: found.modelId, artifact_uri: found.artifactUri } } };
    }
    return null;
  };
  const body = { experiment_id: experimentId, name, model_type: modelType, source_run_id: sourceRunId, params };
  const request = { method: 'POST', path: `${api}/logged-models`, body: { ...body, tags: [mark] } } as const;
  const creating = rest.callOnce<{ model: { info: { model_id: string; artifact_uri: string } } }>(request, find);
  const created = await creating.catch((error: unknown) => {
    if (isUnknownEndpoint(error)) return null;
    throw error;
  });
  return created === null
    ? null
    : { modelId: created.model.info.model_id, artifactUri: created.model.info.artifact_uri.replace(/\/+$/, '') };
}

/** Unlike an experiment that is not there, it comes without a code of MLflow's. */
function isUnknownEndpoint(error: unknown): boolean {
  const context = error instanceof PlatformError ? error.context : {};
  return (context['status'] === 404 || context['status'] === 405) && context['mlflowErrorCode'] === '';
}

function byRun(points: readonly LoggedModelPoint[]): Map<string, LoggedModelPoint[]> {
  const found = new Map<string, LoggedModelPoint[]>();
  for (const point of points) found.set(point.runId, [...(found.get(point.runId) ?? []), point]);
  return found;
}

function datasetOf({ dataset }: LoggedModelPoint): object {
  return dataset === null ? {} : { dataset_name: dataset.name, dataset_digest: dataset.digest };
}

async function* below(rest: MlflowRest, root: string, folder: string): AsyncGenerator<string> {
  const query = { path: folder === '' ? root : `${root}/${folder}` };
  const path = '/api/2.0/mlflow-artifacts/artifacts';
  const found = await rest.call<{ files?: readonly { path: string; is_dir?: boolean }[] }>({
    method: 'GET',
    path,
    query,
  });
  for (const file of found.files ?? []) {
    const name = folder === '' ? file.path : `${folder}/${file.path}`;
    if (file.is_dir === true) yield* below(rest, root, name);
    else yield name;
  }
}

interface ModelMessage {
  readonly info: {
    readonly model_id: string;
    readonly experiment_id: string;
    readonly name: string;
    readonly artifact_uri: string;
    readonly status: string;
    readonly model_type?: string;
    readonly source_run_id?: string;
    readonly tags?: readonly PairMessage[];
  };
  readonly data?: { readonly params?: readonly PairMessage[]; readonly metrics?: readonly ModelPointMessage[] };
}

interface ModelPointMessage extends PointMessage {
  readonly run_id?: string;
  readonly dataset_name?: string;
  readonly dataset_digest?: string;
}

function modelOf({ info, data = {} }: ModelMessage): ArchivedLoggedModel {
  return {
    modelId: info.model_id,
    experimentId: info.experiment_id,
    name: info.name,
    modelType: info.model_type ?? '',
    status: info.status,
    sourceRunId: info.source_run_id ?? '',
    artifactUri: info.artifact_uri.replace(/\/+$/, ''),
    params: (data.params ?? []).map(pairOf),
    tags: (info.tags ?? []).map(pairOf),
    metrics: (data.metrics ?? []).map((point) => ({
      ...pointOf(point),
      runId: point.run_id ?? '',
      dataset:
        point.dataset_name === undefined || point.dataset_name === ''
          ? null
          : { name: point.dataset_name, digest: point.dataset_digest ?? '' },
    })),
  };
}
