import { calendarDays } from '../domain/calendar/calendar.ts';
import { firstCalendarDate } from '../domain/calendar/facts.ts';
import { PlatformError } from '../domain/errors.ts';
import { type DateRange, dateRange, isoDate } from '../domain/iso-date.ts';
import { moscowDate } from '../domain/moscow-time.ts';
import type { Clock } from '../ports/clock.ts';
import type { StepContext } from '../ports/journal.ts';
import type { CheckResult, RowCounts, Transformer } from '../ports/warehouse.ts';

export interface TransformRequest {
  /** Dates whose rows may appear or go; null: all. Rows elsewhere change only when what they rest on changed. */
  readonly range: DateRange | null;
}

export interface TransformPorts {
  readonly transformer: Pick<Transformer, 'replaceCalendar' | 'apply'>;
  readonly clock: Clock;
  readonly step: StepContext;
}

export interface TransformReport {
  /** By table, in the order they ran. */
  readonly tables: Readonly<Record<string, RowCounts>>;
  readonly checks: number;
}

/**
 * Calendar, then raw -> ods -> dm and the checks as one transaction.
 * Throws CHECK_FAILED naming the check and its first offending rows; readers then keep what they had.
 */
export async function transform(request: TransformRequest, ports: TransformPorts): Promise<TransformReport> {
  const { transformer, clock, step } = ports;
  const calendar = await transformer.replaceCalendar(calendarDays(calendarRange(clock)));
  step.signal.throwIfAborted();
  const { kept, tables, checks } = await transformer.apply(request.range);
  if (!kept) throw checkFailure(checks);
  const counts = { 'dm.working_calendar': calendar, ...tables };
  noteRows(counts, step);
  return { tables: counts, checks: checks.length };
}

/** To the end of next year: every horizon of a forecast made today ends well before it. */
function calendarRange(clock: Clock): DateRange {
  const year = Number(moscowDate(clock.now()).slice(0, 4));
  return dateRange(firstCalendarDate, isoDate(`${year + 1}-12-31`));
}

function checkFailure(checks: readonly CheckResult[]): PlatformError {
  const failed = checks.filter((check) => check.offendingCount > 0);
  const [first] = failed;
  const others = failed.length > 1 ? ` (and ${failed.length - 1} more)` : '';
  return new PlatformError(
    'CHECK_FAILED',
    `The check "${first?.check}"${others} found ${first?.offendingCount} offending rows. It demands: ${first?.purpose}`,
    {
      context: {
        failed: failed.map(({ check, offendingCount, offending }) => ({
          check,
          offendingCount,
          first: offending.slice(0, 5),
        })),
      },
      hint: 'Nothing of this transformation was kept: readers have what they had. Correct the rows named and run it again.',
    },
  );
}

function noteRows(tables: Readonly<Record<string, RowCounts>>, step: StepContext): void {
  const read = (tables['ods.metal_quote']?.read ?? 0) + (tables['ods.fx_rate']?.read ?? 0);
  const changed = Object.entries(tables).map(([table, counts]) => ({
    table,
    rows: counts.inserted + counts.updated + counts.deleted,
  }));
  step.rows(
    read,
    changed.reduce((sum, { rows }) => sum + rows, 0),
  );
  const words = changed.filter(({ rows }) => rows > 0).map(({ table, rows }) => `${table} ${rows}`);
  step.note(words.length === 0 ? 'Nothing changed.' : `Rows changed: ${words.join(', ')}.`, { tables });
}
