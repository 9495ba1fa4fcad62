/** What is slow or reported by hand: portals of the period, indicators of the province. */
import { CLASS } from '../classes';
import { h, setText } from '../dom';
import { formatNumber } from '../format';
import { PORTAL_COUNTS } from '../metrics';
import { allValues, type State } from '../state';
import { wordsIn } from '../words';
import type { Indicator, Ratio, Value, Values } from '../contract';
import { paintValue, periodCount } from './section';
import type { View } from './view';

/** Indicators shown, in tiles. */
const INDICATORS_MAX = 3;

export function createPortal(): View {
  const title = h('h2', { class: CLASS.cardTitle, id: 'title-portal' });
  const counts = PORTAL_COUNTS.map((spec) => periodCount(spec, CLASS.stripItem));
  const element = h(
    'section',
    { class: `${CLASS.card} ${CLASS.strip}`, 'aria-labelledby': title.id },
    h('div', { class: CLASS.cardHead }, title),
    ...counts.map((count) => count.element),
  );
  return {
    element,
    render: (state) => {
      setText(title, wordsIn(state.language).portal);
      const values = allValues(state);
      for (const count of counts) {
        count.paint(state, values);
      }
    },
  };
}

/** The indicators that have ever been fed, in the order of the configuration. */
export function fedIndicators(state: State): readonly Indicator[] {
  const values = allValues(state);
  return (state.screen?.indicators ?? []).filter(({ id }) => {
    const value = values[`indicator.${id}.value`];
    return value !== undefined && value !== null;
  });
}

export function createIndicators(): View {
  const title = h('h2', { class: CLASS.cardTitle, id: 'title-indicators' });
  const note = h('span', { class: CLASS.quiet });
  const empty = h('p', { class: CLASS.quiet });
  const items = h('div', { class: CLASS.stripItem });
  const element = h(
    'section',
    { class: `${CLASS.card} ${CLASS.strip}`, 'aria-labelledby': title.id },
    h('div', { class: CLASS.cardHead }, title, note),
    empty,
    items,
  );
  items.className = CLASS.strip;

  let drawn = '';
  return {
    element,
    render: (state) => {
      const words = wordsIn(state.language);
      setText(title, words.indicators);
      setText(note, words.reported);
      const shown = fedIndicators(state).slice(0, INDICATORS_MAX);
      setText(empty, words.missing);
      empty.hidden = shown.length > 0;
      const key = shown.map(({ id }) => id).join(' ');
      if (key !== drawn) {
        drawn = key;
        items.replaceChildren(...shown.map(indicatorTile));
      }
      const values = allValues(state);
      shown.forEach((indicator, index) => {
        const tile = items.children[index];
        if (tile !== undefined) {
          paintIndicator(tile, indicator, values, state);
        }
      });
    },
  };
}

function indicatorTile({ id }: Indicator): HTMLElement {
  return h(
    'button',
    { type: 'button', class: CLASS.stripItem, 'data-metric': `indicator.${id}.value` },
    h('span', { class: CLASS.label }),
    h(
      'span',
      {},
      h('span', { class: CLASS.number, 'data-value-of': `indicator.${id}.value` }),
      ' ',
      h('span', { class: CLASS.unit }),
    ),
    h('span', { class: CLASS.parts }),
  );
}

function paintIndicator(tile: Element, indicator: Indicator, values: Values, state: State): void {
  const label = tile.querySelector(`.${CLASS.label}`);
  const value = tile.querySelector(`.${CLASS.number}`);
  const unit = tile.querySelector(`.${CLASS.unit}`);
  const parts = tile.querySelector(`.${CLASS.parts}`);
  if (label === null || value === null || unit === null || parts === null) {
    return;
  }
  const vietnamese = state.language === 'vi';
  setText(label, vietnamese ? indicator.name : indicator.nameEn);
  paintValue(value, values[`indicator.${indicator.id}.value`], state);
  const plan = planShare(values[`indicator.${indicator.id}.ratio`], state);
  setText(unit, vietnamese ? indicator.unit : indicator.unitEn);
  setText(parts, plan === null ? '' : wordsIn(state.language).ofPlan.replace('#', plan));
}

/** A plan is reported with what precision it has: one decimal. */
function planShare(ratio: Value | undefined, state: State): string | null {
  const share = shareOf(ratio);
  return share === null ? null : `${formatNumber(Math.floor(share * 1_000) / 10, state.language)}%`;
}

function shareOf(ratio: Value | undefined): number | null {
  if (ratio === undefined || ratio === null) {
    return null;
  }
  if (typeof ratio === 'number') {
    return ratio;
  }
  return partsShare(ratio);
}

function partsShare(ratio: Ratio): number | null {
  return ratio.den === 0 ? null : ratio.num / ratio.den;
}
