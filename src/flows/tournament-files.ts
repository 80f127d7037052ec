import { backtestChart } from '../backtest/backtest-chart.ts';
import type { FoldPlan } from '../backtest/fold-plan.ts';
import type { Folds } from '../backtest/rolling-origin.ts';
import { PlatformError } from '../domain/errors.ts';
import { type Forecast, quantileLevels } from '../domain/forecaster.ts';
import type { PriceSeries } from '../domain/quote.ts';

/** A forecast as JSON text; JSON keeps every bit of a finite double. */
export function storedForecast({ mean, quantiles }: Forecast): string {
  return JSON.stringify({ mean: [...mean], quantiles: quantiles.map((row) => [...row]) });
}

/** The forecast of such a text; throws ARTEFACT_CORRUPT when it is none. */
export function readStoredForecast(bytes: Uint8Array): Forecast {
  try {
    const { mean, quantiles } = JSON.parse(new TextDecoder().decode(bytes)) as {
      mean: number[];
      quantiles: number[][];
    };
    return { mean: Float64Array.from(mean), quantiles: quantiles.map((row) => Float64Array.from(row)) };
  } catch (cause) {
    throw new PlatformError('ARTEFACT_CORRUPT', 'The stored forecast of a model is not readable.', {
      cause,
      hint: 'Train again: the forecast is written with the model.',
    });
  }
}

/** Calibrated forecasts of the selection and report blocks with what came true, one line per origin and horizon. */
export function foldsCsv(folds: Folds, { dates, values }: PriceSeries, plan: FoldPlan): string {
  const blockOf = new Map<number, string>();
  for (const origin of plan.selection) blockOf.set(origin, 'selection');
  for (const origin of plan.report) blockOf.set(origin, 'report');
  const columns = ['median', 'lower80', 'upper80', 'lower95', 'upper95'];
  const levels = ([0.5, 0.1, 0.9, 0.025, 0.975] as const).map((level) => quantileLevels.indexOf(level));
  const lines = [`block,cutoff,horizon,target_date,actual,mean,${columns.join(',')}`];
  for (const [row, origin] of folds.origins.entries()) {
    const block = blockOf.get(origin);
    if (block === undefined) continue;
    for (let index = 0; index < folds.horizon; index += 1) {
      const target = origin + index + 1;
      const spread = levels.map(
        (level) => folds.quantiles[(row * quantileLevels.length + level) * folds.horizon + index],
      );
      const figures = [values[target], folds.mean[row * folds.horizon + index], ...spread];
      const texts = figures.map((figure) => (figure === undefined || Number.isNaN(figure) ? '' : figure.toFixed(4)));
      lines.push([block, dates[origin], index + 1, dates[target], ...texts].join(','));
    }
  }
  return `${lines.join('\n')}\n`;
}

/**
 * The facts of the report block beside what was forecast of them at the longest horizon: one point per origin, at the
 * date of its fact. A whole SVG file.
 */
export function foldsChart(entry: string, folds: Folds, { metal, dates, values }: PriceSeries, plan: FoldPlan): string {
  const report = new Set(plan.report);
  const index = folds.horizon - 1;
  const rows = [...folds.origins.entries()].filter(([, origin]) => report.has(origin));
  const targets = rows.map(([, origin]) => origin + folds.horizon);
  const atLevel = (level: (typeof quantileLevels)[number]) => {
    const place = quantileLevels.indexOf(level);
    return rows.map(
      ([row]) => folds.quantiles[(row * quantileLevels.length + place) * folds.horizon + index] ?? Number.NaN,
    );
  };
  const data = {
    dates: targets.map((target) => dates[target] ?? ''),
    actual: targets.map((target) => values[target] ?? Number.NaN),
    median: atLevel(0.5),
    lower80: atLevel(0.1),
    upper80: atLevel(0.9),
  };
  return backtestChart(data, `${metal}, ${entry}: facts, and median and 80% interval ${folds.horizon} quotes before`);
}
