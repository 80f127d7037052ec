import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityFaults, type BrowserPages, startBrowserPages } from '../support/browser.ts';

let pages: BrowserPages;
beforeAll(async () => {
  pages = await startBrowserPages();
});
afterAll(() => pages?.close());

/** Brings the pointer to the first chart and waits until it answers. */
async function wake(page: Page): Promise<void> {
  const box = page.locator('[data-chart]').first();
  await box.scrollIntoViewIfNeeded();
  await box.locator('svg.chart').hover({ position: { x: 200, y: 100 } });
  await box.locator('.u-over').waitFor();
}

const readout = (page: Page) => page.locator('.readout').first().textContent();

describe('a chart', () => {
  it('tells the value under the pointer, the same as the database’s', async () => {
    await pages.open('/history?from=2024-01-01&to=2024-12-31&lang=en', {}, async (page, server) => {
      await wake(page);
      const over = page.locator('.u-over').first();
      const { width, height } = (await over.boundingBox()) ?? { width: 0, height: 0 };
      await over.hover({ position: { x: width - 1, y: height / 2 } });
      const last = (await server.api.quotes({ metal: 'gold', from: '2024-01-01', to: '2024-12-31' })).at(-1);
      const price = last?.buyRubPerGram.toLocaleString('en-GB', { minimumFractionDigits: 2 });
      await expect.poll(() => readout(page)).toContain(`Gold ${price}`);
    });
  });

  it('is read with the keyboard alone, value by value', async () => {
    await pages.open('/history?from=2025-01-01&lang=en', {}, async (page, server) => {
      const quotes = await server.api.quotes({ metal: 'gold', from: '2025-01-01' });
      const priceAt = (index: number): string =>
        quotes.at(index)?.buyRubPerGram.toLocaleString('en-GB', { minimumFractionDigits: 2 }) ?? '';
      await page.locator('[data-chart]').first().focus();
      await page.locator('.u-over').first().waitFor();
      await expect.poll(() => readout(page)).toContain(priceAt(-1));
      await page.keyboard.press('ArrowLeft');
      await expect.poll(() => readout(page)).toContain(priceAt(-2));
      await page.keyboard.press('Home');
      await expect.poll(() => readout(page)).toContain(priceAt(0));
      await page.keyboard.press('Shift+ArrowRight');
      await expect.poll(() => readout(page)).toContain(priceAt(10));
    });
  });

  it('follows a finger, and still lets the page scroll', async () => {
    await pages.open('/?lang=en', { width: 360, touch: true }, async (page) => {
      const box = page.locator('[data-chart]').first();
      await box.scrollIntoViewIfNeeded();
      const { x, y, width } = (await box.boundingBox()) ?? { x: 0, y: 0, width: 0 };
      await page.touchscreen.tap(x + width / 2, y + 80);
      await page.locator('.u-over').first().waitFor();
      await page.touchscreen.tap(x + width * 0.7, y + 80);
      await expect.poll(() => readout(page)).toMatch(/20\d\d: .*Buy [\d,.]+/);
      expect(
        await page
          .locator('.u-over')
          .first()
          .evaluate((over) => getComputedStyle(over).touchAction),
      ).toBe('pan-y');
    });
  });

  it('is zoomed by two fingers, and in the history that is the new range', async () => {
    await pages.open('/history?lang=en', { width: 400, touch: true }, async (page) => {
      const box = page.locator('[data-chart]').first();
      await box.scrollIntoViewIfNeeded();
      await box.locator('svg.chart').tap({ position: { x: 200, y: 80 } });
      const over = page.locator('.u-over').first();
      await over.waitFor();
      const { x, y, width } = (await over.boundingBox()) ?? { x: 0, y: 0, width: 0 };
      const session = await page.context().newCDPSession(page);
      const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', shares: readonly number[]) =>
        session.send('Input.dispatchTouchEvent', {
          type,
          touchPoints: shares.map((share, id) => ({ id, x: x + share * width, y: y + 60 })),
        });
      await touch('touchStart', [0.4, 0.6]);
      for (const spread of [0.15, 0.2, 0.3, 0.4]) await touch('touchMove', [0.5 - spread, 0.5 + spread]);
      await touch('touchEnd', [0.1]);
      await touch('touchEnd', []);
      await page.waitForURL(/from=\d{4}/);
      const { searchParams } = new URL(page.url());
      const [from, to] = ['from', 'to'].map((name) => Date.parse(searchParams.get(name) ?? ''));
      // From a fifth to four fifths of the width: a quarter of what was in sight, around its middle.
      const [first, last] = [Date.parse('1998-01-01'), Date.parse('2025-06-28')];
      expect(((to ?? 0) - (from ?? 0)) / (last - first)).toBeCloseTo(0.25, 1);
      expect(((to ?? 0) + (from ?? 0) - first - last) / (last - first)).toBeCloseTo(0, 1);
    });
  });

  it('keeps the picture for those who listen, and moves nothing when it wakes', async () => {
    await pages.open('/history?lang=en', {}, async (page) => {
      const before = await page.locator('#rows').boundingBox();
      await wake(page);
      expect((await page.locator('#rows').boundingBox())?.y).toBe(before?.y);
      expect(await page.locator('svg.chart title').first().textContent()).toContain('Price of gold');
    });
  });
});

