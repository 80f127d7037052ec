import { randomUUID } from 'node:crypto';
import { DBOSClient } from '@dbos-inc/dbos-sdk';
import type { FlowParameters } from '../flows/flow.ts';
import { flowQueue, flowsVersion, isOver, resultPollMs } from './durable-runner.ts';
import { hushDbosWarning } from './hush-dbos-warning.ts';
import { type FlowOutcome, openEnvelope } from './step-envelope.ts';

/** Asks the worker of a running Assay to run flows, through the database they share. */
export interface RunClient {
  start(
    flow: string,
    parameters: FlowParameters,
    options?: { runId?: string; trigger?: string },
  ): Promise<{ runId: string }>;
  /** Whether a run of this id has ended, well or badly. */
  hasEnded(runId: string): Promise<boolean>;
  /** Waits for the run; throws the PlatformError it failed with. */
  result(runId: string): Promise<Readonly<Record<string, unknown>>>;
  close(): Promise<void>;
}

export async function createRunClient(databaseUrl: string): Promise<RunClient> {
  hushDbosWarning();
  const client = await DBOSClient.create({
    systemDatabaseUrl: databaseUrl,
    systemDatabaseSchemaName: 'dbos',
    applicationName: 'assay',
  });
  return {
    async start(flow, parameters, options = {}) {
      const runId = options.runId ?? `${flow}-${randomUUID()}`;
      await client.enqueue(
        { workflowName: 'flow', queueName: flowQueue, workflowID: runId, appVersion: flowsVersion },
        { flow, trigger: options.trigger ?? 'manual', parameters },
      );
      return { runId };
    },
    hasEnded: async (runId) => isOver((await client.getWorkflow(runId))?.status),
    async result(runId) {
      return openEnvelope(
        await client.retrieveWorkflow<FlowOutcome>(runId).getResult({ pollingIntervalMs: resultPollMs }),
      );
    },
    close: () => client.destroy(),
  };
}
