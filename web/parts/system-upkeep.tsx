import type { VNode } from 'preact';
import type { Upkeep } from '../../src/api/contract.ts';
import { DataTable } from '../parts/table.tsx';
import type { Visit } from '../visit.ts';

/** How fresh each source and layer is. */
export function Freshness({ visit, upkeep }: { visit: Visit; upkeep: Upkeep }): VNode {
  const { t, f } = visit;
  return (
    <section>
      <h2>{t.upkeep.freshness}</h2>
      <DataTable
        caption={t.upkeep.freshness}
        rows={upkeep.freshness}
        columns={[
          {
            label: t.upkeep.name,
            kind: 'text',
            cell: (one) => (
              <>
                <code>{one.name}</code> <span class="note">{t.upkeep.kinds[one.kind]}</span>
              </>
            ),
          },
          {
            label: t.upkeep.newest,
            kind: 'text',
            cell: (one) => (one.newestDate === null ? '–' : f.date(one.newestDate, 'short')),
          },
          {
            label: t.upkeep.renewed,
            kind: 'text',
            cell: (one) => (one.renewedAt === null ? '–' : f.instant(one.renewedAt)),
          },
        ]}
      />
    </section>
  );
}

/** Whether rows are lost on the way from layer to layer. */
export function Balances({ visit, upkeep }: { visit: Visit; upkeep: Upkeep }): VNode {
  const { t, f } = visit;
  const lost = upkeep.balances.filter((one) => one.lost !== 0);
  const whole = (value: number): string => f.number(value, 0);
  return (
    <section>
      <h2>{t.upkeep.balances}</h2>
      <p>{lost.length === 0 ? t.upkeep.balanced : t.upkeep.unbalanced(lost.length)}</p>
      <DataTable
        caption={t.upkeep.balances}
        rows={upkeep.balances}
        rowClass={(one) => (one.lost === 0 ? undefined : 'bad')}
        columns={[
          {
            label: t.upkeep.way,
            kind: 'text',
            cell: (one) => (
              <code>
                {one.from} → {one.to}
              </code>
            ),
          },
          { label: t.upkeep.rowsIn, cell: (one) => whole(one.rowsIn) },
          { label: t.upkeep.rowsOut, cell: (one) => whole(one.rowsOut) },
          { label: t.upkeep.knownAlready, cell: (one) => whole(one.knownAlready) },
          { label: t.upkeep.setAside, cell: (one) => whole(one.setAside) },
          { label: t.upkeep.superseded, cell: (one) => whole(one.superseded) },
          { label: t.upkeep.lost, cell: (one) => (one.lost === 0 ? '✓ 0' : `✕ ${whole(one.lost)}`) },
        ]}
      />
    </section>
  );
}

/** Values that the source changed, and what people decided about held ones. */
export function Revisions({ visit, upkeep }: { visit: Visit; upkeep: Upkeep }): VNode {
  const { t, f } = visit;
  return (
    <section>
      <h2>{t.upkeep.revisions}</h2>
      {upkeep.revisions.length === 0 ? (
        <p>{t.upkeep.noRevisions}</p>
      ) : (
        <DataTable
          caption={t.upkeep.revisions}
          rows={upkeep.revisions}
          columns={[
            { label: t.upkeep.record, kind: 'text', cell: (one) => <Record visit={visit} one={one} /> },
            { label: t.upkeep.revision, cell: (one) => String(one.revision) },
            { label: t.upkeep.former, cell: (one) => one.former ?? '–' },
            { label: t.upkeep.value, cell: (one) => one.value ?? '–' },
            { label: t.upkeep.known, kind: 'text', cell: (one) => f.instant(one.knownAt) },
          ]}
        />
      )}
      <h3>{t.upkeep.decisions}</h3>
      {upkeep.decisions.length === 0 ? (
        <p>{t.upkeep.noDecisions}</p>
      ) : (
        <DataTable
          caption={t.upkeep.decisions}
          rows={upkeep.decisions}
          columns={[
            { label: t.upkeep.record, kind: 'text', cell: (one) => <Record visit={visit} one={one} /> },
            { label: t.upkeep.decision, kind: 'text', cell: (one) => t.upkeep.decided[one.decision] },
            { label: t.upkeep.reason, kind: 'prose', cell: (one) => one.reason },
            { label: t.upkeep.by, kind: 'text', cell: (one) => one.by },
            { label: t.upkeep.when, kind: 'text', cell: (one) => f.instant(one.at) },
          ]}
        />
      )}
    </section>
  );
}

function Record({ visit, one }: { visit: Visit; one: { table: string; code: string; date: string } }): VNode {
  return (
    <>
      <code>{one.table}</code> {one.code}, {visit.f.date(one.date, 'short')}
    </>
  );
}

/** Space on disk and memory. */
export function Space({ visit, upkeep }: { visit: Visit; upkeep: Upkeep }): VNode {
  const { t, f } = visit;
  const megabytes = (bytes: number): string => f.number(bytes / 1_048_576, bytes < 1_048_576 ? 2 : 1);
  const total = upkeep.memory.reduce((sum, one) => sum + one.bytes, 0);
  return (
    <section class="narrow">
      <h2>{t.upkeep.space}</h2>
      <DataTable
        caption={t.upkeep.space}
        rows={upkeep.storage}
        columns={[
          { label: t.upkeep.place, kind: 'text', cell: (one) => <code>{one.place}</code> },
          { label: t.upkeep.megabytes, cell: (one) => megabytes(one.bytes) },
          { label: t.upkeep.files, cell: (one) => (one.files === null ? '–' : f.number(one.files, 0)) },
        ]}
      />
      <h3>{t.upkeep.memory}</h3>
      {upkeep.memory.length === 0 ? (
        <p>{t.upkeep.noMemory}</p>
      ) : (
        <>
          <p>{t.upkeep.memoryTotal(megabytes(total))}</p>
          <DataTable
            caption={t.upkeep.memory}
            rows={upkeep.memory}
            columns={[
              {
                label: t.upkeep.process,
                kind: 'text',
                cell: (one) => (one.count === 1 ? one.process : `${one.process} × ${one.count}`),
              },
              { label: t.upkeep.megabytes, cell: (one) => megabytes(one.bytes) },
            ]}
          />
        </>
      )}
    </section>
  );
}
