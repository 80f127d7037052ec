import type { VNode } from 'preact';
import type { ModelVersionView, Score, TournamentModel, TournamentView } from '../../src/api/contract.ts';
import { type Page, type PageView, runInProgress } from '../page.ts';
import { ReasonForm } from '../parts/forms.tsx';
import { EmptyState, Notice } from '../parts/states.tsx';
import { type Column, DataTable } from '../parts/table.tsx';
import { Change } from '../parts/texts.tsx';
import { oneOf, type Visit } from '../visit.ts';

const horizons = ['1', '7', '14'] as const;
const blocks = ['report', 'selection'] as const;
const sorts = ['rank', 'skill', 'mae', 'rmse', 'r2', 'mase', 'wis', 'coverage80', 'coverage95', 'seconds'] as const;
type Sort = (typeof sorts)[number];

export const modelsPage: Page = {
  path: '/models',
  parameters: {
    h: oneOf(horizons),
    block: oneOf(blocks),
    sort: oneOf(sorts),
    done: oneOf(['promoted', 'rolledback']),
  },
  view: viewModels,
  charts: {},
};

async function viewModels(visit: Visit): Promise<PageView> {
  const { api, metal, t, values } = visit;
  const title = t.models.title(t.metals[metal]);
  const { tournament, versions } = await api.models(metal);
  if (tournament === null && versions.length === 0) {
    const run = await runInProgress(visit);
    const body = run !== null ? <EmptyState speech={visit} run={run} /> : <NoneYet visit={visit} title={title} />;
    return { title, run, isWaiting: run !== null, body };
  }
  const done = values['done'] === 'promoted' || values['done'] === 'rolledback' ? values['done'] : null;
  const body = (
    <>
      <h1>{title}</h1>
      {done !== null && <Notice tone="good" title={t.state.done[done]} />}
      {tournament !== null && <Decision visit={visit} tournament={tournament} />}
      {tournament !== null && <Comparison visit={visit} tournament={tournament} />}
      <Versions visit={visit} versions={versions} />
    </>
  );
  return { title, body };
}

function NoneYet({ visit, title }: { visit: Visit; title: string }): VNode {
  return (
    <>
      <h1>{title}</h1>
      <Notice tone="info" title={visit.t.models.noneTitle}>
        {visit.t.models.noneText}
      </Notice>
    </>
  );
}

function Decision({ visit, tournament }: { visit: Visit; tournament: TournamentView }): VNode {
  const { t, f } = visit;
  const { outcome, champion, reasons } = tournament.decision;
  const passedFirst = [...reasons].sort((a, b) => Number(b.passed) - Number(a.passed));
  return (
    <section class="card wide">
      <h2>{t.models.decision}</h2>
      <p class="lead">{t.models.outcome[outcome](champion ?? t.models.nobody)}</p>
      <ul class="reasons">
        {passedFirst.map((one) => (
          <li key={`${one.model}${one.reason}`} class={one.passed ? 'passed' : 'refused'}>
            <strong>{one.model}</strong> <span class="tag">{one.passed ? t.models.passed : t.models.refused}</span>{' '}
            {withoutVerdict(one.model, one.reason)}
          </li>
        ))}
      </ul>
      <p class="note">
        {t.models.about(tournament.origins, f.date(tournament.cutoff))} {f.instant(tournament.startedAt)}
      </p>
    </section>
  );
}

/** `theta did not pass: …`: the name and the verdict already stand beside it. */
function withoutVerdict(model: string, reason: string): string {
  const end = reason.indexOf(': ');
  return reason.startsWith(`${model} `) && end > 0 ? reason.slice(end + 2) : reason;
}

interface Row {
  readonly model: TournamentModel;
  readonly score: Score | undefined;
}

function Comparison({ visit, tournament }: { visit: Visit; tournament: TournamentView }): VNode {
  const { t, values, metal } = visit;
  const horizon = Number(values['h'] ?? '1');
  const hasReport = tournament.scores.some((score) => score.block === 'report');
  const block = values['block'] ?? (hasReport ? 'report' : 'selection');
  const sort = sorts.find((name) => name === values['sort']) ?? 'rank';
  const rows = tournament.models.map((model): Row => {
    const isIt = (score: Score): boolean =>
      score.model === model.model && score.horizon === horizon && score.block === block;
    return { model, score: tournament.scores.find(isIt) };
  });
  const ordered = [...rows].sort((a, b) => keyOf(a, sort) - keyOf(b, sort));
  return (
    <section>
      <h2>{t.models.tableTitle}</h2>
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
        <span class="chips-gap" />
        {blocks.map((name) => (
          <a
            key={name}
            class="chip"
            href={visit.here({ block: name })}
            aria-current={name === block ? 'true' : undefined}
          >
            {t.models[name]}
          </a>
        ))}
      </nav>
      <DataTable caption={t.models.tableTitle} rows={ordered} columns={scoreColumns(visit, sort)} />
      <p class="downloads">
        <span>{t.common.download}:</span>
        <a href={`/api/v1/metals/${metal}/models.csv`}>CSV</a>
        <a href={`/api/v1/metals/${metal}/models.json`}>JSON</a>
      </p>
    </section>
  );
}

