import type { VNode } from 'preact';
import type { Quote, Summary } from '../../src/api/contract.ts';
import { addMonths } from '../charts/days.ts';
import { historyChart } from '../charts/price-charts.ts';
import { type Page, type PageView, runInProgress } from '../page.ts';
import { Figure } from '../parts/figure.tsx';
import { Pager, pageOf } from '../parts/pager.tsx';
import { QuoteTable } from '../parts/quote-table.tsx';
import { EmptyState, Notice } from '../parts/states.tsx';
import { Facts, Money } from '../parts/texts.tsx';
import { dateParameter, oneOf, pageParameter, type Visit } from '../visit.ts';

export const historyPage: Page = {
  path: '/history',
  parameters: { from: dateParameter, to: dateParameter, page: pageParameter, scale: oneOf(['linear', 'log']) },
  view: viewHistory,
  charts: {
    history: async (visit) => {
      const quotes = await visit.api.quotes(rangeOf(visit));
      return quotes.length === 0 ? null : historyChart(quotes, visit.metal, visit.values['scale'] === 'log', visit);
    },
  },
};

async function viewHistory(visit: Visit): Promise<PageView> {
  const { api, metal, t, provenance } = visit;
  const title = t.history.title(t.ofMetal[metal]);
  if (provenance.lastEffectiveDate === null) {
    const run = await runInProgress(visit);
    return { title, run, isWaiting: true, body: <EmptyState speech={visit} run={run} /> };
  }
  const range = rangeOf(visit);
  const [whole, summary, quotes] = await Promise.all([api.summary({ metal }), api.summary(range), api.quotes(range)]);
  const body = (
    <>
      <h1>{title}</h1>
      <Presets visit={visit} whole={whole} />
      <RangeForm visit={visit} whole={whole} />
      <Figures visit={visit} summary={summary} />
      {quotes.length === 0 ? (
        <Notice tone="info" title={t.history.nothing} />
      ) : (
        <Quotes visit={visit} quotes={quotes} />
      )}
    </>
  );
  return { title, body };
}

function rangeOf({ metal, values }: Visit): { metal: Visit['metal']; from?: string; to?: string } {
  const { from, to } = values as { from?: string; to?: string };
  return { metal, ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

function Presets({ visit, whole }: { visit: Visit; whole: Summary }): VNode | null {
  const { t, values } = visit;
  const last = whole.lastDate;
  if (last === null) return null;
  const starts = {
    m1: addMonths(last, -1),
    m6: addMonths(last, -6),
    ytd: `${last.slice(0, 4)}-01-01`,
    y1: addMonths(last, -12),
    y5: addMonths(last, -60),
    y10: addMonths(last, -120),
    all: '',
  };
  const isCurrent = (from: string): boolean => values['to'] === undefined && (values['from'] ?? '') === from;
  return (
    <nav class="chips" aria-label={t.history.range}>
      {(Object.keys(starts) as (keyof typeof starts)[]).map((key) => (
        <a
          key={key}
          class="chip"
          href={visit.here({ from: starts[key], to: '', page: '' })}
          aria-current={isCurrent(starts[key]) ? 'true' : undefined}
        >
          {t.history.presets[key]}
        </a>
      ))}
      <span class="chips-gap" />
      {(['linear', 'log'] as const).map((scale) => (
        <a
          key={scale}
          class="chip"
          href={visit.here({ scale: scale === 'log' ? 'log' : '', page: '' })}
          aria-current={(values['scale'] ?? 'linear') === scale ? 'true' : undefined}
        >
          {t.history[scale]}
        </a>
      ))}
    </nav>
  );
}

function RangeForm({ visit, whole }: { visit: Visit; whole: Summary }): VNode {
  const { t, values, metal, lang } = visit;
  const limits = { min: whole.firstDate ?? undefined, max: whole.lastDate ?? undefined };
  return (
    <form class="form-row" method="get" action="/history">
      {metal !== 'gold' && <input type="hidden" name="metal" value={metal} />}
      {values['lang'] !== undefined && <input type="hidden" name="lang" value={lang} />}
      {values['scale'] === 'log' && <input type="hidden" name="scale" value="log" />}
      <label>
        {t.common.from} <input type="date" name="from" value={values['from'] ?? whole.firstDate ?? ''} {...limits} />
      </label>
      <label>
        {t.common.to} <input type="date" name="to" value={values['to'] ?? whole.lastDate ?? ''} {...limits} />
      </label>
      <button type="submit">{t.common.show}</button>
    </form>
  );
}

function Figures({ visit, summary }: { visit: Visit; summary: Summary }): VNode {
  const { t, f } = visit;
  const { volatilityPercent } = summary;
  return (
    <Facts
      facts={[
        { label: t.history.min, value: <Money speech={visit} value={summary.minRubPerGram} /> },
        { label: t.history.max, value: <Money speech={visit} value={summary.maxRubPerGram} /> },
        { label: t.history.mean, value: <Money speech={visit} value={summary.meanRubPerGram} /> },
        {
          label: t.history.volatility,
          value: volatilityPercent === null ? t.common.noData : f.percent(volatilityPercent, 1),
          note: t.history.volatilityNote,
        },
        {
          label: t.history.count,
          value: f.number(summary.quotes, 0),
          note:
            summary.firstDate !== null && summary.lastDate !== null
              ? `${f.date(summary.firstDate, 'short')} – ${f.date(summary.lastDate, 'short')}`
              : undefined,
        },
      ]}
    />
  );
}

function Quotes({ visit, quotes }: { visit: Visit; quotes: readonly Quote[] }): VNode {
  const { t, metal, values } = visit;
  const { page, pages, rows } = pageOf([...quotes].reverse(), values['page'], 50);
  const files = `/api/v1/metals/${metal}/quotes`;
  const range = new URLSearchParams(
    Object.entries(rangeOf(visit)).filter(([name]) => name !== 'metal') as [string, string][],
  ).toString();
  const query = range === '' ? '' : `?${range}`;
  return (
    <>
      <Figure
        visit={visit}
        model={historyChart(quotes, metal, values['scale'] === 'log', visit)}
        table={{ href: '#rows' }}
        svg={visit.here({ page: '' }).replace('/history', '/chart/history.svg')}
        csv={`${files}.csv${query}`}
        json={`${files}.json${query}`}
      />
      <h2 id="rows">
        {t.history.tableTitle} <span class="count">{t.common.rows(quotes.length)}</span>
      </h2>
      <QuoteTable speech={visit} caption={t.history.tableTitle} quotes={rows} />
      <Pager visit={visit} page={page} pages={pages} />
    </>
  );
}
