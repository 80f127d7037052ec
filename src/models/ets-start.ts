import { linearTrend } from '../stats/least-squares.ts';
import { mean } from '../stats/moments.ts';
import { seasonalIndices } from '../stats/seasonality.ts';
import type { EtsShape } from './ets-form.ts';

/** States to begin the search with. */
export interface EtsStart {
  readonly level: number;
  readonly slope: number;
  readonly seasons: Float64Array;
}

/**
 * Heuristic states before the first observation (Hyndman, Koehler, Ord & Snyder 2008, section 2.6.1): seasonal ones by
 * classical decomposition, or by a trend and one wave when there are fewer than three seasons, level and slope from a
 * line through the first ten seasonally adjusted observations (two seasons, if longer).
 */
export function etsStart(y: Float64Array, { trend, season }: EtsShape, seasonLength: number): EtsStart {
  const seasons = season === 'N' ? new Float64Array(0) : startSeasons(y, season, seasonLength);
  const count = Math.min(Math.max(10, season === 'N' ? 10 : 2 * seasonLength), y.length);
  const adjusted = Float64Array.from({ length: count }, (_, t) => {
    if (season === 'N') return y[t]!;
    const index = seasons[t % seasonLength]!;
    return season === 'A' ? y[t]! - index : y[t]! / index;
  });
  if (trend === 'N') return { level: mean(adjusted), slope: 0, seasons };
  const line = linearTrend(adjusted);
  return { level: line.intercept - line.slope, slope: line.slope, seasons };
}

function startSeasons(y: Float64Array, season: 'A' | 'M', seasonLength: number): Float64Array {
  const kind = season === 'A' ? 'additive' : 'multiplicative';
  const raw = y.length >= 3 * seasonLength ? seasonalIndices(y, seasonLength, kind) : oneWave(y, season, seasonLength);
  if (season === 'A') {
    const centre = mean(raw);
    return raw.map((value) => value - centre);
  }
  // Negative or tiny indices cannot be divided by.
  const bounded = raw.map((value) => Math.max(value, 1e-2));
  const centre = mean(bounded);
  return bounded.map((value) => value / centre);
}

/** What is left of the first season after a line, smoothed to its first harmonic. */
function oneWave(y: Float64Array, season: 'A' | 'M', seasonLength: number): Float64Array {
  const line = linearTrend(y);
  const at = (t: number) => line.intercept + line.slope * t;
  const rest = y.map((value, t) => (season === 'A' ? value - at(t) : value / at(t) - 1));
  let cosine = 0;
  let sine = 0;
  rest.forEach((value, t) => {
    cosine += (2 * value * Math.cos((2 * Math.PI * t) / seasonLength)) / y.length;
    sine += (2 * value * Math.sin((2 * Math.PI * t) / seasonLength)) / y.length;
  });
  return Float64Array.from({ length: seasonLength }, (_, i) => {
    const angle = (2 * Math.PI * i) / seasonLength;
    const wave = cosine * Math.cos(angle) + sine * Math.sin(angle);
    return season === 'A' ? wave : 1 + wave;
  });
}
