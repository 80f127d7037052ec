import type { VNode } from 'preact';
import type { Held, Run, System } from '../../src/api/contract.ts';
import { type Page, type PageView, settle } from '../page.ts';
import { HiddenState, ReasonField } from '../parts/forms.tsx';
import { RunGrid } from '../parts/run-grid.tsx';
import { Notice, ProblemNotice } from '../parts/states.tsx';
import { Balances, Freshness, Revisions, Space } from '../parts/system-upkeep.tsx';
import { DataTable } from '../parts/table.tsx';
import { oneOf, type Visit } from '../visit.ts';

export const systemPage: Page = {
  path: '/system',
  parameters: { done: oneOf(['release', 'reject']) },
  view: viewSystem,
  charts: {},
};

async function viewSystem(visit: Visit): Promise<PageView> {
  const { api, t, values } = visit;
  const [system, upkeep] = await Promise.all([api.system(), settle(visit, api.upkeep())]);
  const run: Run | null = system.runs.find((one) => one.status === 'running') ?? null;
  const done = values['done'] === 'release' || values['done'] === 'reject' ? values['done'] : null;
  const body = (
    <>
      <h1>{t.system.title}</h1>
      {done !== null && <Notice tone="good" title={t.state.done[done]} />}
      <Components visit={visit} system={system} />
      <section>
        <h2>{t.system.runs}</h2>
        {system.runs.length === 0 ? <p>{t.system.noRuns}</p> : <RunGrid visit={visit} runs={system.runs} />}
      </section>
      <HeldRecords visit={visit} held={system.held} />
      {upkeep.ok ? (
        <>
          <Freshness visit={visit} upkeep={upkeep.value} />
          <Balances visit={visit} upkeep={upkeep.value} />
          <Revisions visit={visit} upkeep={upkeep.value} />
        </>
      ) : (
        <ProblemNotice speech={visit} problem={upkeep.problem} />
      )}
      <Layers visit={visit} system={system} />
      <Checks visit={visit} system={system} />
      <Quarantine visit={visit} system={system} />
      {upkeep.ok && <Space visit={visit} upkeep={upkeep.value} />}
    </>
  );
  return { title: t.system.title, run, body };
}

const signs = { ok: '✓', degraded: '!', down: '✕', unknown: '?' } as const;

function Components({ visit, system }: { visit: Visit; system: System }): VNode {
  const { t } = visit;
  return (
    <section>
      <h2>{t.system.components}</h2>
      <ul class="components">
        {system.components.map((component) => (
          <li key={component.name} class={`card state-${component.state}`}>
            <p>
              <span class="mark" aria-hidden="true">
                {signs[component.state]}
              </span>{' '}
              <strong>{t.system.names[component.name]}</strong> <span>{t.system.states[component.state]}</span>
            </p>
            <p class="note">{component.detail}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function HeldRecords({ visit, held }: { visit: Visit; held: readonly Held[] }): VNode {
  const { t, f } = visit;
  return (
    <section>
      <h2>{t.system.held}</h2>
      {held.length === 0 ? (
        <p>{t.system.noHeld}</p>
      ) : (
        <>
          <p>{t.system.heldText}</p>
          {held.map((one) => (
            <form
              key={`${one.table}${one.code}${one.date}${one.revision}`}
              class="card form held"
              method="post"
              action="/system/held"
            >
              <p>
                <code>{one.table}</code> · {one.code} · {f.date(one.date)} · <strong>{one.value}</strong>
              </p>
              <p class="note">{one.reason}</p>
              <HiddenState visit={visit} />
              <input type="hidden" name="table" value={one.table} />
              <input type="hidden" name="code" value={one.code} />
              <input type="hidden" name="date" value={one.date} />
              <input type="hidden" name="revision" value={String(one.revision)} />
              <ReasonField visit={visit} label={t.system.decisionReason} />
              <div class="buttons">
                <button type="submit" name="decision" value="release">
                  {t.system.release}
                </button>
                <button type="submit" name="decision" value="reject" class="secondary">
                  {t.system.reject}
                </button>
              </div>
            </form>
          ))}
        </>
      )}
    </section>
  );
}

function Layers({ visit, system }: { visit: Visit; system: System }): VNode {
  const { t, f } = visit;
  const names: Readonly<Record<string, string>> = t.system.layer;
  const layerOf = (table: string): string => {
    const layer = table.split('.')[0] ?? '';
    return Object.hasOwn(names, layer) ? (names[layer] ?? '') : t.system.layer.other;
  };
  return (
    <section class="narrow">
      <h2>{t.system.layers}</h2>
      <DataTable
        caption={t.system.layers}
        rows={Object.entries(system.rows)}
        columns={[
          {
            label: t.system.tableName,
            kind: 'text',
            cell: ([table]) => (
              <>
                <code>{table}</code> <span class="note">{layerOf(table)}</span>
              </>
            ),
          },
          { label: t.system.rows, cell: ([, rows]) => f.number(rows, 0) },
        ]}
      />
    </section>
  );
}

/** What does not hold stands open; what holds is one sentence with its list folded. */
function Checks({ visit, system }: { visit: Visit; system: System }): VNode {
  const { t } = visit;
  const broken = system.checks.filter((check) => check.offendingCount > 0);
  return (
    <section>
      <h2>{t.system.checks}</h2>
      {system.checks.length === 0 && <p>{t.system.noChecks}</p>}
      {broken.length > 0 && (
        <>
          <p>{t.system.notWell(broken.length)}</p>
          <CheckTable visit={visit} checks={broken} />
        </>
      )}
      {system.checks.length > 0 && (
        <details class="folded">
          <summary>{broken.length === 0 ? t.system.allWell(system.checks.length) : t.common.more}</summary>
          <CheckTable visit={visit} checks={system.checks} />
        </details>
      )}
    </section>
  );
}

function CheckTable({ visit, checks }: { visit: Visit; checks: System['checks'] }): VNode {
  const { t, f } = visit;
  return (
    <DataTable
      caption={t.system.checks}
      rows={checks}
      rowClass={(check) => (check.offendingCount > 0 ? 'bad' : undefined)}
      columns={[
        { label: t.system.check, kind: 'text', cell: (check) => <code>{check.check}</code> },
        { label: t.system.purpose, kind: 'prose', cell: (check) => check.purpose },
        {
          label: t.system.offending,
          cell: (check) => (check.offendingCount === 0 ? '✓ 0' : `✕ ${f.number(check.offendingCount, 0)}`),
        },
        { label: t.system.time, kind: 'text', cell: (check) => f.instant(check.at) },
      ]}
    />
  );
}

function Quarantine({ visit, system }: { visit: Visit; system: System }): VNode {
  const { t, f } = visit;
  return (
    <section>
      <h2>{t.system.quarantine}</h2>
      {system.quarantined.length === 0 ? (
        <p>{t.system.noQuarantine}</p>
      ) : (
        <DataTable
          caption={t.system.quarantine}
          rows={system.quarantined}
          columns={[
            { label: t.system.time, kind: 'text', cell: (one) => f.instant(one.at) },
            { label: t.system.kind, kind: 'text', cell: (one) => one.kind },
            { label: t.system.why, kind: 'prose', cell: (one) => one.reason },
            { label: t.system.file, kind: 'prose', cell: (one) => <code>{one.key}</code> },
          ]}
        />
      )}
    </section>
  );
}
