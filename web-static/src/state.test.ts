import { describe, expect, it } from 'vitest';
import type { BoardPart, FeedItem } from './contract';
import {
  agencyName,
  allMissing,
  allValues,
  areaName,
  asOfMs,
  FEED_LINES_MAX,
  freshness,
  initialState,
  reduce,
  SILENCE_MS_MAX,
  type Message,
  type State,
} from './state';

const START_MS = 1_000_000;

function after(...messages: readonly Message[]): State {
  const start = initialState({ language: 'vi', theme: 'light', period: 'today' }, START_MS);
  return messages.reduce(reduce, start);
}

function part(asOf: string, values: BoardPart['values']): BoardPart {
  return { asOf, position: '1', values, missing: {} };
}

function item(position: number): FeedItem {
  return {
    position: String(position),
    time: '2026-11-23T08:00:00+07:00',
    kind: 'feedback',
    code: `PA-${position}`,
    status: 'received',
    agency: null,
    area: null,
  };
}

const feed = (position: number): Message => ({ type: 'feed', item: item(position) });
const codes = (state: State): string[] =>
  state.feed.map((line) => (line.type === 'gap' ? '—' : line.item.code));

describe('the link', () => {
  it('is starting until it was up once, and not called lost before', () => {
    expect(freshness(after())).toEqual({ type: 'starting' });
    expect(freshness(after({ type: 'lost' }))).toEqual({ type: 'starting' });
  });

  it('is lost since the last sign of life, however late that is noticed', () => {
    const state = after(
      { type: 'online', atMs: 2_000_000 },
      { type: 'tick', atMs: 2_010_000, lastNumberMs: 2_004_000 },
      { type: 'lost' },
      { type: 'tick', atMs: 2_020_000, lastNumberMs: 2_004_000 },
      { type: 'lost' },
    );
    expect(freshness(state)).toEqual({ type: 'stale', sinceMs: 2_004_000, cause: 'link' });
  });

  // Pings once counted as life: behind a fold that had stopped the numbers stayed "fresh" for ever.
  it('that claims to be up but brings no numbers counts as lost', () => {
    const silentFor = (lengthMs: number): State =>
      after(
        { type: 'online', atMs: 5_000 },
        {
          type: 'values',
          channel: 'feedback:province',
          part: part('2026-11-23T08:00:00+07:00', { 'feedback.open': 3 }),
        },
        { type: 'tick', atMs: 5_000 + lengthMs, lastNumberMs: 5_000 },
      );
    expect(freshness(silentFor(SILENCE_MS_MAX)).type).toBe('fresh');
    expect(freshness(silentFor(SILENCE_MS_MAX + 1))).toEqual({
      type: 'stale',
      sinceMs: 5_000,
      cause: 'link',
    });
  });

  it('is up and the numbers are stale while the server is out of touch with its log', () => {
    const since = '2026-11-23T08:15:02.120+07:00';
    const marked = { ...part('2026-11-23T08:15:02.120+07:00', {}), staleSince: since };
    const online: Message = { type: 'online', atMs: 5_000 };
    const stale = after(online, { type: 'values', channel: 'feedback:province', part: marked });
    expect(freshness(stale)).toEqual({ type: 'stale', sinceMs: Date.parse(since), cause: 'log' });
    const again = part('2026-11-23T08:16:00.000+07:00', {});
    expect(
      freshness(reduce(stale, { type: 'values', channel: 'feedback:province', part: again })),
    ).toEqual({ type: 'fresh' });
  });

  it('that may see no numbers at all is not called lost for it', () => {
    const state = after(
      { type: 'online', atMs: 5_000 },
      { type: 'tick', atMs: 5_000_000, lastNumberMs: 5_000 },
    );
    expect(freshness(state)).toEqual({ type: 'fresh' });
  });

  it('is fresh again as soon as it is up, and keeps its numbers meanwhile', () => {
    const values: Message = {
      type: 'values',
      channel: 'feedback:province',
      part: part('2026-11-23T08:00:00+07:00', { 'feedback.open': 3 }),
    };
    const lost = after({ type: 'online', atMs: 1 }, values, { type: 'lost' });
    expect(allValues(lost)).toEqual({ 'feedback.open': 3 });
    expect(freshness(reduce(lost, { type: 'online', atMs: 9 }))).toEqual({ type: 'fresh' });
  });
});

describe('values', () => {
  const early = '2026-11-23T08:00:00+07:00';
  const late = '2026-11-23T08:00:05+07:00';

  it('of a channel replace all that channel said before', () => {
    const state = after(
      { type: 'values', channel: 'a', part: part(early, { x: 1, y: 2 }) },
      {
        type: 'values',
        channel: 'b',
        part: { ...part(early, { z: null }), missing: { z: 'no-feed' } },
      },
      { type: 'values', channel: 'a', part: part(late, { x: 5 }) },
    );
    expect(allValues(state)).toEqual({ x: 5, z: null });
    expect(allMissing(state)).toEqual({ z: 'no-feed' });
  });

  it('are as of the newest publication held', () => {
    const state = after(
      { type: 'values', channel: 'a', part: part(late, {}) },
      { type: 'values', channel: 'b', part: part(early, {}) },
    );
    expect(asOfMs(state)).toBe(Date.parse(late));
    expect(asOfMs(after())).toBeNull();
  });

  it('follow a clock that was set back, once every channel has', () => {
    const state = after(
      { type: 'values', channel: 'a', part: part(late, {}) },
      { type: 'values', channel: 'a', part: part(early, {}) },
    );
    expect(asOfMs(state)).toBe(Date.parse(early));
  });
});

describe('the feed', () => {
  it('has the newest first and each event once', () => {
    expect(codes(after(feed(1), feed(2), feed(1)))).toEqual(['PA-2', 'PA-1']);
  });

  it('stays within its bound for ever', () => {
    const many = Array.from({ length: 5 * FEED_LINES_MAX }, (_, n) => feed(n));
    const state = after(...many);
    expect(state.feed).toHaveLength(FEED_LINES_MAX);
    expect(codes(state)[0]).toBe(`PA-${5 * FEED_LINES_MAX - 1}`);
  });

  it('marks a gap once, and none where nothing was before', () => {
    const gap: Message = { type: 'feed-gap', atMs: 7 };
    expect(codes(after(gap))).toEqual([]);
    expect(codes(after(feed(1), gap, gap, feed(9)))).toEqual(['PA-9', '—', 'PA-1']);
  });
});

describe('names', () => {
  const state = after({
    type: 'screen',
    screen: {
      simulated: false,
      speed: 1,
      province: { name: 'Tuyên Quang', nameEn: 'Tuyen Quang' },
      areas: [{ code: '02215', name: 'Minh Xuân', kind: 'phuong', hexRow: 1, hexCol: 1 }],
      agencies: [{ id: 'H60.05', name: 'Sở Xây dựng', nameEn: 'Construction' }],
      fields: [],
      indicators: [],
    },
  });

  it('stand for codes, and unknown codes for themselves', () => {
    expect(areaName(state.screen, '02215')).toBe('Minh Xuân');
    expect(areaName(state.screen, '99999')).toBe('99999');
    expect(areaName(null, '02215')).toBe('02215');
    expect(areaName(state.screen, null)).toBeNull();
    expect(agencyName(state.screen, 'H60.05', 'en')).toBe('Construction');
    expect(agencyName(state.screen, 'H60.05', 'vi')).toBe('Sở Xây dựng');
    expect(agencyName(state.screen, 'H99', 'vi')).toBe('H99');
  });
});
