/** The board against a server: its numbers are the server's, and it never pretends. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { formatSpan, formatValue } from '../src/format';
import { wordsIn } from '../src/words';
import type { BoardPart } from '../src/contract';
import type { Fact } from '../test/fakeBoard';
import { openBrowser, openFake, openWorld, type World } from './world';

const WALL = { width: 1920, height: 1080 };
const HOUR_MS = 3_600_000;
const PATIENCE = { timeout: 30_000, interval: 100 };

let world: World;
let browser: Browser;
const pages: Page[] = [];

beforeAll(async () => {
  world = await openWorld();
  browser = await openBrowser();
});

afterEach(async () => {
  await Promise.all(pages.splice(0).map((page) => page.close()));
});

afterAll(async () => {
  await browser.close();
  await world.close();
});

async function newPage(): Promise<Page> {
  // A context of its own: an empty storage, as on a machine that never saw the board.
  const context = await browser.newContext({ viewport: WALL });
  const page = await context.newPage();
  pages.push(page);
  return page;
}

async function openBoard(on: World = world): Promise<Page> {
  const page = await newPage();
  await page.goto(`${on.url}/#token=${on.token}`);
  await online(page);
  return page;
}

async function online(page: Page): Promise<void> {
  await page.locator('[data-link]', { hasText: /Đã kết nối|Connected/ }).waitFor();
  await page.locator('[data-area]').first().waitFor({ state: 'attached' });
}

/** What the page shows, by catalogue id. */
function shown(page: Page): Promise<Record<string, string>> {
  return page.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll('[data-value-of]')].map((element) => [
        element.getAttribute('data-value-of') ?? '',
        element.textContent,
      ]),
    ),
  );
}

/** What the page ought to show for the ids it has, according to the server's board. */
function expected(ids: readonly string[], board: BoardPart): Record<string, string> {
  return Object.fromEntries(
    ids.map((id) => {
      const value = board.values[id];
      return [
        id,
        id.includes('.answertime.') && typeof value === 'number'
          ? formatSpan(value * 60_000, 'vi')
          : formatValue(value, 'vi', wordsIn('vi')),
      ];
    }),
  );
}

/** Waits until every number on the page is the server's; hands back what is shown. */
async function equalsBoard(page: Page): Promise<Record<string, string>> {
  let last: Record<string, string> = {};
  await expect
    .poll(async () => {
      const board = await world.board();
      last = await shown(page);
      return { ...last, differs: differences(last, expected(Object.keys(last), board)) };
    }, PATIENCE)
    .toMatchObject({ differs: [] });
  return last;
}

function differences(a: Record<string, string>, b: Record<string, string>): string[] {
  return Object.keys(b)
    .filter((id) => a[id] !== b[id])
    .map((id) => `${id}: page ${String(a[id])}, board ${String(b[id])}`);
}

let cases = 0;

/** New feedback that is overdue already, in the scene's busiest ward. */
async function overdueFeedback(count: number): Promise<readonly Fact[]> {
  const nowMs = Date.parse((await world.board()).asOf);
  const run = Date.now().toString(36);
  return Array.from({ length: count }, () => {
    cases += 1;
    return {
      type: 'vn.ioc.feedback.status',
      source: world.source,
      id: `e2e-${run}-${cases}`,
      subject: `PA-E2E-${run}-${cases}`,
      time: new Date(nowMs - 60_000).toISOString(),
      data: {
        status: 'received',
        area: '02215',
        receivedAt: new Date(nowMs - 30 * HOUR_MS).toISOString(),
        dueAt: new Date(nowMs - 2 * HOUR_MS).toISOString(),
      },
    };
  });
}

async function count(id: string): Promise<number> {
  const value = (await world.board()).values[id];
  return typeof value === 'number' ? value : 0;
}

