import assert from 'node:assert/strict';
import net from 'node:net';
import test from 'node:test';
import { client, collect, control, token, url } from '../harness.js';

/** Masks a text frame as a client must. */
function frame(text) {
  const payload = Buffer.from(text);
  const head = payload.length < 126 ? Buffer.alloc(2) : Buffer.alloc(4);
  head[0] = 0x81;
  if (payload.length < 126) {
    head[1] = 0x80 | payload.length;
  } else {
    head[1] = 0x80 | 126;
    head.writeUInt16BE(payload.length, 2);
  }
  return Buffer.concat([head, Buffer.alloc(4), payload]);
}

test('a reader that never reads does not slow the others and is closed', async (t) => {
  const { hostname, port } = new URL(url);
  const stuck = net.connect(Number(port), hostname);
  stuck.on('error', () => {});
  t.after(() => stuck.destroy());
  stuck.write(
    `GET /connection/websocket HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol:\r\n\r\n',
  );
  await new Promise((resolve) => stuck.once('data', resolve));
  stuck.pause();
  stuck.write(
    frame(
      `{"id":1,"connect":{"token":"${token}"}}\n` +
        '{"id":2,"subscribe":{"channel":"dossier:big"}}\n{"id":3,"subscribe":{"channel":"feed:big"}}',
    ),
  );

  const one = client(t);
  const subscription = one.newSubscription('dossier:big');
  const collected = collect(subscription);
  subscription.subscribe();
  one.connect();
  await subscription.ready();

  const pad = 'x'.repeat(400_000);
  const before = await control('set', { channel: 'dossier:big', data: { v: 0 } });
  let now = before;
  let slowest = 0;
  for (let v = 1; v < 400 && now.connections >= before.connections; v++) {
    const start = Date.now();
    const painted = new Promise((resolve) =>
      subscription.on('publication', (publication) => publication.data.v === v && resolve()),
    );
    now = await control('set', { channel: 'dossier:big', data: { v, pad } });
    await painted;
    slowest = Math.max(slowest, Date.now() - start);
  }
  assert.equal(now.connections, before.connections - 1);
  assert.ok(slowest < 2000, `slowest ${slowest} ms`);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  assert.match(metrics, /truc_push_closes_total\{code="3008"\} 1/);
  assert.match(metrics, /truc_push_conflated_total [1-9]/);
  assert.ok(collected.seen.length > 1);
});
