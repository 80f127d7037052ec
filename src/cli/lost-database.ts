import { setTimeout as sleep } from 'node:timers/promises';
import { databaseAnswers } from '../compose.ts';
import { PlatformError } from '../domain/errors.ts';

const askEveryMs = 5_000;
const patienceMs = 45_000;

/**
 * Tells once when a PostgreSQL server has stayed away for so long that a one-shot command should not wait on: the durable
 * runner itself asks for ever. Returns how to stop looking.
 */
export function whenDatabaseIsLost(url: string, tell: (failure: PlatformError) => void): () => Promise<void> {
  const looking = new AbortController();
  void look(url, tell, looking.signal);
  return async () => looking.abort();
}

async function look(url: string, tell: (failure: PlatformError) => void, signal: AbortSignal): Promise<void> {
  let lastSeen = performance.now();
  while (!signal.aborted) {
    await sleep(askEveryMs, undefined, { ref: false });
    if (await databaseAnswers(url)) lastSeen = performance.now();
    else if (performance.now() - lastSeen > patienceMs && !signal.aborted) {
      tell(lostDatabase());
      return;
    }
  }
}

function lostDatabase(): PlatformError {
  return new PlatformError('STORE_UNAVAILABLE', `PostgreSQL has not answered for ${patienceMs / 1000} s.`, {
    hint: 'Check that the server of DATABASE_URL runs, then give the command again: it goes on at its first unfinished step.',
  });
}
