/** Numbers and times as people here write them. Pure: same arguments, same text. */
import type { Ratio, Value } from './contract';
import type { Language } from './words';

const ZONE = 'Asia/Ho_Chi_Minh';
const LOCALES: Readonly<Record<Language, string>> = { vi: 'vi-VN', en: 'en-GB' };

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `31.250` in Vietnamese, `31,250` in English; at most two decimals. */
export function formatNumber(value: number, language: Language): string {
  return grouped(value, language, 2);
}

function grouped(value: number, language: Language, decimals: number): string {
  const fixed = Math.abs(value).toFixed(decimals);
  const [whole = '0', fraction = ''] = fixed.split('.');
  const [thousands, point] = language === 'vi' ? ['.', ','] : [',', '.'];
  const parts = whole.replace(/\B(?=(\d{3})+$)/g, thousands);
  const rest = fraction.replace(/0+$/, '');
  return (value < 0 ? '−' : '') + parts + (rest === '' ? '' : point + rest);
}

/**
 * A share as a percentage with two decimals, always rounded down: 7,159 of 7,160 is 99,98%, and
 * nothing below the whole is ever shown as 100%.
 */
export function formatPercent(ratio: Ratio, language: Language): string | null {
  const hundredths = percentHundredths(ratio);
  if (hundredths === null) {
    return null;
  }
  const whole = Math.floor(hundredths / 100);
  const fraction = hundredths % 100;
  const point = language === 'vi' ? ',' : '.';
  return fraction === 0 && whole === 100
    ? '100%'
    : `${whole}${point}${String(fraction).padStart(2, '0')}%`;
}

function percentHundredths(ratio: Ratio): number | null {
  if (ratio.den > 0) {
    return Math.floor((ratio.num * 10_000) / ratio.den);
  }
  return null;
}

/** The words a value can turn into when it is no number. */
export interface ValueWords {
  readonly missing: string;
  readonly empty: string;
  readonly loading: string;
}

/** A board value as text: `undefined` is not here yet, null is missing, a ratio over 0 is empty. */
export function formatValue(
  value: Value | undefined,
  language: Language,
  words: ValueWords,
): string {
  if (value === undefined) {
    return words.loading;
  }
  if (value === null) {
    return words.missing;
  }
  if (typeof value === 'number') {
    return formatNumber(value, language);
  }
  return formatPercent(value, language) ?? words.empty;
}

/** A length of time in its two largest units: `2 ngày 3 giờ`, `45 phút`; below a minute in seconds. */
export function formatDuration(lengthMs: number, language: Language): string {
  const length = Math.max(0, lengthMs);
  const units = UNITS[language];
  const days = Math.floor(length / DAY_MS);
  const hours = Math.floor((length % DAY_MS) / HOUR_MS);
  const minutes = Math.floor((length % HOUR_MS) / MINUTE_MS);
  if (days > 0) {
    return joined([days, units.day], [hours, units.hour]);
  }
  if (hours > 0) {
    return joined([hours, units.hour], [minutes, units.minute]);
  }
  return minutes > 0
    ? `${minutes} ${units.minute}`
    : `${Math.floor(length / 1_000)} ${units.second}`;
}

/** A length of time in one unit, rounded up to a tenth: `27 giờ`, `2,6 ngày`; short enough for a tile. */
export function formatSpan(lengthMs: number, language: Language): string {
  const units = UNITS[language];
  const tenths = (unitMs: number): string =>
    formatNumber(Math.ceil((lengthMs * 10) / unitMs) / 10, language);
  if (lengthMs >= 2 * DAY_MS) {
    return `${tenths(DAY_MS)} ${units.day}`;
  }
  return lengthMs >= HOUR_MS
    ? `${tenths(HOUR_MS)} ${units.hour}`
    : `${Math.ceil(lengthMs / MINUTE_MS)} ${units.minute}`;
}

const UNITS = {
  vi: { day: 'ngày', hour: 'giờ', minute: 'phút', second: 'giây' },
  en: { day: 'd', hour: 'h', minute: 'min', second: 's' },
} as const;

function joined(first: readonly [number, string], second: readonly [number, string]): string {
  const head = `${first[0]} ${first[1]}`;
  return second[0] === 0 ? head : `${head} ${second[0]} ${second[1]}`;
}

const clockTime = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

const dayOnly = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  day: '2-digit',
  month: '2-digit',
  year: 'numeric',
});

const weekdays: Readonly<Record<Language, Intl.DateTimeFormat>> = {
  vi: new Intl.DateTimeFormat(LOCALES.vi, { timeZone: ZONE, weekday: 'long' }),
  en: new Intl.DateTimeFormat(LOCALES.en, { timeZone: ZONE, weekday: 'long' }),
};

/** `08:15:02`, on the province's clock. */
export function formatClock(instantMs: number): string {
  return clockTime.format(instantMs);
}

/** `23/11/2026`. */
export function formatDay(instantMs: number): string {
  return dayOnly.format(instantMs);
}

/** `Thứ Hai, 23/11/2026`. */
export function formatLongDay(instantMs: number, language: Language): string {
  return `${weekdays[language].format(instantMs)}, ${formatDay(instantMs)}`;
}

/** `16:30 23/11/2026`. */
export function formatMoment(instantMs: number): string {
  return `${formatClock(instantMs).slice(0, 5)} ${formatDay(instantMs)}`;
}

/** `2026-11-23`, the day of an instant on the province's clock. */
export function isoDay(instantMs: number): string {
  const [day = '', month = '', year = ''] = formatDay(instantMs).split('/');
  return `${year}-${month}-${day}`;
}

/** The hour of the day, 0 to 23, on the province's clock. */
export function hourOfDay(instantMs: number): number {
  return Number(formatClock(instantMs).slice(0, 2));
}

/** An instant in milliseconds; a bare date means the end of that day. Null when it cannot be read. */
export function parseInstant(text: string | null): number | null {
  if (text === null) {
    return null;
  }
  const bareDate = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const instant = Date.parse(bareDate ? `${text}T23:59:59+07:00` : text);
  return Number.isNaN(instant) ? null : instant;
}
