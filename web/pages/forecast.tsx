import type { VNode } from 'preact';
import type { ForecastPointView, ForecastView, Quote, Vintage } from '../../src/api/contract.ts';
import { addMonths } from '../charts/days.ts';
import { fanChart } from '../charts/forecast-charts.ts';
import { samplePaths } from '../charts/sample-paths.ts';
import type { ChartModel } from '../charts/time-chart.tsx';
import type { Point } from '../charts/trace.ts';
import { type Page, type PageView, runInProgress, settle } from '../page.ts';
import { ChampionCard, SkillHeadline } from '../parts/champion-card.tsx';
import { FactTable } from '../parts/fact-table.tsx';
import { Figure, widgetOf } from '../parts/figure.tsx';
import { EmptyState, Notice, ProblemNotice } from '../parts/states.tsx';
import { DataTable } from '../parts/table.tsx';
import { Facts, Missing } from '../parts/texts.tsx';
import { VintageForm } from '../parts/vintage-form.tsx';
import { oneOf, type Visit } from '../visit.ts';

export const forecastPage: Page = {
  path: '/forecast',
  parameters: {
    paths: oneOf(['on']),
    vintage: { allowed: 'id', accepts: (text) => /^[\w.:-]{1,100}$/.test(text) },
  },
  view: viewForecast,
  charts: { fan: readFan },
};

async function viewForecast(visit: Visit): Promise<PageView> {
  const { api, metal, t, values } = visit;
  const title = t.forecast.title(t.ofMetal[metal]);
  const forecast = await api.forecast(metal, values['vintage']);
  const { vintage } = forecast;
  if (vintage === null) {
    const run = await runInProgress(visit);
    const body =
      run !== null || forecast.lastQuote === null ? (
        <EmptyState speech={visit} run={run} />
      ) : (
        <>
          <h1>{title}</h1>
          <Notice tone="info" title={t.forecast.noneTitle}>
            {t.forecast.noneText}
          </Notice>
        </>
      );
    return { title, run, isWaiting: run !== null || forecast.lastQuote === null, body };
  }
  const [{ quotes, paths }, vintages, facts] = await Promise.all([
    readFanParts(visit, vintage),
    settle(visit, api.vintages(metal)),
    settle(visit, api.forecastVsFact(metal, 60)),
  ]);
  const isPast = vintages.ok && vintages.value[0] !== undefined && vintages.value[0].vintageId !== vintage.vintageId;
  const body = (
    <>
      <h1>{title}</h1>
      <SkillHeadline visit={visit} scores={forecast.championScores} />
      {vintages.ok && <VintageForm visit={visit} vintages={vintages.value} chosen={vintage.vintageId} />}
      {isPast && <PastNotice visit={visit} vintage={vintage} />}
      <Headline visit={visit} quotes={quotes} vintage={vintage} />
      <Fan visit={visit} quotes={quotes} vintage={vintage} paths={paths} />
      <ChampionCard visit={visit} scores={forecast.championScores} />
      {facts.ok ? (
        <FactTable visit={visit} facts={facts.value} />
      ) : (
        <ProblemNotice speech={visit} problem={facts.problem} />
      )}
    </>
  );
  return { title, body };
}

async function readFan(visit: Visit): Promise<ChartModel | null> {
  const { vintage }: ForecastView = await visit.api.forecast(visit.metal, visit.values['vintage']);
  if (vintage === null) return null;
  const { quotes, paths } = await readFanParts(visit, vintage);
  return fanChart(quotes, vintage, visit, paths);
}

interface FanParts {
  /** Three months up to the cutoff. */
  readonly quotes: readonly Quote[];
  /** Where they were asked for and there is enough of the past. */
  readonly paths: readonly (readonly Point[])[];
}

/** What is drawn around a forecast knows nothing of what came after its cutoff. */
async function readFanParts({ api, metal, values }: Visit, vintage: Vintage): Promise<FanParts> {
  const wantsPaths = values['paths'] === 'on';
  const known = await api.quotes({ metal, from: addMonths(vintage.cutoff, wantsPaths ? -60 : -3), to: vintage.cutoff });
  const start = addMonths(vintage.cutoff, -3);
  const past = known.map((quote) => quote.buyRubPerGram);
  return {
    quotes: known.filter((quote) => quote.date >= start),
    paths: wantsPaths ? (samplePaths(vintage.points, past) ?? []) : [],
  };
}

function PastNotice({ visit, vintage }: { visit: Visit; vintage: Vintage }): VNode {
  const { t, f } = visit;
  return (
    <Notice tone="info" title={t.forecast.past(f.date(vintage.cutoff))}>
      <a href={visit.here({ vintage: '' })}>{t.forecast.toNewest}</a>
    </Notice>
  );
}

