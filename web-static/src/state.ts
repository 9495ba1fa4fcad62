/** The whole state of the page and the one function that changes it. No DOM, no clock, no I/O. */
import type {
  BoardPart,
  CaseKind,
  FeedItem,
  MapPart,
  Metric,
  Missing,
  Screen,
  SeriesPoint,
  Values,
} from './contract';
import { parseInstant } from './format';
import type { Language, Period } from './words';

/** Feed lines kept, in lines: a wall screen runs for months. */
export const FEED_LINES_MAX = 60;

/**
 * Time without a number after which all of them count as stale, in milliseconds of real time. The
 * server renews quiet ones every 5 s (10 s at most); pings alone prove nothing about numbers.
 */
export const SILENCE_MS_MAX = 20_000;

export type Theme = 'light' | 'dark';

/** The link as the client library reports it. `lost` carries the real time of the last number. */
export type Link =
  | { readonly type: 'connecting' }
  | { readonly type: 'online' }
  | { readonly type: 'lost'; readonly sinceMs: number };

/** A line of the ticker: an event, or the mark that some may be missing here. */
export type FeedLine =
  | { readonly type: 'event'; readonly item: FeedItem }
  | { readonly type: 'gap'; readonly atMs: number };

export type CurveId = 'feedback.received' | 'dossier.received';

export interface Curve {
  readonly day: string;
  readonly today: readonly SeriesPoint[];
  /** The same weekday a week before: a Monday is like a Monday, not like a Sunday. */
  readonly before: readonly SeriesPoint[];
}

/** What the side panel shows. */
export type Panel =
  | { readonly type: 'closed' }
  | { readonly type: 'list'; readonly query: CaseQuery }
  | {
      readonly type: 'case';
      readonly kind: CaseKind;
      readonly code: string;
      readonly from: CaseQuery | null;
    };

export interface CaseQuery {
  readonly kind: CaseKind;
  readonly state: string;
  readonly area: string | null;
}

export interface State {
  readonly language: Language;
  readonly theme: Theme;
  readonly period: Period;
  readonly link: Link;
  readonly nowMs: number;
  readonly lastNumberMs: number;
  readonly parts: Readonly<Record<string, BoardPart>>;
  readonly map: MapPart | null;
  readonly feed: readonly FeedLine[];
  readonly curves: Readonly<Partial<Record<CurveId, Curve>>>;
  readonly screen: Screen | null;
  readonly catalogue: ReadonlyMap<string, Metric>;
  readonly forbidden: boolean;
  readonly panel: Panel;
}

export type Message =
  | { readonly type: 'values'; readonly channel: string; readonly part: BoardPart }
  | { readonly type: 'map'; readonly part: MapPart }
  | { readonly type: 'feed'; readonly item: FeedItem }
  | { readonly type: 'feed-gap'; readonly atMs: number }
  | { readonly type: 'online'; readonly atMs: number }
  | { readonly type: 'lost' }
  | { readonly type: 'tick'; readonly atMs: number; readonly lastNumberMs: number }
  | { readonly type: 'screen'; readonly screen: Screen }
  | { readonly type: 'catalogue'; readonly catalogue: ReadonlyMap<string, Metric> }
  | { readonly type: 'curve'; readonly id: CurveId; readonly curve: Curve }
  | { readonly type: 'forbidden' }
  | { readonly type: 'language'; readonly language: Language }
  | { readonly type: 'theme'; readonly theme: Theme }
  | { readonly type: 'period'; readonly period: Period }
  | { readonly type: 'panel'; readonly panel: Panel };

export interface Preferences {
  readonly language: Language;
  readonly theme: Theme;
  readonly period: Period;
}

export function initialState(preferences: Preferences, nowMs: number): State {
  return {
    ...preferences,
    link: { type: 'connecting' },
    nowMs,
    lastNumberMs: nowMs,
    parts: {},
    map: null,
    feed: [],
    curves: {},
    screen: null,
    catalogue: new Map(),
    forbidden: false,
    panel: { type: 'closed' },
  };
}

