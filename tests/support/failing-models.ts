import { works as sound } from '../../src/adapters/compute/works.ts';
import { rollingOrigin } from '../../src/backtest/rolling-origin.ts';
import type { FitJob, FoldJob } from '../../src/backtest/tournament-jobs.ts';
import type { Forecast, Forecaster } from '../../src/domain/forecaster.ts';
import { quantileLevels } from '../../src/domain/forecaster.ts';

/** Models of the catalogue, by name, each in place of the sound one and wrong in its own way. */
const failing: Readonly<Record<string, (horizon: number) => Forecast>> = {
  drift: () => {
    throw new Error('out of luck');
  },
  ses: (horizon) => {
    // Never gives way, as a fit caught in a loop would.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 120_000);
    return flat(horizon);
  },
  holt: (horizon) => {
    const kept: number[][] = [];
    for (let mb = 0; mb < 4000; mb += 1) kept.push(Array.from({ length: 131_072 }, (_, index) => index + mb + 0.5));
    return kept.length > 0 ? flat(horizon) : flat(1);
  },
  theta: (horizon) => ({ ...flat(horizon), mean: new Float64Array(horizon).fill(Number.NaN) }),
  'moving-average': (horizon) => ({ ...flat(horizon), quantiles: flat(horizon).quantiles.toReversed() }),
};

/** The works of the product, but for the models above, and one that fails only when it is carried to the end. */
export const works = {
  ...sound,
  folds(job: FoldJob) {
    const answer = failing[job.model];
    if (answer === undefined) return sound.folds(job);
    const { y, season, block, options } = job;
    return { ...rollingOrigin(forecasterOf(answer), { y, season }, [block], options), fit: null };
  },
  fit(job: FitJob) {
    if (job.model === 'damped') throw new Error('no way on');
    return sound.fit(job);
  },
};

function flat(horizon: number): Forecast {
  return {
    mean: new Float64Array(horizon).fill(100),
    quantiles: quantileLevels.map((level) => new Float64Array(horizon).fill(100 + level)),
  };
}

function forecasterOf(forecast: (horizon: number) => Forecast): Forecaster {
  const fitted = {
    name: 'failing',
    update: () => fitted,
    forecast,
    artefact: () => ({ format: 1 as const, model: 'failing', parameters: {}, state: {} }),
  };
  return { name: 'failing', parameters: {}, minObservations: 1, fit: () => fitted };
}
