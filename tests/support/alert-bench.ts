import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { createMessenger } from '../../src/adapters/messenger/messenger.ts';
import { createAlertStore } from '../../src/adapters/warehouse/alert-store.ts';
import { createPool } from '../../src/adapters/warehouse/pool.ts';
import { createAlertsApi } from '../../src/api/alerts-api.ts';
import type { AlertRequest, AlertsApi } from '../../src/api/contract.ts';
import { nextQuoteDates } from '../../src/domain/calendar/calendar.ts';
import { type IsoDate, isoDate } from '../../src/domain/iso-date.ts';
import { publicationRules, publishedAt } from '../../src/domain/publication.ts';
import type { AlertPorts } from '../../src/flows/notify.ts';
import type { Messenger } from '../../src/ports/alerts.ts';
import { type FrozenClock, frozenClock } from './frozen-clock.ts';
import { createInMemoryTracking } from './in-memory-tracking.ts';
import { createTestDatabase } from './postgres.ts';

export interface AlertBench {
  readonly databaseUrl: string;
  readonly pool: pg.Pool;
  readonly ports: AlertPorts;
  readonly api: AlertsApi;
  /** The data's clock, and the clock of deliveries. */
  readonly clock: FrozenClock;
  readonly postClock: FrozenClock;
  /** Adds the next quote of gold and moves the data's clock to when it is known. */
  publish(price: number): Promise<IsoDate>;
  request(changes?: Partial<AlertRequest>): AlertRequest;
  close(): Promise<void>;
}

export const alertSecret = 'a-secret-of-sixteen-or-more';

/** Alerts over a database of their own, with webhooks to `receiver`. */
export async function createAlertBench(receiver: string, messenger?: Messenger): Promise<AlertBench> {
  const database = await createTestDatabase({ migrate: true });
  const pool = createPool(database.url);
  const [clock, postClock] = [frozenClock('2025-06-20T12:00:00.000Z'), frozenClock('2025-06-20T14:00:00.000Z')];
  const ports: AlertPorts = {
    alerts: createAlertStore(pool),
    messenger:
      messenger ??
      createMessenger({
        ...{ secret: alertSecret, telegramUrl: null, smtpUrl: null, from: null, userAgent: 'Assay/test' },
        clock: postClock,
      }),
    tracking: createInMemoryTracking(),
    ...{ clock, postClock, simulated: false },
  };
  let last = isoDate('2025-06-18');
  return {
    databaseUrl: database.url,
    ...{ pool, ports, clock, postClock },
    api: createAlertsApi({ ...ports, newId: randomUUID, defaultLang: 'en' }),
    async publish(price) {
      last = nextQuoteDates(last, 1)[0]!.date;
      const knownAt = publishedAt(publicationRules.metals, last);
      await pool.query(
        `insert into dm.quote_daily (metal, effective_date, buy_rub_per_gram, drawdown_percent, revision, known_at, simulated)
         values ('gold', $1, $2, 0, 1, $3, false)`,
        [last, price, knownAt],
      );
      clock.advance(Math.max(0, Date.parse(knownAt) - Date.parse(clock.now())));
      return last;
    },
    request: (changes = {}) => ({
      name: 'above 100',
      metal: 'gold',
      condition: { kind: 'price-crosses', levelRubPerGram: 100, direction: 'up' },
      channel: 'webhook',
      target: `${receiver}/hook`,
      quiet: null,
      ...changes,
    }),
    async close() {
      await pool.end();
      await database.drop();
    },
  };
}
