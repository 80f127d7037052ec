import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { assert, PlatformError } from '../domain/errors.ts';
import type { Flow, FlowParameters } from '../flows/flow.ts';
import type { Journal, StepContext, StepDefinition, StepRunner } from '../ports/journal.ts';
import { hushDbosWarning } from './hush-dbos-warning.ts';
import { runAttempts } from './step-attempts.ts';
import { type FlowOutcome, openEnvelope, type StepEnvelope, sealError } from './step-envelope.ts';

/** Steps written under one version resume only under the same: raise it when the order or names of steps change. */
export const flowsVersion = 'assay-flows-3';
export const flowQueue = 'flows';
/** How often the end of a run is looked for. */
export const resultPollMs = 50;
const longestPauseMs = 5_000;

export interface DurableRunnerOptions<Ports> {
  readonly databaseUrl: string;
  /** Names this machine's executor: a restart under the same name resumes what the former left unfinished. */
  readonly executorId: string;
  readonly flows: readonly Flow<Ports>[];
  readonly ports: Ports;
  readonly journal: Journal;
  /** Held while a flow runs, so that two machines never run two flows over one warehouse, or one part of it, at once. */
  readonly exclusively: <Result>(work: () => Promise<Result>, part: string | null) => Promise<Result>;
  /** `none`: no flow starts by the clock any more; `unchanged`: whatever another process has set. */
  readonly schedules: readonly FlowSchedule[] | 'none' | 'unchanged';
  readonly onWarning: (message: string) => void;
  /** Called when a run of this process is over, however it ended. */
  readonly afterRun?: () => void;
}

/** A flow started by the clock of Moscow; each slot runs once, however many schedulers there are. */
export interface FlowSchedule {
  readonly name: string;
  readonly cron: string;
  readonly flow: string;
  readonly parameters: FlowParameters;
}

export interface DurableRunner {
  /** Runs that the former holder of this executor's name left unfinished; they go on by themselves. */
  readonly leftover: readonly string[];
  /** Starts a run, or finds the one with this id; the id decides what "the same run" is. */
  start(
    flow: string,
    parameters: FlowParameters,
    options?: { runId?: string; trigger?: string },
  ): Promise<{ runId: string }>;
  /** Whether a run of this id has ended, well or badly. */
  hasEnded(runId: string): Promise<boolean>;
  /** Waits for a run and returns its result; throws the PlatformError it failed with. */
  result(runId: string): Promise<Readonly<Record<string, unknown>>>;
  /** Stops taking runs and waits a moment for those under way; what is cut off resumes at the next launch. */
  stop(): Promise<void>;
}

interface FlowRequest {
  readonly flow: string;
  readonly trigger: string;
  readonly parameters: FlowParameters;
}

/** Launches DBOS over the flows: durable steps, resumption after a crash, schedules. One per process. */
export async function launchDurableRunner<Ports>(options: DurableRunnerOptions<Ports>): Promise<DurableRunner> {
  hushDbosWarning();
  DBOS.setConfig({
    name: 'assay',
    systemDatabaseUrl: options.databaseUrl,
    systemDatabaseSchemaName: 'dbos',
    systemDatabasePoolSize: 6,
    applicationVersion: flowsVersion,
    executorID: options.executorId,
    runAdminServer: false,
    logger: quietLogger(options.onWarning),
    schedulerPollingIntervalMs: 5_000,
  });
  const execute = DBOS.registerWorkflow((request: FlowRequest) => runFlow(request, options), { name: 'flow' });
  const slot = DBOS.registerWorkflow(
    // Its outcome is kept, for whoever asks for the same slot.
    (_scheduled: Date, context: FlowRequest) => runFlow(context, options),
    { name: 'slot' },
  );
  await DBOS.launch();
  await DBOS.registerQueue(flowQueue, { workerConcurrency: 1, minPollingIntervalMs: 250, onConflict: 'always_update' });
  await setSchedules(options.schedules, slot);
  const unfinished = await DBOS.listWorkflows({
    status: ['PENDING', 'ENQUEUED'],
    executorId: options.executorId,
    loadInput: false,
    loadOutput: false,
  });
  return {
    leftover: unfinished.map(({ workflowID }) => workflowID),
    async start(flow, parameters, start = {}) {
      const runId = start.runId ?? `${flow}-${randomUUID()}`;
      requireFlow(flow, options.flows);
      await DBOS.startWorkflow(execute, { workflowID: runId })({
        flow,
        trigger: start.trigger ?? 'manual',
        parameters,
      });
      return { runId };
    },
    hasEnded: async (runId) => isOver((await DBOS.getWorkflowStatus(runId))?.status),
    async result(runId) {
      const outcome = await DBOS.retrieveWorkflow<FlowOutcome>(runId).getResult({ pollingIntervalMs: resultPollMs });
      return openEnvelope(outcome);
    },
    async stop() {
      await DBOS.shutdown({ deregister: true, workflowCompletionTimeoutMS: 1_000 });
    },
  };
}

