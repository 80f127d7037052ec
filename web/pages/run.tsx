import type { VNode } from 'preact';
import type { RunDetail, Step } from '../../src/api/contract.ts';
import type { PageView } from '../page.ts';
import { Pager, pageOf } from '../parts/pager.tsx';
import { durationOf, stepSigns } from '../parts/run-grid.tsx';
import { flowName, Notice, stepName } from '../parts/states.tsx';
import { DataTable } from '../parts/table.tsx';
import { Facts } from '../parts/texts.tsx';
import { type Parameters, pageParameter, type Visit } from '../visit.ts';

/** `step`: whose log alone is shown. */
export const runParameters: Parameters = {
  step: { allowed: 'a step of this run', accepts: (text) => /^[\w .:-]{1,60}$/.test(text) },
  page: pageParameter,
};

const linesOfPage = 200;

/** One run: its steps, its log. */
export async function viewRun(visit: Visit, runId: string): Promise<PageView> {
  const { t } = visit;
  const run = await visit.api.run(runId);
  const body = (
    <>
      <p class="crumbs">
        <a href={visit.link('/system')}>← {t.system.allRuns}</a>
      </p>
      <h1>
        {flowName(visit, run.flow)} <span class={`tag run-${run.status}`}>{t.system.status[run.status]}</span>
      </h1>
      {run.error !== null && <Notice tone="alarm" title={run.error} />}
      <Overview visit={visit} run={run} />
      <Steps visit={visit} steps={run.steps} />
      <Log visit={visit} run={run} />
    </>
  );
  return { title: `${t.system.run}: ${flowName(visit, run.flow)}`, run: run.status === 'running' ? run : null, body };
}

function Overview({ visit, run }: { visit: Visit; run: RunDetail }): VNode {
  const { t, f } = visit;
  return (
    <Facts
      facts={[
        { label: t.system.started, value: f.instant(run.startedAt) },
        { label: t.system.duration, value: run.endedAt === null ? t.system.status.running : durationOf(visit, run) },
        { label: t.system.trigger, value: run.trigger },
        { label: t.system.run, value: <code>{run.runId}</code> },
      ]}
    />
  );
}

function Steps({ visit, steps }: { visit: Visit; steps: readonly Step[] }): VNode {
  const { t, f } = visit;
  const rows = (value: number | null): string => (value === null ? '–' : f.number(value, 0));
  return (
    <DataTable
      caption={t.system.step}
      rows={steps}
      columns={[
        {
          label: t.system.step,
          kind: 'text',
          cell: (step) => <a href={`${visit.here({ step: step.step, page: '' })}#log`}>{stepName(visit, step.step)}</a>,
        },
        {
          label: '',
          kind: 'text',
          cell: (step) => (
            <span class={`step ${step.status}`}>
              {stepSigns[step.status]} {t.system.status[step.status]}
              {step.attempt > 1 && `, ${t.system.attempt(step.attempt)}`}
            </span>
          ),
        },
        { label: t.system.duration, cell: (step) => durationOf(visit, step) },
        { label: t.system.rowsInOut, cell: (step) => `${rows(step.rowsIn)} / ${rows(step.rowsOut)}` },
        { label: t.system.why, kind: 'prose', cell: (step) => step.error ?? '' },
      ]}
    />
  );
}

function Log({ visit, run }: { visit: Visit; run: RunDetail }): VNode {
  const { t, f, values } = visit;
  const wanted = values['step'];
  const lines = wanted === undefined ? run.log : run.log.filter((line) => line.step === wanted);
  const shown = pageOf(lines, values['page'], linesOfPage);
  return (
    <section id="log">
      <h2>{wanted === undefined ? t.system.log : t.upkeep.oneStep(stepName(visit, wanted))}</h2>
      {wanted !== undefined && (
        <p>
          <a href={visit.here({ step: '', page: '' })}>{t.upkeep.wholeLog}</a>
        </p>
      )}
      {lines.length === 0 ? (
        <p>{t.system.noLog}</p>
      ) : (
        <DataTable
          caption={t.system.log}
          rows={shown.rows}
          rowClass={(line) => (line.level === 'error' ? 'bad' : undefined)}
          columns={[
            { label: t.system.time, kind: 'text', cell: (line) => f.clock(line.at) },
            { label: t.system.level, kind: 'text', cell: (line) => line.level },
            {
              label: t.system.step,
              kind: 'text',
              cell: (line) => (line.step === null ? '' : stepName(visit, line.step)),
            },
            { label: t.system.message, kind: 'prose', cell: (line) => line.message },
          ]}
        />
      )}
      <Pager visit={visit} page={shown.page} pages={shown.pages} />
    </section>
  );
}
