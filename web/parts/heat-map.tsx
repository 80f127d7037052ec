import type { VNode } from 'preact';
import type { Month } from '../../src/api/contract.ts';
import type { Visit } from '../visit.ts';
import { DataTable } from './table.tsx';

/** From these changes on, in percent, a cell takes the next deeper shade. */
const shades = [0.5, 2, 5, 10] as const;
const monthNumbers = Array.from({ length: 12 }, (_, index) => String(index + 1).padStart(2, '0'));

/** Years against months: how much the price changed in each; sign, figure and shade say the same. */
export function HeatMap({ visit, months }: { visit: Visit; months: readonly Month[] }): VNode {
  const { t, f } = visit;
  const byMonth = new Map(months.map((month) => [month.month, month]));
  const known = months.filter((month) => month.returnPercent !== null);
  const years = [...new Set(known.map((month) => month.month.slice(0, 4)))].reverse();
  return (
    <DataTable
      caption={t.months.heatMap}
      rows={years}
      columns={[
        { label: t.months.year, kind: 'text', cell: (year) => year },
        ...monthNumbers.map((number) => ({
          label: f.date(`2001-${number}-01`, 'month'),
          cell: (year: string) => <Shade visit={visit} percent={byMonth.get(`${year}-${number}`)?.returnPercent} />,
        })),
        { label: t.months.wholeYear, cell: (year) => <Shade visit={visit} percent={yearReturn(byMonth, year)} /> },
      ]}
    />
  );
}

/** Last price of a year against the last of the year before; undefined where the year before has none. */
export function yearReturn(byMonth: ReadonlyMap<string, Month>, year: string): number | undefined {
  const lastOf = (of: string): number | undefined =>
    monthNumbers
      .map((number) => byMonth.get(`${of}-${number}`)?.lastRubPerGram)
      .findLast((price) => price !== undefined);
  const [now, before] = [lastOf(year), lastOf(String(Number(year) - 1))];
  return now === undefined || before === undefined ? undefined : 100 * (now / before - 1);
}

function Shade({ visit, percent }: { visit: Visit; percent: number | null | undefined }): VNode | null {
  if (percent === null || percent === undefined) return null;
  const depth = shades.filter((least) => Math.abs(percent) >= least).length;
  const side = percent >= 0 ? 'up' : 'down';
  return <span class={depth === 0 ? 'heat' : `heat ${side}-${depth}`}>{visit.f.signed(percent, 1)}</span>;
}
