// Two servers on one store: a client that is cut from one goes on at the other.
import assert from 'node:assert/strict';
import test from 'node:test';
import WebSocket from 'ws';
import { client, collect, next } from '../harness.js';
import { post } from './facts.js';

const other = process.env.TRUC_OTHER_URL.replace(/^http/, 'ws') + '/connection/websocket';
let moved = false;

/** A socket that goes to the other server once the first is given up. */
class MovingSocket extends WebSocket {
  constructor(address, ...others) {
    super(moved ? other : address, ...others);
    this.reachedAddress = moved ? other : address;
    MovingSocket.last = this;
  }
}

test('a client that is cut from one server resumes on the other with its offset and epoch', async (t) => {
  const one = client(t, { websocket: MovingSocket });
  const feed = one.newSubscription('feed:province');
  const board = one.newSubscription('feedback:province');
  const collected = collect(feed);
  const numbers = collect(board);
  feed.subscribe();
  board.subscribe();
  one.connect();
  await feed.ready();
  const codes = [];
  for (let i = 0; i < 3; i++) {
    codes.push(await post());
  }
  await collected.until(3);
  const connecting = next(one, 'connecting');
  const subscribed = next(feed, 'subscribed');
  moved = true;
  MovingSocket.last.terminate();
  await connecting;
  for (let i = 0; i < 20; i++) {
    codes.push(await post());
  }
  const context = await subscribed;
  assert.equal(MovingSocket.last.reachedAddress, other);
  assert.equal(context.wasRecovering, true);
  assert.equal(context.recovered, true);
  codes.push(await post());
  await collected.until(24);
  assert.deepEqual(
    collected.seen.map(({ data }) => data.code),
    codes,
  );
  while (numbers.seen.at(-1).data.values['feedback.open'] < 24) {
    await next(board, 'publication');
  }
});
