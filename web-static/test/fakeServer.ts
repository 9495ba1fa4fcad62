/**
 * A server for the page's own tests: the built page, the HTTP answers it reads and the part of the
 * Centrifuge client protocol (JSON) it uses. Can be stopped and started again on its port.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { WebSocketServer, type WebSocket } from 'ws';
import areas from './areas.json';
import { startOfToday, type Fact, type FakeBoard } from './fakeBoard';

const DIST = path.resolve(import.meta.dirname, '../dist');
const PING_S = 25;
/** How often quiet numbers are sent anew, in milliseconds. */
const RENEW_MS = 5_000;
const FLUSH_MS = 50;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const POLICY =
  "default-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const CACHE_TOPICS = ['feedback', 'dossier', 'portal', 'indicator'] as const;

export interface FakeOptions {
  /** Life of a granted token, in seconds. */
  readonly tokenLifeS: number;
  /** Whether a token is granted to who has none. */
  readonly demo: boolean;
  readonly simulated: boolean;
}

interface Command {
  readonly id?: number;
  readonly connect?: { readonly token?: string };
  readonly refresh?: { readonly token?: string };
  readonly subscribe?: {
    readonly channel: string;
    readonly recover?: boolean;
    readonly offset?: number;
    readonly epoch?: string;
  };
  readonly unsubscribe?: { readonly channel: string };
}

export class FakeServer {
  readonly key = 'fake-key';
  /** Tokens and when they end, in milliseconds; they outlive a restart as the real secret does. */
  readonly tokens = new Map<string, number>();
  private port = 0;
  private granted = 0;
  private running: { server: Server; sockets: WebSocketServer; detach: () => void } | null = null;

  constructor(
    readonly board: FakeBoard,
    private readonly options: FakeOptions,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  grant(): string {
    this.granted += 1;
    const token = `token-${this.granted}`;
    this.tokens.set(token, Date.now() + this.options.tokenLifeS * 1_000);
    return token;
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      this.answer(request, response).catch(() => {
        response.writeHead(500).end();
      });
    });
    const sockets = new WebSocketServer({ server, path: '/connection/websocket' });
    const sessions = new Set<Session>();
    sockets.on('connection', (socket) => {
      const session = new Session(socket, this.board, (token) => this.lifeOf(token));
      sessions.add(session);
      socket.on('close', () => sessions.delete(session));
    });
    let due = false;
    const detach = this.board.onChange(() => {
      if (!due) {
        due = true;
        setTimeout(() => {
          due = false;
          sessions.forEach((session) => {
            session.flush();
          });
        }, FLUSH_MS);
      }
    });
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    this.running = { server, sockets, detach };
  }

  async stop(): Promise<void> {
    const running = this.running;
    this.running = null;
    if (running === null) {
      return;
    }
    running.detach();
    running.sockets.clients.forEach((socket) => {
      socket.terminate();
    });
    running.server.closeAllConnections();
    await new Promise((resolve) => running.server.close(resolve));
  }

  /** Remaining life of a token in seconds; null when it is not valid. */
  private lifeOf(token: string | undefined): number | null {
    const end = this.tokens.get(token ?? '');
    return end === undefined || end <= Date.now() ? null : Math.ceil((end - Date.now()) / 1_000);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const bearer = request.headers.authorization?.replace(/^Bearer /, '');
    if (url.pathname === '/api/v1/token' && request.method === 'POST') {
      const allowed = bearer === undefined ? this.options.demo : this.lifeOf(bearer) !== null;
      if (!allowed) {
        refuse(response, 401);
        return;
      }
      const token = this.grant();
      json(response, 200, { token, expiresIn: this.options.tokenLifeS });
    } else if (url.pathname === '/api/v1/events' && request.method === 'POST') {
      if (bearer !== this.key) {
        refuse(response, 401);
        return;
      }
      const facts = JSON.parse(await bodyOf(request)) as Fact[];
      json(response, 202, { accepted: this.board.post(facts), duplicates: 0, rejected: [] });
    } else if (url.pathname.startsWith('/api/v1/')) {
      if (this.lifeOf(bearer) === null) {
        refuse(response, 401);
        return;
      }
      this.read(url, response);
    } else {
      await file(url.pathname, response);
    }
  }

  private read(url: URL, response: ServerResponse): void {
    const query = url.searchParams;
    const story = /^\/api\/v1\/cases\/([^/]+)\/([^/]+)$/.exec(url.pathname);
    if (story !== null) {
      const found = this.board.story(story[1] ?? '', decodeURIComponent(story[2] ?? ''));
      if (found === null) {
        refuse(response, 404);
      } else {
        json(response, 200, found);
      }
      return;
    }
    switch (url.pathname) {
      case '/api/v1/board/province': {
        const values = merged((topic) => this.board.values(topic));
        const missing = merged((topic) => this.board.missing(topic));
        const { position } = this.board;
        const asOf = this.board.asOf();
        json(response, 200, {
          scope: 'province',
          asOf,
          position: String(position),
          values,
          missing,
        });
        return;
      }
      case '/api/v1/series': {
        const metric = query.get('metric') ?? '';
        const [from, to] = [query.get('from'), query.get('to')].map((day) =>
          day === null ? startOfToday() : Date.parse(`${day}T00:00:00+07:00`),
        );
        const points = this.board.series(metric.split('.')[0] ?? '', from ?? 0, to ?? 0);
        json(response, 200, { metric, scope: 'province', step: query.get('step'), points });
        return;
      }
      case '/api/v1/cases': {
        const all = this.board.list(
          query.get('kind') ?? '',
          query.get('state') ?? '',
          query.get('area'),
        );
        const start = Number(query.get('cursor') ?? 0);
        const end = start + Number(query.get('limit') ?? 100);
        const next = end < all.length ? String(end) : null;
        json(response, 200, { cases: all.slice(start, end), next });
        return;
      }
      case '/api/v1/metrics-catalogue':
        json(response, 200, { metrics: CATALOGUE });
        return;
      case '/api/v1/screen':
        json(response, 200, {
          simulated: this.options.simulated,
          clock: { domain: this.board.asOf(), speed: 1 },
          areas,
          agencies: AGENCIES,
          fields: [],
          indicators: INDICATORS,
          province: { name: 'Tuyên Quang', nameEn: 'Tuyen Quang' },
        });
        return;
      default:
        refuse(response, 404);
    }
  }
}

