import { get } from 'node:http';
import type { Browser } from 'playwright-core';

const kilobyte = 1024;

/** What a page may cost: bytes after compression, milliseconds; CLS has no unit. */
export const budgets = {
  page: 25 * kilobyte,
  script: 20 * kilobyte,
  charts: 28 * kilobyte,
  series: 20 * kilobyte,
  desktop: { lcp: 400, inp: 50, tbt: Number.POSITIVE_INFINITY, cls: 0.02 },
  slow: { lcp: 1000, inp: 100, tbt: 100, cls: 0.02 },
} as const;

/** How many times slower the processor of a visitor is made. */
export const slowdowns = { desktop: 1, slow: 4 } as const;
export type Speed = keyof typeof slowdowns;

export const measuredPaths = [
  ...['/', '/history', '/months', '/forecast', '/accuracy', '/calculators', '/models', '/models/compare'],
  ...['/alerts', '/data', '/report', '/system', '/embed/gold/forecast'],
] as const;

export interface Weight {
  readonly name: string;
  readonly bytes: number;
  readonly budget: number;
}

/** What goes over the wire: each page with its style sheet, the scripts, and the series of the whole history. */
export async function weighPages(url: string, paths: readonly string[] = measuredPaths): Promise<Weight[]> {
  const home = (await wire(`${url}/`)).text;
  const addressOf = (file: string): string => {
    const [found] = home.match(new RegExp(`/assets/${file}[^"]*`)) ?? [];
    if (found === undefined) throw new TypeError(`the first page names no ${file}`);
    return url + found;
  };
  const weights: Weight[] = [];
  for (const path of paths) {
    const page = await wire(url + path);
    const [sheet] = page.text.match(/\/assets\/app\.css[^"]*/) ?? [];
    const bytes = page.bytes + (sheet === undefined ? 0 : (await wire(url + sheet)).bytes);
    weights.push({ name: `HTML and CSS of ${path}`, bytes, budget: budgets.page });
  }
  return [
    ...weights,
    { name: 'first script', bytes: (await wire(addressOf('live.js'))).bytes, budget: budgets.script },
    { name: 'code of charts, on demand', bytes: (await wire(addressOf('chart.js'))).bytes, budget: budgets.charts },
    {
      name: 'series of the whole history',
      bytes: (await wire(`${url}/chart/history.json`)).bytes,
      budget: budgets.series,
    },
  ];
}

export const measures = ['lcp', 'inp', 'tbt', 'cls', 'busy'] as const;
/** Milliseconds, but `cls`. `busy`: processor time of the page's main thread until it is loaded. */
export type Times = Readonly<Record<(typeof measures)[number], number>>;

/** Each measure's median over several visits. */
export async function timePage(browser: Browser, address: string, speed: Speed, rounds: number): Promise<Times> {
  const found: Times[] = [];
  for (let round = 0; round < rounds; round += 1) found.push(await visit(browser, address, slowdowns[speed]));
  return Object.fromEntries(measures.map((one) => [one, median(found.map((times) => times[one]))])) as unknown as Times;
}

/** One visit with a cold cache: the page is opened, its first chart is reached for, read and clicked. */
export async function visit(browser: Browser, address: string, slowdown: number): Promise<Times> {
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
    const loaded = await page.evaluate<Pick<Times, 'lcp' | 'tbt'>>('({ lcp: window.seen.lcp, tbt: window.blocked() })');
    const chart = page.locator('[data-chart]').first();
    if ((await chart.count()) > 0) {
      await chart.scrollIntoViewIfNeeded();
      await chart.click({ position: { x: 300, y: 100 } });
      await page.locator('.u-over').first().waitFor();
      for (const key of ['ArrowLeft', 'ArrowLeft', 'Home', 'ArrowRight']) await page.keyboard.press(key);
    } else await page.locator('main').click({ position: { x: 5, y: 5 } });
    await page.waitForTimeout(250);
    const used = await page.evaluate<Pick<Times, 'inp' | 'cls'>>('({ inp: window.seen.inp, cls: window.seen.cls })');
    return { busy, ...loaded, ...used };
  } finally {
    await context.close();
  }
}

/** Runs in the page before anything else. */
const observe = `
  window.seen = { lcp: 0, inp: 0, cls: 0 };
  const tasks = [];
  // Total blocking time (web.dev/articles/tbt): what long tasks take beyond 50 ms each, from the first paint with content on.
  window.blocked = () => {
    const [painted] = performance.getEntriesByName('first-contentful-paint');
    const after = (task) => Math.min(task.duration, task.startTime + task.duration - painted.startTime);
    return tasks.reduce((sum, task) => sum + Math.max(0, after(task) - 50), 0);
  };
  const on = (type, take, options = {}) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true, ...options });
  on('largest-contentful-paint', (entry) => { window.seen.lcp = entry.startTime; });
  on('longtask', (entry) => { tasks.push(entry); });
  on('layout-shift', (entry) => { if (!entry.hadRecentInput) window.seen.cls += entry.value; });
  on('event', (entry) => {
    if (entry.interactionId > 0) window.seen.inp = Math.max(window.seen.inp, entry.duration);
  }, { durationThreshold: 16 });
`;

export function weightLine({ name, bytes, budget }: Weight): string {
  return name.padEnd(34) + kilobytes(bytes) + kilobytes(budget);
}

/** A page's medians in a line, each with its budget after a stroke. */
export function timesLine(path: string, speed: Speed, times: Times): string {
  const cells = measures.map((one) => {
    const found = String(Number(times[one].toFixed(one === 'cls' ? 3 : 0)));
    const budget = one === 'busy' ? Number.POSITIVE_INFINITY : budgets[speed][one];
    return (Number.isFinite(budget) ? `${found} / ${budget}` : found).padStart(13);
  });
  return path.padEnd(24) + cells.join('');
}

export function timesHead(speed: Speed): string {
  return `${speed}, processor ${slowdowns[speed]}x`.padEnd(24) + measures.map((one) => one.padStart(13)).join('');
}

/** Measures of a page that are over their budgets. */
export function overBudget(path: string, speed: Speed, times: Times): string[] {
  return (['lcp', 'inp', 'tbt', 'cls'] as const)
    .filter((one) => times[one] > budgets[speed][one])
    .map((one) => `${one} of ${path} (${speed}) ${times[one].toFixed(2)}`);
}

export function kilobytes(bytes: number): string {
  return `${(bytes / kilobyte).toFixed(1)} KB`.padStart(10);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** What one address costs on the wire, and its text. */
async function wire(address: string): Promise<{ readonly bytes: number; readonly text: string }> {
  const bytes = await new Promise<number>((resolve, reject) => {
    get(address, { headers: { 'accept-encoding': 'gzip', accept: '*/*' } }, (response) => {
      let count = 0;
      response.on('data', (chunk: Buffer) => {
        count += chunk.length;
      });
      response.on('end', () => resolve(count));
    }).on('error', reject);
  });
  return { bytes, text: await (await fetch(address)).text() };
}
