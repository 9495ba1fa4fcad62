/** What the server says: the shapes of its answers, and decoders that trust none of them. */

/** A ratio with its parts; `value` is null when the denominator is 0. */
export interface Ratio {
  readonly value: number | null;
  readonly num: number;
  readonly den: number;
}

/** A board value: a count, a ratio, or null when no accepted fact ever fed it. */
export type Value = number | Ratio | null;

export type Values = Readonly<Record<string, Value>>;
export type Missing = Readonly<Record<string, string>>;

/** One publication of a value channel, or the whole board. */
export interface BoardPart {
  readonly asOf: string;
  /** Real time up to which nothing is missing; only while the server cannot reach its log. */
  readonly staleSince?: string;
  readonly position: string;
  readonly values: Values;
  readonly missing: Missing;
}

/** One number for each commune, by area code. */
export interface MapPart {
  readonly asOf: string;
  readonly metric: string;
  readonly values: Readonly<Record<string, number>>;
}

export type CaseKind = 'feedback' | 'dossier';

/** One line of the feed; never holds personal data. */
export interface FeedItem {
  readonly position: string;
  readonly time: string;
  readonly kind: CaseKind;
  readonly code: string;
  readonly status: string;
  readonly agency: string | null;
  readonly area: string | null;
}

export interface Area {
  readonly code: string;
  readonly name: string;
  readonly kind: string;
  readonly hexRow: number;
  readonly hexCol: number;
}

export interface Named {
  readonly id: string;
  readonly name: string;
  readonly nameEn: string;
}

export interface Indicator extends Named {
  readonly unit: string;
  readonly unitEn: string;
}

/** What a screen needs once: names, places and the kind of clock. */
export interface Screen {
  readonly simulated: boolean;
  readonly speed: number;
  readonly province: { readonly name: string; readonly nameEn: string };
  readonly areas: readonly Area[];
  readonly agencies: readonly Named[];
  readonly fields: readonly Named[];
  readonly indicators: readonly Indicator[];
}

/** The catalogue's words for one counter. */
export interface Metric {
  readonly id: string;
  readonly name: string;
  readonly nameEn: string;
  readonly definition: string;
  readonly definitionEn: string;
  readonly numerator: string;
  readonly denominator: string;
}

export interface SeriesPoint {
  readonly time: string;
  readonly value: number | null;
}

export interface CaseLine {
  readonly kind: CaseKind;
  readonly code: string;
  readonly agency: string | null;
  readonly area: string | null;
  readonly field: string | null;
  readonly status: string;
  readonly receivedAt: string | null;
  readonly dueAt: string | null;
  readonly dueBy: string | null;
}

export interface CasePage {
  readonly cases: readonly CaseLine[];
  readonly next: string | null;
}

export interface HistoryLine {
  readonly time: string;
  readonly status: string | null;
  readonly type: string;
  readonly source: string;
  readonly agency: string | null;
  readonly dueAt: string | null;
}

export interface CaseStory {
  readonly line: CaseLine;
  readonly history: readonly HistoryLine[];
}

export interface FreshToken {
  readonly token: string;
  /** Counted from the answer on: the clock of a wall screen may be wrong. */
  readonly lifeMs: number;
}

/** The server answered something this page cannot read. */
export class UnreadableAnswer extends Error {}

type Json = Readonly<Record<string, unknown>>;

function object(value: unknown, what: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Json;
  }
  throw new UnreadableAnswer(`${what} is not an object`);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

function required(json: Json, key: string): string {
  const value = optional(json, key);
  if (value === null) {
    throw new UnreadableAnswer(`${key} is missing`);
  }
  return value;
}

/** A text or number as text; null when absent. */
function optional(json: Json, key: string): string | null {
  const value = json[key];
  if (typeof value === 'string') {
    return value;
  }
  return typeof value === 'number' ? String(value) : null;
}

function text(json: Json, key: string, otherwise = ''): string {
  return optional(json, key) ?? otherwise;
}

function number(json: Json, key: string, otherwise: number): number {
  const value = json[key];
  return typeof value === 'number' ? value : otherwise;
}

function value(raw: unknown): Value {
  if (typeof raw === 'number') {
    return raw;
  }
  if (typeof raw === 'object' && raw !== null && 'num' in raw && 'den' in raw) {
    const json = raw as Json;
    const known = json['value'];
    return {
      value: typeof known === 'number' ? known : null,
      num: number(json, 'num', 0),
      den: number(json, 'den', 0),
    };
  }
  return null;
}

function mapped<T>(json: unknown, decode: (raw: unknown) => T | undefined): Record<string, T> {
  const result: Record<string, T> = {};
  for (const [key, raw] of Object.entries(object(json ?? {}, 'values'))) {
    const decoded = decode(raw);
    if (decoded !== undefined) {
      result[key] = decoded;
    }
  }
  return result;
}

export function decodeBoardPart(raw: unknown): BoardPart {
  const json = object(raw, 'board');
  return {
    asOf: required(json, 'asOf'),
    ...(typeof json['staleSince'] === 'string' ? { staleSince: json['staleSince'] } : {}),
    position: text(json, 'position', '0'),
    values: mapped(json['values'], value),
    missing: mapped(json['missing'], (reason) => (typeof reason === 'string' ? reason : undefined)),
  };
}

