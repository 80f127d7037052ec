import { randomInt } from 'node:crypto';
import { isPortFree } from '../../src/embedded/port-owner.ts';

/**
 * A free loopback port for a server that comes later, or goes and comes back. It is below those that the system gives
 * out by itself, so that no connection of a test beside this one takes it meanwhile.
 */
export async function settledPort(): Promise<number> {
  for (;;) {
    const port = randomInt(12_000, 32_000);
    if (await isPortFree(port)) return port;
  }
}
