import { access } from 'node:fs/promises';
import type { Lake } from '../../ports/lake.ts';
import { createFsLake } from './fs.ts';
import { createS3Lake } from './s3.ts';

/** The lake at a folder or an `s3:` address; nothing is touched until its first use. Throws CONFIG_INVALID. */
export function openLake(place: string): Lake {
  return isBucket(place) ? createS3Lake(place) : createFsLake({ folder: place });
}

/** Throws when the lake cannot be reached; a folder that nobody has written to yet is not there either. */
export async function probeLake(place: string): Promise<void> {
  await (isBucket(place) ? createS3Lake(place).probe() : access(place));
}

/** Whether a place of the lake is a bucket rather than a folder. */
export function isBucket(place: string): boolean {
  return place.startsWith('s3:');
}
