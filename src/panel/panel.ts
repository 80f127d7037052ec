import type { StampKind } from './time-stamps.ts';

/** One series of a panel. `stamps[t]` and `y[t]` are one row; stamps ascend strictly. */
export interface PanelSeries {
  readonly id: string;
  /** Finite values in the unit of the series, oldest first; never empty. */
  readonly y: Float64Array;
  /** Whole numbers as they stand, dates and times as seconds since 1970 UTC, labels as places counted from 1. */
  readonly stamps: Float64Array;
  readonly kind: StampKind;
}

/** Series in the order in which the file first names them. */
export interface Panel {
  readonly series: readonly PanelSeries[];
  readonly rows: number;
}
