import assert from 'node:assert/strict';
import test from 'node:test';
import { client, collect, next, url } from '../harness.js';
import { post } from './facts.js';

test('a posted fact moves the counter on a subscribed socket', async (t) => {
  const one = client(t);
  const board = one.newSubscription('feedback:province');
  const feed = one.newSubscription('feed:02215');
  const seen = collect(board);
  board.subscribe();
  feed.subscribe();
  one.connect();
  await Promise.all([board.ready(), feed.ready()]);
  await seen.until(1);
  const before = seen.seen[0].data.values['feedback.open'];
  const moved = next(board, 'publication', ({ data }) => data.values['feedback.open'] === before + 1);
  const told = next(feed, 'publication');
  const began = performance.now();
  const code = await post();
  const answered = performance.now();
  await moved;
  const arrived = performance.now();
  console.log(
    `post to answer ${(answered - began).toFixed(1)} ms, post to counter ${(arrived - began).toFixed(1)} ms`,
  );
  const { data } = await told;
  assert.equal(data.code, code);
  assert.equal(data.kind, 'feedback');
  assert.equal(data.status, 'received');
});

test('a connection outlives its token through POST /api/v1/token', async (t) => {
  let newest = process.env.TRUC_BRIEF_TOKEN;
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