/** One connection: pushes cache channels when they changed, feed entries one by one. */
class Session {
  private readonly channels = new Set<string>();
  private readonly last = new Map<string, string>();
  private sentPosition = 0;

  constructor(
    private readonly socket: WebSocket,
    private readonly board: FakeBoard,
    private readonly lifeOf: (token: string | undefined) => number | null,
  ) {
    const ping = setInterval(() => {
      socket.send('{}');
    }, PING_S * 1_000);
    const renew = setInterval(() => {
      this.last.clear();
      this.flush();
    }, RENEW_MS);
    socket.on('close', () => {
      clearInterval(ping);
      clearInterval(renew);
    });
    socket.on('message', (frame: Buffer) => {
      for (const line of frame.toString().split('\n')) {
        if (line !== '' && line !== '{}') {
          this.handle(JSON.parse(line) as Command);
        }
      }
    });
  }

  flush(): void {
    for (const channel of this.channels) {
      if (channel.startsWith('feed:')) {
        continue;
      }
      const data = this.current(channel);
      if (this.remember(channel, data)) {
        this.push(channel, { data });
      }
    }
    if (this.channels.has('feed:province')) {
      for (const { position, data } of this.board.feed) {
        if (position > this.sentPosition) {
          this.push('feed:province', { data, offset: position });
        }
      }
      this.sentPosition = this.board.position;
    }
  }

  private handle(command: Command): void {
    const { id } = command;
    if (command.connect !== undefined || command.refresh !== undefined) {
      const token = (command.connect ?? command.refresh)?.token;
      const ttl = this.lifeOf(token);
      if (ttl === null) {
        this.reject(id, token);
        return;
      }
      const result = { client: 'fake', version: '0', expires: true, ttl, ping: PING_S, pong: true };
      this.send(command.connect === undefined ? { id, refresh: result } : { id, connect: result });
    } else if (command.subscribe !== undefined) {
      this.subscribe(id, command.subscribe);
    } else if (command.unsubscribe !== undefined) {
      this.channels.delete(command.unsubscribe.channel);
      this.send({ id, unsubscribe: {} });
    }
  }

  private reject(id: number | undefined, token: string | undefined): void {
    if (token?.startsWith('token-') === true) {
      this.send({ id, error: { code: 109, message: 'token expired', temporary: false } });
    } else {
      this.socket.close(3500, 'invalid token');
    }
  }

