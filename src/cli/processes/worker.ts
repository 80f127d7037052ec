import { setTimeout as sleep } from 'node:timers/promises';
import { type Composition, compose } from '../../compose.ts';
import { type ErrorCode, PlatformError } from '../../domain/errors.ts';
import { addDays } from '../../domain/iso-date.ts';
import { moscowDate } from '../../domain/moscow-time.ts';
import { deliverAlerts } from '../../flows/notify.ts';
import { schedules } from '../../flows/schedules.ts';
import type { CatchUp } from '../../runtime/child-process.ts';
import { type DurableRunner, launchDurableRunner } from '../../runtime/durable-runner.ts';
import { executorId } from '../../runtime/executor-id.ts';
import { report, runChild } from './orders.ts';

/** Failures that time may cure, without anybody's help. */
const passing: ReadonlySet<ErrorCode> = new Set([
  'SOURCE_UNAVAILABLE',
  'SOURCE_REJECTED',
  'STORE_UNAVAILABLE',
  'DISK_FULL',
  'TIMEOUT',
]);
const longestPauseMs = 1_800_000;
const deliverEveryMs = 30_000;

/** The worker process: runs the flows, now and on schedule, at the lowest priority. */
runChild(async ({ settings, addresses, catchUp: order }) => {
  const composition = await compose({
    role: 'worker',
    settings,
    addresses,
    onProgress: (message) => report({ type: 'progress', message }),
  });
  const runner = await launchDurableRunner({
    databaseUrl: addresses.directDatabaseUrl,
    executorId: executorId(settings),
    flows: composition.flows,
    ports: composition.ports,
    journal: composition.journal,
    exclusively: composition.exclusively,
    schedules: settings.scheduler === 'assay' ? schedules : 'none',
    onWarning: (message) => report({ type: 'progress', message }),
    afterRun: giveMemoryBack,
  });
  report({ type: 'ready', urls: {} });
  if (settings.scheduler === 'assay') void catchUp(composition, runner, order);
  void keepDelivering(composition);
  // Nothing else is closed: a run that is cut off holds connections, and resumes where it stopped in the next worker.
  return () => runner.stop();
});

/**
 * Takes messages of alerts out of the outbox as they become due: pauses after failures and quiet hours end between runs
 * too. A store that is away is asked again; whatever is not delivered stays in the outbox.
 */
async function keepDelivering({ ports }: Composition): Promise<void> {
  const forever = new AbortController().signal;
  for (;;) {
    await sleep(deliverEveryMs, undefined, { ref: false });
    await deliverAlerts(ports, forever).catch((error: unknown) => {
      if (!(error instanceof PlatformError)) throw error;
    });
  }
}

/** A run leaves garbage that V8, idle until the next one, would keep for hours; started with --expose-gc. */
function giveMemoryBack(): void {
  setTimeout(() => globalThis.gc?.(), 500).unref();
}

/** Brings everything up to date after a start: gold first, because its page is the one people open. */
async function catchUp(composition: Composition, runner: DurableRunner, order: CatchUp): Promise<void> {
  if (await isEmptyWithoutSource(composition)) return;
  for (const metals of ['gold', 'silver,platinum,palladium']) {
    for (let attempt = 1; !(await catchUpOnce(composition, runner, metals, `${order.startId}-${attempt}`)); attempt++) {
      await sleep(Math.min(longestPauseMs, order.retryAfterMs * 2 ** (attempt - 1)));
    }
    if (metals === 'gold') await nowcastOnce(runner, `nowcast-gold-${order.startId}`);
  }
}

/** The first page tells what of the next price is fixed from the start on, and not from the next quarter past six. */
async function nowcastOnce(runner: DurableRunner, runId: string): Promise<void> {
  try {
    await runner.start('nowcast', { metal: 'gold' }, { runId, trigger: 'start' });
    await runner.result(runId);
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    report({
      type: 'progress',
      message: `The nowcast at the start failed, the next is made on schedule: ${error.message}`,
    });
  }
}

/** True when there is nothing more to try: the run succeeded, or would fail the same way again. */
async function catchUpOnce(
  composition: Composition,
  runner: DurableRunner,
  metals: string,
  name: string,
): Promise<boolean> {
  try {
    const runId = `daily-${metals.split(',').length === 1 ? metals : 'others'}-${name}`;
    await runner.start('daily', { metals }, { runId, trigger: 'start' });
    await runner.result(runId);
    report({ type: 'run-ended', flow: 'daily', ok: true, message: await upToDate(composition, metals) });
    return true;
  } catch (error) {
    const failure =
      error instanceof PlatformError ? [error.message, error.hint].filter(Boolean).join(' ') : String(error);
    const isPassing = error instanceof PlatformError && passing.has(error.code);
    const next = isPassing ? ' What is there stays on the pages; it is tried again later.' : '';
    report({ type: 'run-ended', flow: 'daily', ok: false, message: `The start-up run failed: ${failure}${next}` });
    return !isPassing;
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
