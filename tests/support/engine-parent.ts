import { startOlap } from '../../src/embedded/olap.ts';
import { startPostgres } from '../../src/embedded/postgres.ts';

/**
 * A process that starts an engine, tells of it in one line and waits to be killed.
 * Arguments: `postgres` or `olap`, the data folder, and for `olap` the file of its server.
 */
const [engine, dataFolder = '', serverEntry = ''] = process.argv.slice(2);
const started =
  engine === 'postgres' ? await startPostgres({ dataFolder }) : await startOlap({ dataFolder, serverEntry });
process.stdout.write(`${JSON.stringify(started)}\n`);
setInterval(() => undefined, 60_000);
