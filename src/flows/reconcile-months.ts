/** A figure on which the two engines differ. */
export interface MonthDifference {
  readonly metal: string;
  readonly month: string;
  readonly column: string;
  readonly warehouse: unknown;
  readonly olap: unknown;
}

type Row = Readonly<Record<string, unknown>>;

/** Prices agree to the kopeck; ratios, computed in floating point by both, to a millionth of a percent; counts exactly. */
const tolerances: Readonly<Record<string, number>> = {
  quotes: 0,
  first_rub_per_gram: 0,
  last_rub_per_gram: 0,
  min_rub_per_gram: 0,
  max_rub_per_gram: 0,
  mean_buy_rub_per_gram: 0.005,
  mean_sell_rub_per_gram: 0.005,
  q25_rub_per_gram: 0.005,
  median_rub_per_gram: 0.005,
  q75_rub_per_gram: 0.005,
  return_percent: 1e-6,
  volatility_percent: 1e-6,
  max_drawdown_percent: 1e-6,
  days_above_mean: 0,
  trend_rub_per_quote: 1e-6,
};

/** Every difference between the months of the warehouse and of the analytical engine; a month only one has is one too. */
export function reconcileMonths(warehouse: readonly Row[], olap: readonly Row[]): readonly MonthDifference[] {
  const ours = byMonth(warehouse);
  const theirs = byMonth(olap);
  const differences: MonthDifference[] = [];
  for (const key of new Set([...ours.keys(), ...theirs.keys()])) {
    const [metal = '', month = ''] = key.split(' ');
    const left = ours.get(key);
    const right = theirs.get(key);
    if (left === undefined || right === undefined) {
      differences.push({ metal, month, column: '(row)', warehouse: left !== undefined, olap: right !== undefined });
      continue;
    }
    for (const [column, tolerance] of Object.entries(tolerances)) {
      if (agree(left[column], right[column], tolerance)) continue;
      differences.push({ metal, month, column, warehouse: left[column], olap: right[column] });
    }
  }
  return differences;
}

function byMonth(rows: readonly Row[]): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [`${String(row['metal'])} ${String(row['month']).slice(0, 10)}`, row]));
}

function agree(left: unknown, right: unknown, tolerance: number): boolean {
  const missing = (value: unknown) => value === null || value === undefined;
  if (missing(left) || missing(right)) return missing(left) && missing(right);
  return Math.abs(Number(left) - Number(right)) <= tolerance;
}
