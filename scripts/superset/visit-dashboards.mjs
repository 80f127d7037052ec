import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Signs in as administrator and opens each dashboard in both languages. `dashboards` gives the height of each in pixels;
 * `see(name, language)` is called when its charts are there. Returns what is missing: charts without data, requests without an answer.
 */
export async function visitDashboards(page, { url, password, dashboards, see }) {
  const complaints = [];
  await page.goto(`${url}/login/`);
  await page.fill('#username', 'admin');
  await page.fill('#password', password);
  await page.keyboard.press('Enter');
  await page.waitForURL((address) => !address.pathname.startsWith('/login'));
  page.on('response', (answer) => {
    if (answer.status() >= 400) complaints.push(`${answer.url()}: ${answer.status()}`);
  });
  for (const language of ['en', 'ru']) {
    await page.goto(`${url}/lang/${language}`, { waitUntil: 'commit' });
    for (const [name, height] of Object.entries(dashboards)) {
      await page.setViewportSize({ width: 1440, height });
      await page.goto(`${url}/superset/dashboard/assay-${name}-${language}/`);
      await settled(page);
      const empty = await emptyCharts(page);
      if (empty > 0) complaints.push(`data in ${empty} charts of Superset's ${name} (${language})`);
      await see(name, language);
    }
  }
  return complaints;
}

/** Waits until all charts of a dashboard are there and none of them loads, for some moments on end. */
async function settled(page) {
  for (let quiet = 0, tries = 0; quiet < 5; tries++) {
    if (tries > 200) throw new TypeError(`${page.url()} did not come to rest.`);
    await sleep(600);
    const waiting = await page.locator('[data-test="loading-indicator"], .loading').count();
    const holders = await page.locator('.dashboard-component-chart-holder').count();
    quiet = waiting === 0 && holders > 0 ? quiet + 1 : 0;
  }
  await sleep(1_500);
}

/** How many charts of the page say that they have nothing to show. */
function emptyCharts(page) {
  return page.getByText(/^(No results|No data|Нет данных|Данные отсутствуют)/).count();
}
