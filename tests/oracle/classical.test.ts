import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ModelParameters } from '../../src/domain/forecaster.ts';
import { createModel } from '../../src/models/catalogue.ts';
import { normalQuantile } from '../../src/stats/normal.ts';
import { mstl } from '../../src/stats/stl.ts';
import { type MadeMember, madePanel } from './made-panel.ts';

interface Fitted {
  readonly logLikelihood: number;
  readonly forecast: readonly number[];
  /** Deviations at horizons 1..8. */
  readonly spread: readonly number[];
}

interface RMember {
  readonly name: string;
  readonly last: number;
  readonly ets: readonly (Fitted & { form: string })[];
  readonly automaticEts: { form: string; aicc: number };
  readonly arima: readonly (Fitted & { order: [number, number, number]; seasonal: [number, number, number] })[];
  readonly automaticArima: { order: number[]; aicc: number };
  readonly theta: readonly number[];
  readonly stl: { trend: number[]; seasonal: number[] } | null;
}

interface StatsforecastMember {
  readonly name: string;
  readonly last: number;
  readonly ces: readonly { form: string; squares: number; forecast: number[] }[];
  readonly optimisedTheta: readonly number[];
  readonly dynamicTheta: readonly number[];
}

const read = (file: string) => JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as { series: unknown };
const byR = read('classical-r.json').series as RMember[];
const byStatsforecast = read('classical-statsforecast.json').series as StatsforecastMember[];
const cases = madePanel.map((made, i) => ({ name: made.name, made, r: byR[i]!, sf: byStatsforecast[i]! }));

test('the made series are those of the references', () => {
  for (const { made, r, sf } of cases) {
    for (const reference of [r, sf]) {
      expect(reference.name).toBe(made.name);
      expect(made.y[made.y.length - 1]! / reference.last).toBeCloseTo(1, 8);
    }
  }
});

describe.each(cases)('$name', ({ made, r, sf }) => {
  // One unit for all distances: R's deviation of the one-step error of simple smoothing.
  const unit = r.ets[0]!.spread[0]!;

  test('ETS against R forecast ets', () => {
    for (const expected of r.ets) {
      const fitted = fitMade(made, 'ets', { form: expected.form });
      const { logLikelihood } = stateOf<{ logLikelihood: number }>(fitted);
      // The reference stops its search early under a season: ours may be better, never worse.
      expect((logLikelihood - expected.logLikelihood) / Math.abs(expected.logLikelihood)).toBeGreaterThan(-1e-4);
      if (logLikelihood - expected.logLikelihood > 5e-4) continue;
      expect(farthest(fitted.forecast(8).mean, expected.forecast) / unit).toBeLessThan(0.2);
      if (!expected.form.startsWith('A')) continue;
      spreads(fitted).forEach((spread, h) => {
        expect(Math.abs(spread / expected.spread[h]! - 1)).toBeLessThan(0.06);
      });
    }
    const { aicc } = stateOf<{ aicc: number }>(fitMade(made, 'ets', {}));
    expect(aicc).toBeLessThan(r.automaticEts.aicc + 0.02);
  });

  test('ARIMA against R forecast Arima and auto.arima', () => {
    for (const expected of r.arima) {
      const [p, d, q] = expected.order;
      const [P, D, Q] = expected.seasonal;
      const fitted = fitMade(made, 'sarima', { p, d, q, P, D, Q, seasonLength: made.season, scale: 'level' });
      const gap = stateOf<{ logLikelihood: number }>(fitted).logLikelihood - expected.logLikelihood;
      expect(gap / Math.abs(expected.logLikelihood)).toBeGreaterThan(-1e-5);
      if (gap > 5e-3) continue;
      expect(farthest(fitted.forecast(8).mean, expected.forecast) / unit).toBeLessThan(0.02);
    }
    const { aicc } = stateOf<{ aicc: number }>(fitMade(made, 'arima', { scale: 'level' }));
    expect(aicc).toBeLessThan(r.automaticArima.aicc + 0.02);
  });

  test('Theta against R forecast thetaf', () => {
    const { mean } = fitMade(made, 'theta', { scale: 'level' }).forecast(8);
    expect(farthest(mean, r.theta) / unit).toBeLessThan(0.01);
  });

  test('CES against statsforecast AutoCES', () => {
    for (const expected of sf.ces) {
      const fitted = fitMade(made, 'ces', { seasonality: expected.form });
      const { fit: found, unit: size } = stateOf<{ fit: { variance: number }; unit: number }>(fitted);
      const count = { none: 3, simple: 3, partial: 4, full: 5 }[expected.form]!;
      const squares = found.variance * (made.y.length - count) * size ** 2;
      expect(squares / expected.squares).toBeLessThan(1 + 5e-4);
      if (squares / expected.squares < 1 - 1e-3 && expected.form === 'none') continue;
      expect(farthest(fitted.forecast(8).mean, expected.forecast) / unit).toBeLessThan(0.25);
    }
  });
});

test.each(cases.filter(({ r }) => r.stl !== null))('STL of $name against R forecast mstl', ({ made, r }) => {
  const { trend, seasonals } = mstl(made.y, [made.season]);
  [0, 29, made.y.length - 1].forEach((t, i) => {
    expect(Math.abs(trend[t]! - r.stl!.trend[i]!)).toBeLessThan(1e-6 * Math.abs(made.y[t]!));
    expect(Math.abs(seasonals[0]![t]! - r.stl!.seasonal[i]!)).toBeLessThan(1e-6 * Math.abs(made.y[t]!));
  });
});

test.each([
  ['optimised-theta', 'optimisedTheta'],
  ['dynamic-theta', 'dynamicTheta'],
] as const)('%s against statsforecast, which searches what is solved here', (model, key) => {
  const distances = cases.map(({ made, r, sf }) => {
    const { mean } = fitMade(made, model, { scale: 'level', deseasonalise: 'none' }).forecast(8);
    return farthest(mean, sf[key]) / r.ets[0]!.spread[0]!;
  });
  distances.sort((a, b) => a - b);
  // Where the two optima lie far apart the likelihood is flat; half of the forecasts agree closely, all broadly.
  expect(distances[27]!).toBeLessThan(0.07);
  expect(distances[53]!).toBeLessThan(1.5);
});

function fitMade({ y, season }: MadeMember, model: string, parameters: ModelParameters) {
  return createModel(model, parameters).fit({ y, season }, { seed: 1 });
}

function stateOf<State>(fitted: ReturnType<typeof fitMade>): State {
  return fitted.artefact().state as State;
}

function farthest(ours: ArrayLike<number>, theirs: readonly number[]): number {
  return Math.max(...theirs.map((value, h) => Math.abs(ours[h]! - value)));
}

function spreads(fitted: ReturnType<typeof fitMade>): number[] {
  const { quantiles } = fitted.forecast(8);
  return Array.from(quantiles[8]!, (upper, h) => (upper - quantiles[4]![h]!) / normalQuantile(0.975));
}
