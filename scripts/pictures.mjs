// Makes the pictures of the README from the real pages: `npm run docs:pictures -- FOLDER`, with a folder that
// `assay replica` serves. Needs Chromium and a build.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { startInstallation } from './installation.mjs';

const target = new URL('../docs/images/', import.meta.url).pathname;
const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('Name the folder of history to serve: npm run docs:pictures -- FOLDER');
  process.exit(2);
}

const pictures = [
  { file: 'today.png', path: '/?lang=en', width: 1280, height: 800 },
  { file: 'today.ru.png', path: '/?lang=ru', width: 1280, height: 800 },
  { file: 'today.phone.png', path: '/?lang=ru', width: 390, height: 844, colorScheme: 'dark' },
  { file: 'forecast.png', path: '/forecast?lang=en', width: 1280, height: 800 },
];

const installation = await startInstallation(folder);
let browser;
try {
  const { services, isReady } = await installation.startUp();
  await isReady;
  mkdirSync(target, { recursive: true });
  browser = await chromium.launch({
    executablePath: process.env.ASSAY_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
  for (const { file, path, width, height, colorScheme = 'light' } of pictures) {
    const page = await browser.newPage({ viewport: { width, height }, colorScheme });
    await page.goto(services.dashboard + path, { waitUntil: 'load' });
    await page.screenshot({ path: join(target, file) });
    console.log(`docs/images/${file}`);
  }
} finally {
  await browser?.close();
  await installation.close();
}
