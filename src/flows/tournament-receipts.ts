import { PlatformError } from '../domain/errors.ts';
import type { Lake } from '../ports/lake.ts';
import { sha256 } from './model-registry.ts';

/** What one machine computed of a plan: no times and no names of machines, so that a repeat is the same object. */
export interface ShardReceipt {
  readonly format: 1;
  readonly plan: string;
  readonly dataHash: string;
  readonly codeVersion: string;
  readonly shard: string;
  readonly pieces: readonly {
    readonly piece: string;
    /** SHA-256 of the folds that are in the lake; null for a piece that came to none. */
    readonly folds: string | null;
    readonly failure: string | null;
  }[];
}

export async function writeReceipt(
  receipt: ShardReceipt,
  lake: Lake,
): Promise<{ readonly key: string; readonly outcome: 'created' | 'exists' }> {
  const text = JSON.stringify(receipt);
  const key = `${prefixOf(receipt.plan)}${sha256(text)}.json`;
  return { key, outcome: await lake.putIfAbsent(key, new TextEncoder().encode(text)) };
}

/** Every receipt of a plan, in the order of their keys. Throws ARTEFACT_CORRUPT naming one that is damaged. */
export async function readReceipts(
  plan: string,
  lake: Lake,
): Promise<readonly { readonly key: string; readonly receipt: ShardReceipt }[]> {
  const found: { key: string; receipt: ShardReceipt }[] = [];
  for await (const { key } of lake.list(prefixOf(plan))) {
    const text = new TextDecoder().decode((await lake.get(key)) ?? new Uint8Array());
    if (!key.endsWith(`/${sha256(text)}.json`)) throw damaged(key);
    found.push({ key, receipt: JSON.parse(text) as ShardReceipt });
  }
  return found;
}

const prefixOf = (plan: string): string => `cache/shards/${plan}/`;

function damaged(key: string): PlatformError {
  return new PlatformError('ARTEFACT_CORRUPT', `The receipt ${key} of a shard is damaged.`, {
    context: { key },
    hint: 'Remove that object and compute the shard again.',
  });
}
