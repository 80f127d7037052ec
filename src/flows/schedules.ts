/** A flow started by Moscow's clock. */
export interface Schedule {
  readonly name: string;
  /** Minute, hour, day of month, month, weekday; on Moscow's clock. */
  readonly cron: string;
  readonly flow: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The flow that begins at this hour where another scheduler runs the flows of `daily` one by one. */
  readonly begins?: string;
}

/**
 * The Bank sets prices in the afternoon; the next one is looked for from 16:30 and every hour until midnight.
 * A run that finds nothing new writes nothing new. Models are compared again on Sunday, when no price is set.
 */
export const schedules: readonly Schedule[] = [
  {
    name: 'daily',
    cron: '30 16-23 * * *',
    flow: 'daily',
    parameters: { metals: 'gold,silver,platinum,palladium', train: 'if-needed' },
    begins: 'sync',
  },
  {
    // London's evening price is public by 18:10 in winter; it fixes the gold leg of the next price.
    name: 'nowcast',
    cron: '15 18 * * *',
    flow: 'nowcast',
    parameters: { metal: 'gold' },
  },
  {
    // The Moscow Exchange closes at 23:50: what the day did to the rouble is known then.
    name: 'nowcast-close',
    cron: '55 23 * * *',
    flow: 'nowcast',
    parameters: { metal: 'gold' },
  },
  {
    // The official rate of the next day is out about 16:00: with it the next price is known before it is published.
    name: 'nowcast-rate',
    cron: '5 16 * * *',
    flow: 'nowcast',
    parameters: { metal: 'gold' },
  },
  {
    // After the daily run there is a look of its own; these find that a price is missing, and turn up in the morning.
    name: 'notify',
    cron: '5 9-21/3 * * *',
    flow: 'notify',
    parameters: {},
  },
  {
    name: 'weekly-training',
    cron: '0 6 * * 0',
    flow: 'daily',
    parameters: { metals: 'gold,silver,platinum,palladium', models: 'all' },
    begins: 'train',
  },
];
