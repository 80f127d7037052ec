import type { VNode } from 'preact';
import { type ModelReport, metricNames } from '../../src/api/contract.ts';
import { gainChart } from '../charts/accuracy-charts.ts';
import type { ChartModel } from '../charts/time-chart.tsx';
import type { Page, PageView } from '../page.ts';
import { Figure } from '../parts/figure.tsx';
import { metricText } from '../parts/metric-text.ts';
import { PairWords } from '../parts/pair-words.tsx';
import { Notice } from '../parts/states.tsx';
import { DataTable } from '../parts/table.tsx';
import { oneOf, type Visit } from '../visit.ts';

const horizons = ['1', '2', '3', '5', '7', '10', '14'] as const;
const model = { allowed: 'a model', accepts: (text: string) => text.length <= 100 };

/** Two models of the newest comparison side by side, over the block by which nobody chose. */
export const comparePage: Page = {
  path: '/models/compare',
  parameters: { a: model, b: model, h: oneOf(horizons) },
  view: viewCompare,
  charts: {
    'model-pair': async (visit) => {
      const pair = await readPair(visit);
      return pair === null ? null : pairChart(pair, visit);
    },
  },
};

type Pair = readonly [ModelReport, ModelReport];

async function viewCompare(visit: Visit): Promise<PageView> {
  const { api, metal, t, values } = visit;
  const title = t.model.compareTitle(t.metals[metal]);
  const { a, b } = visit.values;
  const [{ tournament }, pair, tested] = await Promise.all([
    api.models(metal),
    readPair(visit),
    a === undefined || b === undefined ? null : api.pair(metal, a, b),
  ]);
  const names = (tournament?.models ?? []).map((one) => one.model);
  const body = (
    <>
      <p class="note">
        <a href={visit.link('/models')}>← {t.model.all}</a>
      </p>
      <h1>{title}</h1>
      <PairForm visit={visit} names={names} />
      {pair === null ? (
        <Notice tone="info" title={t.model.chooseTwo}>
          {names.length === 0 ? t.model.noReport : undefined}
        </Notice>
      ) : (
        <>
          {tested !== null && <PairWords visit={visit} tested={tested} />}
          <Compared visit={visit} pair={pair} horizon={Number(values['h'] ?? '1')} />
        </>
      )}
    </>
  );
  return { title, body };
}

async function readPair({ api, metal, values }: Visit): Promise<Pair | null> {
  const { a, b } = values;
  if (a === undefined || b === undefined) return null;
  const [first, second] = await Promise.all([api.modelReport(metal, a), api.modelReport(metal, b)]);
  return first === null || second === null ? null : [first, second];
}

function pairChart(pair: Pair, visit: Visit): ChartModel {
  const lines = pair.map(({ model: label, figures }) => ({
    label,
    figures: figures.filter(({ block }) => block === 'report'),
  }));
  return gainChart('model-pair', lines, visit.f.percent(100 * pair[0].report.confidence, 0), visit);
}

function PairForm({ visit, names }: { visit: Visit; names: readonly string[] }): VNode | null {
  const { t, metal, values, lang } = visit;
  if (names.length === 0) return null;
  const select = (name: 'a' | 'b', label: string) => (
    <label>
      {label}{' '}
      <select name={name}>
        {names.map((one, index) => (
          <option key={one} value={one} selected={one === (values[name] ?? names[name === 'a' ? 0 : index])}>
            {one}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <form class="form-row" method="get" action="/models/compare">
      {metal !== 'gold' && <input type="hidden" name="metal" value={metal} />}
      {values['lang'] !== undefined && <input type="hidden" name="lang" value={lang} />}
      {select('a', t.model.first)}
      {select('b', t.model.second)}
      <button type="submit">{t.common.show}</button>
    </form>
  );
}

function Compared({ visit, pair, horizon }: { visit: Visit; pair: Pair; horizon: number }): VNode {
  const { t, f, metal, values } = visit;
  const [first, second] = pair;
  const { a = '', b = '' } = values;
  const at = (report: ModelReport, step: number) =>
    report.figures.find((row) => row.block === 'report' && row.horizon === step);
  const [one, other] = [at(first, horizon), at(second, horizon)];
  const steps = first.figures.filter(({ block }) => block === 'report').map((row) => row.horizon);
  const cell = (report: ModelReport, step: number, name: 'mae' | 'wis') =>
    metricText(name, at(report, step)?.metrics[name].value ?? null, f);
  return (
    <>
      <h2 class="visually-hidden">{t.common.chart}</h2>
      {steps.length > 0 && (
        <Figure
          visit={visit}
          model={pairChart(pair, visit)}
          table={
            <DataTable
              caption={t.model.scores}
              rows={steps}
              columns={[
                { label: t.accuracy.step, kind: 'text', cell: (step) => String(step) },
                { label: `MAE, ${a}`, cell: (step) => cell(first, step, 'mae') },
                { label: `MAE, ${b}`, cell: (step) => cell(second, step, 'mae') },
                { label: `WIS, ${a}`, cell: (step) => cell(first, step, 'wis') },
                { label: `WIS, ${b}`, cell: (step) => cell(second, step, 'wis') },
              ]}
            />
          }
          svg={visit.link('/chart/model-pair.svg', { a, b })}
          csv={`/api/v1/metals/${metal}/comparison.csv?horizon=${horizon}`}
          json={`/api/v1/metals/${metal}/comparison.json?horizon=${horizon}`}
        />
      )}
      <nav class="chips" aria-label={t.models.horizon}>
        <span class="chips-label">{t.models.horizon}</span>
        {horizons.map((h) => (
          <a
            key={h}
            class="chip"
            href={visit.here({ h: h === '1' ? '' : h })}
            aria-current={Number(h) === horizon ? 'true' : undefined}
          >
            {h}
          </a>
        ))}
      </nav>
      <DataTable
        caption={t.models.tableTitle}
        rows={metricNames}
        columns={[
          { label: t.models.report, kind: 'text', cell: (name) => t.metrics[name] },
          { label: a, cell: (name) => metricText(name, one?.metrics[name].value ?? null, f) },
          { label: b, cell: (name) => metricText(name, other?.metrics[name].value ?? null, f) },
        ]}
      />
    </>
  );
}
