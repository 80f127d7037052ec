import type { VNode } from 'preact';
import type { FactRow } from '../../src/api/contract.ts';
import type { Visit } from '../visit.ts';
import { DataTable } from './table.tsx';
import { Change } from './texts.tsx';

/** Past forecasts beside what came. */
export function FactTable({ visit, facts }: { visit: Visit; facts: readonly FactRow[] }): VNode {
  const { t, f, metal } = visit;
  const inside = facts.filter((fact) => fact.inside80).length;
  return (
    <section>
      <h2>{t.forecast.factsTitle}</h2>
      {facts.length === 0 ? (
        <p>{t.forecast.noFacts}</p>
      ) : (
        <>
          <p>{t.forecast.factsText(f.number(inside, 0), facts.length)}</p>
          <DataTable
            caption={t.forecast.factsTitle}
            rows={facts.slice(0, 30)}
            columns={[
              { label: t.common.date, kind: 'text', cell: (fact) => f.date(fact.targetDate, 'short') },
              { label: t.forecast.step, cell: (fact) => String(fact.horizon) },
              { label: t.forecast.fact, cell: (fact) => f.number(fact.actualRubPerGram) },
              { label: t.forecast.said, cell: (fact) => f.number(fact.meanRubPerGram) },
              {
                label: t.forecast.error,
                cell: (fact) => <Change value={fact.errorRub}>{f.signed(fact.errorRub)}</Change>,
              },
              { label: t.forecast.naive, cell: (fact) => f.number(fact.naiveRubPerGram) },
              { label: t.forecast.inside, cell: (fact) => (fact.inside80 ? `✓ ${t.common.yes}` : `✕ ${t.common.no}`) },
              { label: t.forecast.cutoff, cell: (fact) => f.date(fact.cutoff, 'short') },
            ]}
          />
          <p class="downloads">
            <span>{t.common.download}:</span>
            <a href={`/api/v1/metals/${metal}/forecast-vs-fact.csv`}>CSV</a>
            <a href={`/api/v1/metals/${metal}/forecast-vs-fact.json`}>JSON</a>
          </p>
        </>
      )}
    </section>
  );
}
