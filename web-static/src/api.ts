/** The server's HTTP side, with the token put on and 401 handled in one place. */
import {
  decodeCasePage,
  decodeCaseStory,
  decodeCatalogue,
  decodeFreshToken,
  decodeScreen,
  decodeSeries,
  type CaseKind,
  type CasePage,
  type CaseStory,
  type Metric,
  type Screen,
  type SeriesPoint,
} from './contract';
import type { CaseQuery } from './state';
import type { Renewal, TokenKeeper } from './token';

/** Cases asked for at a time. */
export const CASES_PAGE = 200;

/** The server said no; `status` is the HTTP status. */
export class ApiRefusal extends Error {
  constructor(readonly status: number) {
    super(`HTTP ${status}`);
  }
}

/** Asks `POST /api/v1/token`; every outcome but 2xx, 401 and 403 counts as unreachable. */
export async function renewToken(token: string | null): Promise<Renewal> {
  try {
    const headers = token === null ? undefined : { Authorization: `Bearer ${token}` };
    const answer = await fetch('/api/v1/token', {
      method: 'POST',
      ...(headers === undefined ? {} : { headers }),
    });
    if (answer.status === 401 || answer.status === 403) {
      return { type: 'refused' };
    }
    return answer.ok
      ? { type: 'granted', fresh: decodeFreshToken(await answer.json()) }
      : { type: 'unreachable' };
  } catch {
    return { type: 'unreachable' };
  }
}

export interface Api {
  readonly screen: () => Promise<Screen>;
  readonly catalogue: () => Promise<ReadonlyMap<string, Metric>>;
  readonly series: (metric: string, from: string, to: string) => Promise<readonly SeriesPoint[]>;
  readonly cases: (query: CaseQuery, cursor: string | null) => Promise<CasePage>;
  readonly story: (kind: CaseKind, code: string) => Promise<CaseStory>;
}

export function createApi(keeper: TokenKeeper): Api {
  const get = async (path: string, mayRetry = true): Promise<unknown> => {
    const token = await keeper.current();
    const answer = await fetch(path, { headers: { Authorization: `Bearer ${token}` } });
    if (answer.status === 401 && mayRetry) {
      keeper.reject(token);
      return get(path, false);
    }
    if (!answer.ok) {
      throw new ApiRefusal(answer.status);
    }
    return answer.json();
  };

  return {
    screen: async () => decodeScreen(await get('/api/v1/screen')),
    catalogue: async () => decodeCatalogue(await get('/api/v1/metrics-catalogue')),
    series: async (metric, from, to) => {
      const query = new URLSearchParams({ metric, scope: 'province', from, to, step: 'hour' });
      return decodeSeries(await get(`/api/v1/series?${query.toString()}`));
    },
    cases: async ({ kind, state, area }, cursor) => {
      const query = new URLSearchParams({ kind, state, limit: String(CASES_PAGE) });
      if (area !== null) {
        query.set('area', area);
      }
      if (cursor !== null) {
        query.set('cursor', cursor);
      }
      return decodeCasePage(await get(`/api/v1/cases?${query.toString()}`));
    },
    story: async (kind, code) =>
      decodeCaseStory(await get(`/api/v1/cases/${kind}/${encodeURIComponent(code)}`)),
  };
}
