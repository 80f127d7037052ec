import type { LiveEvent } from '../../src/api/contract.ts';

/** Listens from the call on, not from the first read. */
export function eventsUntil(signal: AbortSignal, listeners: Set<(event: LiveEvent) => void>): AsyncIterable<LiveEvent> {
  const queue: LiveEvent[] = [];
  let wake = (): void => {};
  const hear = (event: LiveEvent): void => {
    queue.push(event);
    wake();
  };
  listeners.add(hear);
  signal.addEventListener('abort', () => {
    listeners.delete(hear);
    wake();
  });
  return (async function* () {
    while (!signal.aborted) {
      for (let event = queue.shift(); event !== undefined; event = queue.shift()) yield event;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (signal.aborted || queue.length > 0) resolve();
      });
    }
  })();
}