/** The state after a message. */
export function reduce(state: State, message: Message): State {
  switch (message.type) {
    case 'values':
      return { ...state, parts: { ...state.parts, [message.channel]: message.part } };
    case 'map':
      return { ...state, map: message.part };
    case 'feed':
      return withFeedItem(state, message.item);
    case 'feed-gap':
      return withFeedGap(state, message.atMs);
    case 'online':
      return {
        ...state,
        link: { type: 'online' },
        lastNumberMs: message.atMs,
        nowMs: message.atMs,
      };
    case 'lost':
      return state.link.type === 'online'
        ? { ...state, link: { type: 'lost', sinceMs: state.lastNumberMs } }
        : state;
    case 'tick':
      return { ...state, nowMs: message.atMs, lastNumberMs: message.lastNumberMs };
    case 'screen':
      return { ...state, screen: message.screen, forbidden: false };
    case 'catalogue':
      return { ...state, catalogue: message.catalogue };
    case 'curve':
      return { ...state, curves: { ...state.curves, [message.id]: message.curve } };
    case 'forbidden':
      return { ...state, forbidden: true };
    case 'language':
      return { ...state, language: message.language };
    case 'theme':
      return { ...state, theme: message.theme };
    case 'period':
      return { ...state, period: message.period };
    case 'panel':
      return { ...state, panel: message.panel };
  }
}

function withFeedItem(state: State, item: FeedItem): State {
  const known = state.feed.some(
    (line) =>
      line.type === 'event' &&
      line.item.position === item.position &&
      line.item.code === item.code &&
      line.item.kind === item.kind,
  );
  if (known) {
    return state;
  }
  const line: FeedLine = { type: 'event', item };
  return { ...state, feed: [line, ...state.feed].slice(0, FEED_LINES_MAX) };
}

function withFeedGap(state: State, atMs: number): State {
  if (state.feed.length === 0 || state.feed[0]?.type === 'gap') {
    return state;
  }
  const line: FeedLine = { type: 'gap', atMs };
  return { ...state, feed: [line, ...state.feed].slice(0, FEED_LINES_MAX) };
}

/** Whether the numbers may be believed. */
export type Freshness =
  | { readonly type: 'starting' }
  | { readonly type: 'fresh' }
  | { readonly type: 'stale'; readonly sinceMs: number; readonly cause: 'link' | 'log' };

/**
 * Judged by real time only: a link that says it is up but brings no numbers is as good as lost. A
 * server that has lost its log says so with its numbers.
 */
export function freshness(state: State): Freshness {
  switch (state.link.type) {
    case 'connecting':
      return { type: 'starting' };
    case 'lost':
      return { type: 'stale', sinceMs: state.link.sinceMs, cause: 'link' };
    case 'online':
      return Object.keys(state.parts).length > 0 &&
        state.nowMs - state.lastNumberMs > SILENCE_MS_MAX
        ? { type: 'stale', sinceMs: state.lastNumberMs, cause: 'link' }
        : freshnessOfLog(state);
  }
}

function freshnessOfLog(state: State): Freshness {
  const marks = Object.values(state.parts)
    .map((part) => parseInstant(part.staleSince ?? null))
    .filter((instant) => instant !== null);
  return marks.length === 0
    ? { type: 'fresh' }
    : { type: 'stale', sinceMs: Math.min(...marks), cause: 'log' };
}

/** The newest instant any number on the page speaks for, in milliseconds of domain time. */
export function asOfMs(state: State): number | null {
  let newest: number | null = null;
  for (const part of [...Object.values(state.parts), state.map]) {
    const instant = parseInstant(part?.asOf ?? null);
    if (instant !== null && (newest === null || instant > newest)) {
      newest = instant;
    }
  }
  return newest;
}

/** All values the page holds, under their catalogue ids. */
export function allValues(state: State): Values {
  return Object.assign({}, ...Object.values(state.parts).map((part) => part.values)) as Values;
}

/** Why a value is null, by catalogue id. */
export function allMissing(state: State): Missing {
  return Object.assign({}, ...Object.values(state.parts).map((part) => part.missing)) as Missing;
}

/** The name of an area; its code when unknown. */
export function areaName(screen: Screen | null, code: string | null): string | null {
  return code === null ? null : (screen?.areas.find((area) => area.code === code)?.name ?? code);
}

/** The name of an agency in a language; its id when unknown. */
export function agencyName(
  screen: Screen | null,
  id: string | null,
  language: Language,
): string | null {
  if (id === null) {
    return null;
  }
  const agency = screen?.agencies.find((candidate) => candidate.id === id);
  return agency === undefined ? id : language === 'vi' ? agency.name : agency.nameEn;
}
