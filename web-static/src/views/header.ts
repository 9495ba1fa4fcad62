import { CLASS } from '../classes';
import { h, icon, ICON, setAttribute, setText } from '../dom';
import { formatClock, formatDuration, formatLongDay, formatNumber } from '../format';
import { asOfMs, freshness, type Freshness, type State } from '../state';
import { wordsIn, type Language, type Period, type Words } from '../words';
import type { Send, View } from './view';

/** A row of buttons of which one is chosen. */
function choice<T extends string>(
  options: readonly T[],
  pick: (option: T) => void,
): {
  element: HTMLElement;
  render: (chosen: T, label: string, words: (option: T) => string) => void;
} {
  const buttons = options.map((option) => {
    const button = h('button', { type: 'button', class: CLASS.choiceItem });
    button.addEventListener('click', () => {
      pick(option);
    });
    return { option, button };
  });
  const element = h(
    'div',
    { class: CLASS.choice, role: 'group' },
    ...buttons.map(({ button }) => button),
  );
  return {
    element,
    render: (chosen, label, words) => {
      setAttribute(element, 'aria-label', label);
      for (const { option, button } of buttons) {
        setText(button, words(option));
        setAttribute(button, 'aria-pressed', String(option === chosen));
      }
    },
  };
}

const PERIODS: readonly Period[] = ['today', 'week', 'month'];
const LANGUAGES: readonly Language[] = ['vi', 'en'];
const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { vi: 'VI', en: 'EN' };

export function createHeader(send: Send): View {
  const title = h('h1', { class: CLASS.brandTitle });
  const badge = h('span', { class: CLASS.badge, hidden: true });
  const periods = choice(PERIODS, (period) => {
    send({ type: 'period', period });
  });
  const languages = choice(LANGUAGES, (language) => {
    send({ type: 'language', language });
  });
  const theme = h('button', { type: 'button', class: CLASS.iconButton }, icon(ICON.theme));
  let dark = false;
  theme.addEventListener('click', () => {
    send({ type: 'theme', theme: dark ? 'light' : 'dark' });
  });

  const asOfLabel = h('span', { class: CLASS.clockLabel });
  const asOf = h('time', { class: CLASS.clockTime, 'data-as-of': true });
  const day = h('span', { class: CLASS.clockDay });
  const linkText = h('span', { 'data-link': true });
  const link = h(
    'span',
    { class: CLASS.link, role: 'status' },
    h('span', { class: CLASS.linkDot, 'aria-hidden': 'true' }),
    linkText,
  );

  const element = h(
    'header',
    { class: CLASS.top },
    h(
      'div',
      { class: CLASS.brand },
      h('img', { class: CLASS.brandMark, src: '/icon.svg', alt: '' }),
      h('span', { class: CLASS.brandProduct }, 'Trực'),
      title,
      badge,
    ),
    h('div', { class: CLASS.controls }, periods.element, languages.element, theme),
    h('div', { class: CLASS.clock }, h('span', {}, asOfLabel, ' ', asOf), day, link),
  );

  return {
    element,
    render: (state) => {
      const words = wordsIn(state.language);
      dark = state.theme === 'dark';
      setText(title, provinceTitle(state, words));
      badge.hidden = state.screen?.simulated !== true;
      setText(badge, simulatedWords(state, words));
      periods.render(state.period, words.periodLabel, (period) => words[period]);
      languages.render(state.language, words.languageLabel, (language) => LANGUAGE_NAMES[language]);
      setAttribute(theme, 'aria-label', words.theme);
      setAttribute(theme, 'title', words.theme);
      setText(asOfLabel, words.asOf);
      const instant = asOfMs(state);
      setText(asOf, instant === null ? '--:--:--' : formatClock(instant));
      setText(day, instant === null ? '' : formatLongDay(instant, state.language));
      const fresh = freshness(state);
      setAttribute(link, 'data-state', fresh.type);
      setText(linkText, linkWords(state, words));
    },
  };
}

function provinceTitle(state: State, words: Words): string {
  const province = state.screen?.province;
  const name = state.language === 'vi' ? province?.name : province?.nameEn;
  return name === undefined ? '' : `${words.title} ${name}`;
}

function simulatedWords(state: State, words: Words): string {
  const speed = state.screen?.speed ?? 1;
  return speed === 1
    ? words.simulated
    : `${words.simulated} ×${formatNumber(speed, state.language)}`;
}

function linkWords(state: State, words: Words): string {
  const fresh = freshness(state);
  switch (fresh.type) {
    case 'starting':
      return words.linkConnecting;
    case 'fresh':
      return words.linkOnline;
    case 'stale':
      return staleWords(fresh, words);
  }
}

function staleWords(stale: Extract<Freshness, { type: 'stale' }>, words: Words): string {
  const lost = stale.cause === 'link' ? words.linkLost : words.logLost;
  return `${lost} ${formatClock(stale.sinceMs)}`;
}

/** The line across the page while its numbers may not be believed, or may not be seen at all. */
export function createBanner(): View {
  const text = h('strong');
  const detail = h('span');
  const element = h(
    'div',
    { class: CLASS.banner, role: 'alert', hidden: true, 'data-banner': true },
    icon(ICON.alarm),
    text,
    detail,
  );
  return {
    element,
    render: (state) => {
      const words = wordsIn(state.language);
      const fresh = freshness(state);
      if (fresh.type === 'stale') {
        element.hidden = false;
        setText(text, staleWords(fresh, words));
        setText(detail, lostDetail(state, fresh.sinceMs, words));
      } else if (state.forbidden) {
        element.hidden = false;
        setText(text, words.forbidden);
        setText(detail, '');
      } else {
        element.hidden = true;
      }
    },
  };
}

function lostDetail(state: State, sinceMs: number, words: Words): string {
  const instant = asOfMs(state);
  const frozen = instant === null ? '' : ` · ${words.lostFrozen} ${formatClock(instant)}`;
  return `(${formatDuration(state.nowMs - sinceMs, state.language)})${frozen} · ${words.lostRetry}`;
}
