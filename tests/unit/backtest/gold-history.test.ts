import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { calibrateFolds, residualScale } from '../../../src/backtest/conformal.ts';
import { column, lossTable } from '../../../src/backtest/losses.ts';
import { rollingOrigin } from '../../../src/backtest/rolling-origin.ts';
import { defaultSettings } from '../../../src/backtest/settings.ts';
import { packageRoot } from '../../../src/config/package-root.ts';
import { createModel } from '../../../src/models/catalogue.ts';
import { mean } from '../../../src/stats/moments.ts';

const file = join(packageRoot, '..', 'shared', 'data', 'cbr_gold_history.csv');

describe.skipIf(!existsSync(file))(
  'intervals over the gold history (needs ../shared/data/cbr_gold_history.csv)',
  () => {
    it('cover what they promise at every horizon, made online over seventeen years', () => {
      const lines = readFileSync(file, 'utf8').trim().split('\n').slice(2);
      const y = Float64Array.from(lines, (line) => Number(line.split(',')[1]));
      const origins = Array.from({ length: y.length - 14 - 300 }, (_, index) => index + 300);
      const { horizon, window, windowLength, residualScale: kind, residualMemory } = defaultSettings;
      const options = { horizon, window, windowLength, seed: 1 };
      const folds = rollingOrigin(createModel('naive'), { y, season: 5 }, [{ fitOrigin: 300, origins }], options);
      const scale = residualScale(y, kind);
      const calibrated = calibrateFolds(folds, y, scale, { scale: kind, memory: residualMemory });
      const table = lossTable(calibrated, y, origins.slice(500));
      for (let step = 1; step <= horizon; step += 1) {
        expect(Math.abs(mean(column(table, table.inside80, step)) - 0.8)).toBeLessThan(0.02);
        expect(Math.abs(mean(column(table, table.inside95, step)) - 0.95)).toBeLessThan(0.02);
      }
      expect(mean(table.inside80)).toBeGreaterThan(0.78);
      expect(mean(table.inside80)).toBeLessThan(0.82);
      expect(mean(table.inside95)).toBeGreaterThan(0.94);
      expect(mean(table.inside95)).toBeLessThan(0.96);
    });
  },
);
