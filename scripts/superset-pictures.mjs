// Takes a picture of every dashboard in a real Superset over real data: `node scripts/superset-pictures.mjs FOLDER TARGET`,
// with a folder of history that `assay replica` serves and a folder for the pictures. With --guide two of them go into
// docs/images. Ends with 1 when a chart has no data or the page complains. Needs a build, Chromium, and
// scripts/install-superset.sh; everything runs on free ports, in folders of its own.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { chromium } from 'playwright-core';
import { visitDashboards } from './superset/visit-dashboards.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const cli = join(root, 'dist', 'src', 'cli', 'main.js');
const [folder, target] = process.argv.slice(2).filter((each) => !each.startsWith('--'));
const isForGuide = process.argv.includes('--guide');
if (folder === undefined || target === undefined) {
  console.error(
    'Name the folder of history, and one for the pictures: node scripts/superset-pictures.mjs FOLDER TARGET',
  );
  process.exit(2);
}

/** Evenings at which forecasts are made, so that there are some to hold against the facts; the last is the present. */
const evenings = ['2025-05-27', '2025-06-10', '2025-06-19', '2025-06-27'];
const dashboards = { history: 2560, months: 2240, forecast: 2000, facts: 1800, accuracy: 1620, health: 2240 };
const guide = { 'history-en': 'superset-history.png', 'forecast-ru': 'superset-forecast.ru.png' };

const place = mkdtempSync(join(tmpdir(), 'assay-superset-pictures-'));
chmodSync(place, 0o755);
const children = [];
let browser;
try {
  const warehouse = await fill();
  const superset = await startSuperset(warehouse);
  mkdirSync(target, { recursive: true });
  const complaints = await takePictures(superset);
  if (complaints.length > 0) {
    for (const complaint of complaints) console.error(`MISSING  ${complaint}`);
    process.exitCode = 1;
  }
} finally {
  await browser?.close();
  for (const child of children.reverse()) await ended(child);
  rmSync(place, { recursive: true, force: true });
}

async function fill() {
  const ports = { ASSAY_PORT: '0', ASSAY_TRACKING_PORT: '0', ASSAY_POSTGRES_PORT: `${await free()}` };
  const environment = { ...ports, ASSAY_OLAP_PORT: `${await free()}`, ASSAY_DATA: join(place, 'data') };
  mkdirSync(environment.ASSAY_DATA, { mode: 0o755 });
  for (const evening of evenings) {
    const isLast = evening === evenings.at(-1);
    const replica = start(
      [cli, 'replica', '--data', folder, '--port', '0', '--json', '--today', `${evening} 17:00`],
      {},
    );
    const source = JSON.parse((await said(replica, 'stdout', '\n')).split('\n')[0]).url;
    const now = { ...environment, ASSAY_CBR_URL: source, ASSAY_NOW: `${evening}T14:30:00Z` };
    const up = start([cli, 'up', '--json', ...(isLast ? [] : ['--once'])], now);
    if (isLast) await said(up, 'stderr', 'Up to date: 4');
    else await new Promise((resolve) => up.once('exit', resolve));
    console.log(`forecast of ${evening}`);
  }
  const password = randomBytes(12).toString('hex');
  const owner = readFileSync(join(environment.ASSAY_DATA, 'postgres', 'password'), 'utf8').trim();
  const address = { host: '127.0.0.1', port: Number(environment.ASSAY_POSTGRES_PORT), database: 'assay' };
  const client = new pg.Client({ ...address, user: 'assay', password: owner });
  await client.connect();
  await client.query(`alter role assay_bi login password '${password}'`);
  await client.end();
  writeFileSync(join(place, 'bi'), password);
  return {
    ASSAY_BI_POSTGRES_URL: `postgresql://assay_bi@127.0.0.1:${environment.ASSAY_POSTGRES_PORT}/assay`,
    ASSAY_BI_POSTGRES_PASSWORD_FILE: join(place, 'bi'),
    ASSAY_BI_CLICKHOUSE_URL: `http://assay_bi@127.0.0.1:${environment.ASSAY_OLAP_PORT}/assay`,
    ASSAY_BI_CLICKHOUSE_PASSWORD_FILE: join(environment.ASSAY_DATA, 'olap', 'reader-password'),
  };
}

async function startSuperset(warehouse) {
  const venv = execFileSync(join(root, 'scripts', 'install-superset.sh'), { encoding: 'utf8' }).trim();
  mkdirSync(join(place, 'home'));
  copyFileSync(join(venv, 'prepared', 'superset.db'), join(place, 'home', 'superset.db'));
  writeFileSync(join(place, 'key'), randomBytes(40).toString('base64'));
  writeFileSync(join(place, 'admin'), randomBytes(12).toString('hex'));
  const port = await free();
  const log = { text: '' };
  const server = spawn(join(root, 'deploy', 'superset', 'start.sh'), [], {
    env: {
      ...{ ...process.env, ...warehouse, SUPERSET_BIN: join(venv, 'bin'), SUPERSET_HOME: join(place, 'home') },
      ...{ SUPERSET_SECRET_KEY_FILE: join(place, 'key'), SUPERSET_ADMIN_PASSWORD_FILE: join(place, 'admin') },
      SUPERSET_BIND: `127.0.0.1:${port}`,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  children.push(server);
  server.stderr.on('data', (chunk) => (log.text += chunk));
  for (let tries = 0; tries < 1_200 && server.exitCode === null; tries++) {
    const isUp = await fetch(`http://127.0.0.1:${port}/health`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isUp) return `http://127.0.0.1:${port}`;
    await sleep(500);
  }
  throw new TypeError(`Superset did not start:\n${log.text.slice(-3_000)}`);
}

async function takePictures(url) {
  browser = await chromium.launch({
    executablePath: process.env.ASSAY_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  return visitDashboards(page, {
    ...{ url, password: readFileSync(join(place, 'admin'), 'utf8'), dashboards },
    async see(name, language) {
      await page.screenshot({ path: join(target, `${name}.${language}.png`) });
      console.log(`${name}.${language}.png`);
      const file = guide[`${name}-${language}`];
      if (!isForGuide || file === undefined) return;
      const picture = { path: join(root, 'docs', 'images', file), clip: { x: 0, y: 0, width: 1440, height: 1180 } };
      await page.screenshot(picture);
    },
  });
}

function start(args, environment) {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  child.stdout.resume();
  child.stderr.resume();
  return child;
}

/** Everything a stream of a child said up to and with the wanted text. */
function said(child, stream, wanted) {
  return new Promise((resolve, reject) => {
    let text = '';
    child[stream].on('data', (chunk) => {
      text += chunk;
      if (text.includes(wanted)) resolve(text);
    });
    child.once('exit', () => reject(new TypeError(`It ended before it said "${wanted}":\n${text}`)));
  });
}

function ended(child) {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', resolve);
    child.kill('SIGTERM');
  });
}

function free() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
