import type { VNode } from 'preact';
import type { Quote } from '../../src/api/contract.ts';
import type { Visit } from '../visit.ts';
import { CopyButton } from './figure.tsx';
import { MoveBars } from './small-charts.tsx';

/** Roubles of a change by leg; null where the Bank's own data does not split it. */
export interface Moves {
  readonly metalRub: number;
  readonly roubleRub: number;
}

/** Log returns times the logarithmic mean of the two prices: the two parts add up to the change exactly. */
export function movesOf(last: Quote, previous: Quote | null): Moves | null {
  const { metalContribution: metal, roubleContribution: rouble, logReturn } = last;
  if (metal === null || rouble === null || logReturn === null || previous === null) return null;
  const scale = logReturn === 0 ? last.buyRubPerGram : (last.buyRubPerGram - previous.buyRubPerGram) / logReturn;
  return { metalRub: metal * scale, roubleRub: rouble * scale };
}

export function MovedCard(props: { visit: Visit; last: Quote; previous: Quote | null }): VNode {
  const { visit, last, previous } = props;
  const { t } = visit;
  const moves = movesOf(last, previous);
  return (
    <section class="card">
      <h2>{t.today.movedTitle}</h2>
      {moves === null ? (
        <p class="note">{t.today.movedNone}</p>
      ) : (
        <>
          <MoveBars
            speech={visit}
            moves={[
              { label: t.today.movedMetal, rub: moves.metalRub, tone: 'metal' },
              { label: t.today.movedRouble, rub: moves.roubleRub, tone: 'rouble' },
            ]}
          />
          <p class="note">{t.today.movedNote}</p>
        </>
      )}
    </section>
  );
}

/** The whole news in one sentence, to be taken away. */
export function Sentence(props: { visit: Visit; last: Quote; previous: Quote | null }): VNode | null {
  const { visit, last, previous } = props;
  const { t, f, metal, provenance } = visit;
  if (last.changeRub === null || last.changePercent === null || previous === null) return null;
  const moves = movesOf(last, previous);
  const isMetal = moves !== null && Math.abs(moves.metalRub) >= Math.abs(moves.roubleRub);
  const cause =
    moves === null ? '' : t.today.quoteCause(isMetal, f.signedMoney(isMetal ? moves.metalRub : moves.roubleRub));
  const text = t.today.quote({
    metal: t.ofMetal[metal],
    date: f.date(last.date),
    price: f.money(last.buyRubPerGram),
    change:
      last.changeRub === 0
        ? t.today.unchanged
        : `${f.signedMoney(last.changeRub)} (${f.signedPercent(last.changePercent)})`,
    before: f.date(previous.date),
    cause,
  });
  return (
    <p class="sentence">
      <q id="sentence">{provenance.simulated ? `SIMULATED: ${text}` : text}</q>{' '}
      <CopyButton visit={visit} from="sentence" />
    </p>
  );
}
