import { PlatformError } from '../../domain/errors.ts';
import type { Lake } from '../../ports/lake.ts';
import { artefactKey, artefactRoot, nameOfKey } from './artefact-path.ts';

export interface ArtefactFile {
  readonly name: string;
  /** Null for a folder. */
  readonly bytes: number | null;
}

/** What lies directly in a folder: the lake knows only whole keys, folders are what keys have in common. */
export async function children(lake: Lake, folder: string): Promise<ArtefactFile[]> {
  const prefix = `${folder === '' ? artefactRoot : artefactKey(folder)}/`;
  const found = new Map<string, ArtefactFile>();
  for await (const entry of lake.list(prefix)) {
    const rest = entry.key.slice(prefix.length);
    const slash = rest.indexOf('/');
    const name = nameOfKey(slash === -1 ? rest : rest.slice(0, slash));
    if (name !== '' && !found.has(name)) found.set(name, { name, bytes: slash === -1 ? entry.bytes : null });
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function fileMessage(file: ArtefactFile, path: string): object {
  return file.bytes === null ? { path, is_dir: true } : { path, is_dir: false, file_size: file.bytes };
}

export async function download(lake: Lake, path: string): Promise<Response> {
  const bytes = await lake.get(artefactKey(path));
  if (bytes === null) throw new PlatformError('NOT_FOUND', `No such artifact: '${path}'`);
  const name = path.slice(path.lastIndexOf('/') + 1);
  return new Response(new Uint8Array(bytes), {
    headers: {
      'content-type': mediaType(name),
      'content-length': String(bytes.length),
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
      // A page stored as an artefact must never run as one of ours.
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
    },
  });
}

/** What MLflow shows as text, by the name's end. */
const textNames = new Set(
  'txt log err cfg conf cnf cf ini properties prop hocon toml yaml yml xml json js py py3 csv tsv md rst ipynb MLmodel MLproject'.split(
    ' ',
  ),
);

const mediaTypes: Readonly<Record<string, string>> = {
  gif: 'image/gif',
  htm: 'text/html',
  html: 'text/html',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  pdf: 'application/pdf',
  png: 'image/png',
  svg: 'image/svg+xml',
};

function mediaType(name: string): string {
  const extension = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1) : name;
  if (textNames.has(extension)) return 'text/plain';
  const known = extension.toLowerCase();
  return (Object.hasOwn(mediaTypes, known) ? mediaTypes[known] : undefined) ?? 'application/octet-stream';
}

/** Stores or replaces an artefact; a refusal tells the artefact's own path, never where this server keeps it. */
export async function upload(lake: Lake, path: string, bytes: Parameters<Lake['replace']>[1]): Promise<void> {
  try {
    await lake.replace(artefactKey(path), bytes);
  } catch (error) {
    if (!(error instanceof PlatformError) || error.code !== 'CONFLICT') throw error;
    throw new PlatformError('INPUT_INVALID', `'${path}' cannot be both an artifact and a folder of artifacts.`, {
      cause: error,
    });
  }
}

/** Removes an artefact, or everything in a folder of that name. */
export async function removeArtefacts(lake: Lake, path: string): Promise<void> {
  const key = artefactKey(path);
  let isFolder = false;
  for await (const entry of lake.list(`${key}/`)) {
    isFolder = true;
    await lake.remove(entry.key);
  }
  if (!isFolder) await lake.remove(key);
}
