/** A chart's numbers as they travel to the script of the page: whole, in order, small. */
export interface ChartWire {
  readonly title: string;
  /** Horizontal domain: day numbers since 1970-01-01, or steps ahead. */
  readonly axis: 'days' | 'months' | 'steps';
  readonly from: number;
  readonly to: number;
  readonly isLog: boolean;
  readonly withZero: boolean;
  /** Decimals of every value. */
  readonly digits: number;
  /** Printed after each value, with its space. */
  readonly unit: string;
  readonly series: readonly WireSeries[];
  readonly rules: readonly { readonly at: number; readonly label: string }[];
}

export interface WireSeries {
  readonly kind: 'line' | 'area' | 'bars' | 'dots' | 'band';
  /** Class of the style sheet that colours it; null: by the sign of the value. */
  readonly tone: string | null;
  /** Empty: drawn, but not among the values read out. */
  readonly name: string;
  /** First value, then differences. */
  readonly x: readonly number[];
  /** Whole numbers of the last decimal: first value, then differences. */
  readonly y: readonly number[];
  /** Where the line starts anew: indices of the first values after holes. */
  readonly breaks: readonly number[];
  /** Upper edge of a band, whose lower edge is `y`. */
  readonly high?: readonly number[];
}

export function packNumbers(values: readonly number[], digits: number): number[] {
  const scale = 10 ** digits;
  let before = 0;
  return values.map((value) => {
    const whole = Math.round(value * scale);
    const step = whole - before;
    before = whole;
    return step;
  });
}

export function unpackNumbers(steps: readonly number[], digits: number): number[] {
  const scale = 10 ** digits;
  let whole = 0;
  return steps.map((step) => {
    whole += step;
    return whole / scale;
  });
}
