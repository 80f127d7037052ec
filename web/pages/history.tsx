import type { VNode } from 'preact';
import type { Month, Quote, Summary } from '../../src/api/contract.ts';
import { dateOf } from '../charts/days.ts';
import { type HistoryData, historyChart, rulesShown, shownSeries, units } from '../charts/history-chart.ts';
import type { ChartModel } from '../charts/time-chart.tsx';
import { figuresOf } from '../charts/transforms.ts';
import { type Page, type PageView, runInProgress } from '../page.ts';
import { Figure, widgetOf } from '../parts/figure.tsx';
import { HistoryControls, RangeForm } from '../parts/history-controls.tsx';
import { Pager, pageOf } from '../parts/pager.tsx';
import { QuoteTable } from '../parts/quote-table.tsx';
import { RangeStrip } from '../parts/range-strip.tsx';
import { EmptyState, Notice } from '../parts/states.tsx';
import { Facts, Money } from '../parts/texts.tsx';
import type { Visit } from '../visit.ts';
import { historyParameters, rangeOf, readHistory } from './history-data.ts';

export const historyPage: Page = {
  path: '/history',
  parameters: historyParameters,
  view: viewHistory,
  charts: {
    history: async (visit): Promise<ChartModel | null> => {
      const data = await readHistory(visit);
      return data === null ? null : historyChart(data, visit);
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
  const [whole, summary, data, months] = await Promise.all([
    api.summary({ metal }),
    api.summary(rangeOf(visit)),
    readHistory(visit),
    api.months(metal),
  ]);
  const body = (
    <>
      <h1>{title}</h1>
      <h2 class="visually-hidden">{t.common.chart}</h2>
      <HistoryControls visit={visit} whole={whole} />
      {data === null ? (
        <Notice tone="info" title={t.history.nothing} />
      ) : (
        <Shown visit={visit} data={data} whole={whole} months={months} />
      )}
      <Figures visit={visit} summary={summary} />
      <RangeForm visit={visit} whole={whole} />
      {data !== null && <Quotes visit={visit} quotes={data.quotes.filter((quote) => quote.date >= data.from)} />}
    </>
  );
  return { title, body };
}

/** Figures of the prices in the range, as the database has them. */
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

interface ShownProps {
  readonly visit: Visit;
  readonly data: HistoryData;
  readonly whole: Summary;
  readonly months: readonly Month[];
}

function Shown({ visit, data, whole, months }: ShownProps): VNode {
  const { metal } = visit;
  const files = `/api/v1/metals/${metal}/quotes`;
  const range = new URLSearchParams(
    Object.entries(rangeOf(visit)).filter(([name]) => name !== 'metal') as [string, string][],
  ).toString();
  const query = range === '' ? '' : `?${range}`;
  // The widget shows prices as they are: what was chosen beyond that is taken away as a picture.
  const isWhole = query === '' && data.transform === 'level' && !data.isLog && data.others.length === 0;
  return (
    <Figure
      visit={visit}
      model={historyChart(data, visit)}
      table={{ href: '#rows' }}
      svg={visit.here({ page: '' }).replace('/history', '/chart/history.svg')}
      widget={isWhole ? widgetOf(visit, 'history', '&range=all') : null}
      csv={`${files}.csv${query}`}
      json={`${files}.json${query}`}
      note={<Notes visit={visit} data={data} />}
      isRange
    >
      <RangeStrip visit={visit} months={months} whole={whole} from={data.from} to={data.to} />
    </Figure>
  );
}

/** Figures of what is drawn where that is not the price itself, and the numbered changes of the rule. */
function Notes({ visit, data }: { visit: Visit; data: HistoryData }): VNode {
  const { t, f } = visit;
  const figures = figuresOf(shownSeries(data));
  const print = (value: number): string => f.number(value) + units[data.transform];
  const rules = rulesShown(data);
  return (
    <>
      {figures === null ? (
        <p>{t.history.tooShort}</p>
      ) : (
        data.transform !== 'level' && (
          <p class="shown-figures">
            {t.history.shownFigures({
              min: `${print(figures.min.value)} (${f.date(dateOf(figures.min.day), 'short')})`,
              max: `${print(figures.max.value)} (${f.date(dateOf(figures.max.day), 'short')})`,
              mean: print(figures.mean),
              deviation: figures.deviation === null ? t.common.noData : print(figures.deviation),
            })}
          </p>
        )
      )}
      {rules.length > 0 && (
        <ul class="rules">
          {rules.map((rule) => (
            <li key={rule.id}>
              {rule.mark} {f.date(rule.date, 'short')}: {t.history.rules[rule.id]}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Quotes({ visit, quotes }: { visit: Visit; quotes: readonly Quote[] }): VNode {
  const { t, values } = visit;
  const { page, pages, rows } = pageOf([...quotes].reverse(), values['page'], 30);
  return (
    <>
      <h2 id="rows">
        {t.history.tableTitle} <span class="count">{t.common.rows(quotes.length)}</span>
      </h2>
      <QuoteTable speech={visit} caption={t.history.tableTitle} quotes={rows} />
      <Pager visit={visit} page={page} pages={pages} />
    </>
  );
}
