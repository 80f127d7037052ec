import type { VNode } from 'preact';
import type { Run, Step } from '../../src/api/contract.ts';
import type { Speech } from '../i18n/dictionary.ts';
import type { Visit } from '../visit.ts';
import { flowName, stepName } from './states.tsx';
import { type Column, DataTable } from './table.tsx';

/** Runs against steps, one grid for each flow: what went through, what failed, how long it took. */
export function RunGrid({ visit, runs }: { visit: Visit; runs: readonly Run[] }): VNode {
  const flows = [...new Set(runs.map((run) => run.flow))];
  return (
    <>
      {flows.map((flow) => (
        <FlowGrid key={flow} visit={visit} flow={flow} runs={runs.filter((run) => run.flow === flow)} />
      ))}
    </>
  );
}

function FlowGrid({ visit, flow, runs }: { visit: Visit; flow: string; runs: readonly Run[] }): VNode {
  const { t, f } = visit;
  const steps = stepsOf(runs);
  return (
    <section>
      <h3>{flowName(visit, flow)}</h3>
      <DataTable
        caption={`${t.system.runs}: ${flowName(visit, flow)}`}
        rows={runs}
        columns={[
          {
            label: t.system.run,
            kind: 'text',
            cell: (run) => (
              <a href={visit.link(`/runs/${encodeURIComponent(run.runId)}`)}>{f.instant(run.startedAt)}</a>
            ),
          },
          {
            label: <span class="visually-hidden">{t.system.outcome}</span>,
            kind: 'text',
            cell: (run) => <span class={`tag run-${run.status}`}>{t.system.status[run.status]}</span>,
          },
          ...steps.map(
            (name): Column<Run> => ({
              label: stepName(visit, name),
              kind: 'text',
              cell: (run) => <StepCell speech={visit} step={run.steps.find((step) => step.step === name)} />,
            }),
          ),
        ]}
      />
    </section>
  );
}

/** All steps that any run of the flow has, in their order; steps that go metal by metal (`train gold`) stand together. */
function stepsOf(runs: readonly Run[]): string[] {
  const steps = runs.flatMap((run) => run.steps);
  const verbOf = (step: string): string => step.split(' ')[0] ?? step;
  const last = new Map<string, number>();
  for (const { step, position } of steps) last.set(verbOf(step), Math.max(last.get(verbOf(step)) ?? 0, position));
  const names = [...new Set([...steps].sort((a, b) => a.position - b.position).map((step) => step.step))];
  return names.sort((a, b) => (last.get(verbOf(a)) ?? 0) - (last.get(verbOf(b)) ?? 0));
}

export const stepSigns = { succeeded: '✓', failed: '✕', running: '…' } as const;

function StepCell({ speech, step }: { speech: Speech; step: Step | undefined }): VNode {
  const { t } = speech;
  if (step === undefined) return <span class="step none" title={t.system.notStarted} />;
  const retried = step.attempt > 1 ? `, ${t.system.attempt(step.attempt)}` : '';
  return (
    <span class={`step ${step.status}`} title={`${t.system.status[step.status]}${retried}`}>
      <span aria-hidden="true">{stepSigns[step.status]}</span> {durationOf(speech, step)}
      {step.attempt > 1 && <span class="attempt"> ×{step.attempt}</span>}
    </span>
  );
}

export function durationOf({ f }: Speech, span: { startedAt: string; endedAt: string | null }): string {
  return span.endedAt === null ? '' : f.seconds((Date.parse(span.endedAt) - Date.parse(span.startedAt)) / 1000);
}
