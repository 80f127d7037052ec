import { PlatformError } from '../domain/errors.ts';
import type { DateRange } from '../domain/iso-date.ts';
import type { Clock } from '../ports/clock.ts';
import type { StepRunner } from '../ports/journal.ts';
import type { Lake } from '../ports/lake.ts';
import type { PriceSource } from '../ports/price-source.ts';
import type { RawStore } from '../ports/warehouse.ts';
import { type ExtractReport, extract } from './extract.ts';
import { type LoadReport, load } from './load.ts';
import { steps } from './steps.ts';

export interface DriverSyncRequest {
  readonly range: DateRange | null;
  readonly loadOnly: boolean;
}

export interface DriverSyncPorts {
  readonly drivers: readonly PriceSource[];
  readonly lake: Lake;
  readonly raw: RawStore;
  readonly clock: Clock;
}

/** What became of one driver; JSON, for the journal. */
export interface DriverSyncReport {
  readonly source: string;
  readonly extracted: ExtractReport | null;
  readonly loaded: LoadReport | null;
  /** Why it is not up to date, or null. */
  readonly failure: string | null;
}

/**
 * Every configured driver into the lake and into raw, each in steps of its own. A driver that fails is reported and
 * shown as a failed step, and the run goes on: the Bank's own prices must not wait for an optional source.
 */
export async function syncDrivers(
  request: DriverSyncRequest,
  runner: StepRunner,
  ports: DriverSyncPorts,
): Promise<DriverSyncReport[]> {
  const reports: DriverSyncReport[] = [];
  for (const source of ports.drivers) reports.push(await syncDriver(source, request, runner, ports));
  return reports;
}

async function syncDriver(
  source: PriceSource,
  { range, loadOnly }: DriverSyncRequest,
  runner: StepRunner,
  { lake, raw, clock }: DriverSyncPorts,
): Promise<DriverSyncReport> {
  let extracted: ExtractReport | null = null;
  let failure: string | null = null;
  if (!loadOnly) {
    try {
      extracted = await runner.step(
        steps.extractDriver,
        (step) => extract({ series: source.series, range }, { source, lake, raw, clock, step }),
        source.id,
      );
    } catch (error) {
      failure = explain(error);
    }
  }
  try {
    const loaded = await runner.step(steps.loadDriver, (step) => load({}, { source, lake, raw, step }), source.id);
    return { source: source.id, extracted, loaded, failure };
  } catch (error) {
    return { source: source.id, extracted, loaded: null, failure: failure ?? explain(error) };
  }
}

/** Only what a driver can do wrong is borne: a bug of ours, or a store that is gone, ends the run. */
function explain(error: unknown): string {
  const borne = ['SOURCE_UNAVAILABLE', 'SOURCE_REJECTED', 'TIMEOUT', 'ARTEFACT_CORRUPT', 'INPUT_INVALID'];
  if (error instanceof PlatformError && borne.includes(error.code)) return error.message;
  throw error;
}