/** Whether DBOS will do nothing more for a workflow in this state; one that is unknown has not begun. */
export function isOver(status: string | undefined): boolean {
  return status !== undefined && !['PENDING', 'ENQUEUED', 'DELAYED'].includes(status);
}

async function setSchedules(
  schedules: DurableRunnerOptions<never>['schedules'],
  slot: (scheduled: Date, context: FlowRequest) => Promise<FlowOutcome>,
): Promise<void> {
  if (schedules === 'unchanged') return;
  if (schedules === 'none') {
    for (const { scheduleName } of await DBOS.listSchedules()) await DBOS.deleteSchedule(scheduleName);
    return;
  }
  // DBOS keeps what a slot returns, though its types speak of nothing.
  const workflowFn = slot as (scheduled: Date, context: FlowRequest) => Promise<unknown> as (
    scheduled: Date,
    context: FlowRequest,
  ) => Promise<void>;
  await DBOS.applySchedules(
    schedules.map((schedule) => ({
      scheduleName: schedule.name,
      workflowFn,
      schedule: schedule.cron,
      context: { flow: schedule.flow, trigger: 'schedule', parameters: schedule.parameters },
      cronTimezone: 'Europe/Moscow',
      queueName: flowQueue,
    })),
  );
}

function requireFlow<Ports>(name: string, flows: readonly Flow<Ports>[]): Flow<Ports> {
  const flow = flows.find((candidate) => candidate.name === name);
  if (flow === undefined) {
    throw new PlatformError('NOT_FOUND', `There is no flow named "${name}".`, {
      context: { name },
      hint: `Flows: ${flows.map((candidate) => candidate.name).join(', ')}.`,
    });
  }
  return flow;
}

/**
 * The body of every durable workflow. It may be entered again after a crash: the journal's rows are found by the
 * run's id, and finished steps return what they returned before. Failures travel as values, because an error
 * class does not survive being stored.
 */
async function runFlow<Ports>(request: FlowRequest, options: DurableRunnerOptions<Ports>): Promise<FlowOutcome> {
  const runId = DBOS.workflowID ?? 'outside a workflow';
  const { journal } = options;
  try {
    const flow = requireFlow(request.flow, options.flows);
    return await options.exclusively(async () => {
      await journal.startRun({ runId, flow: request.flow, trigger: request.trigger, parameters: request.parameters });
      const runner = durableSteps(runId, flow, options);
      const result = await flow.run(request.parameters, runner, options.ports);
      await recordEnd(() => journal.finishRun(runId, 'succeeded', null), runId, options);
      return { ok: true, value: result };
    }, flow.part?.(request.parameters) ?? null);
  } catch (error) {
    const sealed = sealError(error);
    await recordEnd(() => journal.finishRun(runId, 'failed', sealed.error.message), runId, options);
    return sealed;
  } finally {
    options.afterRun?.();
  }
}

/**
 * Writes the end of a run into the journal, however long the store stays away: DBOS waits for the same store to keep
 * the result, and a run must not end there and go on for ever in the journal. Never throws.
 */
async function recordEnd<Ports>(
  record: () => Promise<void>,
  runId: string,
  { onWarning }: DurableRunnerOptions<Ports>,
): Promise<void> {
  for (let pauseMs = 100; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    try {
      await record();
      return;
    } catch (error) {
      const code = error instanceof PlatformError ? error.code : null;
      // The journal does not know a run that failed before it could be started there.
      if (code === 'NOT_FOUND') return;
      onWarning(`The end of run ${runId} could not be recorded: ${(error as Error).message}`);
      if (code !== 'STORE_UNAVAILABLE' && code !== 'TIMEOUT') return;
      await sleep(pauseMs, undefined, { ref: false });
    }
  }
}

/** Runs what the flow declares, by the rules it declares, and nothing else: so its description is the truth. */
function durableSteps<Ports>(runId: string, flow: Flow<Ports>, { journal }: DurableRunnerOptions<Ports>): StepRunner {
  let position = 0;
  return {
    async step<Result>(definition: StepDefinition, work: (context: StepContext) => Promise<Result>, of?: string) {
      assert(flow.steps.includes(definition), `the flow ${flow.name} declares its step ${definition.name}`);
      const name = of === undefined ? definition.name : definition.name.replace(/\{.*\}/, of);
      const place = position;
      position += 1;
      const envelope = await DBOS.runStep<StepEnvelope<Result>>(
        () => runAttempts({ runId, name, position: place, work, rules: definition, journal }),
        { name },
      );
      return openEnvelope(envelope);
    },
  };
}

/** DBOS speaks of every poll; people want its warnings only. */
function quietLogger(onWarning: (message: string) => void) {
  const nothing = () => undefined;
  return {
    info: nothing,
    debug: nothing,
    warn: (entry: unknown) => onWarning(String(entry)),
    error: (entry: unknown) => onWarning(String(entry)),
  };
}
