/** Error A(dditive) or M(ultiplicative), trend N(one), A(dditive) or Ad (damped), season N(one), A or M. */
export interface EtsShape {
  readonly error: 'A' | 'M';
  readonly trend: 'N' | 'A' | 'Ad';
  readonly season: 'N' | 'A' | 'M';
}

/**
 * The admissible forms: a multiplicative season with additive errors is left out, for its forecasts can have infinite
 * variance, and so are multiplicative trends, which forecast badly (Hyndman, Koehler, Ord & Snyder 2008, sections 2.5.2
 * and 15.1; the restrictions of R's `ets`). Additive errors come before the multiplicative ones that start from them.
 */
export const etsForms = [
  'ANN',
  'AAN',
  'AAdN',
  'MNN',
  'MAN',
  'MAdN',
  'ANA',
  'AAA',
  'AAdA',
  'MNA',
  'MAA',
  'MAdA',
  'MNM',
  'MAM',
  'MAdM',
] as const;

export type EtsForm = (typeof etsForms)[number];

export function shapeOf(form: EtsForm): EtsShape {
  return {
    error: form[0] as EtsShape['error'],
    trend: form.slice(1, -1) as EtsShape['trend'],
    season: form[form.length - 1] as EtsShape['season'],
  };
}

/** Parameters estimated: smoothing, initial states (the seasonal ones are tied by one sum) and the error variance. */
export function etsParameterCount({ trend, season }: EtsShape, seasonLength: number): number {
  return { N: 2, A: 4, Ad: 5 }[trend] + (season === 'N' ? 0 : seasonLength) + 1;
}

/** Smoothing parameters and the states before the first observation; 0 (phi: 1) where the form has none. */
export interface EtsParameters {
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
  readonly phi: number;
  readonly level: number;
  readonly slope: number;
  /**
   * `seasons[i]` is the seasonal state of observations i, i + m, ...: they sum to 0 (additive) or m (multiplicative) at
   * the start. Empty without a season.
   */
  readonly seasons: readonly number[];
}
