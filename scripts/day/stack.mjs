import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { packageFolder } from '../freshness.mjs';

/** The stack of `scripts/stack` in a temporary folder, on free ports. Nothing runs before `up`. */
export function openStack(settings) {
  const folder = mkdtempSync(join(tmpdir(), 'assay-day-'));
  chmodSync(folder, 0o755);
  const environment = { ...withoutSettings(process.env), ASSAY_STACK: folder, ...settings };
  const program = join(packageFolder, 'scripts', 'stack');
  const call = (words) => spawnSync(program, words, { env: environment, encoding: 'utf8' });
  const services = () => JSON.parse(readFileSync(join(folder, 'stack.json'), 'utf8'));
  const secret = (name) => readFileSync(join(folder, 'secrets', name), 'utf8').trim();
  return {
    folder,
    secret,
    url: (name) => services().find((service) => service.name === name).url,
    up: (published, now) => started(program, { ...environment, ASSAY_REPLICA_TODAY: published, ASSAY_NOW: now }),
    down: (names) => call(['down', ...names]),
    status: () => call(['status']).stdout,
    /** Rows of the warehouse, as the services see it. */
    async warehouse(sql, parameters = []) {
      const client = new pg.Client({ connectionString: secret('local_database_url') });
      await client.connect();
      try {
        return (await client.query(sql, parameters)).rows;
      } finally {
        await client.end();
      }
    },
    /** Rows of ClickHouse, over its own protocol. */
    async clickhouse(sql) {
      const { olap } = JSON.parse(readFileSync(join(folder, 'assay', 'run', 'services.json'), 'utf8'));
      const headers = { 'X-ClickHouse-User': olap.username, 'X-ClickHouse-Key': olap.password };
      const body = `${sql} FORMAT JSONEachRow SETTINGS output_format_json_quote_64bit_integers = 0`;
      const answer = await fetch(`${olap.url}/?database=${olap.database}`, { method: 'POST', headers, body });
      const said = await answer.text();
      if (!answer.ok) throw new TypeError(said);
      return said.split('\n').filter(Boolean).map(JSON.parse);
    },
    /** Stops everything and takes the folder away; what still runs then. */
    remove() {
      call(['down', '--remove']);
      return leftovers(folder).map((command) => `an end of ${command}`);
    },
  };
}

/** The caller's own servers are not this stack's. */
function withoutSettings(environment) {
  const foreign = /^(ASSAY_(?!CACHE$)|AIRFLOW|MLFLOW|SUPERSET|AWS_|DATABASE_|CLICKHOUSE_|LAKE_URL)/;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !foreign.test(name)));
}

function started(program, environment) {
  const child = spawn(program, ['up', 'full'], { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => (said += chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new TypeError(`scripts/stack up full: ${said}`))));
  });
}

/** Commands of processes that have this stack's folder as their home: every service starts its own with it. */
function leftovers(folder) {
  const isOurs = (pid) => `${read(`/proc/${pid}/environ`)}\0`.includes(`HOME=${folder}/home\0`);
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter(isOurs).map((pid) => `${pid}: ${read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim()}`);
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // It ended while it was looked at, or is another account's.
    return '';
  }
}
