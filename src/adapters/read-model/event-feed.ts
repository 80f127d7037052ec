import pg from 'pg';
import type { LiveEvent } from '../../api/contract.ts';
import { PlatformError } from '../../domain/errors.ts';
import { sqlFile } from '../sql-files.ts';
import { rows, script } from '../warehouse/pool.ts';
import { type RunRow, runOf, type StepRow, stepOf } from './run-rows.ts';

/** A reader this far behind is cut off: its page reconnects and reads the state anew. */
const longestQueue = 1_000;

interface Subscriber {
  readonly queue: LiveEvent[];
  failure: PlatformError | null;
  wake: () => void;
}

/**
 * Live events out of PostgreSQL's notifications. However many pages listen, one connection of its own is held,
 * and only while there are any.
 */
export function createEventFeed(pool: pg.Pool): (signal: AbortSignal) => AsyncIterable<LiveEvent> {
  const subscribers = new Set<Subscriber>();
  let listening: Promise<pg.Client> | null = null;
  // Events are looked up one after another, so that they arrive in the order announced.
  let tail: Promise<void> = Promise.resolve();

  function announce(notification: pg.Notification): void {
    tail = tail.then(async () => {
      try {
        const event = await readEvent(pool, JSON.parse(notification.payload ?? '{}') as Announcement);
        if (event !== null) for (const subscriber of subscribers) deliver(subscriber, event);
      } catch (error) {
        endAll(error);
      }
    });
  }

  function endAll(cause: unknown): void {
    for (const subscriber of subscribers) {
      subscriber.failure = new PlatformError('STORE_UNAVAILABLE', 'The warehouse stopped sending events.', {
        cause,
        hint: 'The page asks again by itself.',
      });
      subscriber.wake();
    }
    listening = null;
  }

  async function subscribe(subscriber: Subscriber): Promise<void> {
    subscribers.add(subscriber);
    listening ??= listen(pool, announce, endAll);
    try {
      await listening;
    } catch (error) {
      subscribers.delete(subscriber);
      listening = null;
      throw error;
    }
  }

  async function unsubscribe(subscriber: Subscriber): Promise<void> {
    subscribers.delete(subscriber);
    if (subscribers.size > 0 || listening === null) return;
    const client = await listening;
    listening = null;
    await client.end();
  }

  return async function* events(signal) {
    const subscriber: Subscriber = { queue: [], failure: null, wake: () => undefined };
    const onAbort = () => subscriber.wake();
    signal.addEventListener('abort', onAbort);
    await subscribe(subscriber);
    try {
      while (!signal.aborted) {
        const event = subscriber.queue.shift();
        if (event !== undefined) yield event;
        else if (subscriber.failure !== null) throw subscriber.failure;
        else
          await new Promise<void>((resolve) => {
            subscriber.wake = resolve;
          });
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      await unsubscribe(subscriber);
    }
  };
}

function deliver(subscriber: Subscriber, event: LiveEvent): void {
  if (subscriber.queue.length >= longestQueue) {
    subscriber.failure = new PlatformError('TIMEOUT', 'The page reads its events too slowly and was cut off.', {
      hint: 'The page asks again by itself.',
    });
  } else subscriber.queue.push(event);
  subscriber.wake();
}

async function listen(
  pool: pg.Pool,
  announce: (notification: pg.Notification) => void,
  onEnd: (cause: unknown) => void,
): Promise<pg.Client> {
  const client = new pg.Client(pool.options);
  client.on('notification', announce);
  client.on('error', onEnd);
  try {
    await client.connect();
  } catch (cause) {
    throw new PlatformError('STORE_UNAVAILABLE', 'The warehouse does not answer.', {
      cause,
      hint: 'Check that PostgreSQL runs and that DATABASE_URL names it.',
    });
  }
  await script(client as unknown as pg.PoolClient, sqlFile('postgres/read/listen.sql'));
  return client;
}

interface Announcement {
  readonly type: 'run' | 'step' | 'note' | 'data';
  readonly runId?: string;
  readonly step?: string | null;
  readonly message?: string;
}

async function readEvent(pool: pg.Pool, announced: Announcement): Promise<LiveEvent | null> {
  const { type, runId = '', step = null, message = '' } = announced;
  switch (type) {
    case 'run': {
      const [run] = await rows<RunRow>(pool, sqlFile('postgres/read/runs.sql'), [runId, 1]);
      return run === undefined ? null : { type, run: runOf(run) };
    }
    case 'step': {
      const [found] = await rows<StepRow>(pool, sqlFile('postgres/read/steps.sql'), [[runId], step]);
      return found === undefined ? null : { type, runId, step: stepOf(found) };
    }
    case 'note':
      return { type, runId, step, message };
    case 'data': {
      const [found] = await rows<{ last_effective_date: string | null }>(pool, sqlFile('postgres/read/provenance.sql'));
      return { type, lastEffectiveDate: found?.last_effective_date ?? null };
    }
  }
}
