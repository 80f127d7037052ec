import type { VNode } from 'preact';
import {
  type Comparison,
  type MetricName,
  type ModelFigures,
  metricNames,
  type Score,
  type TournamentModel,
  type TournamentView,
} from '../../src/api/contract.ts';
import { oneOf, type Parameters, type Visit } from '../visit.ts';
import { metricKey, metricText } from './metric-text.ts';
import { type Column, DataTable } from './table.tsx';
import { Change } from './texts.tsx';

const horizons = ['1', '2', '3', '5', '7', '10', '14'] as const;
const blocks = ['report', 'selection'] as const;
const sorts = ['rank', 'seconds', ...metricNames] as const;
type Sort = (typeof sorts)[number];
/** The headline first; the rest in the order of the contract. */
const columnOrder: readonly MetricName[] = [
  'skillVsNaive',
  'wisSkillVsNaive',
  ...metricNames.filter((name) => name !== 'skillVsNaive' && name !== 'wisSkillVsNaive'),
];

/** What the table's links say in the address. */
export const comparisonParameters: Parameters = {
  h: oneOf(horizons),
  block: oneOf(blocks),
  sort: oneOf(sorts),
  order: oneOf(['worst']),
};

export interface Chosen {
  readonly horizon: number;
  readonly block: (typeof blocks)[number];
}

export function chosenIn({ values }: Visit): Chosen {
  return { horizon: Number(values['h'] ?? '1'), block: blocks.find((block) => block === values['block']) ?? 'report' };
}

interface Row {
  readonly model: TournamentModel;
  readonly figures: ModelFigures | undefined;
  /** Of a comparison made before reports were kept: fewer metrics. */
  readonly score: Score | undefined;
  readonly isAmongBest: boolean;
}

interface Props {
  readonly visit: Visit;
  readonly tournament: TournamentView;
  readonly comparison: Comparison;
}

/** All models by all metrics at one horizon; every heading is a link that sorts. */
export function ComparisonTable({ visit, tournament, comparison }: Props): VNode {
  const { t, metal, values } = visit;
  const { horizon, block } = chosenIn(visit);
  const sort = sorts.find((name) => name === values['sort']) ?? 'rank';
  const isWorstFirst = values['order'] === 'worst';
  const rows = rowsOf(tournament, comparison, { horizon, block });
  const ordered = [...rows].sort((a, b) => compared(a, b, sort, isWorstFirst));
  const query = new URLSearchParams({ horizon: String(horizon), block }).toString();
  return (
    <section>
      <h2>{t.models.tableTitle}</h2>
      <Choices visit={visit} chosen={{ horizon, block }} />
      <DataTable caption={t.models.tableTitle} rows={ordered} columns={columns(visit, sort, isWorstFirst)} />
      <p class="note">{t.model.inSetNote}</p>
      <p class="downloads">
        <span>{t.common.download}:</span>
        <a href={`/api/v1/metals/${metal}/comparison.csv?${query}`}>CSV</a>
        <a href={`/api/v1/metals/${metal}/comparison.json?${query}`}>JSON</a>
      </p>
      <p>
        <a class="button" href={visit.link('/models/compare')}>
          {t.model.compare}
        </a>
      </p>
    </section>
  );
}

function rowsOf({ models, scores }: TournamentView, { report, rows }: Comparison, { horizon, block }: Chosen): Row[] {
  const set = report?.confidenceSet[block] ?? [];
  return models.map((model) => ({
    model,
    figures: rows.find((row) => row.model === model.model),
    score: scores.find((one) => one.model === model.model && one.horizon === horizon && one.block === block),
    isAmongBest: set.some((one) => one.model === model.model && one.inSet),
  }));
}

function Choices({ visit, chosen }: { visit: Visit; chosen: Chosen }): VNode {
  const { t } = visit;
  return (
    <nav class="chips" aria-label={t.models.horizon}>
      <span class="chips-label">{t.models.horizon}</span>
      {horizons.map((h) => (
        <a
          key={h}
          class="chip"
          href={visit.here({ h: h === '1' ? '' : h })}
          aria-current={Number(h) === chosen.horizon ? 'true' : undefined}
        >
          {h}
        </a>
      ))}
      <span class="chips-gap" />
      {blocks.map((name) => (
        <a
          key={name}
          class="chip"
          href={visit.here({ block: name === 'report' ? '' : name })}
          aria-current={name === chosen.block ? 'true' : undefined}
        >
          {t.models[name]}
        </a>
      ))}
    </nav>
  );
}

