// What every test needs: a server's address, clients that are closed at the end, and waiting for a
// condition instead of sleeping.
//
//   TRUC_URL      base address of the server, http://HOST:PORT
//   TRUC_TOKEN    a token that may read province channels
//
// The tests in any/ need no more. Those in controlled/ also move the server by POST /test/…, which
// the small test server of the Java suite takes.
import { Centrifuge } from 'centrifuge';
import WebSocket from 'ws';

export const url = process.env.TRUC_URL ?? 'http://127.0.0.1:8080';
export const token = process.env.TRUC_TOKEN ?? 'an';
export const socketUrl = url.replace(/^http/, 'ws') + '/connection/websocket';

/** Moves the test server. */
export async function control(name, body = {}) {
  const response = await fetch(`${url}/test/${name}`, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) {
    throw new Error(`${name}: ${response.status} ${await response.text()}`);
  }
  return response.json();
}

/** An SDK client that the test's end disconnects. */
export function client(t, options = {}) {
  const made = new Centrifuge(socketUrl, {
    websocket: WebSocket,
    token,
    minReconnectDelay: 20,
    maxReconnectDelay: 200,
    ...options,
  });
  made.on('error', () => {});
  t.after(() => made.disconnect());
  return made;
}

/** A promise of an emitter's next event that fulfils a condition. */
export function next(emitter, event, condition = () => true, millis = 10_000) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${event} within ${millis} ms`)), millis);
    const listener = (context) => {
      if (condition(context)) {
        clearTimeout(timer);
        emitter.removeListener(event, listener);
        resolve(context);
      }
    };
    emitter.on(event, listener);
  });
}

/** All publications of a subscription, as they come; `until(n)` waits for the n-th. */
export function collect(subscription) {
  const seen = [];
  let wake = () => {};
  subscription.on('publication', (context) => {
    seen.push(context);
    wake();
  });
  return {
    seen,
    async until(count, millis = 10_000) {
      const deadline = Date.now() + millis;
      while (seen.length < count) {
        const left = deadline - Date.now();
        if (left <= 0) {
          throw new Error(`${seen.length} of ${count} publications within ${millis} ms`);
        }
        await new Promise((resolve) => {
          const timer = setTimeout(resolve, left);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      return seen;
    },
  };
}