describe('the history', () => {
  const facts = (page: Page) => page.locator('.facts').textContent();

  it('takes a range dragged on the chart: address, figures and table follow, and Back returns', async () => {
    await pages.open('/history?lang=en', {}, async (page, server) => {
      await wake(page);
      const box = (await page.locator('.u-over').first().boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
      await page.mouse.move(box.x + box.width * 0.5, box.y + 50);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.7, box.y + 60, { steps: 5 });
      await page.mouse.up();
      await page.waitForURL(/from=\d{4}-\d\d-\d\d.*to=\d{4}/);
      const { searchParams } = new URL(page.url());
      const range = { from: searchParams.get('from') ?? '', to: searchParams.get('to') ?? '' };
      const summary = await server.api.summary({ metal: 'gold', ...range });
      await expect.poll(() => facts(page)).toContain(`${summary.quotes.toLocaleString('en-GB')}`);
      expect(await facts(page)).toContain(summary.minRubPerGram?.toLocaleString('en-GB', { minimumFractionDigits: 2 }));
      await page.goBack();
      await expect.poll(() => facts(page)).not.toContain(`Quotes${summary.quotes.toLocaleString('en-GB')}`);
    });
  });

  it('takes a range from the strip by keyboard, and keeps the handle in hand', async () => {
    await pages.open('/history?lang=en&view=percent', {}, async (page) => {
      const start = page.locator('.brush .handle').first();
      await start.focus();
      for (let press = 0; press < 3; press += 1) await page.keyboard.press('PageUp');
      await page.waitForURL(/from=2001/);
      expect(page.url()).toContain('view=percent');
      await expect
        .poll(() => page.evaluate('document.activeElement.dataset.focus ?? document.activeElement.tagName'))
        .toBe('brush-from');
    });
  });

  it('takes a range dragged on the strip', async () => {
    await pages.open('/history?lang=en', {}, async (page) => {
      const box = (await page.locator('.brush').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
      await page.mouse.move(box.x + 1, box.y + 20);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.8, box.y + 20, { steps: 4 });
      await page.mouse.up();
      await page.waitForURL(/from=20\d\d/);
    });
  });

  it('is the same from its address as by hand', async () => {
    await pages.open('/history?lang=en', {}, async (page, server) => {
      for (const name of ['Year over year', 'Silver', '5Y']) {
        await page.locator('.chip', { hasText: name }).first().click();
        await page.locator('.chip[aria-current]', { hasText: name }).first().waitFor();
      }
      const byHand = await page.locator('main').innerHTML();
      const address = page.url().slice(server.url.length);
      await page.goto(server.url + address);
      const bare = (html: string): string => html.replace(/<span class="(pane|handle)".*?<\/span>/g, '');
      expect(bare(await page.locator('main').innerHTML())).toBe(bare(byHand));
    });
  });
});

