import type { VNode } from 'preact';
import type { Accuracy, FactRow, LiveAccuracy, ModelFigures, Reign } from '../../src/api/contract.ts';
import { coverageChart, factsChart, gainChart, pitChart, pooledPit } from '../charts/accuracy-charts.ts';
import type { ChartModel } from '../charts/time-chart.tsx';
import { type Page, type PageView, runInProgress } from '../page.ts';
import { AccuracyHeadline } from '../parts/accuracy-headline.tsx';
import { Figure } from '../parts/figure.tsx';
import { EmptyState, Notice } from '../parts/states.tsx';
import { DataTable } from '../parts/table.tsx';
import { Change } from '../parts/texts.tsx';
import { oneOf, type Visit } from '../visit.ts';

const steps = Array.from({ length: 14 }, (_, index) => String(index + 1));
const shownSteps = ['1', '2', '3', '5', '7', '10', '14'];
const shownFacts = 400;

export const accuracyPage: Page = {
  path: '/accuracy',
  parameters: { h: oneOf(steps) },
  view: viewAccuracy,
  charts: {
    'accuracy-skill': (visit) => withFigures(visit, (figures, accuracy) => skillOf(figures, accuracy, visit)),
    'accuracy-coverage': (visit) => withFigures(visit, (figures) => coverageChart(figures, visit)),
    'accuracy-pit': (visit) => withFigures(visit, (figures) => pitChart(figures, visit)),
    'accuracy-facts': async (visit) => factsChart(await readFacts(visit), stepOf(visit), visit),
  },
};

async function viewAccuracy(visit: Visit): Promise<PageView> {
  const { api, metal, t } = visit;
  const title = t.accuracy.title(t.ofMetal[metal]);
  const [accuracy, facts] = await Promise.all([api.accuracy(metal), readFacts(visit)]);
  if (accuracy.figures.length === 0 && accuracy.live.length === 0) {
    const run = await runInProgress(visit);
    return {
      title,
      run,
      isWaiting: run !== null,
      body: run === null ? <NoneYet visit={visit} title={title} /> : <EmptyState speech={visit} run={run} />,
    };
  }
  const body = (
    <>
      <h1>{title}</h1>
      <AccuracyHeadline visit={visit} accuracy={accuracy} />
      {accuracy.figures.length > 0 && <Tested visit={visit} accuracy={accuracy} />}
      <Live visit={visit} accuracy={accuracy} facts={facts} />
      {accuracy.worst.length > 0 && <Worst visit={visit} facts={accuracy.worst} />}
      {accuracy.champions.length > 0 && <Champions visit={visit} reigns={accuracy.champions} />}
    </>
  );
  return { title, body };
}

function NoneYet({ visit, title }: { visit: Visit; title: string }): VNode {
  return (
    <>
      <h1>{title}</h1>
      <Notice tone="info" title={visit.t.accuracy.noneTitle}>
        {visit.t.accuracy.noneText}
      </Notice>
    </>
  );
}

function stepOf({ values }: Visit): number {
  return Number(values['h'] ?? '1');
}

async function readFacts(visit: Visit): Promise<FactRow[]> {
  return visit.api.forecastVsFact(visit.metal, shownFacts, stepOf(visit));
}

async function withFigures(
  visit: Visit,
  draw: (figures: readonly ModelFigures[], accuracy: Accuracy) => ChartModel,
): Promise<ChartModel | null> {
  const accuracy = await visit.api.accuracy(visit.metal);
  return accuracy.figures.length === 0 ? null : draw(accuracy.figures, accuracy);
}

function skillOf(figures: readonly ModelFigures[], { report }: Accuracy, visit: Visit): ChartModel {
  const share = visit.f.percent(100 * (report?.confidence ?? 0.9), 0);
  return gainChart('accuracy-skill', [{ label: visit.t.accuracy.byMedian, figures }], share, visit);
}

