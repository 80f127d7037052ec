// Measures every page in real Chromium against its budgets, as medians of five: bytes on the wire, LCP, INP, TBT, CLS.
//   npm run bench:pages [-- URL]     URL: a running dashboard; without it, the pages over made-up data of the real size.
// `busy`: processor milliseconds of the page's main thread until it is loaded; it does not grow with what else runs here.
// Ends with 3 when a budget is exceeded. Needs Chromium.
import { existsSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { createViteServer } from 'vitest/node';

const executablePath = process.env.ASSAY_CHROMIUM ?? '/usr/bin/chromium';
const rounds = 5;

if (!existsSync(executablePath)) {
  console.log(`Not measured: there is no Chromium at ${executablePath}. Name one in ASSAY_CHROMIUM.`);
  process.exit(0);
}
const root = fileURLToPath(new URL('..', import.meta.url));
const options = { root, configFile: false, appType: 'custom', logLevel: 'error' };
const vite = await createViteServer({ ...options, server: { middlewareMode: true, ws: false, watch: null } });
const { measuredPaths, overBudget, timePage, timesHead, timesLine, weighPages, weightLine } = await vite.ssrLoadModule(
  '/tests/support/page-budgets.ts',
);
const served = process.argv[2] === undefined ? await serveSample() : { url: process.argv[2], close: async () => {} };
const faults = [];
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
});
try {
  console.log(`\n${'bytes, compressed'.padEnd(34)}${'measured'.padStart(10)}${'budget'.padStart(10)}`);
  for (const weight of await weighPages(served.url)) {
    console.log(weightLine(weight));
    if (weight.bytes > weight.budget) faults.push(`${weight.name} ${weight.bytes} bytes`);
  }
  for (const speed of ['desktop', 'slow']) {
    console.log(`\n${timesHead(speed)}`);
    for (const path of measuredPaths) {
      const times = await timePage(browser, served.url + path, speed, rounds);
      console.log(timesLine(path, speed, times));
      faults.push(...overBudget(path, speed, times));
    }
  }
} finally {
  await browser.close();
  await served.close();
  await vite.close();
}
const load = loadavg()[0].toFixed(1);
console.log(
  `\nLoad of this machine: ${load} on ${availableParallelism()} processors; above that, times tell of the machine.`,
);
console.log(faults.length === 0 ? '\nWithin every budget.' : `\nOver budget: ${faults.join('; ')}.`);
process.exit(faults.length === 0 ? 0 : 3);

async function serveSample() {
  const { buildClientScript, startSampleServer } = await vite.ssrLoadModule('/tests/support/sample-server.ts');
  return startSampleServer('normal', await buildClientScript());
}