function Headline(props: { visit: Visit; quotes: readonly Quote[]; vintage: Vintage }): VNode {
  const { visit, quotes, vintage } = props;
  const { t, f } = visit;
  const last = quotes.at(-1);
  const first = vintage.points[0];
  const final = vintage.points.at(-1);
  return (
    <>
      <Facts
        facts={[
          {
            label: t.forecast.last,
            value: last === undefined ? <Missing speech={visit} /> : f.money(last.buyRubPerGram),
            note: last === undefined ? undefined : f.date(last.date),
          },
          ...[first, final].flatMap((point, index) =>
            point === undefined
              ? []
              : [
                  {
                    label: index === 0 ? t.forecast.first : t.forecast.lastStep(point.horizon),
                    value: `≈ ${f.money(point.medianRubPerGram)}`,
                    note: `${f.date(point.targetDate)} · ${intervalText(visit, point, 80)}`,
                  },
                ],
          ),
        ]}
      />
      <p class="note">{t.forecast.madeBy(vintage.modelName, vintage.modelVersion, f.instant(vintage.madeAt))}</p>
    </>
  );
}

function intervalText({ t, f }: Visit, point: ForecastPointView, level: 80 | 95): string {
  const low = point.quantilesRubPerGram[level === 80 ? '0.1' : '0.025'];
  const high = point.quantilesRubPerGram[level === 80 ? '0.9' : '0.975'];
  return low === undefined || high === undefined
    ? t.common.noData
    : t.forecast.interval(level, f.number(low, 0), f.number(high, 0));
}

function Fan({ visit, quotes, vintage, paths }: FanParts & { visit: Visit; vintage: Vintage }): VNode {
  const { metal, t, values } = visit;
  const hasPaths = values['paths'] === 'on';
  const query = values['vintage'] === undefined ? '' : `?vintage=${encodeURIComponent(values['vintage'])}`;
  return (
    <>
      <h2 class="visually-hidden">{t.common.chart}</h2>
      <Figure
        visit={visit}
        model={fanChart(quotes, vintage, visit, paths)}
        table={{ href: '#rows' }}
        svg={visit.here({}).replace('/forecast', '/chart/fan.svg')}
        widget={values['vintage'] === undefined && !hasPaths ? widgetOf(visit, 'forecast') : null}
        csv={`/api/v1/metals/${metal}/forecast.csv${query}`}
        json={`/api/v1/metals/${metal}/forecast.json${query}`}
        note={
          <>
            <a class="chip" data-swap data-focus="paths" href={visit.here({ paths: hasPaths ? '' : 'on' })}>
              {hasPaths ? t.forecast.hidePaths : t.forecast.showPaths}
            </a>{' '}
            {hasPaths && t.forecast.pathsNote}
          </>
        }
      />
      <h2 id="rows">{t.forecast.tableTitle}</h2>
      <PointTable visit={visit} vintage={vintage} />
    </>
  );
}

function PointTable({ visit, vintage }: { visit: Visit; vintage: Vintage }): VNode {
  const { t, f } = visit;
  const hasFacts = vintage.points.some((point) => point.actualRubPerGram !== null);
  const range = (point: ForecastPointView, low: string, high: string) => {
    const [from, to] = [point.quantilesRubPerGram[low], point.quantilesRubPerGram[high]];
    return from === undefined || to === undefined ? <Missing speech={visit} /> : `${f.number(from)} – ${f.number(to)}`;
  };
  return (
    <>
      <DataTable
        caption={t.forecast.tableTitle}
        rows={vintage.points}
        columns={[
          {
            label: t.common.date,
            kind: 'text',
            cell: (point) => `${f.date(point.targetDate, 'short')}${point.isProvisional ? ' *' : ''}`,
          },
          { label: t.forecast.step, cell: (point) => String(point.horizon) },
          { label: t.forecast.median, cell: (point) => f.number(point.medianRubPerGram) },
          { label: t.forecast.mean, cell: (point) => f.number(point.meanRubPerGram) },
          { label: t.legend.band(50), cell: (point) => range(point, '0.25', '0.75') },
          { label: t.legend.band(80), cell: (point) => range(point, '0.1', '0.9') },
          { label: t.legend.band(95), cell: (point) => range(point, '0.025', '0.975') },
          ...(hasFacts
            ? [
                {
                  label: t.forecast.fact,
                  cell: (point: ForecastPointView) =>
                    point.actualRubPerGram === null ? '' : f.number(point.actualRubPerGram),
                },
              ]
            : []),
        ]}
      />
      {vintage.points.some((point) => point.isProvisional) && <p class="note">* {t.forecast.provisional}</p>}
    </>
  );
}
