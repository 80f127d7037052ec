import { PlatformError } from '../../domain/errors.ts';
import type { TrackingStore } from '../../ports/tracking-store.ts';
import { decodedFully } from './artefact-path.ts';
import { invalidParameter } from './mlflow-error.ts';

export interface VersionOrigin {
  readonly source: string;
  readonly storageLocation: string;
  readonly runId: string | null;
}

/**
 * Judges where a model version says its files are, as MLflow does: nothing relative in any encoding, nothing on the
 * server's own disk, an artefact of ours only within the run that is named, another version only by its number.
 * Other schemes are kept as text; this server never opens any of them.
 */
export async function requireVersionSource(
  source: string,
  runId: string | null,
  store: TrackingStore,
): Promise<VersionOrigin> {
  requireAbsolute(source);
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(source)?.[1]?.toLowerCase() ?? null;
  if (scheme === null || scheme === 'file') throw refuseLocal(source);
  if (scheme === 'models') return versionOrigin(source, runId, store);
  if (scheme === 'runs' && (runId === null || /^runs:\/+([^/]+)(?:\/|$)/.exec(source)?.[1] !== runId)) {
    throw refuseForeign(source, 'run_id');
  }
  if (isArtefactOfOurs(source) && !(runId !== null && (await isWithinRun(source, runId, store)))) {
    throw refuseForeign(source, 'run_id');
  }
  return { source, storageLocation: source, runId };
}

function requireAbsolute(source: string): void {
  const decoded = decodedFully(source.replaceAll('+', ' '));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  const isOdd = /[\u0000-\u001f\u007f\\]/.test(decoded);
  const path = decoded.replace(/^[a-z][a-z0-9+.-]*:(?:\/\/[^/]*)?/i, '').replace(/[?#].*$/s, '');
  const segments = decoded.split('/');
  const isRelative =
    segments.some((segment) => segment === '..' || /^\.\.;/.test(segment)) || /(?:^|\/)\.(?:\/|$)/.test(path);
  if (!isOdd && !isRelative) return;
  throw invalidParameter(
    `Invalid model version source: '${source}'. If supplying a source as an http, https, local file path, ftp, ` +
      'objectstore, or mlflow-artifacts uri, an absolute path must be provided without relative path references ' +
      'present. Please provide an absolute path.',
  );
}

/** A version copied from another one, by number or alias, keeps that one's files and run. */
async function versionOrigin(source: string, runId: string | null, store: TrackingStore): Promise<VersionOrigin> {
  const matched = /^models:\/([^/@:]+)(?:\/(\d+)|@([\w-]+))$/.exec(source);
  const [, name, number, alias] = matched ?? [];
  if (name === undefined) throw refuseForeign(source, 'model_id');
  const origin =
    number !== undefined
      ? await store.modelVersion(name, Number(number))
      : await store.versionByAlias(name, alias ?? '');
  if (origin === null) throw invalidParameter(`Registered model alias ${alias} not found.`);
  if (runId !== null && runId !== origin.runId) {
    throw invalidParameter(
      `Invalid model version source: '${source}'. The run_id and model_id request parameters must match the ` +
        'referenced model version.',
    );
  }
  return {
    source: `models:/${name}/${origin.version}`,
    storageLocation: origin.storageLocation,
    runId: origin.runId,
  };
}

function isArtefactOfOurs(source: string): boolean {
  if (/^mlflow-artifacts:/i.test(source)) return true;
  return /^https?:/i.test(source) && decodedFully(source).includes('/api/2.0/mlflow-artifacts/artifacts');
}

async function isWithinRun(source: string, runId: string, store: TrackingStore): Promise<boolean> {
  try {
    const { artifactUri } = (await store.run(runId)).info;
    const root = partsOf(artifactUri);
    const given = partsOf(source);
    return root.length > 2 && root.every((part, index) => given[index] === part);
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'NOT_FOUND') return false;
    throw error;
  }
}

/** Scheme, authority and path segments, so that two URIs can be compared piece by piece. */
function partsOf(uri: string): readonly string[] {
  const matched = /^([a-z][a-z0-9+.-]*):(?:\/\/([^/]*))?(.*)$/is.exec(uri);
  const [, scheme = '', authority = '', path = uri] = matched ?? [];
  const segments = path.split('/').filter((segment) => segment !== '');
  return [scheme.toLowerCase(), authority.toLowerCase(), ...segments.map(decodedFully)];
}

function refuseLocal(source: string): PlatformError {
  return invalidParameter(
    `Invalid model version source: '${source}'. To use a local path as a model version source, the run_id request ` +
      'parameter has to be specified and the local path has to be contained within the artifact directory of the run ' +
      'specified by the run_id.',
  );
}

function refuseForeign(source: string, field: 'run_id' | 'model_id'): PlatformError {
  return invalidParameter(
    `Invalid model version source: '${source}'. The ${field} request parameter must identify the resource that ` +
      'contains the source.',
  );
}