describe('numbers', () => {
  it('on the page equal the board, before and after facts are posted', async () => {
    const page = await openBoard();
    const before = await equalsBoard(page);
    expect(Object.keys(before).length).toBeGreaterThan(30);
    const overdue = await count('feedback.overdue');

    await world.post(await overdueFeedback(3));

    await expect.poll(() => count('feedback.overdue'), PATIENCE).toBe(overdue + 3);
    const after = await equalsBoard(page);
    expect(after['feedback.overdue']).not.toBe(before['feedback.overdue']);
    await page.locator('[data-area="02215"] text', { hasText: /\d/ }).waitFor();
    expect(await page.locator('.overdue.is-alarm').count()).toBeGreaterThan(0);
  });

  it('follow the period that is chosen', async () => {
    const page = await openBoard();
    await page.getByRole('button', { name: 'Tháng này', exact: true }).click();
    await page.locator('[data-value-of="feedback.received.month"]').waitFor();
    const month = await equalsBoard(page);
    expect(month).toHaveProperty(['dossier.received.month']);
  });

  it('list their cases at a click, and a case tells its history', async () => {
    const facts = await overdueFeedback(1);
    const code = facts[0]?.subject ?? '';
    await world.post(facts);
    const page = await openBoard();
    await page.locator('[data-metric="feedback.overdue"]').click();
    const row = page.locator(`[data-case="${code}"]`);
    await row.waitFor();
    await expect
      .poll(
        async () => (await page.locator('[data-case]').count()) - (await count('feedback.overdue')),
      )
      .toBe(0);
    expect(await row.textContent()).toContain('Chờ tiếp nhận');
    expect(await row.textContent()).toContain('Quá hạn 2 giờ');
    await row.getByRole('button').click();
    await page.locator('.story li', { hasText: 'Chờ tiếp nhận' }).waitFor();
    expect(await page.locator('#title-panel').textContent()).toContain(code);
    await page.keyboard.press('Escape');
    await page.locator('[data-panel]').waitFor({ state: 'hidden' });
  });

  it('reach the ticker, newest first, with words and places', async () => {
    const page = await openBoard();
    const facts = await overdueFeedback(1);
    await world.post(facts);
    const row = page.locator('.ticker-row', { hasText: facts[0]?.subject ?? '' });
    await row.waitFor();
    expect(await row.textContent()).toContain('Chờ tiếp nhận');
    expect(await row.textContent()).toContain('Minh Xuân');
  });

  it('of a fresh screen have a past: the ticker is not empty', async () => {
    await world.post(await overdueFeedback(2));
    const page = await openBoard();
    await page.locator('.ticker-row').nth(1).waitFor();
  });
});

describe('the link', () => {
  it('says when it is lost, keeps the numbers dimmed, and comes back fresh by itself', async () => {
    const page = await openBoard();
    const before = await equalsBoard(page);
    let loads = 0;
    page.on('load', () => (loads += 1));

    await world.stop();

    const banner = page.locator('[data-banner]');
    await banner.waitFor();
    expect(await banner.textContent()).toMatch(/Mất kết nối từ \d\d:\d\d:\d\d/);
    expect(await page.locator('[data-link]').textContent()).toMatch(/Mất kết nối từ/);
    await page.locator('.board.is-stale').waitFor();
    expect(await shown(page)).toEqual(before);
    const dimmed = page.locator('.is-stale > main');
    expect(await dimmed.evaluate((main) => getComputedStyle(main).filter)).toContain('grayscale');
    if (process.env['TRUC_SHOTS'] !== undefined) {
      await page.screenshot({ path: `${process.env['TRUC_SHOTS']}/lost.png` });
    }

    await world.start();
    await world.post(await overdueFeedback(2));

    await banner.waitFor({ state: 'hidden' });
    await online(page);
    const after = await equalsBoard(page);
    expect(after['feedback.overdue']).not.toBe(before['feedback.overdue']);
    expect(loads).toBe(0);
  });

  it('brings the events missed meanwhile', async () => {
    const page = await openBoard();
    await page.locator('.ticker-row').first().waitFor();
    await page.context().setOffline(true);
    await page.evaluate(() => {
      dispatchEvent(new Event('offline'));
    });
    await page.locator('[data-banner]').waitFor();
    const facts = await overdueFeedback(2);
    await world.post(facts);
    await page.context().setOffline(false);
    await page.evaluate(() => {
      dispatchEvent(new Event('online'));
    });
    for (const { subject } of facts) {
      await page.locator('.ticker-row', { hasText: subject }).waitFor();
    }
    expect(await page.locator('.ticker-gap').count()).toBe(0);
    await equalsBoard(page);
  });

  it('asks no other origin, breaks no policy, leaves no token in the address bar', async () => {
    const page = await newPage();
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
    await page.goto(`${world.url}/?board=1#token=${world.token}&keep=1`);
    await online(page);
    await equalsBoard(page);
    expect(page.url()).toBe(`${world.url}/?board=1#keep=1`);
    expect([...asked]).toEqual([new URL(world.url).host]);
    expect(faults).toEqual([]);
  });

  it('needs the address with its token only once', async () => {
    const page = await openBoard();
    await page.goto(`${world.url}/`);
    await online(page);
    expect(await page.locator('[data-ask]').isVisible()).toBe(false);
  });
});

