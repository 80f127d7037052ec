import type { AssayApi, DataVersion } from '../contract.ts';

export interface DataVersions {
  /** The version of the data now; at once where it was asked lately. Rejects when the store is away. */
  current(): DataVersion | Promise<DataVersion>;
  /** Something was changed through this process: the next reader waits for a new look. */
  forget(): void;
}

/** For so long a version is used unasked. */
const freshMs = 250;
/** Until then it is used while the next is being asked for, so that readers of a busy server do not queue behind it. */
const usableMs = 1_000;

/** Asks for the version of the data at most four times a second, however many read. */
export function createDataVersions(api: Pick<AssayApi, 'dataVersion'>, nowMs: () => number): DataVersions {
  let known: { readonly version: DataVersion; readonly askedMs: number } | null = null;
  let asking: Promise<DataVersion> | null = null;
  let generation = 0;

  const ask = (): Promise<DataVersion> => {
    asking ??= look(generation).finally(() => {
      asking = null;
    });
    return asking;
  };
  const look = async (asked: number): Promise<DataVersion> => {
    const askedMs = nowMs();
    try {
      const version = await api.dataVersion();
      if (asked === generation) known = { version, askedMs };
      return version;
    } catch (error) {
      known = null;
      throw error;
    }
  };
  return {
    current() {
      const age = known === null ? Number.POSITIVE_INFINITY : nowMs() - known.askedMs;
      if (known === null || age > usableMs) return ask();
      // Whoever waits for the answer hears of a failure; here it only means that the next reader asks again.
      if (age > freshMs) ask().catch(() => undefined);
      return known.version;
    },
    forget() {
      generation += 1;
      known = null;
      asking = null;
    },
  };
}
