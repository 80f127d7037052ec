import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadChdb } from './chdb-addon.ts';
import { type OlapEngine, openOlapEngine } from './olap-engine.ts';
import { createOlapServer } from './olap-http.ts';
import type { OlapAccount } from './olap-request.ts';
import { errorCode, startMark } from './processes.ts';

/** What the parent writes as the first line of our standard input. */
export interface OlapServerConfig {
  readonly dataFolder: string;
  readonly engineFolder: string;
  readonly port: number;
  readonly database: string;
  readonly accounts: readonly OlapAccount[];
}

/** What we write, a line each, on our standard output: that the folder is being opened, then how it ended. */
export type OlapServerReport =
  | { readonly state: 'opening' }
  | { readonly state: 'ready'; readonly port: number; readonly version: string }
  | {
      readonly state: 'failed';
      readonly step: 'start' | 'open' | 'listen';
      readonly code: string | null;
      readonly message: string;
    };

/** The process that holds the engine. It lives as long as its standard input: the parent's death, however, ends it. */
async function main(): Promise<void> {
  const config = await readConfig();
  writeFileSync(join(config.dataFolder, 'server.pid'), `${process.pid} ${startMark(process.pid)}\n`);
  let engine: OlapEngine;
  let step: 'start' | 'open' = 'start';
  try {
    const addon = loadChdb();
    step = 'open';
    report({ state: 'opening' });
    engine = await openOlapEngine(addon, config.engineFolder, [config.database]);
  } catch (error) {
    return fail(step, error);
  }
  const server = createOlapServer(engine, config);
  server.once('error', (error) => fail('listen', error));
  server.listen({ port: config.port, host: '127.0.0.1' }, () => {
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : config.port;
    report({ state: 'ready', port, version: engine.version });
  });
  let isStopping = false;
  const stop = async (): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    server.close();
    await engine.close();
    server.closeAllConnections();
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop());
  // Ctrl-C reaches the whole terminal: we end when our parent says so, after those who use us.
  process.on('SIGINT', () => undefined);
  process.stdin.on('close', () => void stop());
}

/** The first line of standard input; the stream then stays open as the sign that the parent lives. */
function readConfig(): Promise<OlapServerConfig> {
  return new Promise((resolve) => {
    let text = '';
    const read = (chunk: Buffer): void => {
      text += chunk.toString('utf8');
      if (!text.includes('\n')) return;
      process.stdin.off('data', read);
      process.stdin.resume();
      resolve(JSON.parse(text) as OlapServerConfig);
    };
    process.stdin.on('data', read);
    process.stdin.once('end', () => {
      if (!text.includes('\n')) process.exit(1);
    });
  });
}

function fail(step: 'start' | 'open' | 'listen', error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  report({ state: 'failed', step, code: errorCode(error) ?? null, message });
  process.exit(1);
}

function report(line: OlapServerReport): void {
  writeFileSync(1, `${JSON.stringify(line)}\n`);
}

await main();
