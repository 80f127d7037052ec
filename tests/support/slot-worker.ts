import { createJournal } from '../../src/adapters/journal/postgres.ts';
import { createFlowLock } from '../../src/adapters/warehouse/flow-lock.ts';
import { createPool, written } from '../../src/adapters/warehouse/pool.ts';
import { instant } from '../../src/domain/moscow-time.ts';
import { launchDurableRunner } from '../../src/runtime/durable-runner.ts';

// One of two schedulers over one database: runs a flow every second until told to stop. Arguments: URL, name.
const [databaseUrl = '', name = ''] = process.argv.slice(2);
const pool = createPool(databaseUrl);
const leaveRow = { name: 'leave a row', attempts: 3, timeoutMs: 120_000 };
const runner = await launchDurableRunner({
  databaseUrl,
  executorId: name,
  flows: [
    {
      name: 'tick',
      summary: 'Leaves a row.',
      layer: null,
      after: [],
      parameters: {},
      steps: [leaveRow],
      run: async (_parameters, steps) => {
        await steps.step(leaveRow, async ({ runId }) => {
          await written(pool, 'insert into tick (run_id, worker) values ($1, $2)', [runId, name]);
          return null;
        });
        return {};
      },
    },
  ],
  ports: {},
  journal: createJournal(pool, { now: () => instant(Date.now()) }),
  exclusively: createFlowLock(pool),
  schedules: [{ name: 'tick', cron: '* * * * * *', flow: 'tick', parameters: {} }],
  onWarning: () => undefined,
});
process.stdout.write('ready\n');
process.once('SIGTERM', () => {
  void runner.stop().then(() => process.exit(0));
});
