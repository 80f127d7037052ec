import type { VNode } from 'preact';
import type { VintageSummary } from '../../src/api/contract.ts';
import type { Visit } from '../visit.ts';
import { KeptState } from './forms.tsx';

const longestList = 200;

/** Past forecasts: a list with its button, two links to the neighbours, and with script a slider over them all. */
export function VintageForm(props: {
  visit: Visit;
  vintages: readonly VintageSummary[];
  chosen: string;
}): VNode | null {
  const { visit, vintages, chosen } = props;
  const { t, f } = visit;
  if (vintages.length < 2) return null;
  const at = vintages.findIndex((one) => one.vintageId === chosen);
  const idAt = (index: number): string => (index === 0 ? '' : (vintages[index]?.vintageId ?? ''));
  return (
    <form class="form-row" method="get" action="/forecast" data-submit-on-change>
      <KeptState visit={visit} except={['vintage']} />
      <label>
        {t.forecast.vintage}{' '}
        <select name="vintage" id="vintage" data-slider={t.forecast.slider}>
          {vintages.slice(0, longestList).map((one, index) => (
            <option key={one.vintageId} value={idAt(index)} selected={one.vintageId === chosen}>
              {f.date(one.cutoff, 'short')}
              {index === 0 ? ` (${t.forecast.newest})` : ''} · {one.modelName} {one.modelVersion}
            </option>
          ))}
        </select>
      </label>
      <span class="slider-slot">
        <button type="submit">{t.common.show}</button>
      </span>
      {at >= 0 && at + 1 < vintages.length && (
        <a class="chip" data-swap data-focus="earlier" rel="prev" href={visit.here({ vintage: idAt(at + 1) })}>
          ← {t.forecast.earlier}
        </a>
      )}
      {at > 0 && (
        <a class="chip" data-swap data-focus="later" rel="next" href={visit.here({ vintage: idAt(at - 1) })}>
          {t.forecast.later} →
        </a>
      )}
    </form>
  );
}
