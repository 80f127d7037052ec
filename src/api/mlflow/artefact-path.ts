import { invalidParameter } from './mlflow-error.ts';

/** Where the lake keeps what clients reach as `mlflow-artifacts:/...`. */
export const artefactRoot = 'tracking/artifacts';

/**
 * A client's artefact path as plain relative path, or INVALID_PARAMETER_VALUE. It is decoded until nothing changes,
 * so that no second reader can find in it what this one did not, and then refused unless every segment is an
 * ordinary name: no `.`, `..`, empty segment, backslash, drive, control character, `#`, or scheme.
 */
export function requireArtefactPath(raw: string): string {
  const path = decodedFully(raw);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  const isOdd = /[\u0000-\u001f\u007f\\#]/.test(path) || /^[a-z][a-z0-9+.-]*:/i.test(path);
  const segments = path.split('/');
  if (isOdd || segments.some((segment) => segment === '' || segment === '.' || segment === '..' || isMasked(segment))) {
    throw invalidParameter('Invalid path');
  }
  return path;
}

/**
 * The lake's key of an artefact by a path below the root. Keys know fewer names than artefacts have: a name outside
 * plain letters, digits and `._+-` is written as `x=` and the base64url of its UTF-8 bytes.
 */
export function artefactKey(path: string): string {
  return `${artefactRoot}/${path.split('/').map(keyOfName).join('/')}`;
}

/** The name that a segment of a key stands for. */
export function nameOfKey(segment: string): string {
  return segment.startsWith('x=') ? Buffer.from(segment.slice(2), 'base64url').toString('utf8') : segment;
}

const plainName = /^[A-Za-z0-9][A-Za-z0-9._+-]*(?<!\.)$/;
/** Names that Windows gives to devices whatever the extension. */
const deviceName = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

function keyOfName(name: string): string {
  if (plainName.test(name) && !deviceName.test(name)) return name;
  return `x=${Buffer.from(name, 'utf8').toString('base64url')}`;
}

/** The path below the root that an artefact URI of ours names, or null for a URI that is kept elsewhere. */
export function pathOfArtefactUri(uri: string): string | null {
  const matched = /^mlflow-artifacts:(?:\/\/[^/]*)?\/+(.+)$/s.exec(uri);
  const path = matched?.[1];
  return path === undefined ? null : requireArtefactPath(path.replace(/\/+$/, ''));
}

/** An experiment's artefact location as given, or null for the default one. */
export function artefactLocation(uri: string): string | null {
  if (uri === '') return null;
  if (uri.startsWith('runs:')) throw invalidParameter(`Artifact location cannot be a runs:/ URI. Given: '${uri}'`);
  if (uri.length > 2048) {
    throw invalidParameter(
      'Invalid artifact path length. The length of the artifact path cannot be greater than 2048 characters.',
    );
  }
  const decoded = decodedFully(uri);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (/[\u0000-\u001f\u007f\\#?]/.test(decoded) || decoded.split('/').some(isParent)) {
    throw invalidParameter(`Invalid artifact location: '${uri}'`);
  }
  if (uri.startsWith('mlflow-artifacts:')) pathOfArtefactUri(`${uri.replace(/\/+$/, '')}/any`);
  return uri;
}

/** Percent escapes resolved until none is left; what never settles is refused. */
export function decodedFully(text: string): string {
  let current = text;
  for (let round = 0; round < 10; round++) {
    const decoded = decodedOnce(current);
    if (decoded === current) return current;
    current = decoded;
  }
  throw invalidParameter('Invalid path');
}

function decodedOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that begins no escape, or bytes that are no UTF-8: refused, since others may read it otherwise.
    throw invalidParameter('Invalid path');
  }
}

function isParent(segment: string): boolean {
  return segment === '..';
}

/** `..;x` is a parent to servers that cut path parameters off. */
function isMasked(segment: string): boolean {
  return /^\.{1,2};/.test(segment);
}