/** The champion over the block by which nobody chose. */
function Tested({ visit, accuracy }: { visit: Visit; accuracy: Accuracy }): VNode {
  const { t, f, metal } = visit;
  const { figures } = accuracy;
  const files = { csv: `/api/v1/metals/${metal}/accuracy.csv`, json: `/api/v1/metals/${metal}/accuracy.json` };
  const table = <HorizonTable visit={visit} figures={figures} />;
  const cells = pooledPit(figures);
  return (
    <section>
      <h2>{t.accuracy.tests}</h2>
      {/* Today's price gains nothing over itself. */}
      {figures.some(({ model }) => model !== 'naive') && (
        <Figure
          visit={visit}
          model={skillOf(figures, accuracy, visit)}
          table={table}
          svg={visit.link('/chart/accuracy-skill.svg')}
          {...files}
        />
      )}
      <Figure
        visit={visit}
        model={coverageChart(figures, visit)}
        table={table}
        svg={visit.link('/chart/accuracy-coverage.svg')}
        {...files}
      />
      <Figure
        visit={visit}
        model={pitChart(figures, visit)}
        table={
          <DataTable
            caption={t.accuracy.pitChart}
            rows={cells}
            columns={[
              {
                label: t.accuracy.pitRange,
                kind: 'text',
                cell: ({ from, to }) => `${f.percent(100 * from, 1)} – ${f.percent(100 * to, 1)}`,
              },
              { label: t.accuracy.pitShare, cell: ({ share }) => f.number(100 * share, 1) },
              { label: t.accuracy.pitPromised, cell: ({ from, to }) => f.number(100 * (to - from), 1) },
              { label: t.accuracy.pitRatio, cell: ({ from, to, share }) => f.number(share / (to - from)) },
            ]}
          />
        }
        svg={visit.link('/chart/accuracy-pit.svg')}
        note={t.accuracy.pitDescription}
        {...files}
      />
    </section>
  );
}

function HorizonTable({ visit, figures }: { visit: Visit; figures: readonly ModelFigures[] }): VNode {
  const { t, f } = visit;
  const percent = (value: number | null, digits = 1) => (value === null ? '–' : f.signed(100 * value, digits));
  const held = (value: number | null) => (value === null ? '–' : f.percent(100 * value, 0));
  return (
    <DataTable
      caption={t.accuracy.tests}
      rows={figures}
      columns={[
        { label: t.accuracy.step, kind: 'text', cell: ({ horizon }) => String(horizon) },
        { label: t.accuracy.skill, cell: ({ metrics }) => percent(metrics.skillVsNaive.value) },
        {
          label: t.accuracy.interval,
          cell: ({ metrics: { skillVsNaive } }) => `${percent(skillVsNaive.lower)} … ${percent(skillVsNaive.upper)}`,
        },
        { label: t.accuracy.wisSkill, cell: ({ metrics }) => percent(metrics.wisSkillVsNaive.value) },
        { label: t.accuracy.held50, cell: ({ metrics }) => held(metrics.coverage50.value) },
        { label: t.accuracy.held80, cell: ({ metrics }) => held(metrics.coverage80.value) },
        { label: t.accuracy.held95, cell: ({ metrics }) => held(metrics.coverage95.value) },
      ]}
    />
  );
}

/** What was published and then met its facts. */
function Live(props: { visit: Visit; accuracy: Accuracy; facts: readonly FactRow[] }): VNode {
  const { visit, accuracy, facts } = props;
  const { t, metal } = visit;
  const step = stepOf(visit);
  const count = accuracy.live.reduce((sum, one) => sum + one.forecasts, 0);
  if (count === 0) {
    return (
      <section>
        <h2>{t.accuracy.live}</h2>
        <p>{t.accuracy.liveNone}</p>
      </section>
    );
  }
  const chart = factsChart(facts, step, visit);
  const files = `/api/v1/metals/${metal}/forecast-vs-fact`;
  return (
    <section>
      <h2 id="live-scores">{t.accuracy.live}</h2>
      <p>{t.accuracy.liveText(count)}</p>
      <nav class="chips" aria-label={t.accuracy.step}>
        <span class="chips-label">{t.accuracy.step}</span>
        {shownSteps.map((h) => (
          <a
            key={h}
            class="chip"
            href={`${visit.here({ h: h === '1' ? '' : h })}#live-scores`}
            aria-current={Number(h) === step ? 'true' : undefined}
          >
            {h}
          </a>
        ))}
      </nav>
      {chart === null ? (
        <p class="note">{t.accuracy.fewFacts}</p>
      ) : (
        <Figure
          visit={visit}
          model={chart}
          table={<FactRows visit={visit} facts={facts} caption={chart.title} />}
          svg={visit.link('/chart/accuracy-facts.svg', step === 1 ? {} : { h: String(step) })}
          csv={`${files}.csv?horizon=${step}`}
          json={`${files}.json?horizon=${step}`}
        />
      )}
      <LiveTable visit={visit} live={accuracy.live} />
    </section>
  );
}

