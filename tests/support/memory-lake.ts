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
      objects.set(key, bytes.slice());
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
