import { rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { runKillTrials } from '../support/kill-trials.ts';
import { makeHistory } from '../support/made-history.ts';

it('loses nothing, doubles nothing and leaves nothing half done when killed at twelve random moments', async () => {
  const history = makeHistory();
  try {
    const report = await runKillTrials({
      ...{ trials: 12, seed: 20_250_628, examineEvery: 6, history, isComplete: true },
      tell: () => undefined,
    });
    expect(report.violations).toEqual([]);
    expect(Object.values(report.kills).reduce((sum, count) => sum + count, 0) + report.escaped).toBe(12);
    expect(report.escaped).toBeLessThan(9);
    expect(report.examinations).toBe(3);
  } finally {
    rmSync(history.folder, { recursive: true, force: true });
  }
});
