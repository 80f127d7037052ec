import { describe, expect, it } from 'vitest';
import { chooseCalibration } from '../../../src/backtest/calibration.ts';
import { calibrateForecast, residualScale } from '../../../src/backtest/conformal.ts';
import { rollingOrigin } from '../../../src/backtest/rolling-origin.ts';
import type { TrainingData } from '../../../src/domain/forecaster.ts';
import { quantileLevels } from '../../../src/domain/forecaster.ts';
import { catalogue, createModel } from '../../../src/models/catalogue.ts';
import { createRng } from '../../../src/stats/random.ts';
import { randomWalk } from '../../support/random-walk.ts';

const [length, cut, horizon] = [400, 310, 3];
const kinds = ['relative', 'volatility', 'blend'] as const;

/** Prices and regressors; all that comes after the cut is different for another `later`. */
function history(later: number): TrainingData {
  const y = randomWalk(length, 21).map((value, t) => (t > cut ? value * (1 + later) + later * t : value));
  const rng = createRng(5);
  const columns = [0, 1].map(() =>
    Float64Array.from({ length }, (_, t) => rng.normal() + (t > cut ? 100 * later * (t % 7) : 0)),
  );
  return { y, season: 5, regressors: { names: ['london', 'dollar'], columns } };
}

const [one, other] = [history(0), history(0.7)];

describe('nothing that comes after an origin moves it by a bit:', () => {
  // Fitted a little before the cut and carried to it, so that both a fit and an update that looked ahead would show.
  const blocks = [{ fitOrigin: 305, origins: [305, cut] }];
  it.each(catalogue.map(({ name }) => name))('%s', (name) => {
    const [before, after] = [one, other].map((data) => {
      const options = { horizon, window: 'expanding', windowLength: 100, seed: 3 } as const;
      return rollingOrigin(createModel(name), data, blocks, options);
    });
    expect(bits(after!.mean)).toEqual(bits(before!.mean));
    expect(bits(after!.quantiles)).toEqual(bits(before!.quantiles));
    expect([before!.failures, after!.failures]).toEqual([[], []]);
  });

  it.each(kinds)('the scale %s', (kind) => {
    const [before, after] = [one, other].map(({ y }) => residualScale(y, kind).slice(0, cut + 1));
    expect(bits(after!)).toEqual(bits(before!));
  });

  it('the choice of a calibration, and the calibrated forecast', () => {
    const origins = Array.from({ length: 250 }, (_, index) => 60 + index);
    const calibrated = [one, other].map(({ y }) => {
      const known = y.slice(0, cut + 1);
      const options = { scale: 'blend', memory: 200 } as const;
      const settings = { horizon, window: 'expanding', windowLength: 100, seed: 3 } as const;
      // The walk goes on past the cut, as it does in a tournament; only what is read at the cut must not know.
      const folds = rollingOrigin(
        createModel('drift'),
        { y, season: 5 },
        [{ fitOrigin: 60, origins: [...origins, 330] }],
        settings,
      );
      const choosing = origins.filter((origin) => origin + horizon <= cut);
      const choice = chooseCalibration(folds, y, residualScale(y, 'blend'), choosing, options);
      const forecast = {
        mean: Float64Array.of(900, 900, 900),
        quantiles: quantileLevels.map(() => Float64Array.of(900, 900, 900)),
      };
      const own = calibrateForecast(forecast, folds, known, residualScale(known, 'blend'), {
        ...options,
        method: choice.method,
      });
      return { method: choice.method, scores: choice.scores, quantiles: own?.quantiles.map((row) => bits(row)) };
    });
    expect(calibrated[1]).toEqual(calibrated[0]);
  });

  it('and a look ahead would be seen: the same data told apart one quote later', () => {
    const next = [{ fitOrigin: cut + 1, origins: [cut + 1] }];
    const [before, after] = [one, other].map((data) => {
      const options = { horizon, window: 'expanding', windowLength: 100, seed: 3 } as const;
      return rollingOrigin(createModel('naive'), data, next, options);
    });
    expect(bits(after!.mean)).not.toEqual(bits(before!.mean));
  });
});

function bits(values: Float64Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('hex');
}
