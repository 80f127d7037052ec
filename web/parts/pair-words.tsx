import type { VNode } from 'preact';
import type { Pair, PairTestView } from '../../src/api/contract.ts';
import type { Visit } from '../visit.ts';
import { DataTable } from './table.tsx';

/** Below it a difference is called real. */
const level = 0.05;

/** Which of two models was the closer one, and whether chance alone would have done it. */
export function PairWords({ visit, tested }: { visit: Visit; tested: Pair }): VNode | null {
  const { t, f } = visit;
  const { first, second, tests } = tested;
  const [judged] = tests;
  if (judged === undefined) return null;
  const p = (test: PairTestView) => (test.pValue === null ? '–' : f.number(test.pValue, 3));
  return (
    <section>
      <p class="lead">{sayings(visit, tested, judged).join(' ')}</p>
      <DataTable
        caption={t.model.pairTitle}
        rows={tests}
        columns={[
          { label: t.model.block, kind: 'text', cell: ({ block }) => t.model[block] },
          { label: t.accuracy.forecasts, cell: ({ origins }) => f.number(origins, 0) },
          { label: t.model.pairCloser(first), cell: ({ firstCloser }) => f.number(firstCloser, 0) },
          { label: t.model.pairCloser(second), cell: ({ secondCloser }) => f.number(secondCloser, 0) },
          { label: t.model.pairDifference, cell: ({ meanDifference }) => f.number(meanDifference, 4) },
          {
            label: t.model.pairStatistic,
            cell: ({ statistic }) => (statistic === null ? '–' : f.number(statistic, 2)),
          },
          { label: t.model.pairP, cell: p },
        ]}
      />
      <p class="note">{t.model.pairNote}</p>
    </section>
  );
}

/** Of the block by which nobody chose. */
function sayings({ t, f }: Visit, { first, second }: Pair, test: PairTestView): string[] {
  const { origins, firstCloser, secondCloser, meanDifference, pValue } = test;
  if (pValue === null) return [t.model.pairSame];
  const [closer, count] = firstCloser >= secondCloser ? [first, firstCloser] : [second, secondCloser];
  const [better, worse] = meanDifference <= 0 ? [first, second] : [second, first];
  const p = pValue < 0.001 ? `< ${f.number(0.001, 3)}` : f.number(pValue, 3);
  return [
    t.model.pairBetter(better, worse, f.percent(100 * Math.abs(meanDifference), 1)),
    pValue < level ? t.model.pairSure(p) : t.model.pairUnsure(p),
    t.model.closer(closer, f.percent((100 * count) / origins, 0), origins),
  ];
}
