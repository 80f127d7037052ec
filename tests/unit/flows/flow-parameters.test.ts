import { expect, it } from 'vitest';
import { horizonOf } from '../../../src/flows/flow-parameters.ts';

it('forecasts 14 quotes ahead, or as many as asked up to that', () => {
  expect([horizonOf({}), horizonOf({ horizon: '5' }), horizonOf({ horizon: 1 })]).toEqual([14, 5, 1]);
  for (const horizon of [0, 15, 2.5, 'x', '']) {
    expect(() => horizonOf({ horizon })).toThrowError(expect.objectContaining({ code: 'INPUT_INVALID' }));
  }
});
