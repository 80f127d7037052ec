import type { Run, Step } from '../../api/contract.ts';

/** Rows as `sql/postgres/read/{runs,steps}.sql` return them. */
export interface RunRow {
  readonly run_id: string;
  readonly flow: string;
  readonly trigger: string;
  readonly status: Run['status'];
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly error: string | null;
}

export interface StepRow {
  readonly run_id: string;
  readonly step: string;
  readonly position: number;
  readonly attempt: number;
  readonly status: Step['status'];
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly rows_in: number | null;
  readonly rows_out: number | null;
  readonly error: string | null;
}

export function runOf(row: RunRow): Omit<Run, 'steps'> {
  return {
    runId: row.run_id,
    flow: row.flow,
    trigger: row.trigger,
    status: row.status,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    error: row.error,
  };
}

export function stepOf(row: StepRow): Step {
  return {
    step: row.step,
    position: row.position,
    attempt: row.attempt,
    status: row.status,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    rowsIn: row.rows_in,
    rowsOut: row.rows_out,
    error: row.error,
  };
}
