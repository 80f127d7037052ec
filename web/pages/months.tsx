import type { VNode } from 'preact';
import type { Month } from '../../src/api/contract.ts';
import { type MonthMetric, monthBuySellChart, monthChart, monthMetrics } from '../charts/price-charts.ts';
import { type Page, type PageView, runInProgress } from '../page.ts';
import { Figure } from '../parts/figure.tsx';
import { KeptState } from '../parts/forms.tsx';
import { HeatMap } from '../parts/heat-map.tsx';
import { Pager, pageOf } from '../parts/pager.tsx';
import { EmptyState } from '../parts/states.tsx';
import { DataTable } from '../parts/table.tsx';
import { changeOrMissing, numberOrMissing } from '../parts/texts.tsx';
import { oneOf, pageParameter, type Visit } from '../visit.ts';

export const monthsPage: Page = {
  path: '/months',
  parameters: { metric: oneOf(monthMetrics), page: pageParameter },
  view: viewMonths,
  charts: {
    metric: async (visit) => {
      const months = await visit.api.months(visit.metal);
      return months.length === 0 ? null : monthChart(months, metricOf(visit), visit);
    },
    'buy-sell': async (visit) => {
      const months = await visit.api.months(visit.metal);
      return months.length === 0 ? null : monthBuySellChart(months, visit);
    },
  },
};

async function viewMonths(visit: Visit): Promise<PageView> {
  const { api, metal, t } = visit;
  const title = t.months.title(t.ofMetal[metal]);
  const months = await api.months(metal);
  if (months.length === 0) {
    const run = await runInProgress(visit);
    return { title, run, isWaiting: true, body: <EmptyState speech={visit} run={run} /> };
  }
  const metric = metricOf(visit);
  const files = `/api/v1/metals/${metal}/months`;
  const newestFirst = [...months].reverse();
  const { page, pages, rows } = pageOf(newestFirst, visit.values['page'], 24);
  const body = (
    <>
      <h1>{title}</h1>
      <h2>{t.months.heatMap}</h2>
      <p class="note">{t.months.heatMapText}</p>
      <HeatMap visit={visit} months={months} />
      <MetricForm visit={visit} metric={metric} />
      <Figure
        visit={visit}
        model={monthChart(months, metric, visit)}
        table={<MonthTable visit={visit} months={newestFirst.slice(0, 36)} metrics={[metric]} />}
        svg={visit.here({ page: '' }).replace('/months', '/chart/metric.svg')}
        csv={`${files}.csv`}
        json={`${files}.json`}
      />
      <Figure
        visit={visit}
        model={monthBuySellChart(months, visit)}
        table={{ href: '#rows' }}
        svg={visit.link('/chart/buy-sell.svg')}
        csv={`${files}.csv`}
        json={`${files}.json`}
      />
      <h2 id="rows">{t.months.tableTitle}</h2>
      <MonthTable visit={visit} months={rows} metrics={monthMetrics} />
      <Pager visit={visit} page={page} pages={pages} />
    </>
  );
  return { title, body };
}

function metricOf({ values }: Visit): MonthMetric {
  return monthMetrics.find((metric) => metric === values['metric']) ?? 'meanBuyRubPerGram';
}

function MetricForm({ visit, metric }: { visit: Visit; metric: MonthMetric }): VNode {
  const { t } = visit;
  return (
    <form class="form-row" method="get" action="/months" data-submit-on-change>
      <KeptState visit={visit} except={['metric', 'page']} />
      <label>
        {t.months.metric}{' '}
        <select name="metric" id="metric">
          {monthMetrics.map((name) => (
            <option key={name} value={name} selected={name === metric}>
              {t.months.metrics[name]}
            </option>
          ))}
        </select>
      </label>
      <button type="submit">{t.common.show}</button>
    </form>
  );
}

const signed: readonly MonthMetric[] = ['returnPercent', 'trendRubPerQuote'];
const whole: readonly MonthMetric[] = ['quotes', 'daysAboveMean'];

function MonthTable(props: { visit: Visit; months: readonly Month[]; metrics: readonly MonthMetric[] }): VNode {
  const { visit, months, metrics } = props;
  const { t, f } = visit;
  const [only, ...others] = metrics;
  return (
    <DataTable
      caption={only !== undefined && others.length === 0 ? t.months.metrics[only] : t.months.tableTitle}
      rows={months}
      columns={[
        { label: t.months.month, kind: 'text', cell: (month: Month) => f.month(month.month) },
        ...metrics.map((metric) => ({
          label: t.months.metrics[metric],
          cell: (month: Month) =>
            signed.includes(metric)
              ? changeOrMissing(visit, month[metric])
              : numberOrMissing(visit, month[metric], whole.includes(metric) ? 0 : 2),
        })),
      ]}
    />
  );
}
