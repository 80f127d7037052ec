// How quick the embedded ClickHouse answers what dashboards ask, over 70 million made-up quotes.
//   npm run bench:olap -- [--rows 70000000] [--times 20] [--seed 1]
// Fills quote_daily of a folder of its own inside SQL (the same seed, the same rows), then asks each query of
// sql/clickhouse/bench in turn, through HTTP, and prints p50 and p95 in milliseconds; then one line of JSON.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { packageFolder } from './freshness.mjs';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '70000000' },
    times: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
  },
});
const perDay = 10_000;
const daysPerBlock = 250;
const days = Math.max(1, Math.round(Number(values.rows) / perDay));
const load = (path) => import(pathToFileURL(join(packageFolder, 'dist', 'src', path)));
const { startOlap } = await load('embedded/olap.js');
const { createOlap } = await load('adapters/olap/clickhouse.js');
const sql = (path) => readFileSync(join(packageFolder, 'sql', 'clickhouse', path), 'utf8');

const dataFolder = mkdtempSync(join(tmpdir(), 'assay-bench-olap-'));
const engine = await startOlap({ dataFolder });
const olap = createOlap(engine);
try {
  await olap.command(sql('tables/quote_daily.sql'));
  const started = performance.now();
  for (let day = 0; day < days; day += daysPerBlock) {
    const count = Math.min(daysPerBlock, days - day);
    await olap.command(sql('bench/fill.sql'), { day, rows: count * perDay, seed: Number(values.seed) });
  }
  const seconds = (performance.now() - started) / 1000;
  const [size] = await olap.rows(
    "SELECT sum(rows) AS rows, sum(bytes_on_disk) AS bytes FROM system.parts WHERE active AND table = 'quote_daily'",
  );
  console.log(
    `${Number(size.rows).toLocaleString('en')} rows filled in ${seconds.toFixed(0)} s, ${(size.bytes / 1e9).toFixed(2)} GB on disk`,
  );
  const results = await ask();
  console.log(
    JSON.stringify({
      rows: Number(size.rows),
      seconds,
      bytes: Number(size.bytes),
      memory: residentOf(engine.pid),
      results,
    }),
  );
} finally {
  await olap.close();
  await engine.stop();
  rmSync(dataFolder, { recursive: true, force: true });
}

/** In turns, so that a slow moment of the machine falls on all of them. */
async function ask() {
  const queries = readdirSync(join(packageFolder, 'sql', 'clickhouse', 'bench')).filter(
    (name) => name.endsWith('.sql') && name !== 'fill.sql',
  );
  const times = Object.fromEntries(queries.map((name) => [name, []]));
  for (let round = 0; round <= Number(values.times); round += 1) {
    for (const name of queries) {
      const started = performance.now();
      await olap.rows(sql(`bench/${name}`));
      // The first answer reads the files anew.
      if (round > 0) times[name].push(performance.now() - started);
    }
  }
  const at = (list, share) =>
    [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.ceil(share * list.length) - 1)];
  console.log('query               p50, ms   p95, ms');
  const results = {};
  for (const [file, list] of Object.entries(times)) {
    const name = file.replace('.sql', '');
    results[name] = { p50: at(list, 0.5), p95: at(list, 0.95) };
    console.log(
      `${name.padEnd(18)} ${results[name].p50.toFixed(0).padStart(8)} ${results[name].p95.toFixed(0).padStart(9)}`,
    );
  }
  return results;
}

function residentOf(pid) {
  const line = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return line === null ? null : Number(line[1]) * 1024;
}