function LiveTable({ visit, live }: { visit: Visit; live: readonly LiveAccuracy[] }): VNode {
  const { t, f } = visit;
  const gain = (one: LiveAccuracy) => (one.naiveMaeRub > 0 ? 100 * (1 - one.maeRub / one.naiveMaeRub) : null);
  return (
    <DataTable
      caption={t.accuracy.live}
      rows={live}
      columns={[
        { label: t.accuracy.step, kind: 'text', cell: (one) => String(one.horizon) },
        { label: t.accuracy.forecasts, cell: (one) => f.number(one.forecasts, 0) },
        { label: t.accuracy.mae, cell: (one) => f.number(one.maeRub) },
        { label: t.accuracy.naiveMae, cell: (one) => f.number(one.naiveMaeRub) },
        {
          label: t.accuracy.skill,
          cell: (one) => {
            const value = gain(one);
            return value === null ? '–' : <Change value={Number(value.toFixed(1))}>{f.signed(value, 1)}</Change>;
          },
        },
        { label: t.accuracy.held80, cell: (one) => f.percent(100 * one.coverage80, 0) },
        { label: t.accuracy.held95, cell: (one) => f.percent(100 * one.coverage95, 0) },
      ]}
    />
  );
}

function Worst({ visit, facts }: { visit: Visit; facts: readonly FactRow[] }): VNode {
  const { t } = visit;
  return (
    <section>
      <h2>{t.accuracy.worst}</h2>
      <p>{t.accuracy.worstText}</p>
      <FactRows visit={visit} facts={facts} caption={t.accuracy.worst} />
    </section>
  );
}

function FactRows(props: { visit: Visit; facts: readonly FactRow[]; caption: string }): VNode {
  const { visit, facts, caption } = props;
  const { t, f } = visit;
  return (
    <DataTable
      caption={caption}
      rows={facts}
      columns={[
        { label: t.common.date, kind: 'text', cell: (fact) => f.date(fact.targetDate, 'short') },
        { label: t.accuracy.step, cell: (fact) => String(fact.horizon) },
        { label: t.forecast.said, cell: (fact) => f.number(fact.meanRubPerGram) },
        { label: t.forecast.fact, cell: (fact) => f.number(fact.actualRubPerGram) },
        { label: t.accuracy.miss, cell: (fact) => f.signed((100 * fact.errorRub) / fact.actualRubPerGram, 1) },
        { label: t.forecast.naive, cell: (fact) => f.number(fact.naiveRubPerGram) },
        { label: t.forecast.inside, cell: (fact) => (fact.inside80 ? `✓ ${t.common.yes}` : `✕ ${t.common.no}`) },
        {
          label: t.forecast.cutoff,
          cell: (fact) => (
            <a href={visit.link('/forecast', { vintage: fact.vintageId })}>{f.date(fact.cutoff, 'short')}</a>
          ),
        },
      ]}
    />
  );
}

function Champions({ visit, reigns }: { visit: Visit; reigns: readonly Reign[] }): VNode {
  const { t, f } = visit;
  const money = (value: number | null) => (value === null ? '–' : f.number(value));
  return (
    <section>
      <h2>{t.accuracy.champions}</h2>
      <p>{t.accuracy.championsText}</p>
      <DataTable
        caption={t.accuracy.champions}
        rows={reigns}
        columns={[
          {
            label: t.models.model,
            kind: 'text',
            cell: (one) => <a href={visit.link(`/models/${encodeURIComponent(one.modelName)}`)}>{one.modelName}</a>,
          },
          { label: t.models.version, cell: (one) => String(one.modelVersion) },
          { label: t.accuracy.firstCutoff, cell: (one) => f.date(one.firstCutoff, 'short') },
          { label: t.accuracy.lastCutoff, cell: (one) => f.date(one.lastCutoff, 'short') },
          { label: t.accuracy.forecasts, cell: (one) => f.number(one.forecasts, 0) },
          { label: t.accuracy.scored, cell: (one) => f.number(one.scoredPoints, 0) },
          { label: t.accuracy.mae, cell: (one) => money(one.maeRub) },
          { label: t.accuracy.naiveMae, cell: (one) => money(one.naiveMaeRub) },
        ]}
      />
    </section>
  );
}
