/**
 * Starts the packaged server for the tests against a real one: a standing clock inside a working
 * day, a source key and a viewer's token by the command line, and enough facts for every part of
 * the board to have something to show.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Fact } from '../../test/fakeBoard';
import { sceneFacts } from '../../test/scene';
import { readUrl, SERVER, verb } from './server';

const CLOCK = '2026-11-23T10:00+07:00,x0';
const SOURCE = '/hotline/1022';
const BATCH = 200;

export async function setup(): Promise<() => void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'truc-e2e-'));
  const data = path.join(folder, 'data');
  const start = ['start', folder, 'serve', '--data', data, '--clock', CLOCK];
  execFileSync(SERVER, start, { stdio: ['ignore', 'ignore', 'inherit'] });
  const url = readUrl(folder);
  const key = verb(folder, 'key', 'add', '--data', data, '--source', SOURCE, '--name', 'e2e');
  const token = verb(folder, 'token', '--data', data, '--role', 'viewer', '--scope', 'province');
  const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(' ');
  Object.assign(process.env, {
    TRUC_URL: url,
    TRUC_KEY: key,
    TRUC_TOKEN: token,
    TRUC_SOURCE: SOURCE,
    TRUC_START: quoted([SERVER, ...start]),
    TRUC_STOP: quoted([SERVER, 'stop', folder]),
    TRUC_FOLDER: folder,
  });

  const facts = sceneFacts(Date.parse('2026-11-23T10:00+07:00'));
  for (let from = 0; from < facts.length; from += BATCH) {
    const events = facts.slice(from, from + BATCH).map(wire);
    const answer = await fetch(`${url}/api/v1/events`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/cloudevents-batch+json',
      },
      body: JSON.stringify(events),
    });
    const body = await answer.text();
    if (
      answer.status !== 202 ||
      (JSON.parse(body) as { rejectedCount: number }).rejectedCount > 0
    ) {
      throw new Error(`the scene was refused: ${answer.status} ${body}`);
    }
  }
  return () => {
    execFileSync(SERVER, ['stop', folder], { stdio: 'inherit' });
    rmSync(folder, { recursive: true });
  };
}

/** A fact as it travels: one source for all, and the national codes are numbers. */
function wire(fact: Fact): object {
  const { status } = fact.data;
  const code = fact.type.startsWith('vn.ioc.dossier.') ? Number(status) : status;
  return { specversion: '1.0', ...fact, source: SOURCE, data: { ...fact.data, status: code } };
}
