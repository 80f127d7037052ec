import type { MetricName } from '../../src/api/contract.ts';
import type { Format } from '../i18n/format.ts';

const shares: ReadonlySet<MetricName> = new Set(['coverage50', 'coverage80', 'coverage95', 'directionalAccuracy']);
const gains: ReadonlySet<MetricName> = new Set(['skillVsNaive', 'wisSkillVsNaive']);
const ratios: ReadonlySet<MetricName> = new Set(['r2', 'r2OfChanges', 'mase', 'rmsse']);

/** A metric as a table shows it: shares as percent, gains with their sign, a dash for what has no meaning. */
export function metricText(name: MetricName, value: number | null, f: Format): string {
  if (value === null) return '–';
  if (shares.has(name)) return f.percent(100 * value, 0);
  if (gains.has(name)) return f.signedPercent(100 * value, 1);
  return f.number(value, ratios.has(name) ? 3 : 2);
}

/** Smaller is better; what is missing goes last. */
export function metricKey(name: MetricName, value: number | null): number {
  if (value === null) return Number.MAX_SAFE_INTEGER;
  const promised = /^coverage(\d+)$/.exec(name)?.[1];
  if (promised !== undefined) return Math.abs(value - Number(promised) / 100);
  if (name === 'bias') return Math.abs(value);
  return gains.has(name) || name === 'r2' || name === 'r2OfChanges' || name === 'directionalAccuracy' ? -value : value;
}
