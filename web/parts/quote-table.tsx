import type { VNode } from 'preact';
import type { Quote } from '../../src/api/contract.ts';
import type { Speech } from '../i18n/dictionary.ts';
import { DataTable } from './table.tsx';
import { changeOrMissing, numberOrMissing } from './texts.tsx';

/** Quotes as rows, in the order given. */
export function QuoteTable(props: {
  speech: Speech;
  caption: string;
  quotes: readonly Quote[];
  brief?: boolean;
}): VNode {
  const { speech, caption, quotes } = props;
  const { t, f } = speech;
  return (
    <DataTable
      caption={caption}
      rows={quotes}
      rowClass={(quote) => (quote.isAnomaly ? 'anomaly' : undefined)}
      columns={[
        {
          label: t.common.date,
          kind: 'text',
          cell: (quote) => <time dateTime={quote.date}>{f.date(quote.date, 'short')}</time>,
        },
        { label: t.columns.buy, cell: (quote) => f.number(quote.buyRubPerGram) },
        { label: t.columns.sell, cell: (quote) => numberOrMissing(speech, quote.sellRubPerGram) },
        { label: t.columns.change, cell: (quote) => changeOrMissing(speech, quote.changeRub) },
        { label: t.columns.changePercent, cell: (quote) => changeOrMissing(speech, quote.changePercent) },
        ...(props.brief
          ? []
          : [
              { label: t.columns.drawdown, cell: (quote: Quote) => f.number(quote.drawdownPercent) },
              { label: t.columns.usd, cell: (quote: Quote) => numberOrMissing(speech, quote.usdRub, 4) },
              { label: t.columns.ounce, cell: (quote: Quote) => numberOrMissing(speech, quote.impliedUsdPerOunce) },
            ]),
      ]}
    />
  );
}
