/** The push connection: turns what the client library says into messages for the store. */
import {
  Centrifuge,
  type PublicationContext,
  type StreamPosition,
  type Subscription,
} from 'centrifuge';
import { decodeBoardPart, decodeFeedItem, decodeMapPart, UnreadableAnswer } from './contract';
import { FEED_LINES_MAX, type Message } from './state';
import type { TokenKeeper } from './token';

export const VALUE_CHANNELS = [
  'feedback:province',
  'dossier:province',
  'portal:province',
  'indicator:province',
] as const;
export const MAP_CHANNEL = 'map:feedback.overdue';
export const FEED_CHANNEL = 'feed:province';

/** Full-jitter backoff of the library, in milliseconds: a wall of screens must not come back as one. */
const RECONNECT_MS_MIN = 500;
const RECONNECT_MS_MAX = 8_000;
/** Pause after a terminal verdict before the page tries again by itself, in milliseconds. */
const REVIVE_MS = 5_000;
/** Pause before a refused subscription is tried again, in milliseconds. */
const RESUBSCRIBE_MS = 30_000;

export interface Link {
  readonly start: () => void;
  /** Real time of the last publication of numbers, in milliseconds. */
  readonly lastNumberMs: () => number;
}

/** A payload this page cannot read is dropped: a throw in a handler would end the link for good. */
function deliver(read: () => Message, send: (message: Message) => void): void {
  let message: Message;
  try {
    message = read();
  } catch (error) {
    if (error instanceof UnreadableAnswer) {
      return;
    }
    throw error;
  }
  send(message);
}

export function createLink(keeper: TokenKeeper, send: (message: Message) => void): Link {
  let lastNumberMs = Date.now();

  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  const client = new Centrifuge(`${scheme}://${location.host}/connection/websocket`, {
    name: 'truc-web',
    getToken: () => keeper.renewed(),
    minReconnectDelay: RECONNECT_MS_MIN,
    maxReconnectDelay: RECONNECT_MS_MAX,
  });

  const waiting = new Set<string>();
  const settled = (channel: string): void => {
    waiting.delete(channel);
    if (waiting.size === 0) {
      send({ type: 'online', atMs: Date.now() });
    }
  };

  const subscribe = (
    channel: string,
    read: (data: unknown) => Message,
    since: StreamPosition | null,
  ): Subscription => {
    const subscription = client.newSubscription(channel, since === null ? {} : { since });
    subscription.on('publication', (context: PublicationContext) => {
      if (channel !== FEED_CHANNEL) {
        lastNumberMs = Date.now();
      }
      deliver(() => read(context.data), send);
    });
    subscription.on('subscribing', () => {
      waiting.add(channel);
    });
    subscription.on('subscribed', (context) => {
      if (channel === FEED_CHANNEL && context.wasRecovering && !context.recovered) {
        send({ type: 'feed-gap', atMs: Date.now() });
      }
      settled(channel);
    });
    subscription.on('unsubscribed', () => {
      // Refused for good as the library sees it; a wall screen goes on trying, slowly.
      settled(channel);
      setTimeout(() => {
        subscription.subscribe();
      }, RESUBSCRIBE_MS);
    });
    subscription.subscribe();
    return subscription;
  };

  const readFeed = (data: unknown): Message => ({ type: 'feed', item: decodeFeedItem(data) });

  /**
   * A new screen has no position, so it would have no past: the first reply only tells where the
   * stream stands, and the second subscription starts a little before that.
   */
  const subscribeFeed = (): void => {
    const probe = subscribe(FEED_CHANNEL, readFeed, null);
    probe.on('subscribed', ({ streamPosition }) => {
      if (streamPosition !== undefined && streamPosition.offset > 0) {
        probe.removeAllListeners();
        client.removeSubscription(probe);
        const offset = Math.max(0, streamPosition.offset - FEED_LINES_MAX);
        subscribe(FEED_CHANNEL, readFeed, { offset, epoch: streamPosition.epoch });
      }
    });
  };

  for (const channel of VALUE_CHANNELS) {
    subscribe(channel, (data) => ({ type: 'values', channel, part: decodeBoardPart(data) }), null);
  }
  subscribe(MAP_CHANNEL, (data) => ({ type: 'map', part: decodeMapPart(data) }), null);
  subscribeFeed();

  client.on('connecting', () => {
    send({ type: 'lost' });
  });
  client.on('disconnected', () => {
    send({ type: 'lost' });
    setTimeout(revive, REVIVE_MS * (0.2 + 0.8 * Math.random()));
  });

  /** After a terminal verdict: a fresh token (asked for if it must be), then the link again. */
  function revive(): void {
    keeper.renewed().then(
      (token) => {
        client.setToken(token);
        client.connect();
      },
      () => {
        setTimeout(revive, REVIVE_MS);
      },
    );
  }

  return {
    start: () => {
      keeper.current().then(
        (token) => {
          client.setToken(token);
          client.connect();
        },
        () => {
          setTimeout(revive, REVIVE_MS * Math.random());
        },
      );
    },
    lastNumberMs: () => lastNumberMs,
  };
}
