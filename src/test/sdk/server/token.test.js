// TRUC_TOKEN lives a few seconds only.
import assert from 'node:assert/strict';
import test from 'node:test';
import { client, next, token, url } from '../harness.js';

test('a connection outlives its token through POST /api/v1/token', async (t) => {
  let newest = token;
  let asked = 0;
  let renewed = 0;
  const timer = setInterval(async () => {
    const response = await fetch(`${url}/api/v1/token`, {
      method: 'POST',
      headers: { authorization: `Bearer ${newest}` },
    });
    if (response.ok) {
      newest = (await response.json()).token;
      renewed++;
    }
  }, 400);
  t.after(() => clearInterval(timer));
  const one = client(t, {
    token: newest,
    getToken: async () => {
      asked++;
      return newest;
    },
  });
  const lost = [];
  one.on('connecting', (context) => lost.push(context));
  const connected = next(one, 'connected');
  one.connect();
  await connected;
  const deadline = Date.now() + 20_000;
  while (asked < 2 && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.ok(asked >= 2, `the token was asked for ${asked} times`);
  assert.ok(renewed >= 2);
  // The connection is the first one still, and serves.
  assert.equal(lost.length, 1);
  assert.equal(one.state, 'connected');
  const subscription = one.newSubscription('dossier:province');
  subscription.subscribe();
  await subscription.ready();
});
