import { describe, expect, it } from 'vitest';
import { pageHinkley, type ScoredForecast, watchChampion } from '../../../src/backtest/monitor.ts';
import { createRng } from '../../../src/stats/random.ts';

describe('pageHinkley', () => {
  it('by hand', () => {
    expect(pageHinkley([0, 0, 2, 2, 2, 0], 1, 2.5)).toEqual([{ at: 4, since: 1, height: 3 }]);
    expect(pageHinkley([0, 0, 0], 0, 0)).toEqual([]);
  });
});

describe('watchChampion', () => {
  it('stays calm about a champion as good as naive, and about naive itself', () => {
    const alarms = Array.from({ length: 60 }, (_, seed) => watchChampion(live(500, seed, 0.3)).alarms.length);
    expect(alarms.filter((count) => count > 0).length).toBeLessThan(6);
    const naive = watchChampion(live(300, 1, 0));
    expect(naive).toMatchObject({ days: 300, relativeLoss: 0, alarms: [] });
  });

  it('raises the alarm when the forecasts go wrong, and says since when', () => {
    const scored = live(400, 5, 0.3, { from: 250, error: 1.5 });
    const { alarms } = watchChampion(scored);
    const first = alarms.find(({ code }) => code === 'worse-than-naive');
    expect(first).toBeDefined();
    expect(first!.targetDate > day(255)).toBe(true);
    expect(first!.targetDate < day(340)).toBe(true);
    expect(first!.statistic).toBeGreaterThan(first!.threshold);
  });

  it('notices intervals that no longer hold what they promise', () => {
    const scored = live(300, 5, 0).map((one) => ({
      ...one,
      inside80: one.targetDate < day(200) ? one.inside80 : false,
    }));
    const { alarms } = watchChampion(scored);
    expect(alarms[0]).toMatchObject({ code: 'misses-intervals' });
    expect(alarms[0]!.targetDate > day(200) && alarms[0]!.targetDate < day(210)).toBe(true);
  });

  it('tells nothing from a few days, and does not mind the order of the facts', () => {
    expect(watchChampion(live(30, 5, 0.3, { from: 0, error: 5 })).alarms).toEqual([]);
    const scored = live(200, 5, 0.3, { from: 100, error: 2 });
    expect(watchChampion([...scored].reverse())).toEqual(watchChampion(scored));
  });
});

/** Three horizons of a champion whose forecasts differ from naive by noise, and by an error of its own from a day on. */
function live(days: number, seed: number, noise: number, wrong?: { from: number; error: number }): ScoredForecast[] {
  const rng = createRng(seed);
  return Array.from({ length: days }, (_, at) => {
    const actual = 1000;
    return [1, 2, 3].map((horizon) => {
      const naive = actual + 10 * rng.normal();
      const extra = wrong !== undefined && at >= wrong.from ? 10 * wrong.error * rng.normal() : 0;
      const mean = naive + 10 * noise * 0.3 * rng.normal() + extra;
      return { targetDate: day(at), horizon, mean, naive, actual, inside80: rng.uniform() < 0.8 };
    });
  }).flat();
}

function day(at: number): string {
  return new Date(Date.UTC(2024, 0, 1 + at)).toISOString().slice(0, 10);
}
