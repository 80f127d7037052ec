import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';

/** An answer as it goes out: bytes made once, compressed once, for everybody who asks the same. */
export interface Answer {
  /** With `etag`, and `last-modified` where it is known. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Null where compressing does not pay. */
  readonly gzipped: Uint8Array<ArrayBuffer> | null;
}

export interface AnswerCache {
  /** The answer made of this version of the data, by `make` where there is none; made once for all who wait. */
  take(key: string, version: string, make: () => Promise<Answer>): Answer | Promise<Answer>;
  forget(): void;
}

export interface AnswerCacheOptions {
  readonly nowMs: () => number;
  readonly mostBytes?: number;
  readonly mostAnswers?: number;
  /** Whatever the version says, an answer is made anew after so long. */
  readonly longestMs?: number;
}

/** Answers by what was asked and the version of the data; the least lately used ones go first. */
export function createAnswerCache(options: AnswerCacheOptions): AnswerCache {
  const { nowMs, mostBytes = 48 * 1024 * 1024, mostAnswers = 2_000, longestMs = 60_000 } = options;
  const kept = new Map<string, Kept>();
  const pending = new Map<string, Promise<Answer>>();
  let bytes = 0;

  const drop = (key: string, one: Kept): void => {
    kept.delete(key);
    bytes -= sizeOf(one.answer);
  };
  const keep = (key: string, one: Kept): void => {
    const former = kept.get(key);
    if (former !== undefined) drop(key, former);
    kept.set(key, one);
    bytes += sizeOf(one.answer);
    for (const [oldest, answer] of kept) {
      if (bytes <= mostBytes && kept.size <= mostAnswers) break;
      drop(oldest, answer);
    }
  };
  return {
    take(key, version, make) {
      const found = kept.get(key);
      if (found !== undefined && found.version === version && nowMs() - found.madeMs <= longestMs) {
        kept.delete(key);
        kept.set(key, found);
        return found.answer;
      }
      const work = `${version} ${key}`;
      const underway = pending.get(work);
      if (underway !== undefined) return underway;
      const madeMs = nowMs();
      const making = make()
        .then((answer) => {
          keep(key, { version, madeMs, answer });
          return answer;
        })
        .finally(() => pending.delete(work));
      pending.set(work, making);
      return making;
    },
    forget() {
      kept.clear();
      bytes = 0;
    },
  };
}

interface Kept {
  readonly version: string;
  readonly madeMs: number;
  readonly answer: Answer;
}

const zip = promisify(gzip);
const leastBytes = 1_024;

/** The body compressed, off the main thread; null where it is small or does not shrink. */
export async function gzipped(body: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | null> {
  if (body.length < leastBytes) return null;
  const packed = await zip(body, { level: constants.Z_DEFAULT_COMPRESSION });
  return packed.length < body.length * 0.95 ? new Uint8Array(packed) : null;
}

function sizeOf({ body, gzipped: packed }: Answer): number {
  return body.length + (packed?.length ?? 0) + 500;
}
