import { PlatformError } from '../../domain/errors.ts';

const maxKeyLength = 800;
const maxSegmentLength = 200;
const segmentPattern = /^[A-Za-z0-9][A-Za-z0-9._=+@-]*$/;
/** Names that Windows gives to devices whatever the extension. */
const deviceName = /^(?:con|prn|aux|nul|com[1-9]|lpt[1-9])(?:\.|$)/i;
const immutablePrefixes = ['raw/', 'quarantine/'];

/**
 * The segments of a key. Keys are kept to what every file system and object store can hold, so that a lake
 * can move between them; throws INPUT_INVALID naming the key and what is wrong with it.
 */
export function keySegments(key: string): string[] {
  if (key.length > maxKeyLength) throw badKey(key, `it is longer than ${maxKeyLength} characters`);
  const segments = key.split('/');
  for (const segment of segments) {
    const fault = segmentFault(segment);
    if (fault !== null) throw badKey(key, fault);
  }
  return segments;
}

/** A prefix as the folder to look in and the beginning of the names there. */
export function prefixParts(prefix: string): { readonly folder: string[]; readonly start: string } {
  const end = prefix.lastIndexOf('/');
  const start = prefix.slice(end + 1);
  if (start !== '' && segmentFault(start) !== null && segmentFault(`${start}0`) !== null) {
    throw badKey(prefix, segmentFault(`${start}0`) ?? '');
  }
  return { folder: end < 0 ? [] : keySegments(prefix.slice(0, end)), start };
}

/** Throws CONFLICT for a key whose object is a record of what was received. */
export function refuseImmutable(key: string): void {
  if (!immutablePrefixes.some((prefix) => key.startsWith(prefix))) return;
  throw new PlatformError('CONFLICT', `The lake object ${key} is a record and cannot be replaced or removed.`, {
    context: { key },
    hint: 'Only derived objects (exports) can be replaced; store new bytes under a new key.',
  });
}

function segmentFault(segment: string): string | null {
  if (segment === '') return 'it has an empty segment';
  if (segment.startsWith('.')) return 'a segment begins with a dot';
  if (segment.length > maxSegmentLength) return `a segment is longer than ${maxSegmentLength} characters`;
  if (segment.endsWith('.')) return 'a segment ends with a dot';
  if (deviceName.test(segment)) return `"${segment}" is a reserved name`;
  if (!segmentPattern.test(segment)) return 'a segment holds a character outside A-Z a-z 0-9 . _ = + @ -';
  return null;
}

function badKey(key: string, what: string): PlatformError {
  const shown = JSON.stringify(key.length > 120 ? `${key.slice(0, 120)}...` : key);
  return new PlatformError('INPUT_INVALID', `${shown} is not a key of the lake: ${what}.`, {
    context: { key: shown },
    hint: 'Keys look like raw/cbr/metals/1998-01-05_2025-06-28/<sha256>.xml.',
  });
}
