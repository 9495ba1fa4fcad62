// The server is killed, or told to end, while a client listens; facts come while the client is
// away.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import test from 'node:test';
import WebSocket from 'ws';
import { client, collect, next, url } from '../harness.js';
import { post } from './facts.js';

let gate = true;

/** A socket that finds nobody while the gate is shut. */
class GatedSocket extends WebSocket {
  constructor(address, ...others) {
    super(gate ? address : 'ws://127.0.0.1:1/', ...others);
  }
}

async function serve() {
  const server = spawn(
    process.env.TRUC_JAVA,
    ['-XX:+UseSerialGC', '-jar', process.env.TRUC_JAR, 'serve']
      .concat(['--data', process.env.TRUC_FOLDER, '--port', new URL(url).port]),
    { stdio: ['ignore', 'pipe', 'inherit'], cwd: process.env.TRUC_FOLDER },
  );
  process.on('exit', () => server.kill('SIGKILL'));
  const [line] = await once(createInterface(server.stdout), 'line');
  assert.match(line, /^http:/);
  return server;
}

async function end(server, signal) {
  const ended = once(server, 'exit');
  server.kill(signal);
  return ended;
}

for (const signal of ['SIGKILL', 'SIGTERM']) {
  test(`after ${signal} a client gets what it missed, once and in order`, async (t) => {
    gate = true;
    const first = await serve();
    t.after(() => first.kill('SIGKILL'));
    const one = client(t, { websocket: GatedSocket });
    const feed = one.newSubscription('feed:province');
    const collected = collect(feed);
    feed.subscribe();
    one.connect();
    await feed.ready();
    const codes = [];
    for (let i = 0; i < 3; i++) {
      codes.push(await post());
    }
    await collected.until(3);
    gate = false;
    const connecting = next(one, 'connecting');
    const [code] = await end(first, signal);
    assert.equal(code, signal === 'SIGTERM' ? 0 : null);
    await connecting;

    const second = await serve();
    t.after(() => second.kill('SIGKILL'));
    for (let i = 0; i < 20; i++) {
      codes.push(await post());
    }
    const subscribed = next(feed, 'subscribed');
    gate = true;
    const context = await subscribed;
    assert.equal(context.wasRecovering, true);
    assert.equal(context.recovered, true);
    codes.push(await post());
    await collected.until(24);
    assert.deepEqual(
      collected.seen.map(({ data }) => data.code),
      codes,
    );
    await end(second, 'SIGKILL');
  });
}
