import { describe, expect, it } from 'vitest';
import { prefixHashes } from '../../../src/flows/fold-cache.ts';
import { randomWalk } from '../../support/random-walk.ts';

describe('prefixHashes', () => {
  const y = randomWalk(60, 1);
  const columns = [randomWalk(60, 2), randomWalk(60, 3)];

  it.each([
    ['prices', []],
    ['prices and drivers', columns],
  ])('tells what an origin saw of %s, whichever other origins are asked for', (_, seen) => {
    const all = prefixHashes(y, [10, 20, 30, 40], seen);
    const later = prefixHashes(y, [11, 20, 40, 41], seen);
    expect([later.get(20), later.get(40)]).toEqual([all.get(20), all.get(40)]);
    expect(new Set([...all.values(), ...later.values()]).size).toBe(6);
  });

  it('changes from the first origin on that saw another value of a driver', () => {
    const changed = columns.map((column, place) =>
      column.map((value, t) => (place === 1 && t === 25 ? value + 1 : value)),
    );
    const [before, after] = [prefixHashes(y, [20, 30], columns), prefixHashes(y, [20, 30], changed)];
    expect(after.get(20)).toBe(before.get(20));
    expect(after.get(30)).not.toBe(before.get(30));
  });
});
