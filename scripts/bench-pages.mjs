// Measures every page in real Chromium against its budgets, as medians of five: bytes on the wire, LCP, INP, TBT, CLS.
//   npm run bench:pages [-- URL]     URL: a running dashboard; without it, the pages over made-up data of the real size.
// `busy`: processor milliseconds of the page's main thread until it is loaded; it does not grow with what else runs here.
// Ends with 3 when a budget is exceeded. Needs Chromium.
import { existsSync } from 'node:fs';
import { get } from 'node:http';
import { availableParallelism, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { createViteServer } from 'vitest/node';

const executablePath = process.env.ASSAY_CHROMIUM ?? '/usr/bin/chromium';
const rounds = 5;
const paths = [
  ...['/', '/history', '/months', '/forecast', '/accuracy', '/calculators', '/models', '/models/compare'],
  ...['/alerts', '/data', '/report', '/system', '/embed/gold/forecast'],
];
const kilobyte = 1024;
/** Bytes after compression; milliseconds; CLS has no unit. */
const budgets = {
  html: 25 * kilobyte,
  script: 20 * kilobyte,
  charts: 28 * kilobyte,
  series: 20 * kilobyte,
  desktop: { lcp: 400, inp: 50, tbt: Number.POSITIVE_INFINITY, cls: 0.02 },
  slow: { lcp: 1000, inp: 100, tbt: 100, cls: 0.02 },
};

if (!existsSync(executablePath)) {
  console.log(`Not measured: there is no Chromium at ${executablePath}. Name one in ASSAY_CHROMIUM.`);
  process.exit(0);
}
const served = process.argv[2] === undefined ? await serveSample() : { url: process.argv[2], close: async () => {} };
const faults = [];
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
});
try {
  await weigh(served.url);
  for (const [name, slowdown] of [
    ['desktop', 1],
    ['slow', 4],
  ]) {
    await time(served.url, name, slowdown);
  }
} finally {
  await browser.close();
  await served.close();
}
const load = loadavg()[0].toFixed(1);
console.log(
  `\nLoad of this machine: ${load} on ${availableParallelism()} processors; above that, times tell of the machine.`,
);
console.log(faults.length === 0 ? '\nWithin every budget.' : `\nOver budget: ${faults.join('; ')}.`);
process.exit(faults.length === 0 ? 0 : 3);

async function weigh(url) {
  const home = (await wire(`${url}/`)).text;
  const [style] = home.match(/\/assets\/app\.css[^"]*/) ?? [];
  const [script] = home.match(/\/assets\/live\.js[^"]*/) ?? [];
  const [charts] = home.match(/\/assets\/chart\.js[^"]*/) ?? [];
  const styleBytes = (await wire(url + style)).bytes;
  console.log(`\n${'bytes, compressed'.padEnd(34)}${'measured'.padStart(10)}${'budget'.padStart(10)}`);
  for (const path of paths) {
    report(`HTML and CSS of ${path}`, (await wire(url + path)).bytes + styleBytes, budgets.html);
  }
  report('first script', (await wire(url + script)).bytes, budgets.script);
  report('code of charts, on demand', (await wire(url + charts)).bytes, budgets.charts);
  report('series of the whole history', (await wire(`${url}/chart/history.json`)).bytes, budgets.series);
}

async function time(url, name, slowdown) {
  const measures = ['lcp', 'inp', 'tbt', 'cls', 'busy'];
  console.log(
    `\n${`${name}, processor ${slowdown}x slower`.padEnd(34)}${measures.map((one) => one.padStart(10)).join('')}`,
  );
  for (const path of paths) {
    const found = [];
    for (let round = 0; round < rounds; round += 1) found.push(await visit(url + path, slowdown));
    const middle = Object.fromEntries(measures.map((one) => [one, median(found.map((each) => each[one]))]));
    const cells = measures.map((one) => String(Number(middle[one].toFixed(3))).padStart(10));
    console.log(path.padEnd(34) + cells.join(''));
    for (const one of measures) {
      if (middle[one] > budgets[name][one]) faults.push(`${one} of ${path} (${name}) ${middle[one].toFixed(2)}`);
    }
  }
}

/** One visit with a cold cache: the page is opened, its first chart is reached for, read and clicked. */
async function visit(address, slowdown) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    await session.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
    await page.addInitScript(observe);
    await page.goto(address, { waitUntil: 'load' });
    await page.waitForTimeout(300);
    const { metrics } = await session.send('Performance.getMetrics');
    const busy = 1000 * (metrics.find((one) => one.name === 'TaskDuration')?.value ?? Number.NaN);
    const loaded = await page.evaluate('({ lcp: window.seen.lcp, tbt: window.seen.tbt })');
    const chart = page.locator('[data-chart]').first();
    if ((await chart.count()) > 0) {
      await chart.scrollIntoViewIfNeeded();
      await chart.click({ position: { x: 300, y: 100 } });
      await page.locator('.u-over').first().waitFor();
      for (const key of ['ArrowLeft', 'ArrowLeft', 'Home', 'ArrowRight']) await page.keyboard.press(key);
    } else await page.locator('main').click({ position: { x: 5, y: 5 } });
    await page.waitForTimeout(250);
    return { busy, ...loaded, ...(await page.evaluate('({ inp: window.seen.inp, cls: window.seen.cls })')) };
  } finally {
    await context.close();
  }
}

/** Runs in the page before anything else. */
function observe() {
  window.seen = { lcp: 0, inp: 0, tbt: 0, cls: 0 };
  const on = (type, take, options = {}) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true, ...options });
  on('largest-contentful-paint', (entry) => {
    window.seen.lcp = entry.startTime;
  });
  on('longtask', (entry) => {
    window.seen.tbt += Math.max(0, entry.duration - 50);
  });
  on('layout-shift', (entry) => {
    if (!entry.hadRecentInput) window.seen.cls += entry.value;
  });
  on(
    'event',
    (entry) => {
      if (entry.interactionId > 0) window.seen.inp = Math.max(window.seen.inp, entry.duration);
    },
    { durationThreshold: 16 },
  );
}

function report(name, bytes, budget) {
  console.log(name.padEnd(34) + kilobytes(bytes) + kilobytes(budget));
  if (bytes > budget) faults.push(`${name} ${kilobytes(bytes).trim()}`);
}

function kilobytes(bytes) {
  return `${(bytes / kilobyte).toFixed(1)} KB`.padStart(10);
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** What one address costs on the wire, and its text. */
async function wire(address) {
  const bytes = await new Promise((resolve, reject) => {
    get(address, { headers: { 'accept-encoding': 'gzip', accept: '*/*' } }, (response) => {
      let count = 0;
      response.on('data', (chunk) => {
        count += chunk.length;
      });
      response.on('end', () => resolve(count));
    }).on('error', reject);
  });
  return { bytes, text: await (await fetch(address)).text() };
}

async function serveSample() {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const options = { root, configFile: false, appType: 'custom', logLevel: 'error' };
  const vite = await createViteServer({ ...options, server: { middlewareMode: true, ws: false, watch: null } });
  const { buildClientScript, startSampleServer } = await vite.ssrLoadModule('/tests/support/sample-server.ts');
  const server = await startSampleServer('normal', await buildClientScript());
  return {
    url: server.url,
    close: async () => {
      await server.close();
      await vite.close();
    },
  };
}
