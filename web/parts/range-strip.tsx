import type { VNode } from 'preact';
import type { Month, Summary } from '../../src/api/contract.ts';
import { dayOf } from '../charts/days.ts';
import { linePath } from '../charts/marks.tsx';
import { linearScale, logScale, paddedDomain } from '../charts/scale.ts';
import { segments } from '../charts/trace.ts';
import type { Visit } from '../visit.ts';

export interface RangeStripProps {
  readonly visit: Visit;
  readonly months: readonly Month[];
  readonly whole: Summary;
  readonly from: string;
  readonly to: string;
}

/** All of the history in a low strip, by months, with the range shown as a window; a script makes the window move. */
export function RangeStrip({ visit, months, whole, from, to }: RangeStripProps): VNode | null {
  const { t } = visit;
  if (whole.firstDate === null || whole.lastDate === null || whole.firstDate === whole.lastDate) return null;
  const x = linearScale([dayOf(whole.firstDate), dayOf(whole.lastDate)], [0, 1000]);
  const points = months.map((month) => ({ day: dayOf(`${month.month}-15`), value: month.lastRubPerGram }));
  const domain = paddedDomain(
    points.map((point) => point.value),
    false,
  );
  const y = (domain[0] > 0 ? logScale : linearScale)(domain, [40, 2]);
  const [left, right] = [x.at(dayOf(from)), x.at(dayOf(to))];
  return (
    <div
      class="brush"
      data-brush
      data-first={whole.firstDate}
      data-last={whole.lastDate}
      data-from={from}
      data-to={to}
      data-label-from={t.history.brushFrom}
      data-label-to={t.history.brushTo}
    >
      <svg viewBox="0 0 1000 42" preserveAspectRatio="none" width="100%" height="42" aria-hidden="true">
        <path class="line buy" d={linePath(segments(points, 100), x, y)} />
        <rect class="window" x={Math.round(left)} width={Math.max(2, Math.round(right - left))} height="42" />
      </svg>
    </div>
  );
}
