import type { Forecast, ModelParameters, TrainingData } from '../domain/forecaster.ts';
import { quantileLevels } from '../domain/forecaster.ts';
import { gramsPerTroyOunce } from '../domain/metal.ts';
import { parityPrice } from '../domain/parity.ts';
import { conformalQuantile } from '../stats/quantiles.ts';
import { blendedParts, weightedVolatility } from '../stats/weighted-volatility.ts';
import { defineModel, requireWhole } from './define-model.ts';
import { normalScores } from './gaussian-forecast.ts';
import { type ParityColumns, parityColumns } from './parity-columns.ts';
import { type RoubleLeg, roubleShifts } from './parity-rouble.ts';
import { chooseScale, validateScale, type WorkingScale, workingChanges } from './working-scale.ts';

interface ParityState {
  /** `centre[h - 1]`: mean and median. */
  readonly centre: readonly number[];
  readonly scale: WorkingScale;
  /** `reach[h - 1][k]`: half-width of the k-th central interval on the working scale, widest first; 0 for a fixed price. */
  readonly reach: readonly (readonly number[])[];
}

/** Fewer past errors than this give no 95% interval (Lei et al. 2018, theorem 2.2). */
const fewestErrors = 39;
const intervals = quantileLevels.length >> 1;

/**
 * The Bank's own formula (Bank of Russia, Directive 1283-U of 2003 and its successor of 2024), P = F x USD / 31.1035,
 * with the legs known at the origin (regressors named as
 * `featureNames` of the domain has them). Both legs known: that price exactly, without an interval. Else the gold leg is
 * the London price that is fixed or the newest one (a martingale), and the rouble leg the official rate with the part of
 * its next change that its last change, and the close of the Moscow Exchange where known, foretell: regressions without
 * a constant over the last `window` origins. Without London's prices it is the last price, moved by the official rate
 * where that is known already: no drift is ever assumed.
 *
 * Intervals are conformal (Lei et al. 2018): quantiles of past absolute log errors at the same horizon and in the same state of
 * knowledge, relative to the blended volatility at their origin (`blendedParts`), the last `memory` of them; where
 * that state is rarer than 39 errors, of all states. `update` is a fit.
 */
export const parity = defineModel<ParityState>({
  name: 'parity',
  family: 'formula',
  defaults: { window: 1000, memory: 500, horizons: 14, scale: 'auto' },
  validate(parameters) {
    validateScale('parity', parameters);
    requireWhole('parity', parameters, 'window', 40, 100_000);
    requireWhole('parity', parameters, 'memory', fewestErrors, 100_000);
    requireWhole('parity', parameters, 'horizons', 1, 250);
  },
  minObservations: () => 2,
  estimate: (data, parameters) => estimate(data, parameters),
  advance: (_state, data, parameters) => estimate(data, parameters),
  predict: (state, horizon) => predict(state, horizon),
});

function estimate(data: TrainingData, parameters: ModelParameters): ParityState {
  const { y } = data;
  const scale = chooseScale('parity', y, parameters);
  const changes = workingChanges('parity', y, scale);
  const columns = parityColumns(data);
  const rouble = roubleShifts(columns, Number(parameters['window']));
  const memory = Number(parameters['memory']);
  const past: Past = { y, columns, rouble, scale, changes, volatility: volatilityOf(changes), memory };
  const last = y.length - 1;
  const centre: number[] = [];
  const reach: number[][] = [];
  for (let h = 1; h <= Number(parameters['horizons']); h++) {
    const knowledge = knowledgeAt(last, h, columns);
    centre.push(priceAt(last, h, knowledge, past));
    reach.push(knowledge === 'fixed' ? new Array(intervals).fill(0) : reachOf(h, knowledge, past));
  }
  return { scale, centre, reach };
}

/** What the price of a quote to come rests on: errors are compared with errors made in the same knowledge. */
type Knowledge = 'fixed' | 'none' | 'rate' | `${'final' | 'newest'} gold${'' | ' and rate'}${'' | ' and close'}`;

