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
  let text = `block,cutoff,horizon,target_date,actual,mean,${columns.join(',')}\n`;
  for (const [row, origin] of folds.origins.entries()) {
    const block = blockOf.get(origin);
    if (block === undefined) continue;
    for (let index = 0; index < folds.horizon; index += 1) {
      const target = origin + index + 1;
      text += `${block},${dates[origin]},${index + 1},${dates[target] ?? ''},${toTenThousandths(values[target])}`;
      text += `,${toTenThousandths(folds.mean[row * folds.horizon + index])}`;
      for (const level of levels) {
        text += `,${toTenThousandths(folds.quantiles[(row * quantileLevels.length + level) * folds.horizon + index])}`;
      }
      text += '\n';
    }
  }
  return text;
}

/** What `toFixed(4)` gives, several times as fast, for prices; nothing for a missing one. */
function toTenThousandths(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '';
  const scaled = value * 10_000;
  const rounded = Math.round(scaled);
  // Near a tie, and beyond whole numbers, only the exact decimal digits of the number tell which way it goes.
  if (!(scaled >= 0 && scaled < 1e12) || Math.abs(Math.abs(scaled - rounded) - 0.5) < 0.001) return value.toFixed(4);
  const whole = Math.floor(rounded / 10_000);
  const rest = rounded - 10_000 * whole;
  return `${whole}.${rest < 10 ? '000' : rest < 100 ? '00' : rest < 1000 ? '0' : ''}${rest}`;
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
