// TRUC_TOKEN lives a few seconds only.
//
// Once the server told SDKs the token's whole rest as `ttl`. Whoever did what docs/PROTOCOL.md says
// asked for a fresh token with one that had just died: 401, and the client ended for good. The test
// of that time kept a fresh one ready by a timer of its own, and saw nothing. This one runs the very
// lines of the document.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { UnauthorizedError } from 'centrifuge';
import { client, next, token, url } from '../harness.js';

/** The document's getter, with its names bound. */
function documented(held) {
  const document = readFileSync(new URL('../../../../docs/PROTOCOL.md', import.meta.url), 'utf8');
  const [, lines] = /```js\n(async function getToken[^`]*)```/.exec(document);
  return new Function('url', 'token', 'UnauthorizedError', `${lines}; return getToken;`)(
    url,
    held,
    UnauthorizedError,
  );
}

test('a connection outlives its token by the getter of the document', async (t) => {
  const ends = JSON.parse(Buffer.from(token.split('.')[1], 'base64url')).exp * 1000;
  const getToken = documented(token);
  let asked = 0;
  let told = () => {};
  const outlived = new Promise((resolve) => (told = resolve));
  const one = client(t, {
    token,
    getToken: async () => {
      asked++;
      const fresh = await getToken();
      if (Date.now() > ends + 1000) {
        told();
      }
      return fresh;
    },
  });
  const lost = [];
  one.on('connecting', (context) => lost.push(context));
  const disconnected = next(one, 'disconnected', () => true, 60_000);
  one.connect();
  const end = await Promise.race([outlived, disconnected]);
  assert.equal(end, undefined);
  assert.ok(asked >= 2, `the token was asked for ${asked} times`);
  // The connection is the first one still, and serves.
  assert.equal(lost.length, 1);
  assert.equal(one.state, 'connected');
  const subscription = one.newSubscription('dossier:province');
  subscription.subscribe();
  await subscription.ready();
});
