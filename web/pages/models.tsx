import type { VNode } from 'preact';
import type { ModelVersionView, TournamentView } from '../../src/api/contract.ts';
import { type Page, type PageView, runInProgress } from '../page.ts';
import { ComparisonTable, chosenIn, comparisonParameters } from '../parts/comparison-table.tsx';
import { ReasonForm } from '../parts/forms.tsx';
import { gateReason } from '../parts/gate-reason.ts';
import { EmptyState, Notice } from '../parts/states.tsx';
import { DataTable } from '../parts/table.tsx';
import { oneOf, type Visit } from '../visit.ts';

export const modelsPage: Page = {
  path: '/models',
  parameters: {
    ...comparisonParameters,
    done: oneOf(['promoted', 'rolledback']),
  },
  view: viewModels,
  charts: {},
};

async function viewModels(visit: Visit): Promise<PageView> {
  const { api, metal, t, values } = visit;
  const title = t.models.title(t.metals[metal]);
  const { block, horizon } = chosenIn(visit);
  const [{ tournament, versions }, comparison] = await Promise.all([
    api.models(metal),
    api.comparison(metal, block, horizon),
  ]);
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
      {tournament !== null && <ComparisonTable visit={visit} tournament={tournament} comparison={comparison} />}
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
            <a href={visit.link(`/models/${encodeURIComponent(one.model)}`)}>
              <strong>{one.model}</strong>
            </a>{' '}
            <span class="tag">{one.passed ? t.models.passed : t.models.refused}</span> {gateReason(visit, one)}
          </li>
        ))}
      </ul>
      <p class="note">
        {t.models.about(tournament.origins, f.date(tournament.cutoff))} {f.instant(tournament.startedAt)}
      </p>
    </section>
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
