import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { AssayApi } from '../contract.ts';

/** Events of runs, steps, notes and data as they happen, with a heartbeat so that proxies keep the stream open. */
export function streamEvents(context: Context, api: Pick<AssayApi, 'events'>, heartbeatMs: number): Response {
  context.header('X-Accel-Buffering', 'no');
  return streamSSE(context, async (stream) => {
    const abort = new AbortController();
    stream.onAbort(() => abort.abort());
    const heartbeat = setInterval(() => void stream.write(': still here\n\n'), heartbeatMs);
    try {
      const events = api.events(abort.signal);
      await stream.write('retry: 3000\n: connected\n\n');
      for await (const event of events) {
        await stream.writeSSE({ event: event.type, data: JSON.stringify(event) });
      }
    } finally {
      clearInterval(heartbeat);
      abort.abort();
    }
  });
}
