import type { FlowParameters } from '../flows/flow.ts';
import type { RunClient } from './run-client.ts';

/** What a run came to; `repeated` where an earlier one of the same slot had succeeded and nothing was run. */
export interface SlotOutcome {
  readonly runId: string;
  readonly repeated: boolean;
  readonly result: Readonly<Record<string, unknown>>;
}

/**
 * Runs a flow once for a slot, whoever asks and however often: a person, our own schedule, Airflow with its retries. The
 * slot is the id of its run. One that succeeded answers with its result, one that runs is waited for, and only one
 * that failed is run again, as `<slot>.2`, `<slot>.3`. Throws the PlatformError the run fails with.
 */
export async function runOnce(
  runs: Pick<RunClient, 'start' | 'hasEnded' | 'result'>,
  { flow, parameters, slot, trigger }: { flow: string; parameters: FlowParameters; slot: string; trigger: string },
): Promise<SlotOutcome> {
  for (let attempt = 1; ; attempt += 1) {
    const runId = attempt === 1 ? slot : `${slot}.${attempt}`;
    if (!(await runs.hasEnded(runId))) {
      await runs.start(flow, parameters, { runId, trigger });
      return { runId, repeated: false, result: await runs.result(runId) };
    }
    const earlier = await settled(runs.result(runId));
    if (earlier.status === 'fulfilled') return { runId, repeated: true, result: earlier.value };
  }
}

async function settled<Value>(promise: Promise<Value>): Promise<PromiseSettledResult<Value>> {
  const [outcome] = await Promise.allSettled([promise]);
  return outcome;
}
