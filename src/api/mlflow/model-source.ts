import { PlatformError } from '../../domain/errors.ts';
import type { TrackingStore } from '../../ports/tracking-store.ts';
import { decodedFully } from './artefact-path.ts';
import { invalidParameter } from './mlflow-error.ts';

export interface VersionOrigin {
  readonly source: string;
  readonly storageLocation: string;
  readonly runId: string | null;
  readonly modelId: string | null;
}

/** What a request says of a version's origin besides its source. */
export interface VersionClaim {
  readonly runId: string | null;
  readonly modelId: string | null;
}

/**
 * Judges where a model version says its files are, as MLflow does: nothing relative in any encoding, nothing on the
 * server's own disk, an artefact of ours only within the run that is named, another version only by its number.
 * Other schemes are kept as text; this server never opens any of them.
 */
export async function requireVersionSource(
  source: string,
  claim: VersionClaim,
  store: TrackingStore,
): Promise<VersionOrigin> {
  requireAbsolute(source);
  const { runId, modelId } = claim;
  const owner = modelId === null ? 'run_id' : 'model_id';
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(source)?.[1]?.toLowerCase() ?? null;
  if (scheme === null || scheme === 'file') throw refuseLocal(source);
  if (scheme === 'models') {
    return /^models:\/m-/.test(source) ? modelOrigin(source, claim, store) : versionOrigin(source, claim, store);
  }
  const runOfSource = /^runs:\/+([^/]+)(?:\/|$)/i.exec(source)?.[1];
  if (scheme === 'runs' && (runId === null || runOfSource !== runId)) throw refuseForeign(source, owner);
  if (isArtefactOfOurs(source)) {
    const root = await artefactRootOf(claim, store);
    if (root === null || !isWithin(source, root)) throw refuseForeign(source, owner);
  }
  return { source, storageLocation: source, runId, modelId };
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

/** A version made of a logged model: the request names it twice, and both must agree. */
async function modelOrigin(source: string, claim: VersionClaim, store: TrackingStore): Promise<VersionOrigin> {
  const modelId = /^models:\/(m-[\w-]+)$/.exec(source)?.[1];
  if (modelId === undefined || claim.modelId !== modelId) throw refuseForeign(source, 'model_id');
  const model = await orNull(store.loggedModel(modelId));
  if (model === null) throw refuseForeign(source, 'model_id');
  return { source, storageLocation: model.artifactLocation, runId: claim.runId ?? model.sourceRunId, modelId };
}

/** A version copied from another one, by number or alias, keeps that one's files, run and model. */
async function versionOrigin(source: string, claim: VersionClaim, store: TrackingStore): Promise<VersionOrigin> {
  const matched = /^models:\/([^/@:]+)(?:\/(\d{1,9})|@([\w-]+))$/.exec(source);
  const [, name, number, alias] = matched ?? [];
  if (name === undefined) throw refuseForeign(source, 'model_id');
  const origin =
    number !== undefined
      ? await store.modelVersion(name, Number(number))
      : await store.versionByAlias(name, alias ?? '');
  if (origin === null) throw invalidParameter(`Registered model alias ${alias} not found.`);
  const { runId = null, modelId = null } = origin;
  if ((claim.runId ?? runId) !== runId || (claim.modelId ?? modelId) !== modelId) {
    throw invalidParameter(
      `Invalid model version source: '${source}'. The run_id and model_id request parameters must match the ` +
        'referenced model version.',
    );
  }
  return { source: `models:/${name}/${origin.version}`, storageLocation: origin.storageLocation, runId, modelId };
}

function isArtefactOfOurs(source: string): boolean {
  if (/^mlflow-artifacts:/i.test(source)) return true;
  return /^https?:/i.test(source) && decodedFully(source).includes('/api/2.0/mlflow-artifacts/artifacts');
}

/** The folder that the claimed owner's artefacts are in, or null when there is no such owner. */
async function artefactRootOf({ runId, modelId }: VersionClaim, store: TrackingStore): Promise<string | null> {
  if (modelId !== null) return (await orNull(store.loggedModel(modelId)))?.artifactLocation ?? null;
  return runId === null ? null : ((await orNull(store.run(runId)))?.info.artifactUri ?? null);
}

function isWithin(source: string, root: string): boolean {
  const given = partsOf(source);
  return partsOf(root).every((part, index) => given[index] === part);
}

async function orNull<Row>(work: Promise<Row>): Promise<Row | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'NOT_FOUND') return null;
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