describe('people', () => {
  it('can switch to English and to the other theme, and find both again', async () => {
    const page = await openBoard();
    await page.getByRole('button', { name: 'EN', exact: true }).click();
    await page.getByRole('heading', { name: 'Citizen feedback' }).waitFor();
    const theme = await page.locator('html').getAttribute('data-theme');
    await page.getByRole('button', { name: 'Switch light and dark' }).click();
    await page.locator(`html:not([data-theme="${String(theme)}"])`).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Citizen feedback' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    expect(await page.locator('html').getAttribute('data-theme')).not.toBe(theme);
  });

  it('can walk the map with the keyboard and open a commune', async () => {
    await world.post(await overdueFeedback(1));
    const page = await openBoard();
    await page.locator('[data-area="02215"] text', { hasText: /\d/ }).waitFor();
    await page.locator('[data-area][tabindex="0"]').focus();
    await page.keyboard.press('ArrowDown');
    const here = page.locator('[data-area]:focus');
    const name = (await here.getAttribute('aria-label')) ?? '';
    expect(await page.locator('.map-name').textContent()).toBe(name);
    await page.locator('[data-area="02215"]').focus();
    await page.keyboard.press('Enter');
    await page.locator('[data-case]').first().waitFor();
    expect(await page.locator('#title-panel').textContent()).toContain('Minh Xuân');
  });

  it('read numerator and denominator of a share in its tooltip', async () => {
    const page = await openBoard();
    await page.locator('[data-metric="dossier.ontime.d2.month"]').hover();
    const tip = page.getByRole('tooltip');
    await tip.waitFor();
    expect(await tip.textContent()).toMatch(/Tử số [\d.]+ \/ Mẫu số [\d.]+/);
  });
});

describe('the token', () => {
  it('is renewed at half its life, and the screen outlives it', async () => {
    const fake = await openFake({ tokenLifeS: 4 });
    const page = await openBoard(fake.world);
    const first = fake.world.token;
    await expect.poll(() => fake.server.tokens.size, PATIENCE).toBeGreaterThan(4);
    await expect.poll(() => (fake.server.tokens.get(first) ?? 0) < Date.now(), PATIENCE).toBe(true);
    expect(await page.locator('[data-link]').textContent()).toBe('Đã kết nối');
    expect(await page.locator('[data-ask]').isVisible()).toBe(false);
    await fake.world.close();
  });

  it('that no longer works is forgotten and asked for, and a wrong one is named', async () => {
    const fake = await openFake();
    const page = await openBoard(fake.world);
    await fake.world.stop();
    fake.server.tokens.clear();
    await fake.world.start();
    const ask = page.locator('[data-ask]');
    await ask.waitFor();
    await ask.getByLabel('Nhập mã truy cập').fill('nonsense');
    await ask.getByRole('button').click();
    await page.getByText('Mã này không dùng được').waitFor();
    await ask.getByLabel('Nhập mã truy cập').fill(fake.server.grant());
    await ask.getByRole('button').click();
    await ask.waitFor({ state: 'hidden' });
    await page.locator('[data-banner]').waitFor({ state: 'hidden' });
    await online(page);
    await fake.world.close();
  });

  it('is not needed on a demonstration', async () => {
    const fake = await openFake({ demo: true });
    const page = await newPage();
    await page.goto(`${fake.world.url}/`);
    await online(page);
    expect(await page.locator('[data-ask]').isVisible()).toBe(false);
    await fake.world.close();
  });
});
