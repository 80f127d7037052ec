import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumOptions } from '../support/browser.ts';
import { openTrackingServer, type TrackingServer } from '../support/tracking-server.ts';
import { installedMlflow, packageOf } from './side-by-side/real-mlflow.ts';

const uiFolder = packageOf('3');
const isPossible = uiFolder !== null && existsSync(chromiumOptions.executablePath);
const missing = installedMlflow('3') === null ? 'run scripts/install-mlflow.sh' : 'no Chromium';

describe.skipIf(!isPossible)(`MLflow's own pages over our server${isPossible ? '' : ` (absent: ${missing})`}`, () => {
  let server: TrackingServer;
  let browser: Browser;
  let runId = '';

  beforeAll(async () => {
    server = await openTrackingServer({ uiFolder: uiFolder ?? '' });
    runId = await server.tracking.startRun({ experiment: 'assay/gold/pages', name: 'drift', startedAtMs: 1.75e12 });
    const metrics = Array.from({ length: 5 }, (_, step) => ({
      key: 'mae',
      value: 2 / (step + 1),
      step,
      timestampMs: step,
    }));
    await server.tracking.logBatch(runId, { params: { window: 'expanding' }, metrics, tags: {} });
    await server.tracking.finishRun(runId, 'FINISHED', 1.75e12 + 1000);
    browser = await chromium.launch(chromiumOptions);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it('show an experiment of ours, its run and its metric, and complain of nothing', async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const complaints = listen(page);
    await page.goto(`${server.url}/#/experiments`, { waitUntil: 'load' });
    await page.getByText('assay/gold/pages').first().waitFor({ timeout: 60_000 });
    await picture(page, 'experiments');
    const experiment = `${server.url}/#/experiments/${await experimentId(server.url)}`;
    await page.goto(`${experiment}/runs`);
    await page.getByText('drift').first().waitFor({ timeout: 60_000 });
    await picture(page, 'runs');
    await page.goto(`${experiment}/runs/${runId}`);
    await page.getByText('expanding').first().waitFor({ timeout: 60_000 });
    await picture(page, 'run');
    expect(complaints).toEqual([]);
  });
});

async function experimentId(url: string): Promise<string> {
  const path = '/api/2.0/mlflow/experiments/get-by-name?experiment_name=assay/gold/pages';
  const found = (await (await fetch(`${url}${path}`)).json()) as { experiment: { experiment_id: string } };
  return found.experiment.experiment_id;
}

/** Errors of scripts and answers of ours that are failures; pages look for features that this server does not have. */
function listen(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('response', (answer) => {
    if (answer.status() >= 500) complaints.push(`${answer.status()} ${answer.url()}`);
  });
  return complaints;
}

/** Kept where ASSAY_TEST_PICTURES names a folder, for a person to look at. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['ASSAY_TEST_PICTURES'];
  if (folder === undefined) return;
  const path = join(folder, `mlflow-${name}.png`);
  mkdirSync(dirname(path), { recursive: true });
  await page.screenshot({ path });
}
