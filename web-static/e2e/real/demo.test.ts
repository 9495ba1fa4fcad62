/** `truc demo` as a newcomer meets it: the bare page opens and lives, and nothing stays behind. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../world';
import { readUrl, SERVER } from './server';

const PATIENCE = { timeout: 60_000, interval: 200 };

let folder: string;
let browser: Browser;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'truc-e2e-demo-'));
  execFileSync(SERVER, ['start', folder, 'demo'], { stdio: ['ignore', 'ignore', 'inherit'] });
  browser = await openBrowser();
});

afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

const kept = (): string[] =>
  readdirSync(path.join(folder, 'tmp')).filter((name) => name.startsWith('truc-demo'));

it('the demonstration opens without a token, moves, and leaves nothing behind', async () => {
  expect(kept().length).toBe(1);
  const url = readUrl(folder);
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
  const asked = new Set<string>();
  const faults: string[] = [];
  page.on('request', (request) => asked.add(new URL(request.url()).host));
  page.on('websocket', (socket) => asked.add(new URL(socket.url()).host));
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') {
      faults.push(message.text());
    }
  });
  await page.goto(`${url}/`);
  await page.locator('[data-link]', { hasText: 'Đã kết nối' }).waitFor();
  await page.getByText('Mô phỏng ×20').waitFor();
  expect(await page.locator('[data-ask]').isVisible()).toBe(false);

  const rows = page.locator('.ticker-row');
  await rows.first().waitFor();
  const asOf = await page.locator('[data-as-of]').textContent();
  const newest = await rows.first().textContent();
  const numbers = (): Promise<string[]> => page.locator('[data-value-of]').allTextContents();
  const before = await numbers();
  await expect.poll(() => page.locator('[data-as-of]').textContent(), PATIENCE).not.toBe(asOf);
  await expect.poll(() => rows.first().textContent(), PATIENCE).not.toBe(newest);
  await expect.poll(numbers, PATIENCE).not.toEqual(before);

  await page.screenshot({ path: path.join(folder, 'demo.png') });
  expect([...asked]).toEqual([new URL(url).host]);
  expect(faults).toEqual([]);
  await page.close();
  execFileSync(SERVER, ['stop', folder], { stdio: 'inherit' });
  expect(kept()).toEqual([]);
});