export function decodeMapPart(raw: unknown): MapPart {
  const json = object(raw, 'map');
  return {
    asOf: required(json, 'asOf'),
    metric: text(json, 'metric'),
    values: mapped(json['values'], (count) => (typeof count === 'number' ? count : undefined)),
  };
}

function caseKind(raw: string): CaseKind {
  if (raw === 'feedback' || raw === 'dossier') {
    return raw;
  }
  throw new UnreadableAnswer(`unknown kind ${raw}`);
}

export function decodeFeedItem(raw: unknown): FeedItem {
  const json = object(raw, 'feed item');
  return {
    position: text(json, 'position', '0'),
    time: required(json, 'time'),
    kind: caseKind(required(json, 'kind')),
    code: required(json, 'code'),
    status: text(json, 'status'),
    agency: optional(json, 'agency'),
    area: optional(json, 'area'),
  };
}

function named(raw: unknown): Named {
  const json = object(raw, 'name');
  const id = required(json, 'id');
  const name = text(json, 'name', id);
  return { id, name, nameEn: text(json, 'nameEn', name) };
}

function area(raw: unknown): Area {
  const json = object(raw, 'area');
  const code = required(json, 'code');
  return {
    code,
    name: text(json, 'name', code),
    kind: text(json, 'kind'),
    hexRow: number(json, 'hexRow', -1),
    hexCol: number(json, 'hexCol', -1),
  };
}

function indicator(raw: unknown): Indicator {
  const json = object(raw, 'indicator');
  const unit = text(json, 'unit');
  return { ...named(raw), unit, unitEn: text(json, 'unitEn', unit) };
}

export function decodeScreen(raw: unknown): Screen {
  const json = object(raw, 'screen');
  const province = object(json['province'] ?? {}, 'province');
  const clock = object(json['clock'] ?? {}, 'clock');
  return {
    simulated: json['simulated'] === true,
    speed: number(clock, 'speed', 1),
    province: { name: text(province, 'name'), nameEn: text(province, 'nameEn') },
    areas: list(json['areas']).map(area),
    agencies: list(json['agencies']).map(named),
    fields: list(json['fields']).map(named),
    indicators: list(json['indicators']).map(indicator),
  };
}

export function decodeCatalogue(raw: unknown): ReadonlyMap<string, Metric> {
  const entries = Array.isArray(raw) ? list(raw) : list(object(raw, 'catalogue')['metrics']);
  const catalogue = new Map<string, Metric>();
  for (const entry of entries) {
    const json = object(entry, 'metric');
    const id = required(json, 'id');
    const name = text(json, 'name', id);
    // Only where there are two definitions is the plain one Vietnamese.
    const english = optional(json, 'definitionEn');
    const plain = text(json, 'definition');
    catalogue.set(id, {
      id,
      name,
      nameEn: text(json, 'nameEn', name),
      definition: english === null ? text(json, 'definitionVi') : plain,
      definitionEn: english ?? plain,
      numerator: text(json, 'numerator'),
      denominator: text(json, 'denominator'),
    });
  }
  return catalogue;
}

export function decodeSeries(raw: unknown): readonly SeriesPoint[] {
  return list(object(raw, 'series')['points']).map((point) => {
    const [time, count] = list(point);
    if (typeof time !== 'string') {
      throw new UnreadableAnswer('a point without time');
    }
    return { time, value: typeof count === 'number' ? count : null };
  });
}

function caseLine(raw: unknown): CaseLine {
  const json = object(raw, 'case');
  return {
    kind: caseKind(required(json, 'kind')),
    code: required(json, 'code'),
    agency: optional(json, 'agency'),
    area: optional(json, 'area'),
    field: optional(json, 'field'),
    status: text(json, 'status'),
    receivedAt: optional(json, 'receivedAt'),
    dueAt: optional(json, 'dueAt'),
    dueBy: optional(json, 'dueBy'),
  };
}

export function decodeCasePage(raw: unknown): CasePage {
  const json = object(raw, 'cases');
  return { cases: list(json['cases']).map(caseLine), next: optional(json, 'next') };
}

export function decodeCaseStory(raw: unknown): CaseStory {
  const json = object(raw, 'case');
  // The case stands beside its history, or around it.
  const line = json['case'] ?? json;
  const history = list(json['history']).map((entry): HistoryLine => {
    const fact = object(entry, 'fact');
    const nested = fact['data'] ?? fact['attributes'] ?? fact['changes'];
    const data = typeof nested === 'object' && nested !== null ? { ...nested, ...fact } : fact;
    return {
      time: required(fact, 'time'),
      status: optional(data, 'status'),
      type: text(fact, 'type'),
      source: text(fact, 'source'),
      agency: optional(data, 'agency'),
      dueAt: optional(data, 'dueAt'),
    };
  });
  return { line: caseLine(line), history };
}

export function decodeFreshToken(raw: unknown): FreshToken {
  const json = object(raw, 'token');
  const seconds = Number(required(json, 'expiresIn'));
  if (!Number.isFinite(seconds)) {
    throw new UnreadableAnswer('expiresIn is not a number');
  }
  return { token: required(json, 'token'), lifeMs: seconds * 1_000 };
}
