import type { VNode } from 'preact';
import {
  type Artefact,
  type ModelFigures,
  type ModelReport,
  type ModelVersionView,
  metricNames,
  type TournamentView,
} from '../../src/api/contract.ts';
import { gainChart, lossChart } from '../charts/accuracy-charts.ts';
import type { ChartModel } from '../charts/time-chart.tsx';
import { type Page, type PageView, settle } from '../page.ts';
import { Figure } from '../parts/figure.tsx';
import { gateReason } from '../parts/gate-reason.ts';
import { metricText } from '../parts/metric-text.ts';
import { Notice } from '../parts/states.tsx';
import { DataTable } from '../parts/table.tsx';
import { Facts } from '../parts/texts.tsx';
import { oneOf, type Visit } from '../visit.ts';

const blocks = ['report', 'selection'] as const;

/** One model of the newest comparison; its name is in the path, and in the query of its charts. */
export const modelPage: Page = {
  path: '/models/:model',
  parameters: { block: oneOf(blocks), name: { allowed: 'a model', accepts: (text) => text.length <= 100 } },
  view: viewModel,
  charts: {
    'model-skill': (visit) => drawn(visit, (model) => skillOf(model, visit)),
    'model-losses': (visit) => drawn(visit, (model) => lossChart(model, visit)),
  },
};

async function viewModel(visit: Visit): Promise<PageView> {
  const { api, metal, t } = visit;
  const name = nameOf(visit);
  const title = t.model.title(name, t.metals[metal]);
  const [model, { tournament, versions }, artefacts] = await Promise.all([
    api.modelReport(metal, name),
    api.models(metal),
    // The tracking server may be away while the figures of the warehouse are there.
    settle(visit, api.artefacts(metal, name)),
  ]);
  if (model === null) {
    const body = (
      <>
        <h1>{title}</h1>
        <Notice tone="info" title={t.models.noneTitle}>
          {t.model.noReport}
        </Notice>
      </>
    );
    return { title, body };
  }
  const body = (
    <>
      <p class="note">
        <a href={visit.link('/models')}>← {t.model.all}</a>
      </p>
      <h1>{title}</h1>
      <Verdict visit={visit} model={model} tournament={tournament} />
      <About
        visit={visit}
        model={model}
        versions={versions.filter(({ runId }) => runId === model.trackingRunId)}
        artefacts={artefacts.ok ? artefacts.value : []}
      />
      <Charts visit={visit} model={model} />
      {model.figures.length > 0 && <Scores visit={visit} model={model} />}
      <Parameters visit={visit} model={model} />
    </>
  );
  return { title, body };
}

function nameOf({ path, values }: Visit): string {
  const last = path.split('/').at(-1) ?? '';
  return values['name'] ?? decodeURIComponent(last);
}

async function drawn(visit: Visit, draw: (model: ModelReport) => ChartModel | null): Promise<ChartModel | null> {
  const model = await visit.api.modelReport(visit.metal, nameOf(visit));
  return model === null || model.figures.length === 0 ? null : draw(model);
}

function skillOf({ figures, report }: ModelReport, visit: Visit): ChartModel {
  const held = figures.filter(({ block }) => block === 'report');
  const share = visit.f.percent(100 * report.confidence, 0);
  return gainChart('model-skill', [{ label: visit.t.accuracy.byMedian, figures: held }], share, visit);
}

function Verdict(props: { visit: Visit; model: ModelReport; tournament: TournamentView | null }): VNode {
  const { visit, model, tournament } = props;
  const { t } = visit;
  const { failure, passed } = model;
  const verdict = tournament?.decision.reasons.find((one) => one.model === model.model);
  if (failure !== null) {
    return (
      <Notice tone="warn" title={t.model.failed}>
        {failure}
      </Notice>
    );
  }
  return (
    <Notice tone={passed ? 'good' : 'info'} title={passed ? t.model.passed : t.model.refused}>
      {verdict === undefined ? model.reason : gateReason(visit, verdict)}
    </Notice>
  );
}

interface AboutProps {
  readonly visit: Visit;
  readonly model: ModelReport;
  readonly versions: readonly ModelVersionView[];
  readonly artefacts: readonly Artefact[];
}

function About(props: AboutProps): VNode {
  const { visit, model, versions, artefacts } = props;
  const { t, f } = visit;
  const { rank, calibration, trackingRunId, report } = model;
  const methods: Readonly<Record<string, string>> = t.model.methods;
  const version = versions[0];
  const isAmongBest = report.confidenceSet.report.some((one) => one.model === model.model && one.inSet);
  return (
    <>
      <Facts
        facts={[
          {
            label: t.model.rank,
            value: rank === null ? '–' : t.model.rankOf(rank, report.confidenceSet.selection.length),
            ...(isAmongBest && { note: t.model.inSet }),
          },
          {
            label: t.model.intervals,
            value: calibration === null ? '–' : (methods[calibration.method] ?? calibration.method),
          },
          { label: t.model.seconds, value: f.seconds(model.seconds) },
          {
            label: t.model.version,
            value: version === undefined ? t.model.noVersion : `${version.name} ${version.version}`,
            ...(version !== undefined && { note: t.models.stages[version.stage] }),
          },
        ]}
      />
      <p class="note">
        {t.model.run}: <code>{trackingRunId}</code>
      </p>
      <Artefacts visit={visit} model={model.model} artefacts={artefacts} />
    </>
  );
}

