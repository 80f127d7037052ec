import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import type { SampleState } from './sample-api.ts';
import { buildClientScript, type SampleServer, startSampleServer } from './sample-server.ts';

const executablePath = process.env['ASSAY_CHROMIUM'] ?? '/usr/bin/chromium';
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface View {
  readonly state?: SampleState;
  readonly width?: number;
  readonly theme?: 'light' | 'dark';
  readonly script?: boolean;
  /** A screen that is touched: no pointer hovers over it. */
  readonly touch?: boolean;
}

export interface BrowserPages {
  /** Opens a page, lets the test look at it, and fails on anything the browser complains of. */
  open(path: string, view: View, look: (page: Page, server: SampleServer) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** A real browser before the pages over made-up data; one server for each state that is asked for. */
export async function startBrowserPages(): Promise<BrowserPages> {
  const script = await buildClientScript();
  const browser: Browser = await chromium.launch({ executablePath, args: quiet });
  const servers = new Map<SampleState, SampleServer>();
  return {
    open: async (path, view, look) => {
      const state = view.state ?? 'normal';
      const server = servers.get(state) ?? (await startSampleServer(state, script));
      servers.set(state, server);
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
        expect(complaints).toEqual([]);
      } finally {
        await context.close();
      }
    },
    close: async () => {
      await browser.close();
      for (const server of servers.values()) await server.close();
    },
  };
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
