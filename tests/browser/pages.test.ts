import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  accessibilityFaults,
  type BrowserPages,
  eachOf,
  everyPage,
  sections,
  startBrowserPages,
} from '../support/browser.ts';
import type { SampleState } from '../support/sample-api.ts';

/** Where pictures of the pages go, when a place is named. */
const wanted = process.env['ASSAY_SCREENSHOTS'];

let pages: BrowserPages;
const open: BrowserPages['open'] = (path, view, look) => pages.open(path, view, look);

beforeAll(async () => {
  pages = await startBrowserPages();
});

afterAll(() => pages?.close());

/** How far the document is wider than its window. */
function overflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

/** How far the list of sections is wider than its place, where it is not the bar of a phone, which is swiped. */
const hiddenSections = `innerWidth < 761 ? 0 : [...document.querySelectorAll('.nav')]
  .reduce((most, nav) => Math.max(most, nav.scrollWidth - nav.clientWidth), 0)`;

const inLanguage = (path: string, lang: string): string => `${path}${path.includes('?') ? '&' : '?'}lang=${lang}`;
const fileOf = (path: string): string => (path === '/' ? 'today' : path.slice(1).replaceAll(/[^a-z0-9]+/g, '-'));

// First, in a browser that nothing else has been opened in: after a hundred pages headless Chromium may no longer scroll a
// box by its keys.
describe('the first page', () => {
  it('the keyboard reaches content, links and scrolling tables', async () => {
    await open('/months', { width: 360 }, async (page) => {
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.className')).toBe('skip');
      await page.keyboard.press('Enter');
      await page.locator('.table-box').last().focus();
      // A browser that is busy may let a key pass by; a reader presses it again.
      const scrolled = async () => {
        await page.keyboard.press('ArrowRight');
        return page
          .locator('.table-box')
          .last()
          .evaluate((box) => box.scrollLeft);
      };
      await expect.poll(scrolled, { timeout: 10_000 }).toBeGreaterThan(0);
    });
  });
});