/** Files of the run, to be taken along; the hash tells whether what arrived is what is kept. */
function Artefacts(props: { visit: Visit; model: string; artefacts: readonly Artefact[] }): VNode | null {
  const { visit, model, artefacts } = props;
  const { t, f, metal } = visit;
  if (artefacts.length === 0) return null;
  const address = (file: string) => `/api/v1/metals/${metal}/model/artefacts/${file}?name=${encodeURIComponent(model)}`;
  return (
    <DataTable
      caption={t.model.artefacts}
      rows={artefacts}
      columns={[
        {
          label: t.model.artefacts,
          kind: 'text',
          cell: ({ file }) => (
            <a href={address(file)} download>
              {file}
            </a>
          ),
        },
        { label: t.model.bytes, cell: ({ bytes }) => f.number(bytes, 0) },
        { label: 'SHA-256', kind: 'text', cell: ({ sha256 }) => <code>{sha256}</code> },
      ]}
    />
  );
}

function Charts({ visit, model }: { visit: Visit; model: ModelReport }): VNode | null {
  const { t, f, metal } = visit;
  if (model.figures.length === 0) return null;
  const name = { name: model.model };
  const query = new URLSearchParams(name).toString();
  const files = {
    csv: `/api/v1/metals/${metal}/model.csv?${query}`,
    json: `/api/v1/metals/${metal}/model.json?${query}`,
  };
  const losses = lossChart(model, visit);
  const rows = blocks.flatMap((block) =>
    model.losses[block].map((loss, row) => ({ block, loss, cutoff: model.report.blocks[block].cutoffs[row] ?? '' })),
  );
  return (
    <>
      <h2 class="visually-hidden">{t.common.chart}</h2>
      <Figure
        visit={visit}
        model={skillOf(model, visit)}
        table={{ href: '#scores' }}
        svg={visit.link('/chart/model-skill.svg', name)}
        {...files}
      />
      {losses !== null && (
        <Figure
          visit={visit}
          model={losses}
          table={
            <DataTable
              caption={losses.title}
              rows={rows}
              columns={[
                { label: t.model.cutoff, kind: 'text', cell: (row) => f.date(row.cutoff, 'short') },
                { label: t.model.loss, cell: (row) => f.number(row.loss, 3) },
                { label: t.model.block, kind: 'text', cell: (row) => t.model[row.block] },
              ]}
            />
          }
          svg={visit.link('/chart/model-losses.svg', name)}
          note={t.model.lossDescription}
          {...files}
        />
      )}
    </>
  );
}

function Scores({ visit, model }: { visit: Visit; model: ModelReport }): VNode {
  const { t, f, values } = visit;
  const block = blocks.find((one) => one === values['block']) ?? 'report';
  const rows = model.figures.filter((row) => row.block === block);
  const p = (test: { pValue: number } | null) => (test === null ? '–' : f.number(test.pValue, 3));
  return (
    <section>
      <h2 id="scores">{t.model.scores}</h2>
      <nav class="chips" aria-label={t.models.block}>
        {blocks.map((one) => (
          <a
            key={one}
            class="chip"
            href={`${visit.here({ block: one === 'report' ? '' : one })}#scores`}
            aria-current={one === block ? 'true' : undefined}
          >
            {t.models[one]}
          </a>
        ))}
      </nav>
      <DataTable
        caption={t.model.scores}
        rows={rows}
        columns={[
          { label: t.accuracy.step, kind: 'text', cell: (row: ModelFigures) => String(row.horizon) },
          ...metricNames.map((name) => ({
            label: t.metrics[name],
            cell: (row: ModelFigures) => metricText(name, row.metrics[name].value, f),
          })),
          { label: t.model.pValue, cell: (row: ModelFigures) => p(row.dieboldMariano) },
        ]}
      />
    </section>
  );
}

function Parameters({ visit, model }: { visit: Visit; model: ModelReport }): VNode {
  const { t } = visit;
  const rows = Object.entries(model.parameters);
  return (
    <section>
      <h2>{t.model.parameters}</h2>
      {rows.length === 0 ? (
        <p>{t.model.noParameters}</p>
      ) : (
        <DataTable
          caption={t.model.parameters}
          rows={rows}
          columns={[
            { label: t.model.parameter, kind: 'text', cell: ([name]) => <code>{name}</code> },
            { label: t.model.value, kind: 'text', cell: ([, value]) => String(value) },
          ]}
        />
      )}
    </section>
  );
}
