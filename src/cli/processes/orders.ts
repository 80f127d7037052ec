import { PlatformError } from '../../domain/errors.ts';
import type { ChildOrders, ChildReport } from '../../runtime/child-process.ts';

/** Sends a report to the supervisor; without one (started by hand) there is nobody to tell. */
export function report(message: ChildReport): void {
  process.send?.(message);
}

/**
 * Runs a child process: waits for its orders, does its work, stops on SIGTERM, and ends when the supervisor is
 * gone, however that went.
 */
export function runChild(work: (orders: ChildOrders) => Promise<() => Promise<void>>): void {
  let stop: () => Promise<void> = async () => undefined;
  const end = async (exitCode: number) => {
    setTimeout(() => process.exit(exitCode), 6_000).unref();
    await stop();
    process.exit(exitCode);
  };
  process.on('disconnect', () => void end(1));
  process.on('SIGTERM', () => void end(0));
  // Ctrl-C reaches the whole group; the supervisor decides who stops when.
  process.on('SIGINT', () => undefined);
  process.once('message', (message) => {
    work(message as ChildOrders).then(
      (stopWork) => {
        stop = stopWork;
      },
      (error: unknown) => {
        reportFailed(error);
        void end(1);
      },
    );
  });
}

function reportFailed(error: unknown): void {
  if (error instanceof PlatformError) {
    report({ type: 'failed', code: error.code, message: error.message, hint: error.hint ?? null });
  } else {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    report({ type: 'failed', code: 'ENGINE_FAILED', message, hint: null });
  }
}