/** A page is opened once in each language; its themes and widths are the style sheet's business alone. */
describe.each(['ru', 'en'] as const)('in %s', (lang) => {
  it('every page fits every width, is accessible, and gives the browser nothing to complain of', async () => {
    const started = performance.now();
    await eachOf(everyPage, (path) =>
      open(inLanguage(path, lang), { isMissing: path === '/no-such-page' }, async (page) => {
        expect(await page.locator('html').getAttribute('lang')).toBe(lang);
        expect([path, await page.locator('h1').count()]).toEqual([path, 1]);
        for (const width of [360, 600, 768, 900, 1024, 1280, 1440]) {
          await page.setViewportSize({ width, height: 900 });
          expect([path, width, await overflow(page)]).toEqual([path, width, 0]);
          expect([path, width, await page.evaluate(hiddenSections)]).toEqual([path, width, 0]);
        }
        for (const theme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme: theme });
          for (const width of [360, 1440]) {
            await page.setViewportSize({ width, height: 900 });
            expect([path, theme, width, await accessibilityFaults(page)]).toEqual([path, theme, width, []]);
            if (wanted !== undefined) {
              const file = `${fileOf(path)}-${width}-${theme}-${lang}.png`;
              await page.screenshot({ path: join(wanted, file), fullPage: true });
            }
          }
        }
      }),
    );
    console.log(`${everyPage.length} pages in ${lang}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
  });
});

describe('states', () => {
  const odd: readonly SampleState[] = [
    'empty',
    'stale',
    'simulated',
    'no-champion',
    'weak',
    'naive',
    'failed-run',
    'held',
  ];
  it.each(odd)('%s: every page fits a phone', async (state) => {
    await eachOf([...sections, '/report', ...(state === 'failed-run' ? ['/runs/run-4'] : [])], (path) =>
      open(path, { state, width: 360 }, async (page) => {
        expect([path, await overflow(page)]).toEqual([path, 0]);
        expect(await page.locator('.simulated-banner').isVisible()).toBe(state === 'simulated');
        if (wanted !== undefined) {
          await page.screenshot({ path: join(wanted, `${state}-${fileOf(path)}-360.png`), fullPage: true });
        }
      }),
    );
  });
});

describe('texts', () => {
  it.each(['light', 'dark'] as const)('are readable in %s: contrast of at least 4.5', async (theme) => {
    await eachOf(everyPage, (path) =>
      open(path, { theme, isMissing: path === '/no-such-page' }, async (page) => {
        expect([path, await page.evaluate(faintTexts)]).toEqual([path, []]);
      }),
    );
  });
});

describe('without script', () => {
  it('every page shows its figures', async () => {
    await eachOf([...sections, '/report', '/models/theta', '/models/compare?a=theta&b=naive'], (path) =>
      open(path, { script: false, width: 360 }, async (page) => {
        expect(((await page.locator('main').textContent()) ?? '').length).toBeGreaterThan(200);
        const hasCharts = !['/models', '/system', '/calculators', '/alerts', '/data'].includes(path);
        if (hasCharts) expect([path, await page.locator('svg.chart path').count()]).not.toEqual([path, 0]);
      }),
    );
  });

  it('a range is chosen, a month’s metric is shown, the table unfolds', async () => {
    await open('/history', { script: false }, async (page) => {
      await page.fill('input[name=from]', '2024-01-01');
      await page.fill('input[name=to]', '2024-12-31');
      await page.locator('.form-row button').click();
      expect(page.url()).toContain('from=2024-01-01&to=2024-12-31');
      expect(await page.locator('.facts').textContent()).toContain('31.12.2024');
    });
    await open('/months', { script: false }, async (page) => {
      await page.selectOption('select[name=metric]', 'volatilityPercent');
      await page.locator('.form-row button').click();
      expect(await page.locator('figure h3').first().textContent()).toBe('Волатильность,\u00a0%');
      await page.locator('summary').first().click();
      expect(await page.locator('.figure table').first().isVisible()).toBe(true);
    });
  });

  it('a version is promoted', async () => {
    await open('/models', { script: false }, async (page, server) => {
      await page.locator('form[action="/models/promote"] input[name=reason]').fill('проверили руками');
      await page.selectOption('select[name=version]', '2');
      await page.locator('form[action="/models/promote"] button').click();
      expect(await page.locator('.notice.good').textContent()).toContain('Версия переведена в работу');
      expect(server.api.commands.at(-1)).toEqual(['promote', 'gold', 2, 'проверили руками']);
    });
  });
});

describe('with script', () => {
  it('the first run is followed live, and new data renews the figures in place', async () => {
    await open('/?lang=en', { state: 'empty' }, async (page, server) => {
      expect(await page.locator('#live .steps li').count()).toBe(3);
      const asked = page.waitForResponse((response) => response.url().includes('/live/progress'));
      server.api.emit({ type: 'note', runId: 'run-1', step: 'transform', message: 'half way' });
      expect((await asked).status()).toBe(200);
      await page.evaluate('window.untouched = true');
      const renewed = page.waitForResponse((response) => response.url().endsWith('/?lang=en'));
      server.api.emit({ type: 'data', lastEffectiveDate: '2025-06-28' });
      expect((await renewed).status()).toBe(200);
      expect(await page.evaluate('window.untouched')).toBe(true);
      expect(await page.locator('main h2').count()).toBe(1);
    });
  });

  it('words half written are not swept away', async () => {
    await open('/system', { state: 'held' }, async (page, server) => {
      const reason = page.locator('input[name=reason]').first();
      await reason.fill('a slip of the');
      const asked = page.waitForResponse((response) => response.url().includes('/live/progress'));
      server.api.emit({ type: 'data', lastEffectiveDate: '2025-06-28' });
      await asked;
      await page.waitForTimeout(300);
      expect(await reason.inputValue()).toBe('a slip of the');
    });
  });

  it('the theme is switched and kept', async () => {
    await open('/history?from=2024-01-01', {}, async (page) => {
      await page.locator('.to-dark').click();
      await page.locator('html[data-theme="dark"]').waitFor({ state: 'attached' });
      expect(page.url()).toMatch(/\/history\?from=2024-01-01$/);
      await page.locator('.nav a').first().click();
      await page.waitForURL((url) => url.pathname === '/');
      expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(20, 19, 15)');
    });
  });
});

/** Runs in the page: visible texts whose contrast with what is behind them is below 4.5 (3 when large). */
const faintTexts = `(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = rgba(getComputedStyle(at).backgroundColor);
      if (color[3] > 250) return color;
    }
    return [255, 255, 255];
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const style = getComputedStyle(element);
    const isShown = walker.currentNode.data.trim() !== '' && element.getClientRects().length > 0;
    if (!isShown || ['TITLE', 'DESC', 'OPTION', 'NOSCRIPT'].includes(element.tagName.toUpperCase())) continue;
    const color = element instanceof SVGElement ? style.fill : style.color;
    const pair = [light(rgba(color)), light(behind(element))].sort((a, b) => b - a);
    const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
    const isLarge = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.6 && style.fontWeight >= 700);
    if (ratio < (isLarge ? 3 : 4.5)) faint.push(walker.currentNode.data.trim().slice(0, 30) + ' ' + ratio.toFixed(2));
  }
  return [...new Set(faint)];
})()`;
