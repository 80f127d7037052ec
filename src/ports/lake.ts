import type { Instant } from '../domain/moscow-time.ts';

export interface LakeEntry {
  readonly key: string;
  readonly bytes: number;
  readonly modifiedAt: Instant;
}

/**
 * Immutable objects under slash-separated keys. A reader sees an object whole or not at all;
 * an object that was acknowledged survives a crash.
 */
export interface Lake {
  /** Stores the object unless the key is taken; never overwrites. */
  putIfAbsent(key: string, bytes: Uint8Array): Promise<'created' | 'exists'>;
  /**
   * Stores or atomically replaces an object that can be derived again (exports, never raw bytes).
   * Bytes that come in parts are never held together; when they end in an error, that is thrown and nothing replaced.
   * A part belongs to the lake once it was given: its memory may be another thread's by then.
   * Keys under `raw/` and `quarantine/` are refused with CONFLICT.
   */
  replace(key: string, bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<void>;
  /** The object, or null when there is none. */
  get(key: string): Promise<Uint8Array | null>;
  /** All entries whose key begins with the prefix, in key order; half-written objects never appear. */
  list(prefix: string): AsyncIterable<LakeEntry>;
  /** Removes an object if present. Keys under `raw/` and `quarantine/` are refused with CONFLICT. */
  remove(key: string): Promise<void>;
}
