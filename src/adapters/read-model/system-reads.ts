import type pg from 'pg';
import type { AssayApi, Held, Run, Step, System } from '../../api/contract.ts';
import { PlatformError } from '../../domain/errors.ts';
import { isoDate } from '../../domain/iso-date.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Lake } from '../../ports/lake.ts';
import { sqlFile } from '../sql-files.ts';
import { createExportReader } from '../warehouse/export-reader.ts';
import { rows } from '../warehouse/pool.ts';
import { createQuoteReads } from './quote-reads.ts';
import { type RunRow, runOf, type StepRow, stepOf } from './run-rows.ts';

export interface SystemReadsOptions {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly lake: Pick<Lake, 'list' | 'get'>;
  readonly version: string;
  readonly source: { readonly id: string; readonly simulated: boolean };
  readonly components: () => Promise<System['components']>;
}

type SystemReads = Pick<AssayApi, 'system' | 'run' | 'decideHeld'>;

/** How the platform itself is doing: parts, rows, runs, held and refused data, checks. */
export function createSystemReads(options: SystemReadsOptions): SystemReads {
  const { pool, clock, lake } = options;
  const quotes = createQuoteReads(options);
  const exporter = createExportReader(pool);
  return {
    async system() {
      const [provenance, components, counts, runs, held, quarantined, checks] = await Promise.all([
        quotes.provenance(),
        options.components(),
        exporter.countRows(),
        readRuns(pool, null, 20),
        rows<HeldRow>(pool, sqlFile('postgres/read/held.sql')),
        readQuarantine(lake, 20),
        rows<CheckRow>(pool, sqlFile('postgres/read/check-results.sql')),
      ]);
      return {
        provenance,
        version: options.version,
        components,
        rows: { ...counts },
        runs,
        held: held.map(heldOf),
        quarantined,
        checks: checks.map((row) => ({
          check: row.check_name,
          purpose: row.purpose,
          offendingCount: row.offending_count,
          at: row.checked_at,
        })),
      };
    },
    async run(runId) {
      const [run] = await readRuns(pool, runId, 1);
      if (run === undefined) {
        throw new PlatformError('NOT_FOUND', `There is no run "${runId}".`, {
          context: { runId },
          hint: 'Take one from the list of runs.',
        });
      }
      return { ...run, log: await rows<LogRow>(pool, sqlFile('postgres/read/run-log.sql'), [runId]) };
    },
    async decideHeld(held, decision, reason) {
      if (reason.trim() === '') {
        throw new PlatformError('INPUT_INVALID', 'A decision about a held value needs a reason.', {
          context: { ...held },
          hint: 'Say in a few words why the value is right, or why it is wrong.',
        });
      }
      const decided = await rows(pool, sqlFile('postgres/write/hold-decision.sql'), [
        held.table,
        held.code,
        isoDate(held.date),
        held.revision,
        decision,
        reason.trim(),
        'dashboard',
        clock.now(),
      ]);
      if (decided.length === 0) throw noSuchRevision(held);
    },
  };
}

/** Newest first, each with the latest attempt of its steps. */
async function readRuns(pool: pg.Pool, runId: string | null, limit: number): Promise<Run[]> {
  const runs = await rows<RunRow>(pool, sqlFile('postgres/read/runs.sql'), [runId, limit]);
  const steps = await rows<StepRow>(pool, sqlFile('postgres/read/steps.sql'), [runs.map((run) => run.run_id), null]);
  const byRun = new Map<string, Step[]>(runs.map((run) => [run.run_id, []]));
  for (const step of steps) byRun.get(step.run_id)?.push(stepOf(step));
  return runs.map((run) => ({ ...runOf(run), steps: byRun.get(run.run_id) ?? [] }));
}

/** The newest refused answers. Their receipts name the kind and the reason. */
async function readQuarantine(lake: Pick<Lake, 'list' | 'get'>, limit: number): Promise<System['quarantined']> {
  const receipts: { key: string; modifiedAt: string }[] = [];
  for await (const entry of lake.list('quarantine/')) if (entry.key.endsWith('.json')) receipts.push(entry);
  const newest = receipts.toSorted((left, right) => (left.modifiedAt < right.modifiedAt ? 1 : -1)).slice(0, limit);
  return Promise.all(newest.map((entry) => readRefusal(lake, entry)));
}

async function readRefusal(
  lake: Pick<Lake, 'get'>,
  { key, modifiedAt }: { key: string; modifiedAt: string },
): Promise<System['quarantined'][number]> {
  const bytes = await lake.get(key);
  const receipt = bytes === null ? {} : jsonObject(new TextDecoder().decode(bytes));
  const text = (name: string, otherwise: string) => {
    const value = receipt[name];
    return typeof value === 'string' ? value : otherwise;
  };
  return {
    key: text('objectKey', key),
    kind: text('kind', 'unknown'),
    reason: text('reason', 'The receipt beside the answer cannot be read.'),
    at: text('receivedAt', modifiedAt),
  };
}

function jsonObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    // Shown as unreadable: one damaged receipt must not hide the page that would tell of it.
    return {};
  }
}

function heldOf(row: HeldRow): Held {
  return {
    table: row.table_name,
    code: row.code,
    date: row.effective_date,
    revision: row.revision,
    value: row.value,
    reason: row.hold_reason,
  };
}

function noSuchRevision({ table, code, date, revision }: Pick<Held, 'table' | 'code' | 'date' | 'revision'>) {
  return new PlatformError('NOT_FOUND', `${table} has no revision ${revision} of ${code} for ${date}.`, {
    context: { table, code, date, revision },
    hint: 'Take one from the list of held values.',
  });
}

interface HeldRow {
  readonly table_name: Held['table'];
  readonly code: string;
  readonly effective_date: string;
  readonly revision: number;
  readonly value: string;
  readonly hold_reason: string;
}

interface CheckRow {
  readonly check_name: string;
  readonly purpose: string;
  readonly offending_count: number;
  readonly checked_at: string;
}

interface LogRow {
  readonly at: string;
  readonly step: string | null;
  readonly level: string;
  readonly message: string;
}
