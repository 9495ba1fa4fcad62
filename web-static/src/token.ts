/** Keeps the dashboard token alive: found, renewed at half its life, asked for only when it must. */
import type { FreshToken } from './contract';

/** The outcome of asking the server for a fresh token. */
export type Renewal =
  | { readonly type: 'granted'; readonly fresh: FreshToken }
  | { readonly type: 'refused' }
  | { readonly type: 'unreachable' };

/** The server cannot be asked now; try again later. */
export class Unreachable extends Error {}

/** Where a token survives a reload. */
export interface TokenShelf {
  readonly read: () => string | null;
  readonly write: (token: string) => void;
  readonly clear: () => void;
}

/** What the keeper needs from outside; all of it replaceable in tests. */
export interface TokenWorld {
  readonly shelf: TokenShelf;
  /** Asks for a fresh token; null asks without one, which only a demonstration grants. */
  readonly renew: (token: string | null) => Promise<Renewal>;
  /** Asks the person; `wrong` when the last answer did not work. */
  readonly ask: (wrong: boolean) => Promise<string>;
  readonly later: (run: () => void, delayMs: number) => void;
}

/** Retry after a renewal that could not reach the server, in milliseconds. */
const RETRY_MS = 15_000;
/** The longest delay a browser's timer takes, in milliseconds. */
const TIMER_MS_MAX = 2_147_483_647;
const RENEW_MS_MIN = 1_000;

export class TokenKeeper {
  private token: string | null;
  private running: Promise<string> | null = null;
  private generation = 0;

  constructor(
    private readonly world: TokenWorld,
    given: string | null,
  ) {
    if (given !== null) {
      world.shelf.write(given);
    }
    this.token = given ?? world.shelf.read();
  }

  /** A token to use now. Renews one of unknown age in the background. Throws {@link Unreachable}. */
  current(): Promise<string> {
    if (this.token === null) {
      return this.renewed();
    }
    if (this.generation === 0 && this.running === null) {
      this.renewed().catch(() => {
        this.schedule(RETRY_MS);
      });
    }
    return Promise.resolve(this.token);
  }

  /** A token fresh from the server; asks the person only if neither token nor demonstration helps. */
  renewed(): Promise<string> {
    this.running ??= this.obtain().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  /** Forgets `token` if it is still the one in use: the server said 401 to it. */
  reject(token: string): void {
    if (this.token === token) {
      this.forget();
    }
  }

  private async obtain(): Promise<string> {
    let wrong = false;
    for (;;) {
      const offered = this.token;
      const renewal = await this.world.renew(offered);
      switch (renewal.type) {
        case 'granted':
          return this.keep(renewal.fresh);
        case 'unreachable':
          throw new Unreachable();
        case 'refused':
          this.forget();
          if (offered === null) {
            this.token = await this.world.ask(wrong);
            wrong = true;
          }
      }
    }
  }

  private keep(fresh: FreshToken): string {
    this.token = fresh.token;
    this.world.shelf.write(fresh.token);
    this.schedule(Math.max(RENEW_MS_MIN, fresh.lifeMs / 2));
    return fresh.token;
  }

  private schedule(delayMs: number): void {
    this.generation += 1;
    const mine = this.generation;
    this.world.later(
      () => {
        if (mine === this.generation) {
          this.renewed().catch(() => {
            this.schedule(RETRY_MS);
          });
        }
      },
      Math.min(delayMs, TIMER_MS_MAX),
    );
  }

  private forget(): void {
    this.token = null;
    this.world.shelf.clear();
  }
}

/**
 * Takes the token out of `#token=…` and hands back the fragment without it; the caller writes that
 * into the address bar at once.
 */
export function tokenFromFragment(fragment: string): { token: string | null; rest: string } {
  const parameters = new URLSearchParams(fragment.replace(/^#/, ''));
  const token = parameters.get('token');
  parameters.delete('token');
  const rest = parameters.toString();
  return { token: token === '' ? null : token, rest: rest === '' ? '' : `#${rest}` };
}
