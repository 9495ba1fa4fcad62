// A new configuration drops a scope while a screen watches it.
//
// Once nobody was told: the screen stayed subscribed to nothing, and its last numbers stood there as
// if they lived.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { client, collect, next } from '../harness.js';

const GONE = 'ubnd-02623';

test('whoever watches a scope that a new configuration drops is told, and nobody else', async (t) => {
  const one = client(t);
  const gone = ['feedback', 'feed'].map((topic) => one.newSubscription(`${topic}:${GONE}`));
  const kept = one.newSubscription('feedback:ubnd-02620');
  const seen = collect(kept);
  [...gone, kept].forEach((subscription) => subscription.subscribe());
  one.connect();
  await Promise.all([...gone, kept].map((subscription) => subscription.ready()));
  const told = gone.map((subscription) => next(subscription, 'unsubscribed'));

  const file = `${process.env.TRUC_CONFIG}/agencies.yaml`;
  const lines = readFileSync(file, 'utf8').split('\n');
  writeFileSync(file, lines.filter((line) => !line.includes(`id: ${GONE},`)).join('\n'));
  execFileSync(
    process.env.TRUC_JAVA,
    ['-jar', process.env.TRUC_JAR, 'config', 'apply']
      .concat(['--data', process.env.TRUC_FOLDER, '--config', process.env.TRUC_CONFIG]),
    { stdio: 'inherit' },
  );

  assert.deepEqual((await Promise.all(told)).map(({ code }) => code), [2102, 2102]);
  const again = next(gone[0], 'unsubscribed');
  gone[0].subscribe();
  assert.equal((await again).code, 102);
  // The others go on, and the connection is the first one still.
  await seen.until(seen.seen.length + 1);
  assert.equal(kept.state, 'subscribed');
  assert.equal(one.state, 'connected');
});
