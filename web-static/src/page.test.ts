/** Small promises: lists, hours, words, preferences, and class names shared with the style sheets. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { byDue, standing } from './cases';
import { CLASS } from './classes';
import type { CaseLine } from './contract';
import { byHour, stepPath } from './hours';
import { SECTIONS } from './metrics';
import { readPreferences } from './preferences';
import { statusWords, wordsIn } from './words';

const line = (code: string, dueAt: string | null): CaseLine => ({
  kind: 'feedback',
  code,
  agency: null,
  area: null,
  field: null,
  status: 'received',
  receivedAt: null,
  dueAt,
  dueBy: null,
});

describe('case lists', () => {
  it('have the most pressing first, those without due date last', () => {
    const list = [line('c', null), line('b', '2026-11-24'), line('a', '2026-11-23T09:00:00+07:00')];
    expect(byDue(list).map(({ code }) => code)).toEqual(['a', 'b', 'c']);
  });

  it('say how late, or how much is left', () => {
    const now = Date.parse('2026-11-23T10:00:00+07:00');
    const at = (dueAt: string | null) => standing(dueAt, now, wordsIn('vi'), 'vi');
    expect(at('2026-11-23T08:00:00+07:00')).toEqual({ late: true, text: 'Quá hạn 2 giờ' });
    expect(at('2026-11-23T10:30:00+07:00')).toEqual({ late: false, text: 'Còn 30 phút' });
    expect(at('2026-11-23')).toMatchObject({ late: false });
    expect(at(null)).toBeNull();
  });
});

describe('hours', () => {
  it('are the province’s, quarters added up, gaps left out', () => {
    const hours = byHour([
      { time: '2026-11-23T07:00:00+07:00', value: 3 },
      { time: '2026-11-23T07:15:00+07:00', value: 2 },
      { time: '2026-11-23T17:00:00Z', value: 1 },
      { time: '2026-11-23T09:00:00+07:00', value: null },
    ]);
    expect(hours).toHaveLength(24);
    expect([hours[7], hours[0], hours[9]]).toEqual([5, 1, 0]);
  });

  it('make steps through their tops', () => {
    expect(stepPath([0, 2], 2)).toBe('M0 100.00L10 100.00L10 0.00L20 0.00');
  });
});

describe('words', () => {
  it('of the ten dossier states are the national ones', () => {
    const names = Array.from({ length: 10 }, (_, n) => statusWords('dossier', String(n + 1), 'vi'));
    expect(names).toEqual([
      'Mới đăng ký',
      'Được tiếp nhận',
      'Không được tiếp nhận',
      'Đang xử lý',
      'Yêu cầu bổ sung giấy tờ',
      'Yêu cầu thực hiện nghĩa vụ tài chính',
      'Công dân yêu cầu rút hồ sơ',
      'Dừng xử lý',
      'Đã xử lý xong',
      'Đã trả kết quả',
    ]);
  });

  it('of an unknown state are the source’s own', () => {
    expect(statusWords('feedback', 'TT10', 'vi')).toBe('TT10');
    expect(statusWords('dossier', '11', 'en')).toBe('11');
  });

  it('are there in both languages for every number of the board, composed and not empty', () => {
    for (const language of ['vi', 'en'] as const) {
      const words = wordsIn(language);
      for (const { title, overdue, nows, shares, counts } of SECTIONS) {
        for (const { word } of [overdue, ...nows, ...shares, ...counts]) {
          expect(words[word]).not.toBe('');
        }
        expect(words[title]).not.toBe('');
      }
      for (const text of Object.values(words)) {
        expect(text).toBe(text.normalize('NFC'));
      }
    }
  });
});

describe('preferences', () => {
  it('fall back to Vietnamese, the system’s theme and today', () => {
    const fallback = { language: 'vi', theme: 'dark', period: 'today' };
    for (const stored of [null, '', 'null', '5', '{"language":"fr","theme":3}', '{']) {
      expect(readPreferences(stored, true)).toEqual(fallback);
    }
    const stored = '{"language":"en","theme":"light","period":"month"}';
    expect(readPreferences(stored, true)).toEqual(JSON.parse(stored));
  });
});

describe('class names', () => {
  const folder = path.resolve(import.meta.dirname, 'styles');
  const sheets = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), 'utf8'));
  const used = new Set(
    [...sheets.join('\n').matchAll(/\.([a-z][a-z0-9-]*)(?=[\s.:,>{[)])/g)].map(([, name]) => name),
  );

  it('in the style sheets are all known to the views', () => {
    const known = new Set<string | undefined>([...Object.values(CLASS), 'icon']);
    const steps = /^hex-step-\d$/;
    const unknown = [...used].filter((name) => !known.has(name) && !steps.test(name ?? ''));
    expect(unknown).toEqual([]);
  });

  it('hold no rule that fetches from elsewhere: the typeface comes out of our own package', () => {
    const own = /url\('@fontsource-variable\/inter\/files\/[a-z-]+\.woff2'\)/g;
    expect(sheets.join('\n').replaceAll(own, '')).not.toMatch(/@import|url\(/);
  });
});
