import { describe, expect, it } from 'vitest';
import { decodeFreshToken } from './contract';
import {
  TokenKeeper,
  tokenFromFragment,
  Unreachable,
  type Renewal,
  type TokenWorld,
} from './token';

const HOUR_MS = 3_600_000;

interface Timer {
  readonly run: () => void;
  readonly delayMs: number;
}

/** A world told beforehand what the server and the person will answer. */
class FakeWorld implements TokenWorld {
  stored: string | null = null;
  readonly renewals: (string | null)[] = [];
  readonly asked: boolean[] = [];
  readonly timers: Timer[] = [];
  readonly answers: string[] = [];
  valid = new Set<string>();
  demo = false;
  reachable = true;
  private count = 0;

  readonly shelf = {
    read: (): string | null => this.stored,
    write: (token: string): void => {
      this.stored = token;
    },
    clear: (): void => {
      this.stored = null;
    },
  };

  readonly renew = (token: string | null): Promise<Renewal> => {
    this.renewals.push(token);
    if (!this.reachable) {
      return Promise.resolve({ type: 'unreachable' });
    }
    if (token === null ? !this.demo : !this.valid.has(token)) {
      return Promise.resolve({ type: 'refused' });
    }
    this.count += 1;
    const fresh = `fresh-${this.count}`;
    this.valid.add(fresh);
    const lifeMs = 12 * HOUR_MS;
    return Promise.resolve({ type: 'granted', fresh: { token: fresh, lifeMs } });
  };

  readonly ask = (wrong: boolean): Promise<string> => {
    this.asked.push(wrong);
    return Promise.resolve(this.answers.shift() ?? '');
  };

  readonly later = (run: () => void, delayMs: number): void => {
    this.timers.push({ run, delayMs });
  };
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
}

describe('a token', () => {
  it('that was given is stored, used at once and renewed behind', async () => {
    const world = new FakeWorld();
    world.valid.add('given');
    const keeper = new TokenKeeper(world, 'given');
    expect(world.stored).toBe('given');
    expect(await keeper.current()).toBe('given');
    await settled();
    expect(world.stored).toBe('fresh-1');
    expect(await keeper.current()).toBe('fresh-1');
    expect(world.renewals).toEqual(['given']);
  });

  it('is renewed at half its life', async () => {
    const world = new FakeWorld();
    world.valid.add('given');
    const keeper = new TokenKeeper(world, 'given');
    await keeper.renewed();
    expect(world.timers.map(({ delayMs }) => delayMs)).toEqual([6 * HOUR_MS]);
    world.timers[0]?.run();
    await settled();
    expect(world.stored).toBe('fresh-2');
    expect(world.timers).toHaveLength(2);
  });

  // The life was once `expiresAt` less this machine's clock: a screen that ran seven hours slow
  // renewed when the token had long ended.
  it('lives as long as the answer says, whatever the clock of the screen says', () => {
    const answer = { token: 'a', expiresAt: '2020-01-01T00:00:00Z', expiresIn: 43_200 };
    expect(decodeFreshToken(answer)).toEqual({ token: 'a', lifeMs: 12 * HOUR_MS });
    expect(() => decodeFreshToken({ token: 'a', expiresAt: '2020-01-01T00:00:00Z' })).toThrow();
  });

  it('survives a server that cannot be reached: kept, tried again, nobody asked', async () => {
    const world = new FakeWorld();
    world.valid.add('given');
    world.reachable = false;
    const keeper = new TokenKeeper(world, 'given');
    expect(await keeper.current()).toBe('given');
    await settled();
    expect(world.stored).toBe('given');
    expect(world.asked).toEqual([]);
    world.reachable = true;
    world.timers[0]?.run();
    await settled();
    expect(world.stored).toBe('fresh-1');
  });

  it('that is refused is forgotten and asked for, again when the answer is wrong', async () => {
    const world = new FakeWorld();
    world.stored = 'old';
    world.valid.add('good');
    world.answers.push('nonsense', 'good');
    const keeper = new TokenKeeper(world, null);
    expect(await keeper.renewed()).toBe('fresh-1');
    expect(world.asked).toEqual([false, true]);
    expect(world.renewals).toEqual(['old', null, 'nonsense', null, 'good']);
  });

  it('is not needed on a demonstration, also when an old one is stored', async () => {
    const world = new FakeWorld();
    world.stored = 'old';
    world.demo = true;
    expect(await new TokenKeeper(world, null).renewed()).toBe('fresh-1');
    expect(world.asked).toEqual([]);
  });

  it('is asked for once, however many want it', async () => {
    const world = new FakeWorld();
    world.valid.add('good');
    world.answers.push('good');
    const keeper = new TokenKeeper(world, null);
    const all = await Promise.all([keeper.current(), keeper.current(), keeper.renewed()]);
    expect(all).toEqual(['fresh-1', 'fresh-1', 'fresh-1']);
    expect(world.asked).toHaveLength(1);
  });

  it('rejected by a route is forgotten, unless a newer one has taken its place', async () => {
    const world = new FakeWorld();
    world.valid.add('given');
    const keeper = new TokenKeeper(world, 'given');
    await keeper.renewed();
    keeper.reject('given');
    expect(world.stored).toBe('fresh-1');
    keeper.reject('fresh-1');
    expect(world.stored).toBeNull();
  });

  it('cannot be had while nobody answers', async () => {
    const world = new FakeWorld();
    world.reachable = false;
    await expect(new TokenKeeper(world, null).current()).rejects.toBeInstanceOf(Unreachable);
  });
});

describe('the address', () => {
  it.each([
    ['#token=a.b.c', 'a.b.c', ''],
    ['#keep=1&token=a%2Bb', 'a+b', '#keep=1'],
    ['#token=', null, ''],
    ['#keep=1', null, '#keep=1'],
    ['', null, ''],
  ])('%s gives up its token', (fragment, token, rest) => {
    expect(tokenFromFragment(fragment)).toEqual({ token, rest });
  });
});