/** Smaller is better; what is missing goes last. */
function keyOf({ model, score }: Row, sort: Sort): number {
  if (sort === 'rank') return model.rank ?? Number.MAX_SAFE_INTEGER;
  if (sort === 'seconds') return model.seconds;
  if (score === undefined) return Number.MAX_SAFE_INTEGER;
  switch (sort) {
    case 'skill':
      return -score.skillVsNaive;
    case 'r2':
      return -(score.r2 ?? -Number.MAX_SAFE_INTEGER);
    case 'coverage80':
      return Math.abs(score.coverage80 - 0.8);
    case 'coverage95':
      return Math.abs(score.coverage95 - 0.95);
    default:
      return score[sort];
  }
}

function scoreColumns(visit: Visit, sort: Sort): Column<Row>[] {
  const { t, f } = visit;
  const header = (name: Sort, label: string) => ({
    label: (
      <a href={visit.here({ sort: name === 'rank' ? '' : name })} title={t.models.sortBy(label)}>
        {label}
      </a>
    ),
    ...(sort === name && { sort: 'ascending' as const }),
  });
  const figure = (read: (score: Score) => number | null, digits: number) => (row: Row) => {
    const value = row.score === undefined ? null : read(row.score);
    return value === null ? '–' : f.number(value, digits);
  };
  return [
    { label: t.models.model, kind: 'text', cell: (row) => <ModelCell visit={visit} model={row.model} /> },
    { ...header('rank', t.models.rank), cell: (row) => row.model.rank ?? '–' },
    {
      ...header('skill', t.models.skill),
      cell: ({ score }) =>
        score === undefined ? (
          '–'
        ) : (
          <Change value={score.skillVsNaive}>{f.signedPercent(score.skillVsNaive * 100, 1)}</Change>
        ),
    },
    { ...header('mae', 'MAE, ₽'), cell: figure((score) => score.mae, 2) },
    { ...header('rmse', 'RMSE, ₽'), cell: figure((score) => score.rmse, 2) },
    { ...header('r2', 'R²'), cell: figure((score) => score.r2, 3) },
    { ...header('mase', 'MASE'), cell: figure((score) => score.mase, 3) },
    { ...header('wis', 'WIS'), cell: figure((score) => score.wis, 2) },
    { label: t.models.bias, cell: figure((score) => score.bias, 2) },
    {
      ...header('coverage80', t.models.coverage80),
      cell: ({ score }) => (score === undefined ? '–' : f.percent(score.coverage80 * 100, 0)),
    },
    {
      ...header('coverage95', t.models.coverage95),
      cell: ({ score }) => (score === undefined ? '–' : f.percent(score.coverage95 * 100, 0)),
    },
    { ...header('seconds', t.models.seconds), cell: (row) => f.seconds(row.model.seconds) },
  ];
}

function ModelCell({ visit, model }: { visit: Visit; model: TournamentModel }): VNode {
  const { t } = visit;
  return (
    <>
      {model.model}
      {model.status === 'failed' && <span class="cell-note">{t.models.failed(model.failure ?? '')}</span>}
      {model.status === 'ok' && model.failedFolds > 0 && (
        <span class="cell-note">{t.models.failedFolds(model.failedFolds)}</span>
      )}
    </>
  );
}

/** When, from where, to where, who and why: newest first. */
function Moves({ visit, versions }: { visit: Visit; versions: readonly ModelVersionView[] }): VNode | null {
  const { t, f } = visit;
  const moves = versions
    .flatMap(({ version, moves }) => moves.map((move) => ({ ...move, version })))
    .reverse()
    .sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  if (moves.length === 0) return null;
  return (
    <DataTable
      caption={t.models.moves}
      rows={moves}
      columns={[
        { label: t.models.moved, kind: 'text', cell: (move) => f.instant(move.at) },
        { label: t.models.version, kind: 'text', cell: (move) => String(move.version) },
        {
          label: t.models.stage,
          kind: 'text',
          cell: (move) => `${t.models.stages[move.from]} → ${t.models.stages[move.to]}`,
        },
        { label: t.models.by, kind: 'text', cell: (move) => move.by },
        { label: t.models.why, kind: 'text', cell: (move) => <span class="cell-note">{move.reason}</span> },
      ]}
    />
  );
}

function Versions({ visit, versions }: { visit: Visit; versions: readonly ModelVersionView[] }): VNode {
  const { t, f } = visit;
  const candidates = versions.filter((version) => version.stage !== 'Production');
  return (
    <section>
      <h2>{t.models.versions}</h2>
      <DataTable
        caption={t.models.versions}
        rows={versions}
        columns={[
          { label: t.models.version, kind: 'text', cell: (version) => `${version.name} ${version.version}` },
          { label: t.models.model, kind: 'text', cell: (version) => version.model },
          {
            label: t.models.stage,
            kind: 'text',
            cell: (version) => <span class={`tag stage-${version.stage}`}>{t.models.stages[version.stage]}</span>,
          },
          { label: t.models.created, kind: 'text', cell: (version) => f.instant(version.createdAt) },
        ]}
      />
      <Moves visit={visit} versions={versions} />
      {candidates.length > 0 && (
        <div class="two">
          <ReasonForm visit={visit} action="/models/promote" title={t.models.promoteTitle} button={t.models.promote}>
            <label>
              {t.models.version}
              <select name="version">
                {candidates.map((version) => (
                  <option key={version.version} value={String(version.version)}>
                    {version.version} · {version.model} · {t.models.stages[version.stage]}
                  </option>
                ))}
              </select>
            </label>
          </ReasonForm>
          <ReasonForm visit={visit} action="/models/rollback" title={t.models.rollbackTitle} button={t.models.rollback}>
            <p class="note">{t.models.rollbackText}</p>
          </ReasonForm>
        </div>
      )}
    </section>
  );
}
