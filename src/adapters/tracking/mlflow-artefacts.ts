import { PlatformError } from '../../domain/errors.ts';
import type { Tracking } from '../../ports/tracking.ts';
import { escaped, proxyPath } from './mlflow-calls.ts';
import type { RunMessage } from './mlflow-messages.ts';
import type { MlflowRest } from './mlflow-rest.ts';

const api = '/api/2.0/mlflow';

/** Artefacts of runs through the server's own proxy. */
export function artefactCalls(rest: MlflowRest): Pick<Tracking, 'putArtefact' | 'getArtefact'> {
  const roots = artefactRoots(rest);
  return {
    putArtefact: async (runId, path, bytes) => {
      const target = `${await roots(runId)}/${escaped(path)}`;
      await rest.call({ method: 'PUT', path: target, body: bytes });
    },
    getArtefact: async (runId, path) => {
      try {
        return await rest.download(`${await roots(runId)}/${escaped(path)}`);
      } catch (error) {
        if (!isFailureWithin(error) || (await isListed(rest, runId, path))) throw error;
        throw new PlatformError('NOT_FOUND', `No such artifact: '${path}'`, { cause: error, context: { runId, path } });
      }
    },
  };
}

export async function artefactUri(rest: MlflowRest, runId: string): Promise<string> {
  const query = { run_id: runId };
  const { run } = await rest.call<{ run: RunMessage }>({ method: 'GET', path: `${api}/runs/get`, query });
  return run.info.artifact_uri.replace(/\/+$/, '');
}

/** Path of a run's artefacts below the server's address, asked once per run. */
function artefactRoots(rest: MlflowRest): (runId: string) => Promise<string> {
  const known = new Map<string, string>();
  return async (runId) => {
    const root = known.get(runId) ?? proxyPath(await artefactUri(rest, runId));
    known.set(runId, root);
    return root;
  };
}

/** MLflow before a bucket says 500 of an object that is not there. */
function isFailureWithin(error: unknown): boolean {
  return error instanceof PlatformError && error.context['status'] === 500;
}

async function isListed(rest: MlflowRest, runId: string, path: string): Promise<boolean> {
  const slash = path.lastIndexOf('/');
  const query = { run_id: runId, ...(slash === -1 ? {} : { path: path.slice(0, slash) }) };
  const found = await rest.call<{ files?: readonly { readonly path: string }[] }>({
    method: 'GET',
    path: `${api}/artifacts/list`,
    query,
  });
  return (found.files ?? []).some((file) => file.path === path);
}
