import type pg from 'pg';
import { PlatformError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Journal } from '../../ports/journal.ts';
import { sqlFile } from '../sql-files.ts';
import { rows } from '../warehouse/pool.ts';

/** The journal in PostgreSQL. Every change is announced on the channel `assay_events`, for pages that are open. */
export function createJournal(pool: pg.Pool, clock: Clock): Journal {
  const run = (statement: string, parameters: readonly unknown[]) =>
    rows<{ attempt: number }>(pool, sqlFile(`postgres/journal/${statement}.sql`), parameters);
  return {
    async startRun({ runId, flow, trigger, parameters }) {
      await run('start-run', [runId, flow, trigger, JSON.stringify(parameters), clock.now()]);
    },
    async finishRun(runId, status, error) {
      const found = await run('finish-run', [runId, status, error, clock.now()]);
      if (found.length === 0) throw unknown(`run ${runId}`, { runId });
    },
    async startStep(runId, step, position) {
      const [started] = await run('start-step', [runId, step, position, clock.now()]);
      if (started === undefined) throw unknown(`run ${runId}`, { runId, step });
      return { attempt: started.attempt };
    },
    async finishStep(runId, step, attempt, result) {
      const found = await run('finish-step', [
        runId,
        step,
        attempt,
        result.status,
        clock.now(),
        result.rowsIn ?? null,
        result.rowsOut ?? null,
        JSON.stringify(result.detail ?? {}),
        result.error ?? null,
      ]);
      if (found.length === 0) throw unknown(`attempt ${attempt} of step ${step}`, { runId, step, attempt });
    },
    async log({ runId, step, level, message, context }) {
      await run('log', [runId, step, clock.now(), level, message, JSON.stringify(context)]);
    },
  };
}

function unknown(what: string, context: Readonly<Record<string, unknown>>): PlatformError {
  return new PlatformError('NOT_FOUND', `The journal knows no ${what}.`, {
    context,
    hint: 'Start the run, and the step, before reporting on it.',
  });
}
