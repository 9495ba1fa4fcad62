/** A naive board: enough of the server's arithmetic to test the page against, over plain maps. */
import type { Value } from '../src/contract';
import areas from './areas.json';

export interface Fact {
  readonly type: string;
  readonly source: string;
  readonly id: string;
  readonly subject: string;
  readonly time: string;
  readonly data: Readonly<Record<string, string | number>>;
}

export interface FeedEntry {
  readonly position: number;
  readonly data: Readonly<Record<string, string | null>>;
}

interface Case {
  readonly kind: 'feedback' | 'dossier';
  readonly code: string;
  readonly facts: Fact[];
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** The province's clock is seven hours ahead all year. */
const ZONE_MS = 7 * HOUR_MS;
const FEED_KEPT = 300;

const DONE = new Set(['answered', 'published', 'closed']);
const ENDED = new Set(['refused', 'withdrawn', 'duplicate']);
const DOSSIER_OPEN = new Set(['2', '4', '5', '6']);

export class FakeBoard {
  readonly feed: FeedEntry[] = [];
  readonly epoch = 'fake-epoch';
  position = 0;
  /** Where the feed no longer reaches. */
  floor = 0;
  /** Numbers that are simply given, on top of what is folded. */
  readonly given = new Map<string, Value>();
  private readonly cases = new Map<string, Case>();
  private readonly listeners = new Set<() => void>();

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  post(facts: readonly Fact[]): number {
    let accepted = 0;
    for (const fact of facts) {
      accepted += this.apply(fact) ? 1 : 0;
    }
    for (const listener of this.listeners) {
      listener();
    }
    return accepted;
  }

  private apply(fact: Fact): boolean {
    const kind = fact.type.startsWith('vn.ioc.dossier.') ? 'dossier' : 'feedback';
    const key = `${kind} ${fact.subject}`;
    const held = this.cases.get(key) ?? { kind, code: fact.subject, facts: [] };
    if (held.facts.some(({ source, id }) => source === fact.source && id === fact.id)) {
      return false;
    }
    held.facts.push(fact);
    held.facts.sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
    this.cases.set(key, held);
    this.position += 1;
    this.feed.push({
      position: this.position,
      data: {
        position: String(this.position),
        time: fact.time,
        kind,
        code: held.code,
        status: text(fact.data['status']),
        agency: attribute(held, 'agency'),
        area: attribute(held, 'area'),
        field: null,
        channel: attribute(held, 'channel'),
      },
    });
    if (this.feed.length > FEED_KEPT) {
      this.floor = this.feed.shift()?.position ?? 0;
    }
    return true;
  }

  asOf(): string {
    return zoned(Date.now());
  }

  values(topic: string): Record<string, Value> {
    const values: Record<string, Value> = {};
    for (const [id, value] of this.given) {
      if (id.startsWith(`${topic}.`)) {
        values[id] = value;
      }
    }
    if (topic === 'feedback' || topic === 'dossier') {
      const cases = [...this.cases.values()].filter(({ kind }) => kind === topic);
      for (const state of STATES[topic]) {
        const id = `${topic}.${state}`;
        const given = this.given.get(id);
        const more = typeof given === 'number' ? given : 0;
        values[id] = cases.filter((held) => isIn(held, state)).length + more;
      }
      const received = cases.filter((held) => receivedMs(held) >= startOfToday()).length;
      for (const period of ['today', 'week', 'month']) {
        const id = `${topic}.received.${period}`;
        const given = this.given.get(id);
        values[id] = received + (typeof given === 'number' ? given : 0);
      }
    }
    return values;
  }

  missing(topic: string): Record<string, string> {
    const missing: Record<string, string> = {};
    for (const [id, value] of Object.entries(this.values(topic))) {
      if (value === null) {
        missing[id] = 'no-feed';
      }
    }
    return missing;
  }

  overdueByArea(): Record<string, number> {
    const counts: Record<string, number> = Object.fromEntries(areas.map(({ code }) => [code, 0]));
    for (const held of this.cases.values()) {
      const area = attribute(held, 'area');
      if (held.kind === 'feedback' && area !== null && isIn(held, 'overdue')) {
        counts[area] = (counts[area] ?? 0) + 1;
      }
    }
    return counts;
  }

  /** Received for each hour in [from, to). */
  series(topic: string, fromMs: number, toMs: number): [string, number][] {
    const points: [string, number][] = [];
    for (let hour = fromMs; hour < toMs; hour += HOUR_MS) {
      const count = [...this.cases.values()].filter((held) => {
        const instant = receivedMs(held);
        return held.kind === topic && instant >= hour && instant < hour + HOUR_MS;
      }).length;
      points.push([zoned(hour), count]);
    }
    return points;
  }

  list(kind: string, state: string, area: string | null): Record<string, unknown>[] {
    return [...this.cases.values()]
      .filter((held) => held.kind === kind && isIn(held, state))
      .filter((held) => area === null || attribute(held, 'area') === area)
      .sort((a, b) => (a.code < b.code ? -1 : 1))
      .map(line);
  }

  story(kind: string, code: string): Record<string, unknown> | null {
    const held = this.cases.get(`${kind} ${code}`);
    if (held === undefined) {
      return null;
    }
    const history = held.facts.map(({ time, type, source, id, data }) => {
      const { status, ...changes } = data;
      return { time, type, source, id, status, changes };
    });
    return { case: line(held), history };
  }
}

const STATES = {
  feedback: ['open', 'unaccepted', 'neardue', 'overdue', 'nodue'],
  dossier: ['waiting', 'open', 'paused', 'neardue', 'overdue', 'nodue'],
} as const;

function line(held: Case): Record<string, unknown> {
  return {
    kind: held.kind,
    code: held.code,
    agency: attribute(held, 'agency'),
    area: attribute(held, 'area'),
    field: null,
    status: attribute(held, 'status'),
    receivedAt: zoned(receivedMs(held)),
    dueAt: attribute(held, 'dueAt'),
    dueBy: attribute(held, 'dueAt') === null ? null : 'source',
  };
}

function isIn(held: Case, state: string): boolean {
  const status = attribute(held, 'status') ?? '';
  const open =
    held.kind === 'feedback' ? !DONE.has(status) && !ENDED.has(status) : DOSSIER_OPEN.has(status);
  const due = Date.parse(attribute(held, 'dueAt') ?? '');
  const now = Date.now();
  switch (state) {
    case 'open':
      return open;
    case 'unaccepted':
      return status === 'received';
    case 'waiting':
      return status === '1';
    case 'paused':
      return status === '5' || status === '6';
    case 'overdue':
      return open && now > due;
    case 'neardue':
      return open && due - DAY_MS <= now && now <= due;
    case 'nodue':
      return open && Number.isNaN(due);
    default:
      return false;
  }
}

function attribute(held: Case, name: string): string | null {
  const value = held.facts.findLast(({ data }) => data[name] !== undefined)?.data[name];
  return value === undefined ? null : text(value);
}

function text(value: string | number | undefined): string {
  return value === undefined ? '' : String(value);
}

function receivedMs(held: Case): number {
  return Date.parse(attribute(held, 'receivedAt') ?? held.facts[0]?.time ?? '');
}

export function startOfToday(): number {
  return startOfDay(Date.now());
}

/** Midnight of an instant's day in the province. */
export function startOfDay(instantMs: number): number {
  return Math.floor((instantMs + ZONE_MS) / DAY_MS) * DAY_MS - ZONE_MS;
}

/** An instant with the province's offset. */
export function zoned(instantMs: number): string {
  return new Date(instantMs + ZONE_MS).toISOString().replace('Z', '+07:00');
}