function metricOf({ figures, score }: Row, name: MetricName): number | null {
  if (figures !== undefined) return figures.metrics[name].value;
  if (score === undefined || !Object.hasOwn(score, name)) return null;
  return score[name as keyof Score] as number | null;
}

/** What is missing stays last whichever way the rest is turned. */
function compared(a: Row, b: Row, sort: Sort, isWorstFirst: boolean): number {
  const [one, other] = [keyOf(a, sort), keyOf(b, sort)];
  const isEither = one === Number.MAX_SAFE_INTEGER || other === Number.MAX_SAFE_INTEGER;
  return isWorstFirst && !isEither ? other - one : one - other;
}

function keyOf(row: Row, sort: Sort): number {
  if (sort === 'rank') return row.model.rank ?? Number.MAX_SAFE_INTEGER;
  if (sort === 'seconds') return row.model.seconds;
  return metricKey(sort, metricOf(row, sort));
}

function columns(visit: Visit, sort: Sort, isWorstFirst: boolean): Column<Row>[] {
  const { t, f } = visit;
  const header = (name: Sort, label: string) => {
    const isOwn = sort === name;
    const order = isOwn && !isWorstFirst ? 'worst' : '';
    const way = isWorstFirst ? t.model.sortedWorst : t.model.sorted;
    const hint = isOwn ? way : t.models.sortBy(label);
    return {
      label: (
        <a href={visit.here({ sort: name === 'rank' ? '' : name, order })} title={hint}>
          {label}
        </a>
      ),
      ...(isOwn && { sort: isWorstFirst ? ('descending' as const) : ('ascending' as const) }),
    };
  };
  return [
    { label: t.models.model, kind: 'text', cell: (row) => <ModelCell visit={visit} model={row.model} /> },
    { ...header('rank', t.models.rank), cell: (row) => row.model.rank ?? '–' },
    {
      label: <span title={t.model.inSet}>{t.model.inSetShort}</span>,
      cell: (row) => (row.isAmongBest ? <span title={t.model.inSet}>✓</span> : '–'),
    },
    ...columnOrder.map(
      (name): Column<Row> => ({
        ...header(name, t.metrics[name]),
        cell: (row) => <MetricCell visit={visit} row={row} name={name} />,
      }),
    ),
    {
      label: t.model.pValue,
      cell: ({ figures }) => (figures?.dieboldMariano == null ? '–' : f.number(figures.dieboldMariano.pValue, 3)),
    },
    { ...header('seconds', t.models.seconds), cell: (row) => f.seconds(row.model.seconds) },
  ];
}

/** A gain carries its sign and colour, and a star where the test says that it is one. */
function MetricCell({ visit, row, name }: { visit: Visit; row: Row; name: MetricName }): VNode {
  const value = metricOf(row, name);
  const text = metricText(name, value, visit.f);
  if (value === null || (name !== 'skillVsNaive' && name !== 'wisSkillVsNaive')) return <>{text}</>;
  const test = row.figures?.dieboldMariano ?? null;
  const isSure = name === 'wisSkillVsNaive' && value > 0 && test !== null && test.pValue < 0.05;
  return (
    <Change value={Number((100 * value).toFixed(1))}>
      {text}
      {isSure && <span title={visit.t.model.inSetNote}>*</span>}
    </Change>
  );
}

function ModelCell({ visit, model }: { visit: Visit; model: TournamentModel }): VNode {
  const { t } = visit;
  return (
    <>
      <a href={visit.link(`/models/${encodeURIComponent(model.model)}`)}>{model.model}</a>
      {model.status === 'failed' && <span class="cell-note">{t.models.failed(model.failure ?? '')}</span>}
      {model.status === 'ok' && model.failedFolds > 0 && (
        <span class="cell-note">{t.models.failedFolds(model.failedFolds)}</span>
      )}
    </>
  );
}
