/** A person or the system asked this process to stop. */
export interface StopRequest {
  /** Resolves with the signal. */
  readonly asked: Promise<NodeJS.Signals>;
  isAsked(): boolean;
}

/** Listens for SIGINT and SIGTERM; a second SIGINT ends the process at once. */
export function stopRequest(): StopRequest {
  let signal: NodeJS.Signals | null = null;
  const asked = new Promise<NodeJS.Signals>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.once(name, () => {
        process.once('SIGINT', () => process.exit(130));
        signal = name;
        resolve(name);
      });
    }
  });
  return { asked, isAsked: () => signal !== null };
}
