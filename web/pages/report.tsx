import type { VNode } from 'preact';
import type { ForecastView, Quote, Today } from '../../src/api/contract.ts';
import { addMonths } from '../charts/days.ts';
import { fanChart } from '../charts/forecast-charts.ts';
import { buySellChart } from '../charts/price-charts.ts';
import { TimeChart } from '../charts/time-chart.tsx';
import { type Page, type PageView, runInProgress } from '../page.ts';
import { SkillHeadline } from '../parts/champion-card.tsx';
import { EmptyState } from '../parts/states.tsx';
import { DataTable } from '../parts/table.tsx';
import { Change, Facts } from '../parts/texts.tsx';
import type { Visit } from '../visit.ts';

/** One sheet of A4: for the printer, for a PDF, for whoever will not open a dashboard. */
export const reportPage: Page = {
  path: '/report',
  parameters: {},
  view: viewReport,
  charts: {},
};

async function viewReport(visit: Visit): Promise<PageView> {
  const { api, metal, t, f } = visit;
  const today = await api.today(metal);
  const { last } = today;
  if (last === null) {
    const run = await runInProgress(visit);
    return { title: t.report.name, run, isWaiting: true, body: <EmptyState speech={visit} run={run} /> };
  }
  const [year, forecast] = await Promise.all([
    api.quotes({ metal, from: addMonths(last.date, -12) }),
    api.forecast(metal),
  ]);
  const title = t.report.title(t.metals[metal], f.date(last.date));
  const body = (
    <article class="report">
      <h1>{title}</h1>
      <p class="note screen-only">{t.report.print}</p>
      <Head visit={visit} today={today} last={last} year={year} />
      <h2>{t.report.year}</h2>
      <TimeChart model={{ ...buySellChart(year, metal, visit), height: 150 }} />
      <Outlook visit={visit} forecast={forecast} year={year} />
      <p class="note">{t.report.basis}</p>
    </article>
  );
  return { title, body };
}

interface HeadProps {
  readonly visit: Visit;
  readonly today: Today;
  readonly last: Quote;
  readonly year: readonly Quote[];
}

function Head({ visit, today, last, year }: HeadProps): VNode {
  const { t, f } = visit;
  const { changeRub, changePercent } = last;
  const first = year[0];
  const overYear = first === undefined ? null : 100 * (last.buyRubPerGram / first.buyRubPerGram - 1);
  const money = (value: number | null): string => (value === null ? '–' : f.money(value));
  return (
    <Facts
      facts={[
        { label: t.report.price, value: f.money(last.buyRubPerGram), note: f.date(last.date) },
        {
          label: t.report.change,
          value:
            changeRub === null || changePercent === null ? (
              t.common.noData
            ) : (
              <Change value={changeRub}>
                {f.signedMoney(changeRub)} ({f.signedPercent(changePercent)})
              </Change>
            ),
        },
        {
          label: t.report.overYear,
          value: overYear === null ? '–' : <Change value={overYear}>{f.signedPercent(overYear)}</Change>,
        },
        { label: t.report.range, value: `${money(today.yearLow)} … ${money(today.yearHigh)}` },
        {
          label: t.report.record,
          value: money(today.allTimeHigh),
          note: today.allTimeHighDate === null ? undefined : f.date(today.allTimeHighDate),
        },
      ]}
    />
  );
}

function Outlook(props: { visit: Visit; forecast: ForecastView; year: readonly Quote[] }): VNode {
  const { visit, forecast, year } = props;
  const { t, f } = visit;
  const { vintage, championScores } = forecast;
  if (vintage === null) return <p>{t.forecast.noneTitle}</p>;
  const near = year.filter((quote) => quote.date >= addMonths(vintage.cutoff, -2));
  const between = (quantiles: Readonly<Record<string, number>>, low: string, high: string): string =>
    `${f.number(quantiles[low] ?? Number.NaN)} … ${f.number(quantiles[high] ?? Number.NaN)}`;
  return (
    <>
      <h2>{t.report.outlook}</h2>
      <SkillHeadline visit={visit} scores={championScores} />
      <TimeChart model={{ ...fanChart(near, vintage, visit), height: 170 }} />
      <DataTable
        caption={t.forecast.tableTitle}
        rows={vintage.points}
        columns={[
          { label: t.common.date, kind: 'text', cell: (point) => f.date(point.targetDate, 'short') },
          { label: t.forecast.median, cell: (point) => f.number(point.medianRubPerGram) },
          { label: '80%', cell: (point) => between(point.quantilesRubPerGram, '0.1', '0.9') },
          { label: '95%', cell: (point) => between(point.quantilesRubPerGram, '0.025', '0.975') },
        ]}
      />
      <p class="note">{t.forecast.madeBy(vintage.modelName, vintage.modelVersion, f.instant(vintage.madeAt))}</p>
    </>
  );
}
