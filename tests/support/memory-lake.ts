import { keySegments, prefixParts, refuseImmutable } from '../../src/adapters/lake/lake-key.ts';
import type { Instant } from '../../src/domain/moscow-time.ts';
import type { Lake } from '../../src/ports/lake.ts';

export interface MemoryLake extends Lake {
  readonly objects: Map<string, Uint8Array>;
}

/** A lake that forgets: it passes the same contract suite as the real ones. */
export function createMemoryLake(): MemoryLake {
  const objects = new Map<string, Uint8Array>();
  return {
    objects,
    async putIfAbsent(key, bytes) {
      keySegments(key);
      if (objects.has(key)) return 'exists';
      objects.set(key, bytes.slice());
      return 'created';
    },
    async replace(key, bytes) {
      keySegments(key);
      refuseImmutable(key);
      objects.set(key, bytes instanceof Uint8Array ? bytes.slice() : await whole(bytes));
    },
    async get(key) {
      keySegments(key);
      return objects.get(key)?.slice() ?? null;
    },
    async *list(prefix) {
      prefixParts(prefix);
      for (const key of [...objects.keys()].toSorted()) {
        const bytes = objects.get(key)?.length ?? 0;
        if (key.startsWith(prefix)) yield { key, bytes, modifiedAt: '2025-06-27T12:00:00.000Z' as Instant };
      }
    },
    async remove(key) {
      keySegments(key);
      refuseImmutable(key);
      objects.delete(key);
    },
  };
}

async function whole(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const found: Uint8Array[] = [];
  for await (const part of parts) found.push(part);
  return new Uint8Array(Buffer.concat(found));
}
