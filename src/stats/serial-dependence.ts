import { chiSquaredTail } from './gamma.ts';
import { mean } from './moments.ts';

/**
 * Sample autocorrelations at lags 1..maxLag (index lag - 1), divided by n at each lag (Box & Jenkins 1976, 2.1.13).
 * `values` hold no NaN. A constant series gives NaN.
 */
export function autocorrelations(values: ArrayLike<number>, maxLag: number): Float64Array {
  const count = values.length;
  const centre = mean(values);
  const deviations = Float64Array.from(values, (value) => value - centre);
  const covariance = (lag: number) => {
    let sum = 0;
    for (let t = lag; t < count; t++) sum += deviations[t]! * deviations[t - lag]!;
    return sum;
  };
  const total = covariance(0);
  return Float64Array.from({ length: maxLag }, (_, i) => covariance(i + 1) / total);
}

/**
 * Ljung-Box (1978) test that the first `lags` autocorrelations are all zero; `fittedParameters` are taken off the
 * degrees of freedom when `values` are residuals. pValue is NaN when no degree is left or the series is constant.
 */
export function ljungBox(
  values: ArrayLike<number>,
  lags: number,
  fittedParameters = 0,
): { statistic: number; pValue: number; degrees: number } {
  const count = values.length;
  let sum = 0;
  autocorrelations(values, lags).forEach((correlation, i) => {
    sum += (correlation * correlation) / (count - i - 1);
  });
  const statistic = count * (count + 2) * sum;
  const degrees = lags - fittedParameters;
  return { statistic, pValue: chiSquaredTail(statistic, degrees), degrees };
}

/**
 * KPSS statistic of level stationarity (Kwiatkowski, Phillips, Schmidt & Shin 1992, equation 13) with a Bartlett window
 * of `lags` autocovariances; default trunc(3 sqrt(n) / 13), as automatic ARIMA selection uses it (Hyndman &
 * Khandakar 2008). Above 0.463 stationarity is refused at 5%. A constant series gives 0: nothing speaks against it.
 */
export function kpssStatistic(values: ArrayLike<number>, lags?: number): number {
  const count = values.length;
  const window = lags ?? Math.trunc((3 * Math.sqrt(count)) / 13);
  const centre = mean(values);
  const residuals = Float64Array.from(values, (value) => value - centre);
  let partial = 0;
  let sumSquares = 0;
  for (const residual of residuals) {
    partial += residual;
    sumSquares += partial * partial;
  }
  let longRun = 0;
  for (let lag = 0; lag <= window; lag++) {
    let covariance = 0;
    for (let t = lag; t < count; t++) covariance += residuals[t]! * residuals[t - lag]!;
    longRun += (lag === 0 ? 1 : 2 * (1 - lag / (window + 1))) * covariance;
  }
  return longRun > 0 ? sumSquares / (count * longRun) : 0;
}

/** The 5% critical value of `kpssStatistic` (Kwiatkowski et al. 1992, table 1). */
export const KPSS_CRITICAL_5_PERCENT = 0.463;
