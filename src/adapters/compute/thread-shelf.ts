import type { Worker } from 'node:worker_threads';

/** Idle threads between two runs. They do not keep the process alive, and end by themselves when nobody wants them. */
export class ThreadShelf {
  readonly #idle = new Map<Worker, NodeJS.Timeout>();
  readonly #keepMs: number;

  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  /** Takes an idle thread over from a run that is done with it. */
  put(thread: Worker): void {
    stopListening(thread);
    // Whatever ends an idle thread takes no work with it: its place is empty, and a new one is made when wanted.
    const forget = () => this.#forget(thread);
    thread.on('error', forget);
    thread.on('exit', forget);
    thread.unref();
    const timer = setTimeout(() => {
      forget();
      void thread.terminate();
    }, this.#keepMs);
    timer.unref();
    this.#idle.set(thread, timer);
  }

  /** An idle thread for a run to own; null when there is none. */
  take(): Worker | null {
    const [thread] = this.#idle.keys();
    if (thread === undefined) return null;
    this.#forget(thread);
    stopListening(thread);
    thread.ref();
    return thread;
  }

  #forget(thread: Worker): void {
    clearTimeout(this.#idle.get(thread));
    this.#idle.delete(thread);
  }
}

/** By name: without one, Node's own listeners, which carry the messages, would go too. */
function stopListening(thread: Worker): void {
  for (const event of ['message', 'error', 'exit']) thread.removeAllListeners(event);
}
