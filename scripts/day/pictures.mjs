import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { visitDashboards } from '../superset/visit-dashboards.mjs';

/** Heights at which each dashboard of Superset is whole. */
const dashboards = { history: 2560, forecast: 2000, health: 2240 };

/** Pictures of Airflow, MLflow, Superset and our own page as a person sees them after the day; what they show amiss. */
export async function takePictures(stack, airflow, { pictures }) {
  mkdirSync(pictures, { recursive: true });
  const browser = await chromium.launch({
    executablePath: process.env.ASSAY_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const shoot = async (name) => {
      await page.screenshot({ path: join(pictures, `${name}.png`) });
      console.log(`        ${join(pictures, `${name}.png`)}`);
    };
    await ofAirflow(page, shoot, stack.url('airflow'), airflow);
    await ofMlflow(page, shoot, stack.url('mlflow'));
    for (const lang of ['en', 'ru']) {
      await page.goto(`${stack.url('assay')}/?lang=${lang}`, { waitUntil: 'networkidle' });
      await shoot(`today.${lang}`);
    }
    return await ofSuperset(page, shoot, stack);
  } finally {
    await browser.close();
  }
}

async function ofAirflow(page, shoot, url, { password, runs }) {
  await page.goto(`${url}/auth/login/`);
  await page.fill('input[name="username"]', 'admin');
  await page.fill('input[name="password"]', password);
  await page.click('button[type="submit"]');
  await page.waitForLoadState('networkidle');
  const train = (await runs()).find(({ dag_id }) => dag_id === 'assay_train');
  const places = { train: `/dags/assay_train/runs/${encodeURIComponent(train.dag_run_id)}`, dags: '/dags' };
  for (const [name, place] of Object.entries(places)) {
    await page.goto(url + place);
    await page.waitForLoadState('networkidle');
    await sleep(3_000);
    await shoot(`airflow-${name}`);
  }
}

async function ofMlflow(page, shoot, url) {
  const name = encodeURIComponent('assay/gold/tournament');
  const answer = await fetch(`${url}/api/2.0/mlflow/experiments/get-by-name?experiment_name=${name}`);
  const { experiment } = await answer.json();
  await page.goto(`${url}/#/experiments/${experiment.experiment_id}/runs`);
  // The page goes on asking its server, so that it is never idle.
  await page
    .getByText(/^gold-\d{4}/)
    .first()
    .waitFor({ timeout: 120_000 });
  await sleep(3_000);
  // The offer of an assistant covers a third of the page.
  const assistant = page.getByRole('button', { name: /close/i }).last();
  if (await assistant.isVisible()) await assistant.click();
  // Below the tournament is a run for each model.
  const expander = page.locator('[data-component-id*="runnamecellrenderer"]').first();
  if (await expander.isVisible()) await expander.click();
  await sleep(2_000);
  await shoot('mlflow-runs');
}

function ofSuperset(page, shoot, stack) {
  return visitDashboards(page, {
    ...{ url: stack.url('superset'), password: stack.secret('superset_admin_password'), dashboards },
    see: (name, language) => shoot(`superset-${name}.${language}`),
  });
}
