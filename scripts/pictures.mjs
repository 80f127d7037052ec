// Makes the pictures of the README from the real pages: `npm run docs:pictures -- FOLDER`, with a folder that
// `assay replica` serves. Needs Chromium and a build.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const cli = new URL('../dist/src/cli/main.js', import.meta.url).pathname;
const target = new URL('../docs/images/', import.meta.url).pathname;
const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('Name the folder of history to serve: npm run docs:pictures -- FOLDER');
  process.exit(2);
}

/** The morning of the last quote of the shared history, so that nothing looks late. */
const now = '2025-06-28T07:00:00Z';

const pictures = [
  { file: 'today.png', path: '/?lang=en', width: 1280, height: 800 },
  { file: 'today.ru.png', path: '/?lang=ru', width: 1280, height: 800 },
  { file: 'forecast.png', path: '/forecast?lang=en', width: 1280, height: 800 },
];

const data = mkdtempSync(join(tmpdir(), 'assay-pictures-'));
const replica = start(['replica', '--data', folder, '--port', '0', '--json'], {});
let up;
let browser;
try {
  const source = JSON.parse(await firstLine(replica.stdout)).url;
  const free = { ASSAY_PORT: '0', ASSAY_TRACKING_PORT: '0', ASSAY_POSTGRES_PORT: '0', ASSAY_OLAP_PORT: '0' };
  up = start(['up', '--json'], { ...free, ASSAY_DATA: data, ASSAY_CBR_URL: source, ASSAY_NOW: now });
  const { dashboard } = JSON.parse(await firstLine(up.stdout));
  await said(up.stderr, 'Up to date: 4');
  mkdirSync(target, { recursive: true });
  browser = await chromium.launch({
    executablePath: process.env.ASSAY_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
  for (const { file, path, width, height } of pictures) {
    const page = await browser.newPage({ viewport: { width, height }, colorScheme: 'light' });
    await page.goto(dashboard + path, { waitUntil: 'load' });
    await page.screenshot({ path: join(target, file) });
    console.log(`docs/images/${file}`);
  }
} finally {
  await browser?.close();
  for (const child of [up, replica]) await ended(child);
  rmSync(data, { recursive: true, force: true });
}

function start(args, environment) {
  return spawn(process.execPath, [cli, ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function firstLine(stream) {
  return said(stream, '\n').then((text) => text.split('\n')[0]);
}

/** Everything a stream said up to and with the wanted text. */
function said(stream, wanted) {
  return new Promise((resolve, reject) => {
    let text = '';
    stream.on('data', (chunk) => {
      text += chunk;
      if (text.includes(wanted)) resolve(text);
    });
    stream.on('end', () => reject(new TypeError(`It ended before it said "${wanted}":\n${text}`)));
  });
}

function ended(child) {
  return new Promise((resolve) => {
    if (child === undefined || child.exitCode !== null) return resolve();
    child.once('exit', resolve);
    child.kill('SIGTERM');
  });
}