describe('the forecast', () => {
  it('goes through past vintages by slider and by link, and remembers paths', async () => {
    await pages.open('/forecast?lang=en&paths=on', {}, async (page) => {
      await page.locator('input[type=range]').focus();
      await page.keyboard.press('ArrowLeft');
      await page.waitForURL(/vintage=v-gold-/);
      await page.locator('.notice', { hasText: 'This is a past forecast' }).waitFor();
      expect(page.url()).toContain('paths=on');
      await page.locator('[data-focus=later]').click();
      await page.waitForURL((url) => !url.searchParams.has('vintage'));
      expect(await page.locator('path.line.path').count()).toBe(20);
    });
  });
});

describe('what is taken away', () => {
  it('the file of a chart holds the numbers of the API', async () => {
    await pages.open('/history?from=2023-05-01&to=2023-09-30&lang=en', {}, async (page, server) => {
      await page.locator('summary', { hasText: 'Download' }).click();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.locator('.downloads a', { hasText: 'CSV' }).first().click(),
      ]);
      const lines = readFileSync(await download.path(), 'utf8')
        .trim()
        .split('\r\n')
        .slice(1);
      const quotes = await server.api.quotes({ metal: 'gold', from: '2023-05-01', to: '2023-09-30' });
      expect(lines).toEqual(quotes.map((quote) => `${quote.date},${quote.buyRubPerGram},false`));
      expect(download.suggestedFilename()).toBe('assay-gold-history.csv');
    });
  });

  it('a chart becomes a PNG, and a citation goes to the clipboard', async () => {
    await pages.open('/forecast?lang=en', {}, async (page) => {
      await page.locator('summary', { hasText: 'Download' }).first().click();
      const [download] = await Promise.all([page.waitForEvent('download'), page.locator('[data-png]').first().click()]);
      const png = readFileSync(await download.path());
      expect(png.subarray(1, 4).toString()).toBe('PNG');
      expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1920, 912]);
      expect(png.length).toBeGreaterThan(20_000);
      await page.locator('summary', { hasText: 'Cite' }).first().click();
      await page.locator('[data-copy^=cite]').first().click();
      await page.locator('[data-copy^=cite]', { hasText: 'Copied' }).waitFor();
      expect(await page.evaluate('navigator.clipboard.readText()')).toContain('Bank of Russia, accounting prices');
    });
  });
});

describe('a request tried out', () => {
  const form = (page: Page, path: string) =>
    page.locator('details.try', { has: page.getByText(`GET ${path}`, { exact: true }) });

  it('is answered in place: address, status, headers and body, right or wrong', async () => {
    // Of a refusal the browser complains itself.
    await pages.open('/data?lang=en', { isMissing: true }, async (page, server) => {
      const quotes = form(page, '/metals/{metal}/quotes');
      await quotes.locator('summary').click();
      await quotes.locator('[name=from]').fill('2025-06-01');
      await quotes.locator('[name=limit]').fill('2');
      await quotes.locator('button').click();
      const answer = quotes.locator('.try-answer');
      await answer.waitFor();
      const text = await answer.textContent();
      expect(text).toContain('200 OK /api/v1/metals/gold/quotes?from=2025-06-01&limit=2');
      expect(text).toContain('content-type: application/json');
      const [last] = (await server.api.quotes({ metal: 'gold' })).slice(-1);
      expect(await answer.locator('[data-part=body]').textContent()).toContain(
        `"buyRubPerGram": ${last?.buyRubPerGram}`,
      );
      expect(page.url()).toMatch(/\/data\?lang=en$/);
      await quotes.locator('[name=fields]').fill('colour');
      await quotes.locator('button').click();
      await expect.poll(() => answer.textContent()).toContain('400 Bad Request');
      expect(await answer.textContent()).toContain('"parameter": "fields"');
      expect(await accessibilityFaults(page)).toEqual([]);
    });
  });

  it('of a file and of a stream says what came', async () => {
    await pages.open('/data?lang=en', {}, async (page, server) => {
      const months = form(page, '/metals/{metal}/months');
      await months.locator('summary').click();
      await months.locator('[name=format]').selectOption('xlsx');
      await months.locator('button').click();
      await expect
        .poll(() => months.locator('.try-answer').textContent())
        .toContain('the address above gives the file');
      const events = form(page, '/events');
      await events.locator('summary').click();
      await events.locator('button').click();
      await page.waitForTimeout(500);
      server.api.emit({ type: 'note', runId: 'run-1', step: 'transform', message: 'half way' });
      await expect.poll(() => events.locator('.try-answer').textContent(), { timeout: 10_000 }).toContain('half way');
    });
  });

  it('leads to the answer without script', async () => {
    await pages.open('/data?lang=en', { script: false }, async (page) => {
      const summary = form(page, '/metals/{metal}/summary');
      await summary.locator('summary').click();
      await summary.locator('select[name=metal]').selectOption('silver');
      await summary.locator('button').click();
      expect(page.url()).toMatch(/\/api\/v1\/metals\/silver\/summary$/);
    });
  });
});

