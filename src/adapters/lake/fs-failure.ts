import { PlatformError } from '../../domain/errors.ts';

/** A failure of the file system as one of ours, with what was being done to which path. */
export function lakeFailure(error: unknown, action: string, path: string): PlatformError {
  if (error instanceof PlatformError) return error;
  const code = errnoOf(error) ?? 'unknown';
  const details = { cause: error, context: { path, code } };
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new PlatformError('DISK_FULL', `The disk of the lake is full: could not ${action} ${path}.`, {
        ...details,
        hint: 'Free some space and run the same command again; nothing half-written is left in the lake.',
      });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new PlatformError('STORE_UNAVAILABLE', `No permission to ${action} ${path} (${code}).`, {
        ...details,
        hint: 'Let this user read and write the lake folder, or name another one with LAKE_URL.',
      });
    case 'ENOTDIR':
    case 'EISDIR':
      return new PlatformError(
        'CONFLICT',
        `Could not ${action} ${path}: a file stands where a folder belongs (${code}).`,
        {
          ...details,
          hint: 'One key of the lake cannot be the beginning of another; move the file in the way.',
        },
      );
    default:
      return new PlatformError('STORE_UNAVAILABLE', `Could not ${action} ${path} (${code}).`, {
        ...details,
        hint: 'See that the disk of the lake is mounted and in order.',
      });
  }
}

/** The system's own name of an error (`ENOENT`), or null where it has none. */
export function errnoOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