function knowledgeAt(t: number, h: number, columns: ParityColumns): Knowledge {
  const isFinal = !Number.isNaN(columns.gold(t, h));
  const isSet = !Number.isNaN(columns.usd(t, h));
  if (isFinal && isSet) return 'fixed';
  if (!isFinal && Number.isNaN(columns.goldLatest[t]!)) return isSet ? 'rate' : 'none';
  const close = Number.isNaN(columns.closeRatio[t]!) ? '' : ' and close';
  return `${isFinal ? 'final' : 'newest'} gold${isSet ? ' and rate' : ''}${close}`;
}

/** The price h quotes after origin t. */
function priceAt(t: number, h: number, knowledge: Knowledge, { y, columns, rouble }: Known): number {
  const [fixed, rate] = [columns.gold(t, h), columns.usd(t, h)];
  if (knowledge === 'fixed') return parityPrice(fixed, rate);
  const newest = columns.newestUsd(t);
  if (knowledge === 'none' || knowledge === 'rate') {
    const move = newest / columns.usdLast[t]!;
    return Number.isNaN(move) ? y[t]! : y[t]! * move;
  }
  const gold = Number.isNaN(fixed) ? columns.goldLatest[t]! : fixed;
  const usd = Number.isNaN(rate) ? newest * Math.exp(rouble.shift(t, h - columns.ratesKnown(t))) : rate;
  return Number.isNaN(usd) ? y[t]! : (gold * usd) / gramsPerTroyOunce;
}

interface Known {
  readonly y: Float64Array;
  readonly columns: ParityColumns;
  readonly rouble: RoubleLeg;
}

interface Past extends Known {
  readonly scale: WorkingScale;
  readonly changes: Float64Array;
  /** Per origin, on the working scale. */
  readonly volatility: Float64Array;
  readonly memory: number;
}

/** Half-widths of the central intervals at horizon h on the working scale, widest first. */
function reachOf(h: number, knowledge: Knowledge, past: Past): number[] {
  const { changes, volatility } = past;
  const now = volatility[volatility.length - 1]!;
  const same = errorsOf(h, past, (other) => other === knowledge);
  const errors = same.length >= fewestErrors ? same : errorsOf(h, past, (other) => other !== 'fixed');
  if (errors.length >= fewestErrors) {
    const sorted = Float64Array.from(errors).sort();
    return quantileLevels.slice(0, intervals).map((level) => conformalQuantile(sorted, 1 - 2 * level) * now);
  }
  let sum = 0;
  for (const change of changes) sum += change * change;
  const deviation = Math.sqrt((sum / changes.length) * h);
  return Array.from(normalScores.subarray(0, intervals), (score) => -score * deviation);
}

/** Absolute errors in units of the volatility at their origin, newest first. */
function errorsOf(h: number, past: Past, wanted: (knowledge: Knowledge) => boolean): number[] {
  const { y, columns, scale, volatility, memory } = past;
  const errors: number[] = [];
  for (let t = y.length - 1 - h; t >= 1 && errors.length < memory; t--) {
    const knowledge = knowledgeAt(t, h, columns);
    if (!wanted(knowledge)) continue;
    const price = priceAt(t, h, knowledge, past);
    const error = scale === 'log' ? Math.log(y[t + h]! / price) : y[t + h]! - price;
    errors.push(Math.abs(error) / volatility[t]!);
  }
  return errors;
}

/** Never 0, relative to the largest, so that a quiet stretch divides nothing by nothing. */
function volatilityOf(changes: Float64Array): Float64Array {
  const volatility = weightedVolatility(changes, blendedParts);
  const floor = volatility.reduce((most, one) => Math.max(most, one), 0) * 1e-6 || 1;
  return volatility.map((one) => Math.max(one, floor));
}

/** Beyond the horizons that were measured intervals widen as those of a random walk. */
function predict({ scale, centre, reach }: ParityState, horizon: number): Forecast {
  const index = (i: number) => Math.min(i, centre.length - 1);
  const stretch = (i: number) => Math.sqrt(Math.max(1, (i + 1) / centre.length));
  const mean = Float64Array.from({ length: horizon }, (_, i) => centre[index(i)]!);
  const quantiles = quantileLevels.map((_, level) => {
    const pair = level < intervals ? level : quantileLevels.length - 1 - level;
    const sign = Math.sign(level - intervals);
    if (sign === 0) return mean;
    return mean.map((value, i) => {
      const move = sign * reach[index(i)]![pair]! * stretch(i);
      return scale === 'log' ? value * Math.exp(move) : value + move;
    });
  });
  return { mean, quantiles };
}
