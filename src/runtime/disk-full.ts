import { PlatformError } from '../domain/errors.ts';

/** The same error, as DISK_FULL when the file system said so to a module that has no word for it. */
export function namingDiskFull(error: unknown): unknown {
  const isFull = error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
  if (!isFull) return error;
  return new PlatformError('DISK_FULL', `The disk of the data folder is full: ${error.message}.`, {
    cause: error,
    hint: 'Free some space, or move the data with ASSAY_DATA; what was stored is kept. Then start again.',
  });
}