describe('the calculators', () => {
  it('count without script, and keep the other forms’ entries', async () => {
    await pages.open('/calculators?lang=en&on=2024-05-05', { script: false }, async (page, server) => {
      await page.fill('#mass', '12,5');
      await page.selectOption('#hallmark', '750');
      await page.fill('#payout', '80');
      await page.locator('#alloy button').click();
      const { last } = await server.api.today('gold');
      const worth = Math.round(12.5 * 0.75 * (last?.buyRubPerGram ?? 0) * 80) / 100;
      expect(await page.locator('#alloy .facts').textContent()).toContain(
        worth.toLocaleString('en-GB', { minimumFractionDigits: 2 }),
      );
      expect(page.url()).toContain('on=2024-05-05');
    });
  });

  it('count at once with script, and say at the field what does not fit', async () => {
    await pages.open('/calculators?lang=en', {}, async (page) => {
      await page.fill('#mass', 'ten');
      await page.keyboard.press('Tab');
      await page.locator('#mass-wrong').waitFor();
      expect(await page.locator('#mass').getAttribute('aria-describedby')).toBe('mass-wrong');
      await page.fill('#mass', '10');
      await page.keyboard.press('Tab');
      await page.locator('#mass-wrong').waitFor({ state: 'detached' });
    });
  });
});

describe('what goes wrong', () => {
  it('the server goes away: the page says so, stays readable, and renews itself when it is back', async () => {
    await pages.open('/?lang=en', { isMissing: true }, async (page, server) => {
      const away = page.locator('#away');
      await page.locator('html.scripted').waitFor({ state: 'attached' });
      expect(await away.isVisible()).toBe(false);
      await server.close();
      try {
        await away.waitFor({ state: 'visible' });
        expect(await page.locator('svg.chart').first().isVisible()).toBe(true);
      } finally {
        await server.reopen();
      }
      const renewed = page.waitForResponse((response) => response.url().endsWith('/?lang=en'));
      await away.waitFor({ state: 'hidden' });
      expect((await renewed).status()).toBe(200);
    });
  });

  it('old data, no data and a store that is away are told apart', async () => {
    await pages.open('/?lang=en', { state: 'stale' }, async (page) => {
      expect(await page.locator('.notice.warn').first().textContent()).toMatch(/513\sdays old/);
    });
    await pages.open('/history?lang=en', { state: 'empty' }, async (page) => {
      expect(await page.locator('main h2').textContent()).toBe('The first load is running');
    });
    await pages.open('/history?lang=en', { state: 'down', isMissing: true }, async (page) => {
      expect(await page.locator('main').textContent()).toContain('The warehouse does not answer');
      expect(await page.locator('main').textContent()).toContain('STORE_UNAVAILABLE');
    });
  });

  it('an address that makes no sense: what was left out is named, and is not run', async () => {
    const odd = '/history?lang=en&metal=lead&from=2024-02-30&colour=%3Cscript%3Ewindow.run%3D1%3C%2Fscript%3E';
    await pages.open(odd, {}, async (page) => {
      const notice = await page.locator('.notice.warn').first().textContent();
      for (const said of ['metal = “lead”', 'gold, silver', 'from = “2024-02-30”', 'YYYY-MM-DD', 'colour = “<script>'])
        expect(notice).toContain(said);
      expect(await page.evaluate('window.run')).toBe(undefined);
      expect(await page.locator('svg.chart').first().isVisible()).toBe(true);
    });
  });
});
