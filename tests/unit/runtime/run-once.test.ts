import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../../src/domain/errors.ts';
import { runOnce } from '../../../src/runtime/run-once.ts';

const request = { flow: 'sync', parameters: {}, slot: 'sync-2025-06-27T13:30Z', trigger: 'airflow' };

describe('a slot', () => {
  it('runs once, whoever asks again', async () => {
    const runs = runsThat([true]);
    expect(await runOnce(runs, request)).toMatchObject({ runId: request.slot, repeated: false });
    expect(await runOnce(runs, { ...request, trigger: 'manual' })).toMatchObject({ repeated: true });
    expect(runs.started).toEqual([`${request.slot} airflow`]);
  });

  it('runs again, under the next name, only after it failed', async () => {
    const runs = runsThat([false, true]);
    await expect(runOnce(runs, request)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    expect(await runOnce(runs, request)).toMatchObject({ runId: `${request.slot}.2`, repeated: false });
    expect(await runOnce(runs, request)).toMatchObject({ runId: `${request.slot}.2`, repeated: true });
    expect(runs.started).toHaveLength(2);
  });

  it('never succeeds twice, whatever fails before and however many ask at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 4 }), fc.integer({ min: 1, max: 6 }), async (failures, callers) => {
        const runs = runsThat([...new Array<boolean>(failures).fill(false), true]);
        for (let round = 0; round <= failures; round += 1) {
          await Promise.allSettled(Array.from({ length: callers }, () => runOnce(runs, request)));
        }
        expect(runs.succeeded).toBe(1);
      }),
    );
  });
});

/** Runs by id, as a durable runner keeps them; those that are started end one after another as told. */
function runsThat(ends: readonly boolean[]) {
  const outcomes = new Map<string, Promise<Readonly<Record<string, unknown>>>>();
  const ended = new Set<string>();
  const told = { started: [] as string[], succeeded: 0 };
  return Object.assign(told, {
    hasEnded: async (runId: string) => ended.has(runId),
    start: async (_flow: string, _parameters: object, { runId = '', trigger = '' } = {}) => {
      if (outcomes.has(runId)) return { runId };
      const isGood = ends[told.started.length] ?? true;
      told.started.push(`${runId} ${trigger}`);
      if (isGood) told.succeeded += 1;
      const outcome = new Promise<Readonly<Record<string, unknown>>>((resolve, reject) => {
        setImmediate(() => {
          ended.add(runId);
          if (isGood) resolve({ runId });
          else reject(new PlatformError('SOURCE_UNAVAILABLE', 'not reached'));
        });
      });
      outcome.catch(() => undefined);
      outcomes.set(runId, outcome);
      return { runId };
    },
    result: (runId: string) => outcomes.get(runId) ?? Promise.reject(new PlatformError('NOT_FOUND', runId)),
  });
}
