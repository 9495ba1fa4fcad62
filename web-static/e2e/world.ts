/**
 * What the browser tests run against: the fake server of this package, or, when `TRUC_URL` is set,
 * a real one. Then `TRUC_KEY` is a source key for `TRUC_SOURCE` (default `/hotline/1022`),
 * `TRUC_TOKEN` a viewer's token, and `TRUC_STOP` and `TRUC_START` shell commands that stop the
 * server and start it again; `TRUC_START` returns when it answers.
 */
import { execSync } from 'node:child_process';
import { chromium, type Browser } from 'playwright-core';
import { decodeBoardPart, type BoardPart } from '../src/contract';
import { FakeServer, type FakeOptions } from '../test/fakeServer';
import type { Fact } from '../test/fakeBoard';
import { scene } from '../test/scene';

export interface World {
  readonly real: boolean;
  readonly url: string;
  readonly source: string;
  readonly token: string;
  readonly post: (facts: readonly Fact[]) => Promise<void>;
  readonly board: () => Promise<BoardPart>;
  readonly stop: () => Promise<void>;
  readonly start: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const DEFAULTS: FakeOptions = { tokenLifeS: 3_600, demo: false, simulated: true };

export async function openWorld(): Promise<World> {
  const url = process.env['TRUC_URL'];
  return url === undefined ? (await openFake()).world : openReal(url);
}

/** A fake world with its server at hand, for what only a fake can be told to do. */
export async function openFake(
  options: Partial<FakeOptions> = {},
): Promise<{ world: World; server: FakeServer }> {
  const server = new FakeServer(scene(), { ...DEFAULTS, ...options });
  await server.start();
  const token = server.grant();
  const world: World = {
    ...overHttp(server.url, server.key, () => server.grant()),
    real: false,
    source: '/hotline/1022',
    token,
    stop: () => server.stop(),
    start: () => server.start(),
    close: () => server.stop(),
  };
  return { world, server };
}

function openReal(url: string): World {
  const base = url.replace(/\/$/, '');
  const token = variable('TRUC_TOKEN');
  return {
    ...overHttp(base, variable('TRUC_KEY'), () => token),
    real: true,
    source: process.env['TRUC_SOURCE'] ?? '/hotline/1022',
    token,
    stop: () => run('TRUC_STOP'),
    start: () => run('TRUC_START'),
    close: () => Promise.resolve(),
  };
}

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new Error(`${name} is not set`);
  }
  return value;
}

function run(name: string): Promise<void> {
  execSync(variable(name), { stdio: ['ignore', 'ignore', 'pipe'] });
  return Promise.resolve();
}

function overHttp(
  url: string,
  key: string,
  token: () => string,
): Pick<World, 'url' | 'post' | 'board'> {
  return {
    url,
    post: async (facts) => {
      const events = facts.map((fact) => ({ specversion: '1.0', ...fact }));
      const answer = await fetch(`${url}/api/v1/events`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/cloudevents-batch+json',
        },
        body: JSON.stringify(events),
      });
      const body = await answer.text();
      if (answer.status !== 202 || (JSON.parse(body) as { accepted: number }).accepted === 0) {
        throw new Error(`facts refused: ${answer.status} ${body}`);
      }
    },
    board: async () => {
      const answer = await fetch(`${url}/api/v1/board/province`, {
        headers: { authorization: `Bearer ${token()}` },
      });
      return decodeBoardPart(await answer.json());
    },
  };
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['TRUC_CHROMIUM'] ?? '/usr/bin/chromium',
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
