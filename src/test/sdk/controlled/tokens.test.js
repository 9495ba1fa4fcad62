import assert from 'node:assert/strict';
import test from 'node:test';
import { client, collect, control, next, url } from '../harness.js';

test('an expired token asks the getter and connects', async (t) => {
  let asked = 0;
  const one = client(t, {
    token: 'expired',
    getToken: async () => {
      asked++;
      return 'an';
    },
  });
  const connected = next(one, 'connected');
  one.connect();
  await connected;
  assert.equal(asked, 1);
});

test('a token is refreshed through the server before it expires', async (t) => {
  const first = `an@${Math.floor(Date.now() / 1000) + 2}`;
  let asked = 0;
  let fresh = () => {};
  const refreshed = new Promise((resolve) => (fresh = resolve));
  const one = client(t, {
    token: first,
    getToken: async () => {
      asked++;
      const response = await fetch(`${url}/api/v1/token`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${first}` },
      });
      fresh();
      return (await response.json()).token;
    },
  });
  const subscription = one.newSubscription('feed:province');
  const publications = collect(subscription);
  let left = 0;
  one.on('connecting', () => left++);
  subscription.subscribe();
  one.connect();
  await subscription.ready();
  await refreshed;
  await control('publish', { channel: 'feed:province' });
  await publications.until(1);
  assert.equal(asked, 1);
  assert.equal(left, 1);
  assert.equal(one.state, 'connected');
});

test('a refresh for another user ends the client', async (t) => {
  const one = client(t, {
    token: `an@${Math.floor(Date.now() / 1000) + 2}`,
    getToken: async () => `binh@${Math.floor(Date.now() / 1000) + 3600}`,
  });
  const ended = next(one, 'disconnected');
  one.connect();
  assert.equal((await ended).code, 3500);
});

test('channels outside the token end with 103', async (t) => {
  const one = client(t, { token: 'limited' });
  const subscription = one.newSubscription('dossier:agency-1');
  const ended = next(subscription, 'unsubscribed');
  subscription.subscribe();
  one.connect();
  assert.equal((await ended).code, 103);
});
