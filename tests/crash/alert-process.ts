import { createMessenger } from '../../src/adapters/messenger/messenger.ts';
import { createAlertStore } from '../../src/adapters/warehouse/alert-store.ts';
import { createPool } from '../../src/adapters/warehouse/pool.ts';
import { instant } from '../../src/domain/moscow-time.ts';
import { deliverAlerts } from '../../src/flows/notify.ts';

/** Delivers what is due as a process to be killed. The clock runs from the instant it is given. */
const [, , databaseUrl = '', now = '', secret = ''] = process.argv;
const started = Date.now();
const clock = { now: () => instant(Date.parse(now) + Date.now() - started) };
const pool = createPool(databaseUrl);
const messenger = createMessenger({
  ...{ secret, telegramUrl: null, smtpUrl: null, from: null, userAgent: 'Assay/test' },
  clock,
});
const report = await deliverAlerts(
  { alerts: createAlertStore(pool), messenger, postClock: clock },
  new AbortController().signal,
);
process.stdout.write(`${JSON.stringify(report)}\n`);
await pool.end();
