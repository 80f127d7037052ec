import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until all charts of a dashboard are there and none of them loads, for some moments on end. */
export async function settled(page) {
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
export function emptyCharts(page) {
  return page.getByText(/^(No results|No data|Нет данных|Данные отсутствуют)/).count();
}
