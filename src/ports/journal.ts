import type { Instant } from '../domain/moscow-time.ts';

export type RunStatus = 'running' | 'succeeded' | 'failed' | 'cancelled';
export type StepStatus = 'running' | 'succeeded' | 'failed';

export interface RunRow {
  readonly runId: string;
  readonly flow: string;
  /** What asked for it: `manual`, `schedule`, `airflow`. */
  readonly trigger: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly status: RunStatus;
  readonly startedAt: Instant;
  readonly endedAt: Instant | null;
  readonly error: string | null;
}

export interface StepRow {
  readonly runId: string;
  readonly step: string;
  /** Order within the run, from 0. */
  readonly position: number;
  readonly attempt: number;
  readonly status: StepStatus;
  readonly startedAt: Instant;
  readonly endedAt: Instant | null;
  readonly rowsIn: number | null;
  readonly rowsOut: number | null;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly error: string | null;
}

export interface LogLine {
  readonly runId: string;
  readonly step: string | null;
  readonly at: Instant;
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly context: Readonly<Record<string, unknown>>;
}

/** The record of what ran: append or finish, never forget. */
export interface Journal {
  startRun(run: Pick<RunRow, 'runId' | 'flow' | 'trigger' | 'parameters'>): Promise<void>;
  finishRun(runId: string, status: Exclude<RunStatus, 'running'>, error: string | null): Promise<void>;
  startStep(runId: string, step: string, position: number): Promise<{ attempt: number }>;
  finishStep(
    runId: string,
    step: string,
    attempt: number,
    result: {
      status: Exclude<StepStatus, 'running'>;
      rowsIn?: number;
      rowsOut?: number;
      detail?: Readonly<Record<string, unknown>>;
      error?: string;
    },
  ): Promise<void>;
  log(line: Omit<LogLine, 'at'>): Promise<void>;
}

/** A step as its flow declares it: schedulers run it by these rules, and show it under this name. */
export interface StepDefinition {
  /** With `{metal}` or `{driver}` in it where the step is run for each of them. */
  readonly name: string;
  /** Tries at most, the first included. */
  readonly attempts: number;
  readonly timeoutMs: number;
}

/** What every step of a flow is run through; flows know neither the scheduler nor the journal's tables. */
export interface StepRunner {
  /**
   * Runs `work` as a durable step: a finished step is not repeated when the run resumes.
   * The result must be JSON. Retries, backoff and the timeout come from the definition; `of` fills the braces of its
   * name.
   */
  step<Result>(
    definition: StepDefinition,
    work: (context: StepContext) => Promise<Result>,
    of?: string,
  ): Promise<Result>;
}

export interface StepContext {
  readonly runId: string;
  readonly signal: AbortSignal;
  /** Progress for people: kept in the journal and sent to open pages. */
  note(message: string, context?: Readonly<Record<string, unknown>>): void;
  /** Rows in and out of the step, for the runs x steps grid. */
  rows(rowsIn: number, rowsOut: number): void;
}
