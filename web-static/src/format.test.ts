import { describe, expect, it } from 'vitest';
import {
  formatClock,
  formatDuration,
  formatLongDay,
  formatMoment,
  formatNumber,
  formatPercent,
  formatSpan,
  formatValue,
  hourOfDay,
  isoDay,
  parseInstant,
} from './format';
import { wordsIn } from './words';

const MORNING = Date.parse('2026-11-23T08:15:02.120+07:00');

describe('numbers', () => {
  it.each([
    [0, '0', '0'],
    [999, '999', '999'],
    [31_000, '31.000', '31,000'],
    [1_234_567, '1.234.567', '1,234,567'],
    [49_760.25, '49.760,25', '49,760.25'],
    [62.3, '62,3', '62.3'],
    [-1_500, '−1.500', '−1,500'],
  ])('%d reads %s in Vietnamese and %s in English', (value, vi, en) => {
    expect(formatNumber(value, 'vi')).toBe(vi);
    expect(formatNumber(value, 'en')).toBe(en);
  });
});

describe('percentages', () => {
  const percent = (num: number, den: number): string | null =>
    formatPercent({ value: den === 0 ? null : num / den, num, den }, 'vi');

  it('have two decimals', () => {
    expect(percent(7_151, 7_161)).toBe('99,86%');
    expect(percent(1, 2)).toBe('50,00%');
    expect(percent(0, 9)).toBe('0,00%');
    expect(percent(1, 3)).toBe('33,33%');
  });

  it('are never rounded up to the whole', () => {
    expect(percent(999_999, 1_000_000)).toBe('99,99%');
    expect(percent(7_160, 7_161)).toBe('99,98%');
    expect(percent(9_007_199_254_739, 9_007_199_254_740)).toBe('99,99%');
    expect(percent(7_161, 7_161)).toBe('100%');
  });

  it('are exact where floating point is not', () => {
    // 0.57 * 100 is 56.99999999999999 in binary.
    expect(percent(57, 100)).toBe('57,00%');
    expect(percent(29, 100)).toBe('29,00%');
  });

  it('of nothing are none', () => {
    expect(percent(0, 0)).toBeNull();
  });

  it('have a point in English', () => {
    expect(formatPercent({ value: 0.9986, num: 7_151, den: 7_161 }, 'en')).toBe('99.86%');
  });
});

describe('values', () => {
  const shown = (value: Parameters<typeof formatValue>[0]): string =>
    formatValue(value, 'vi', wordsIn('vi'));

  it('tell missing, empty, zero and not here yet apart', () => {
    const texts = [shown(null), shown({ value: null, num: 0, den: 0 }), shown(0), shown(undefined)];
    expect(texts).toEqual(['Chưa có số liệu', 'Chưa phát sinh', '0', '…']);
  });
});

describe('lengths of time', () => {
  it.each([
    [59_000, '59 giây', '59 s'],
    [45 * 60_000, '45 phút', '45 min'],
    [3 * 3_600_000, '3 giờ', '3 h'],
    [3 * 3_600_000 + 60_000, '3 giờ 1 phút', '3 h 1 min'],
    [51 * 3_600_000 + 59 * 60_000, '2 ngày 3 giờ', '2 d 3 h'],
    [-5, '0 giây', '0 s'],
  ])('%d ms reads %s', (lengthMs, vi, en) => {
    expect(formatDuration(lengthMs, 'vi')).toBe(vi);
    expect(formatDuration(lengthMs, 'en')).toBe(en);
  });

  it.each([
    [45, '45 phút'],
    [1_615, '27 giờ'],
    [90, '1,5 giờ'],
    [3_744, '2,6 ngày'],
  ])('%d minutes fit a tile as %s', (minutes, text) => {
    expect(formatSpan(minutes * 60_000, 'vi')).toBe(text);
  });
});

describe('instants', () => {
  it('are told on the province’s clock, wherever the screen hangs', () => {
    expect(formatClock(MORNING)).toBe('08:15:02');
    expect(formatMoment(MORNING)).toBe('08:15 23/11/2026');
    expect(formatLongDay(MORNING, 'vi')).toBe('Thứ Hai, 23/11/2026');
    expect(formatLongDay(MORNING, 'en')).toBe('Monday, 23/11/2026');
    expect(hourOfDay(MORNING)).toBe(8);
  });

  it('belong to the province’s day, also around midnight', () => {
    expect(isoDay(Date.parse('2026-11-22T17:00:00Z'))).toBe('2026-11-23');
    expect(isoDay(Date.parse('2026-11-22T16:59:59Z'))).toBe('2026-11-22');
    expect(formatClock(Date.parse('2026-11-22T17:00:00Z'))).toBe('00:00:00');
  });

  it('may be bare dates, which end with the day', () => {
    expect(parseInstant('2026-11-23')).toBe(Date.parse('2026-11-23T23:59:59+07:00'));
    expect(parseInstant('2026-11-23T10:00:00+07:00')).toBe(Date.parse('2026-11-23T03:00:00Z'));
    expect(parseInstant('tomorrow')).toBeNull();
    expect(parseInstant(null)).toBeNull();
  });
});
