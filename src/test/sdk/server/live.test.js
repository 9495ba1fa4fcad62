import assert from 'node:assert/strict';
import test from 'node:test';
import { client, collect, next } from '../harness.js';
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

// Once nothing came after the subscribe while nothing changed, and "as of" read hours ago by night.
test('a quiet board goes on saying as of when its numbers hold', async (t) => {
  const one = client(t);
  const board = one.newSubscription('portal:province');
  const seen = collect(board);
  board.subscribe();
  one.connect();
  await seen.until(3, 20_000);
  const [first, ...later] = seen.seen.map(({ data }) => data);
  let before = Date.parse(first.asOf);
  for (const { asOf, values } of later) {
    assert.deepEqual(values, first.values);
    assert.ok(Date.parse(asOf) > before, `${asOf} after ${first.asOf}`);
    before = Date.parse(asOf);
  }
});
