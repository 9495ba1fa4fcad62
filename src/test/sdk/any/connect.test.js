import http from 'node:http';
import assert from 'node:assert/strict';
import test from 'node:test';
import WebSocket from 'ws';
import { client, collect, next, socketUrl, url } from '../harness.js';

test('connects with a token', async (t) => {
  const one = client(t);
  const connected = next(one, 'connected');
  one.connect();
  const context = await connected;
  assert.match(context.client, /^[0-9a-f-]{36}$/);
  assert.equal(context.transport, 'websocket');
});

test('subscriptions made before the connect reply are served', async (t) => {
  const one = client(t);
  const cache = one.newSubscription('dossier:province');
  const stream = one.newSubscription('feed:province');
  const painted = collect(cache);
  const both = [next(cache, 'subscribed'), next(stream, 'subscribed')];
  cache.subscribe();
  stream.subscribe();
  one.connect();
  const [cacheContext, streamContext] = await Promise.all(both);
  assert.equal(cacheContext.recoverable, true);
  assert.equal(streamContext.positioned, true);
  assert.ok(streamContext.streamPosition.epoch.length > 0);
  await painted.until(1);
  assert.equal(typeof painted.seen[0].data, 'object');
});

test('a bad token ends the client', async (t) => {
  const one = client(t, { token: 'bad' });
  const ended = next(one, 'disconnected');
  one.connect();
  const context = await ended;
  assert.equal(context.code, 3500);
  assert.equal(context.reason, 'invalid token');
});

test('unknown channels end the subscription with 102', async (t) => {
  const one = client(t);
  const subscription = one.newSubscription('nothing:nowhere');
  const ended = next(subscription, 'unsubscribed');
  subscription.subscribe();
  one.connect();
  assert.equal((await ended).code, 102);
});

test('what is outside the subset is answered with 108', async (t) => {
  const one = client(t);
  one.connect();
  await one.ready();
  for (const call of [
    () => one.publish('feed:province', {}),
    () => one.history('feed:province'),
    () => one.presence('feed:province'),
    () => one.rpc('method', {}),
  ]) {
    await assert.rejects(call, { code: 108 });
  }
});

test('unsubscribe and subscribe again', async (t) => {
  const one = client(t);
  const subscription = one.newSubscription('dossier:province');
  subscription.subscribe();
  one.connect();
  await subscription.ready();
  subscription.unsubscribe();
  const again = collect(subscription);
  subscription.subscribe();
  await subscription.ready();
  await again.until(1);
  assert.equal(subscription.state, 'subscribed');
});

test('the sub-protocol is echoed, an empty header and none at all are taken', async () => {
  const named = new WebSocket(socketUrl, 'centrifuge-json');
  await new Promise((resolve, reject) => named.on('open', resolve).on('error', reject));
  assert.equal(named.protocol, 'centrifuge-json');
  named.terminate();
  const plain = new WebSocket(socketUrl);
  await new Promise((resolve, reject) => plain.on('open', resolve).on('error', reject));
  plain.terminate();
  const both = new WebSocket(socketUrl, ['centrifuge-protobuf', 'centrifuge-json']);
  await new Promise((resolve, reject) => both.on('open', resolve).on('error', reject));
  assert.equal(both.protocol, 'centrifuge-json');
  both.terminate();
  // a refused upgrade was tried again for ever: the close is final
  for (const [url, offered] of [
    [socketUrl, 'centrifuge-protobuf'],
    [socketUrl + '?format=protobuf', []],
    [socketUrl + '?cf_protocol=protobuf', []],
  ]) {
    const protobuf = new WebSocket(url, offered);
    const code = await new Promise((resolve, reject) =>
      protobuf.on('close', resolve).on('error', reject),
    );
    assert.equal(code, 3508);
  }
});

test('a version of WebSocket other than 13 is refused with 426', async () => {
  const { hostname, port } = new URL(socketUrl.replace('ws', 'http'));
  const answer = await new Promise((resolve, reject) =>
    http
      .get({
        hostname,
        port,
        path: '/connection/websocket',
        headers: {
          Connection: 'Upgrade',
          Upgrade: 'websocket',
          'Sec-WebSocket-Version': '8',
          'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
        },
      })
      .on('response', resolve)
      .on('error', reject),
  );
  assert.equal(answer.statusCode, 426);
  assert.equal(answer.headers['sec-websocket-version'], '13');
  answer.destroy();
});

test('a foreign origin is refused, our own is taken', async () => {
  const foreign = new WebSocket(socketUrl, { origin: 'https://elsewhere.example' });
  foreign.on('error', () => {});
  const status = await new Promise((resolve) =>
    foreign.on('unexpected-response', (_, response) => resolve(response.statusCode)),
  );
  assert.equal(status, 403);
  foreign.terminate();
  const ours = new WebSocket(socketUrl, { origin: url });
  await new Promise((resolve, reject) => ours.on('open', resolve).on('error', reject));
  ours.terminate();
});
