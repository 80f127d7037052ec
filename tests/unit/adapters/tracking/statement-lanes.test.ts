import { describe, expect, it } from 'vitest';
import { createLanes } from '../../../../src/adapters/tracking/statement-lanes.ts';

/** Lanes over a store that keeps what it is given and refuses any group with a negative number in it. */
function recordingLanes(mostRows: number) {
  const groups: number[][] = [];
  const kept: number[] = [];
  const write = createLanes<number, string>({
    write: async (group) => {
      groups.push([...group]);
      await new Promise((resolve) => setImmediate(resolve));
      if (group.some((item) => item < 0)) throw new RangeError(`refused ${group.join()}`);
      kept.push(...group);
      return group.map((item) => `kept ${item}`);
    },
    sizeOf: (item) => Math.abs(item),
    mostRows,
  });
  return { groups, kept, write };
}

describe('createLanes', () => {
  it('writes together what arrives while two statements are under way, and answers each its own', async () => {
    const { groups, write } = recordingLanes(100);
    const answers = await Promise.all([1, 2, 3, 4, 5].map(write));
    expect(answers).toEqual([1, 2, 3, 4, 5].map((item) => `kept ${item}`));
    expect(groups).toEqual([[1], [2], [3, 4, 5]]);
  });

  it('holds a group to its rows, save a single item that is larger', async () => {
    const { groups, write } = recordingLanes(10);
    await Promise.all([1, 1, 6, 4, 3, 25, 2].map(write));
    expect(groups).toEqual([[1], [1], [6, 4], [3], [25], [2]]);
  });

  it('lets a refused item fail alone, each other one kept once', async () => {
    const { kept, write } = recordingLanes(100);
    const ends = await Promise.allSettled([1, 2, 3, -4, 5].map(write));
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(kept.sort()).toEqual([1, 2, 3, 5]);
  });
});
