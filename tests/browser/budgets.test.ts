import { availableParallelism, loadavg } from 'node:os';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumOptions, eachOf } from '../support/browser.ts';
import { budgets, measuredPaths, timePage, timesHead, timesLine, visit } from '../support/page-budgets.ts';
import { buildClientScript, type SampleServer, startSampleServer } from '../support/sample-server.ts';

let server: SampleServer;
let browser: Browser;
beforeAll(async () => {
  server = await startSampleServer('normal', await buildClientScript());
  browser = await chromium.launch(chromiumOptions);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** One page of each kind: figures, a long series, a fan, forms. `npm run bench:pages` takes all of them. */
const representative = ['/', '/history', '/forecast', '/data'] as const;
const rounds = 5;

describe('budgets', () => {
  it('no page moves what is being read', async () => {
    await eachOf(measuredPaths, async (path) => {
      const { cls } = await visit(browser, server.url + path, 1);
      expect([path, cls <= budgets.desktop.cls ? 'steady' : cls]).toEqual([path, 'steady']);
    });
  });

  // Times tell of the machine as much as of the page, so they are shown beside their budgets and judged by who reads them.
  // What is asserted is processor time, which other work does not stretch: a page that computes longer than it may take
  // to be seen cannot keep its budget anywhere.
  it('times are shown beside their budgets, and no page computes as long as it may take', async () => {
    const lines: string[] = [];
    for (const speed of ['desktop', 'slow'] as const) {
      lines.push(timesHead(speed));
      for (const path of representative) {
        const times = await timePage(browser, server.url + path, speed, rounds);
        lines.push(timesLine(path, speed, times));
        if (speed === 'desktop') expect([path, times.busy]).toSatisfy(([, busy]) => busy < budgets.desktop.lcp);
      }
    }
    const machine = `load ${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} processors`;
    console.log(`Medians of ${rounds} / budgets, ms (${machine})\n${lines.join('\n')}`);
  });
});
