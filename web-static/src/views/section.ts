/** One topic of the board: what is overdue now, what else is open, shares, counts of the period. */
import { CLASS } from '../classes';
import { h, icon, ICON, setAttribute, setText } from '../dom';
import { formatNumber, formatSpan, formatValue } from '../format';
import type { NowNumber, PeriodCount, Section, Share } from '../metrics';
import { allValues, type State } from '../state';
import { wordsIn } from '../words';
import type { Ratio, Value, Values } from '../contract';
import type { Send, View } from './view';

const MINUTE_MS = 60_000;

type Paint = (state: State, values: Values) => void;

interface Piece {
  readonly element: HTMLElement;
  readonly paint: Paint;
}

/** The element that holds a board value; tests and tooltips find it by its catalogue id. */
function valueElement(id: string): HTMLElement {
  return h('span', { class: CLASS.number, 'data-value-of': id });
}

/** Writes a value as text; words in place of a number are set smaller. */
export function paintValue(element: Element, value: Value | undefined, state: State): void {
  paintText(element, formatValue(value, state.language, wordsIn(state.language)), isWords(value));
}

/** The length stands on the element, so that long numbers can be set smaller. */
function paintText(element: Element, text: string, words: boolean): void {
  setText(element, text);
  setAttribute(element, 'data-length', String(text.length));
  element.classList.toggle(CLASS.noNumber, words);
}

function isWords(value: Value | undefined): boolean {
  return value === null || (typeof value === 'object' && value.den === 0);
}

function now(section: Section, number: NowNumber, send: Send): Piece {
  const value = valueElement(number.id);
  const label = h('span', { class: CLASS.label });
  const element = h(
    'button',
    { type: 'button', class: CLASS.now, 'data-metric': number.id },
    label,
    value,
  );
  element.addEventListener('click', () => {
    const query = { kind: section.kind, state: number.state, area: null };
    send({ type: 'panel', panel: { type: 'list', query } });
  });
  return {
    element,
    paint: (state, values) => {
      setText(label, wordsIn(state.language)[number.word]);
      paintValue(value, values[number.id], state);
    },
  };
}

/** The one number that may turn red: filled when anything is overdue, calm with a tick when not. */
function overdue(section: Section, send: Send): Piece {
  const piece = now(section, section.overdue, send);
  const alarm = icon(ICON.alarm);
  const calm = icon(ICON.check);
  piece.element.classList.add(CLASS.overdue);
  piece.element.querySelector(`.${CLASS.label}`)?.before(alarm, calm);
  return {
    element: piece.element,
    paint: (state, values) => {
      piece.paint(state, values);
      const value = values[section.overdue.id];
      const alarmed = typeof value === 'number' && value > 0;
      piece.element.classList.toggle(CLASS.alarm, alarmed);
      alarm.toggleAttribute('hidden', !alarmed);
      calm.toggleAttribute('hidden', value !== 0);
    },
  };
}

function share(spec: Share, headline: boolean): Piece {
  const value = valueElement(spec.id);
  const label = h('span', { class: CLASS.label });
  const parts = h('span', { class: CLASS.parts });
  const fill = h('span', { class: CLASS.gaugeFill });
  const element = h(
    'button',
    {
      type: 'button',
      class: headline ? `${CLASS.share} ${CLASS.headline}` : CLASS.share,
      'data-metric': spec.id,
    },
    label,
    value,
    h('span', { class: CLASS.gauge, 'data-unit': spec.unit, 'aria-hidden': 'true' }, fill),
    parts,
  );
  return {
    element,
    paint: (state, values) => {
      const words = wordsIn(state.language);
      setText(label, words[spec.word]);
      const ratio = values[spec.id];
      if (spec.unit === 'minutes' && typeof ratio === 'number') {
        paintText(value, formatSpan(ratio * MINUTE_MS, state.language), false);
      } else {
        paintValue(value, ratio, state);
      }
      setText(parts, isRatio(ratio) && ratio.den > 0 ? partsText(ratio, state) : '');
      fill.style.width =
        isRatio(ratio) && ratio.den > 0 ? `${(100 * ratio.num) / ratio.den}%` : '0';
    },
  };
}

function isRatio(value: Value | undefined): value is Ratio {
  return typeof value === 'object' && value !== null;
}

function partsText(ratio: Ratio, state: State): string {
  return `${formatNumber(ratio.num, state.language)}/${formatNumber(ratio.den, state.language)}`;
}

/** A count of the chosen period. */
export function periodCount(spec: PeriodCount, className: string): Piece {
  const value = valueElement('');
  const label = h('span', { class: CLASS.label });
  const element = h('button', { type: 'button', class: className }, label, value);
  return {
    element,
    paint: (state, values) => {
      const id = `${spec.id}.${state.period}`;
      setAttribute(element, 'data-metric', id);
      setAttribute(value, 'data-value-of', id);
      setText(label, wordsIn(state.language)[spec.word]);
      paintValue(value, values[id], state);
    },
  };
}

export function createSection(section: Section, send: Send): View {
  const title = h('h2', { class: CLASS.cardTitle, id: `title-${section.kind}` });
  const countsTitle = h('h3', { class: CLASS.countsTitle });
  const hero = overdue(section, send);
  const nows = section.nows.map((number) => now(section, number, send));
  const shares = section.shares.map((spec, index) => share(spec, index === 0));
  const counts = section.counts.map((spec) => periodCount(spec, CLASS.count));
  const pieces = [hero, ...nows, ...shares, ...counts];
  const elements = (list: readonly Piece[]): HTMLElement[] => list.map((piece) => piece.element);

  const element = h(
    'section',
    {
      class: `${CLASS.card} ${CLASS.section}`,
      'aria-labelledby': title.id,
      'data-section': section.kind,
    },
    h('div', { class: CLASS.cardHead }, title),
    h('div', { class: CLASS.nows, 'data-numbers': nows.length }, hero.element, ...elements(nows)),
    h('div', { class: CLASS.shares }, ...elements(shares)),
    countsTitle,
    h('div', { class: CLASS.counts }, ...elements(counts)),
  );

  return {
    element,
    render: (state) => {
      const words = wordsIn(state.language);
      const values = allValues(state);
      setText(title, words[section.title]);
      setText(countsTitle, words[state.period]);
      for (const piece of pieces) {
        piece.paint(state, values);
      }
    },
  };
}
