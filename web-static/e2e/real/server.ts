/** The packaged server as a process; see `.ci/server`. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

export const SERVER = path.resolve(import.meta.dirname, '../../../.ci/server');

/** Where the server of a folder answers, without a slash at the end. */
export function readUrl(folder: string): string {
  return readFileSync(path.join(folder, 'url'), 'utf8').trim().replace(/\/$/, '');
}

/** Runs a verb of the command line; the last line it prints. */
export function verb(folder: string, ...words: readonly string[]): string {
  const said = execFileSync(SERVER, ['verb', folder, ...words], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return said.trim().split('\n').at(-1) ?? '';
}
