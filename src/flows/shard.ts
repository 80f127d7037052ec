import { PlatformError } from '../domain/errors.ts';

/** One of `count` parts of a plan, from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Every place belongs to one shard. Each round is dealt one place further, so that no shard gets all newest blocks. */
export function isOf({ index, count }: Shard, place: number): boolean {
  return (place + Math.floor(place / count)) % count === index - 1;
}

export function shardName({ index, count }: Shard): string {
  return `${index}/${count}`;
}

/** Reads `2/4`; throws INPUT_INVALID for anything else. */
export function parseShard(text: string): Shard {
  const [, index, count] = (/^([1-9]\d{0,5})\/([1-9]\d{0,5})$/.exec(text) ?? []).map(Number);
  if (index !== undefined && count !== undefined && index <= count) return { index, count };
  throw new PlatformError('INPUT_INVALID', `"${text}" is not a shard.`, {
    context: { shard: text },
    hint: 'Give it as 2/4: the second of four.',
  });
}
