/** What a person chose on this machine; nothing here is secret. */
import type { Preferences, State, Theme } from './state';
import type { Language, Period } from './words';

const KEY = 'truc.preferences';

const LANGUAGES: readonly Language[] = ['vi', 'en'];
const THEMES: readonly Theme[] = ['light', 'dark'];
const PERIODS: readonly Period[] = ['today', 'week', 'month'];

function oneOf<T extends string>(options: readonly T[], wanted: unknown, otherwise: T): T {
  return options.find((option) => option === wanted) ?? otherwise;
}

function parsed(stored: string | null): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(stored ?? '{}');
    return typeof json === 'object' && json !== null ? { ...json } : {};
  } catch {
    return {};
  }
}

/** Reads stored preferences; anything odd falls back to Vietnamese, the system's theme, today. */
export function readPreferences(stored: string | null, systemDark: boolean): Preferences {
  const json = parsed(stored);
  return {
    language: oneOf(LANGUAGES, json['language'], 'vi'),
    theme: oneOf(THEMES, json['theme'], systemDark ? 'dark' : 'light'),
    period: oneOf(PERIODS, json['period'], 'today'),
  };
}

export function loadPreferences(): Preferences {
  return readPreferences(
    localStorage.getItem(KEY),
    matchMedia('(prefers-color-scheme: dark)').matches,
  );
}

export function savePreferences({ language, theme, period }: State): void {
  const text = JSON.stringify({ language, theme, period });
  if (localStorage.getItem(KEY) !== text) {
    localStorage.setItem(KEY, text);
  }
}
