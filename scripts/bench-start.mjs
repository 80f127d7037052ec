// From `npm start` to the first useful picture: `npm run bench:start -- FOLDER [ROUNDS]`, with a folder that `assay replica`
// serves. In a fresh data folder and a built tree, from the first process until Chromium has painted the first page with
// a price, then with a forecast; medians of the rounds (three unless told). The browser runs already. Needs Chromium.
import { spawnSync } from 'node:child_process';
import { availableParallelism, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { startInstallation } from './installation.mjs';

const [folder, rounds = '3'] = process.argv.slice(2);
if (folder === undefined) {
  console.error('Name the folder of history to serve: npm run bench:start -- FOLDER');
  process.exit(2);
}
const prestart = fileURLToPath(new URL('prestart.mjs', import.meta.url));
const names = ['the page answers', 'the price is painted', 'the forecast is painted'];

const browser = await chromium.launch({
  executablePath: process.env.ASSAY_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
});
const found = [];
try {
  for (let round = 0; round < Number(rounds); round += 1) found.push(await measure());
} finally {
  await browser.close();
}
const load = `load ${loadavg()[0].toFixed(1)} on ${availableParallelism()} processors`;
console.log(`Seconds from npm start in an empty data folder, median of ${rounds} (${load})`);
for (const [index, name] of names.entries()) {
  const all = found.map((times) => times[index]).toSorted((a, b) => a - b);
  console.log(
    `  ${name.padEnd(26)} ${all[Math.floor(all.length / 2)].toFixed(1)}   of ${all.map((s) => s.toFixed(1)).join(', ')}`,
  );
}

async function measure() {
  const installation = await startInstallation(folder);
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  try {
    const began = performance.now();
    const passed = () => (performance.now() - began) / 1000;
    spawnSync(process.execPath, [prestart, '--build'], { stdio: 'ignore' });
    const { services, isReady } = await installation.startUp();
    const answers = passed();
    await page.goto(services.dashboard);
    // The page renews itself as data arrives; two frames later what it shows is on the screen.
    await painted(page, page.locator('main .big', { hasText: /\d/ }));
    const price = passed();
    await page.goto(`${services.dashboard}/forecast`);
    await painted(page, page.locator('main svg.chart path.line.forecast'));
    const forecast = passed();
    await isReady;
    return [answers, price, forecast];
  } finally {
    await page.close();
    await installation.close();
  }
}

async function painted(page, wanted) {
  await wanted.first().waitFor({ state: 'attached', timeout: 120_000 });
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
}
