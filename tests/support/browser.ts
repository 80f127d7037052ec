import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import type { SampleState } from './sample-api.ts';
import { buildClientScript, type SampleServer, startSampleServer } from './sample-server.ts';

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const chromiumOptions = {
  executablePath: process.env['ASSAY_CHROMIUM'] ?? '/usr/bin/chromium',
  args: quiet,
};

/** The pages that the menu leads to. */
export const sections = [
  '/',
  '/history',
  '/months',
  '/forecast',
  '/accuracy',
  '/calculators',
  '/models',
  '/alerts',
  '/data',
  '/system',
] as const;

/** Every kind of page that there is, widgets for other sites included. */
export const everyPage = [
  ...sections,
  '/report',
  '/models/theta',
  '/models/compare?a=theta&b=naive',
  '/no-such-page',
  '/embed/gold/card',
  '/embed/gold/history',
  '/embed/gold/forecast',
] as const;

export interface View {
  readonly state?: SampleState;
  readonly width?: number;
  readonly theme?: 'light' | 'dark';
  readonly script?: boolean;
  /** A screen that is touched: no pointer hovers over it. */
  readonly touch?: boolean;
  /** There is no such page, or its server goes away: the browser says so itself. */
  readonly isMissing?: boolean;
}

export interface BrowserPages {
  /** Opens a page, lets the test look at it, and fails on anything the browser complains of. */
  open(path: string, view: View, look: (page: Page, server: SampleServer) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** A real browser before the pages over made-up data; one server for each state that is asked for. */
export async function startBrowserPages(): Promise<BrowserPages> {
  const script = await buildClientScript();
  const browser: Browser = await chromium.launch(chromiumOptions);
  const servers = new Map<SampleState, Promise<SampleServer>>();
  const serverOf = (state: SampleState): Promise<SampleServer> => {
    const server = servers.get(state) ?? startSampleServer(state, script);
    servers.set(state, server);
    return server;
  };
  return {
    open: async (path, view, look) => {
      const server = await serverOf(view.state ?? 'normal');
      const context = await browser.newContext({
        viewport: { width: view.width ?? 1440, height: 900 },
        colorScheme: view.theme ?? 'light',
        javaScriptEnabled: view.script ?? true,
        hasTouch: view.touch ?? false,
        locale: 'ru-RU',
        serviceWorkers: 'block',
        permissions: ['clipboard-read', 'clipboard-write'],
      });
      const page = await context.newPage();
      const complaints = complaintsOf(page);
      try {
        await page.goto(server.url + path, { waitUntil: 'load' });
        await look(page, server);
        if (view.isMissing !== true) expect(complaints).toEqual([]);
      } finally {
        await context.close();
      }
    },
    close: async () => {
      await browser.close();
      for (const server of servers.values()) await (await server).close();
    },
  };
}

/** Looks at several things at a time: a page waits for its server more than for the processor. */
export async function eachOf<Item>(items: readonly Item[], look: (item: Item) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await look(item);
  };
  await Promise.all([worker(), worker(), worker()]);
}

/** What the browser complains of from now on. */
function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('requestfailed', (request) => {
    // What a page still asked for is cut off when the visitor goes to the next one.
    const isCutOff = request.failure()?.errorText === 'net::ERR_ABORTED';
    if (!isCutOff) complaints.push(`${request.url()} failed: ${request.failure()?.errorText}`);
  });
  return complaints;
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Rules of accessibility that a page breaks, each with the places where it does. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  return page.evaluate(`axe.run().then((result) => result.violations.map((violation) =>
    violation.id + ': ' + violation.nodes.slice(0, 3).map((node) => node.html.slice(0, 140)).join(' | ')))`);
}
