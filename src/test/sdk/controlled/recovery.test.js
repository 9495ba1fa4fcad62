import assert from 'node:assert/strict';
import test from 'node:test';
import { client, collect, control, next } from '../harness.js';

const numbers = (collected) => collected.seen.map((publication) => publication.data.n);

/** Subscribes to a feed and waits until it is live. */
async function live(t, channel, options) {
  const one = client(t, options);
  const subscription = one.newSubscription(channel);
  const collected = collect(subscription);
  subscription.subscribe();
  one.connect();
  await subscription.ready();
  return { one, subscription, collected };
}

test('publications come in order, each once', async (t) => {
  const { collected } = await live(t, 'feed:order');
  const { position } = await control('publish', { channel: 'feed:order', times: 250 });
  await collected.until(250);
  assert.deepEqual(
    numbers(collected),
    Array.from({ length: 250 }, (_, i) => position - 249 + i),
  );
});

test('what was missed after a cut is recovered', async (t) => {
  const { one, subscription, collected } = await live(t, 'feed:cut', { minReconnectDelay: 150 });
  const first = await control('publish', { channel: 'feed:cut', times: 3 });
  await collected.until(3);
  const connecting = next(one, 'connecting');
  const subscribed = next(subscription, 'subscribed');
  await control('cut');
  await connecting;
  await control('publish', { channel: 'feed:cut', times: 4 });
  const context = await subscribed;
  assert.equal(context.wasRecovering, true);
  assert.equal(context.recovered, true);
  await control('publish', { channel: 'feed:cut' });
  await collected.until(8);
  assert.deepEqual(
    numbers(collected),
    Array.from({ length: 8 }, (_, i) => first.position - 2 + i),
  );
});

test('a restart loses none', async (t) => {
  const { one, subscription, collected } = await live(t, 'feed:restart');
  const first = await control('publish', { channel: 'feed:restart', times: 3 });
  await collected.until(3);
  const connecting = next(one, 'connecting');
  const subscribed = next(subscription, 'subscribed');
  assert.equal((await control('restart')).imported, true);
  assert.equal((await connecting).code, 3001);
  await control('publish', { channel: 'feed:restart', times: 2 });
  assert.equal((await subscribed).recovered, true);
  await collected.until(5);
  assert.deepEqual(
    numbers(collected),
    Array.from({ length: 5 }, (_, i) => first.position - 2 + i),
  );
});

test('beyond the ring the client is told that it lost', async (t) => {
  const { one, subscription, collected } = await live(t, 'feed:far', { minReconnectDelay: 150 });
  await control('publish', { channel: 'feed:far' });
  await collected.until(1);
  const connecting = next(one, 'connecting');
  const subscribed = next(subscription, 'subscribed');
  await control('cut');
  await connecting;
  await control('publish', { channel: 'feed:far', times: 302 });
  const context = await subscribed;
  assert.equal(context.wasRecovering, true);
  assert.equal(context.recovered, false);
  assert.equal(collected.seen.length, 1);
});

test('another epoch is not recovered', async (t) => {
  const { one, subscription, collected } = await live(t, 'feed:epoch', { minReconnectDelay: 150 });
  await control('publish', { channel: 'feed:epoch' });
  await collected.until(1);
  const connecting = next(one, 'connecting');
  const subscribed = next(subscription, 'subscribed');
  await control('cut');
  await connecting;
  await control('epoch', { epoch: 'e-restored' });
  assert.equal((await subscribed).recovered, false);
});

test('a cache channel repaints after a cut, with the newest only', async (t) => {
  await control('set', { channel: 'dossier:repaint', data: { v: 1 } });
  const { one, subscription, collected } = await live(t, 'dossier:repaint', { minReconnectDelay: 150 });
  await collected.until(1);
  const connecting = next(one, 'connecting');
  const subscribed = next(subscription, 'subscribed');
  await control('cut');
  await connecting;
  await control('set', { channel: 'dossier:repaint', data: { v: 2 } });
  await control('set', { channel: 'dossier:repaint', data: { v: 3 } });
  await subscribed;
  await collected.until(2);
  assert.deepEqual(collected.seen[0].data, { v: 1 });
  assert.deepEqual(collected.seen.at(-1).data, { v: 3 });
  assert.ok(collected.seen.every((publication) => publication.data.v !== 2));
});

test('a client ahead of the fold waits for it', async (t) => {
  const { one, subscription, collected } = await live(t, 'feed:ahead', { minReconnectDelay: 150 });
  const { position } = await control('publish', { channel: 'feed:ahead' });
  await collected.until(1);
  const connecting = next(one, 'connecting');
  await control('cut');
  await connecting;
  await control('position', { position: position - 1 });
  const connected = next(one, 'connected');
  const subscribed = next(subscription, 'subscribed');
  await connected;
  await control('position', { position });
  const context = await subscribed;
  assert.equal(context.recovered, true);
  assert.equal(collected.seen.length, 1);
});

test('no upgrade while the node catches up; the client comes back', async (t) => {
  await control('ready', { ready: false });
  const one = client(t);
  let failures = 0;
  one.on('error', () => failures++);
  one.connect();
  await next(one, 'error');
  await control('ready', { ready: true });
  await one.ready();
  assert.ok(failures > 0);
});
