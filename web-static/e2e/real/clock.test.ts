/** A deadline that only the clock brings: nobody posts anything, and the page says so in time. */
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser, openWorld, type World } from '../world';
import { verb } from './server';

const HOUR_MS = 3_600_000;
const PATIENCE = { timeout: 30_000, interval: 100 };
const FOLDER = process.env['TRUC_FOLDER'] ?? '';

let world: World;
let browser: Browser;

beforeAll(async () => {
  world = await openWorld();
  browser = await openBrowser();
});

afterAll(async () => {
  await browser.close();
});

function advance(span: string): void {
  verb(FOLDER, 'clock', 'add', span, '--data', path.join(FOLDER, 'data'));
}

async function codes(page: Page, metric: string): Promise<string[]> {
  await page.locator(`[data-metric="${metric}"]`).first().click();
  await page.locator('[data-case]').first().waitFor();
  const listed = await page
    .locator('[data-case]')
    .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-case') ?? ''));
  await page.keyboard.press('Escape');
  await page.locator('[data-panel]').waitFor({ state: 'hidden' });
  return listed;
}

/** The page's number is the board's, and the list behind it holds the case or does not. */
async function numberOf(page: Page, metric: string): Promise<number> {
  const text = await page.locator(`[data-value-of="${metric}"]`).first().textContent();
  return Number((text ?? '').replaceAll('.', ''));
}

it('a case due in 25 h is near due 2 h later and overdue 26 h later, on the page by itself', async () => {
  const nowMs = Date.parse((await world.board()).asOf);
  const code = `PA-CLOCK-${Date.now().toString(36)}`;
  await world.post([
    {
      type: 'vn.ioc.feedback.status',
      source: world.source,
      id: code,
      subject: code,
      time: new Date(nowMs - 60_000).toISOString(),
      data: {
        status: 'accepted',
        area: '02215',
        // The only case due within this very minute.
        dueAt: new Date(nowMs + 25 * HOUR_MS).toISOString(),
      },
    },
  ]);
  const page = await browser.newPage({ viewport: { width: 1366, height: 768 } });
  await page.goto(`${world.url}/#token=${world.token}`);
  const asOf = page.locator('[data-as-of]');
  await page.locator('[data-link]', { hasText: 'Đã kết nối' }).waitFor();
  const shownBoard = async (): Promise<boolean> => {
    const values = (await world.board()).values;
    const near = await numberOf(page, 'feedback.neardue');
    const over = await numberOf(page, 'feedback.overdue');
    return values['feedback.neardue'] === near && values['feedback.overdue'] === over;
  };
  await expect.poll(shownBoard, PATIENCE).toBe(true);
  expect(await codes(page, 'feedback.neardue')).not.toContain(code);
  const before = await asOf.textContent();

  advance('2h');
  await expect.poll(async () => asOf.textContent(), PATIENCE).not.toBe(before);
  await expect.poll(shownBoard, PATIENCE).toBe(true);
  expect(await codes(page, 'feedback.neardue')).toContain(code);
  expect(await codes(page, 'feedback.overdue')).not.toContain(code);

  const overdue = await numberOf(page, 'feedback.overdue');
  advance('24h');
  await expect.poll(() => numberOf(page, 'feedback.overdue'), PATIENCE).toBeGreaterThan(overdue);
  await expect.poll(shownBoard, PATIENCE).toBe(true);
  expect(await codes(page, 'feedback.overdue')).toContain(code);
  await page.close();
});
