/** What people see: it fits, it can be read, it says things without colour. */
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, openWorld, type World } from './world';

/** Pictures are kept only where asked for. */
const SHOTS = process.env['TRUC_SHOTS'];

const SIZES = [
  { name: 'wall', width: 1920, height: 1080, fits: true },
  { name: 'desk', width: 1366, height: 768, fits: true },
  { name: 'tablet', width: 1024, height: 768, fits: false },
  { name: 'phone', width: 390, height: 844, fits: false },
] as const;
const THEMES = ['light', 'dark'] as const;
const LANGUAGES = ['vi', 'en'] as const;

let world: World;
let browser: Browser;

beforeAll(async () => {
  world = await openWorld();
  browser = await openBrowser();
  if (SHOTS !== undefined) {
    mkdirSync(SHOTS, { recursive: true });
  }
});

afterAll(async () => {
  await browser.close();
  await world.close();
});

async function openBoard(
  size: { width: number; height: number },
  preferences: Readonly<Record<string, string>>,
): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: size.width, height: size.height } });
  await page.addInitScript((stored) => {
    localStorage.setItem('truc.preferences', stored);
  }, JSON.stringify(preferences));
  await page.goto(`${world.url}/#token=${world.token}`);
  await page.locator('[data-link]', { hasText: /Đã kết nối|Connected/ }).waitFor();
  await page.locator('[data-area]').first().waitFor();
  await page.locator('[data-curve] .bar[height]:not([height="0"])').first().waitFor({
    state: 'attached',
  });
  return page;
}

async function axe(page: Page): Promise<AxeResults['violations']> {
  const path = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
  await page.evaluate(await readFile(path, 'utf8'));
  const results = await page.evaluate<AxeResults>(
    "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })",
  );
  return results.violations;
}

function told(violations: AxeResults['violations']): string[] {
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`),
  );
}

async function shot(page: Page, name: string, whole = false): Promise<void> {
  if (SHOTS !== undefined) {
    await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: whole });
  }
}

describe.each(SIZES)('$name, $width × $height', (size) => {
  it.each(THEMES)('fits, and nothing is against WCAG AA, in the %s theme', async (theme) => {
    const page = await openBoard(size, { theme, language: 'vi' });
    await shot(page, `${size.name}-${theme}`);
    if (!size.fits) {
      await shot(page, `${size.name}-${theme}-whole`, true);
    }
    const room = await page.evaluate(() => ({
      width: document.documentElement.scrollWidth - innerWidth,
      height: document.documentElement.scrollHeight - innerHeight,
    }));
    expect(room.width).toBeLessThanOrEqual(0);
    if (size.fits) {
      expect(room.height).toBeLessThanOrEqual(0);
    }
    expect(told(await axe(page))).toEqual([]);
    await page.close();
  });

  it.each(LANGUAGES)('no word or number is cut off in %s', async (language) => {
    const page = await openBoard(size, { theme: 'light', language });
    if (language === 'en') {
      await shot(page, `${size.name}-en`, !size.fits);
    }
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll('.label, .number, .card-title, .clock > *, .badge, .parts')]
        .filter((element) => {
          const card = element.closest('.card, .top');
          const box = element.getBoundingClientRect();
          const frame = card?.getBoundingClientRect();
          const beyond =
            frame !== undefined &&
            box.width > 0 &&
            (box.right > frame.right + 1 || box.bottom > frame.bottom + 1);
          const own = element.closest('button')?.getBoundingClientRect();
          const above = own !== undefined && box.top < own.top - 1;
          return beyond || above || (own !== undefined && box.right > own.right + 1);
        })
        .map((element) => element.textContent),
    );
    expect(cut).toEqual([]);
    const clipped = await page.evaluate(() =>
      [...document.querySelectorAll('.choice, .ticker-code')]
        .filter((element) => element.scrollWidth > element.clientWidth)
        .map((element) => element.textContent),
    );
    expect(clipped).toEqual([]);
    await page.close();
  });
});

describe('the panel', () => {
  it.each(THEMES)('can be read by everyone in the %s theme', async (theme) => {
    const page = await openBoard({ width: 1366, height: 768 }, { theme, language: 'vi' });
    await page.locator('[data-metric="dossier.open"]').click();
    await page.locator('[data-case]').first().waitFor();
    await shot(page, `panel-${theme}`);
    expect(told(await axe(page))).toEqual([]);
    await page.locator('[data-case] button').first().click();
    await page.locator('.story li').first().waitFor();
    await shot(page, `story-${theme}`);
    expect(told(await axe(page))).toEqual([]);
    await page.close();
  });
});
