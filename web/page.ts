import type { ComponentChildren } from 'preact';
import type { Problem, Run } from '../src/api/contract.ts';
import type { ChartModel } from './charts/time-chart.tsx';
import type { Parameters, Visit } from './visit.ts';

/** A page: what its address may say, what it shows, and the charts it lets people take away. */
export interface Page {
  readonly path: string;
  readonly parameters: Parameters;
  view(visit: Visit): Promise<PageView>;
  /** By chart id; null where the data for it is not there. */
  readonly charts: Readonly<Record<string, (visit: Visit) => Promise<ChartModel | null>>>;
}

export interface PageView {
  readonly title: string;
  readonly body: ComponentChildren;
  /** The run to follow while there is nothing else to show. */
  readonly run?: Run | null;
  /** Nothing to show yet: look again soon, also without script. */
  readonly isWaiting?: boolean;
}

/** A part of a page that may fail alone. */
export type Settled<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: Problem };

export async function settle<Value>(visit: Visit, work: Promise<Value>): Promise<Settled<Value>> {
  try {
    return { ok: true, value: await work };
  } catch (error) {
    return { ok: false, problem: visit.problemOf(error) };
  }
}

/** The run in progress, if the system can be asked. */
export async function runInProgress(visit: Visit): Promise<Run | null> {
  const system = await settle(visit, visit.api.system());
  return system.ok ? (system.value.runs.find((run) => run.status === 'running') ?? null) : null;
}
