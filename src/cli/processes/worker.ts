import { type Composition, compose } from '../../compose.ts';
import { PlatformError } from '../../domain/errors.ts';
import { addDays } from '../../domain/iso-date.ts';
import { moscowDate } from '../../domain/moscow-time.ts';
import { schedules } from '../../flows/schedules.ts';
import { type DurableRunner, launchDurableRunner } from '../../runtime/durable-runner.ts';
import { executorId } from '../../runtime/executor-id.ts';
import { report, runChild } from './orders.ts';

/** The worker process: runs the flows, now and on schedule, at the lowest priority. */
runChild(async ({ settings, addresses, runAtStart }) => {
  const composition = await compose({
    settings,
    addresses,
    onProgress: (message) => report({ type: 'progress', message }),
  });
  const runner = await launchDurableRunner({
    databaseUrl: addresses.databaseUrl,
    executorId: executorId(settings),
    flows: composition.flows,
    ports: composition.ports,
    journal: composition.journal,
    exclusively: composition.exclusively,
    schedules,
    onWarning: (message) => report({ type: 'progress', message }),
  });
  report({ type: 'ready', urls: {} });
  if (runAtStart) void catchUp(composition, runner);
  return async () => {
    await runner.stop();
    await composition.close();
  };
});

/** Brings everything up to date after a start: gold first, because its page is the one people open. */
async function catchUp(composition: Composition, runner: DurableRunner): Promise<void> {
  if (await isEmptyWithoutSource(composition)) return;
  for (const metals of ['gold', 'silver,platinum,palladium']) {
    try {
      const { runId } = await runner.start('daily', { metals }, { trigger: 'start' });
      await runner.result(runId);
      report({ type: 'run-ended', flow: 'daily', ok: true, message: await upToDate(composition, metals) });
    } catch (error) {
      const failure =
        error instanceof PlatformError ? [error.message, error.hint].filter(Boolean).join(' ') : String(error);
      report({ type: 'run-ended', flow: 'daily', ok: false, message: `The start-up run failed: ${failure}` });
      return;
    }
  }
}

async function upToDate(composition: Composition, metals: string): Promise<string> {
  if (metals !== 'gold') return `Up to date: ${metals.replaceAll(',', ', ')}.`;
  const { rows, last } = await composition.describeData();
  return `Up to date: ${rows} gold quotes, the last of ${last ?? 'no day'}.`;
}

/** With nothing in the warehouse and nobody to ask, a run can only fail: the supervisor is told instead. */
async function isEmptyWithoutSource(composition: Composition): Promise<boolean> {
  const { source, clock } = composition.ports;
  const { rows } = await composition.describeData();
  if (rows > 0 || source.simulated) return false;
  const today = moscowDate(clock.now());
  try {
    await source.fetch('usd', { from: addDays(today, -10), to: today }, AbortSignal.timeout(8_000));
    return false;
  } catch (error) {
    const message = error instanceof PlatformError ? error.message : String(error);
    report({ type: 'no-source', message: `There is no data yet and the source cannot be reached. ${message}` });
    return true;
  }
}