  private subscribe(id: number | undefined, request: NonNullable<Command['subscribe']>): void {
    const { channel } = request;
    this.channels.add(channel);
    if (!channel.startsWith('feed:')) {
      const data = this.current(channel);
      this.remember(channel, data);
      this.send({ id, subscribe: { publications: [{ data }] } });
      return;
    }
    const { epoch, floor, position, feed } = this.board;
    this.sentPosition = position;
    const result = { recoverable: true, positioned: true, epoch };
    if (request.recover !== true) {
      this.send({ id, subscribe: { ...result, offset: position } });
      return;
    }
    const offset = request.offset ?? 0;
    const recovered =
      (request.epoch ?? '') === '' || request.epoch === epoch
        ? floor <= offset && offset <= position
        : false;
    const publications = feed
      .filter((entry) => recovered && entry.position > offset)
      .map((entry) => ({ data: entry.data, offset: entry.position }));
    this.send({
      id,
      subscribe: {
        ...result,
        was_recovering: true,
        recovered,
        offset: recovered ? offset : position,
        publications,
      },
    });
  }

  private current(channel: string): Record<string, unknown> {
    const asOf = this.board.asOf();
    if (channel.startsWith('map:')) {
      return { asOf, metric: channel.slice(4), values: this.board.overdueByArea() };
    }
    const topic = channel.split(':')[0] ?? '';
    const position = String(this.board.position);
    const values = this.board.values(topic);
    return { asOf, position, values, missing: this.board.missing(topic) };
  }

  /** Whether the channel's values differ from those last sent. */
  private remember(channel: string, data: Record<string, unknown>): boolean {
    const text = JSON.stringify(data['values']);
    const changed = this.last.get(channel) !== text;
    this.last.set(channel, text);
    return changed;
  }

  private push(channel: string, pub: Record<string, unknown>): void {
    this.send({ push: { channel, pub } });
  }

  private send(reply: unknown): void {
    this.socket.send(JSON.stringify(reply));
  }
}

function merged<T>(read: (topic: string) => Record<string, T>): Record<string, T> {
  return Object.fromEntries(CACHE_TOPICS.flatMap((topic) => Object.entries(read(topic))));
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function refuse(response: ServerResponse, status: number): void {
  const body = JSON.stringify({ title: 'refused', status });
  response.writeHead(status, { 'content-type': 'application/problem+json' }).end(body);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString();
}

async function file(pathname: string, response: ServerResponse): Promise<void> {
  const name = pathname === '/' ? '/index.html' : path.posix.normalize(pathname);
  try {
    const content = await readFile(path.join(DIST, name));
    const type = TYPES[path.extname(name)] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY });
    response.end(content);
  } catch {
    refuse(response, 404);
  }
}

export const AGENCIES = [
  { id: 'H60.05', name: 'Sở Xây dựng', nameEn: 'Department of Construction', parent: null },
  {
    id: 'H60.06',
    name: 'Sở Nông nghiệp và Môi trường',
    nameEn: 'Department of Agriculture and Environment',
    parent: null,
  },
  { id: 'H60.07', name: 'Công an tỉnh', nameEn: 'Provincial Police', parent: null },
  { id: 'H60.08', name: 'UBND phường Minh Xuân', nameEn: 'Minh Xuan Ward', parent: null },
  { id: 'H60.09', name: 'Sở Tư pháp', nameEn: 'Department of Justice', parent: null },
] as const;

const INDICATORS = [
  {
    id: 'projects',
    name: 'Dự án đầu tư được chấp thuận',
    nameEn: 'Investment projects approved',
    unit: 'dự án',
    unitEn: 'projects',
  },
  {
    id: 'capital',
    name: 'Vốn đăng ký',
    nameEn: 'Registered capital',
    unit: 'tỷ đồng',
    unitEn: 'billion VND',
  },
] as const;

const CATALOGUE = [
  {
    id: 'dossier.ontime.d2.month',
    name: 'Tỷ lệ giải quyết trước và đúng hạn (D2), tháng',
    nameEn: 'Finished early or on time (D2), month',
    definition: '(trước hạn + đúng hạn) / đã giải quyết, so theo ngày',
    definitionEn: '(early + on time) / finished, compared by date',
    numerator: 'dossier.finished.early + dossier.finished.ontime',
    denominator: 'dossier.finished',
  },
  {
    id: 'feedback.overdue',
    name: 'Phản ánh quá hạn',
    nameEn: 'Overdue feedback',
    definition: 'Đang xử lý và đã quá hạn trả lời',
    definitionEn: 'Open and past due',
    numerator: '',
    denominator: '',
  },
] as const;
