/** One tooltip for every number: its name, its definition, and what it was divided by. */
import { CLASS } from '../classes';
import { h } from '../dom';
import { formatNumber } from '../format';
import { allMissing, allValues, type State } from '../state';
import { wordsIn } from '../words';
import type { Metric } from '../contract';

/** Gap between a number and its tooltip, in pixels. */
const GAP_PX = 8;

/** Installs the tooltip on `root`; hover, focus and touch of any `[data-metric]` show it. */
export function installTip(root: HTMLElement, state: () => State): void {
  const tip = h('div', { class: CLASS.tip, role: 'tooltip', id: 'tip', hidden: true });
  root.append(tip);
  let owner: Element | null = null;

  const hide = (): void => {
    owner?.removeAttribute('aria-describedby');
    owner = null;
    tip.hidden = true;
  };
  const show = (event: Event): void => {
    const target = event.target instanceof Element ? event.target.closest('[data-metric]') : null;
    if (target === owner) {
      return;
    }
    hide();
    const id = target?.getAttribute('data-metric') ?? null;
    const lines = id === null ? [] : tipLines(id, state());
    if (target === null || lines.length === 0) {
      return;
    }
    owner = target;
    tip.replaceChildren(...lines);
    tip.hidden = false;
    target.setAttribute('aria-describedby', tip.id);
    place(tip, target.getBoundingClientRect());
  };

  root.addEventListener('mouseover', show);
  root.addEventListener('focusin', show);
  root.addEventListener('focusout', hide);
  root.addEventListener('mouseleave', hide);
  root.addEventListener('click', hide);
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      hide();
    }
  });
}

function tipLines(id: string, state: State): HTMLElement[] {
  const words = wordsIn(state.language);
  const metric = state.catalogue.get(id);
  const value = allValues(state)[id];
  const lines: HTMLElement[] = [];
  if (metric !== undefined) {
    lines.push(...definition(metric, state));
  }
  if (typeof value === 'object' && value !== null) {
    const num = formatNumber(value.num, state.language);
    const den = formatNumber(value.den, state.language);
    lines.push(h('p', {}, `${words.numerator} ${num} / ${words.denominator} ${den}`));
  }
  if (value === null) {
    const reason = allMissing(state)[id];
    const why = reason === 'no-feed' ? words.noFeed : reason;
    lines.push(h('p', {}, why === undefined ? words.missing : `${words.missing} (${why})`));
  }
  return lines;
}

function definition(metric: Metric, state: State): HTMLElement[] {
  const vietnamese = state.language === 'vi';
  const text = vietnamese ? metric.definition : metric.definitionEn;
  return [
    h('b', {}, vietnamese ? metric.name : metric.nameEn),
    ...(text === '' ? [] : [h('p', {}, text)]),
  ];
}

/** Below the number where there is room, else above; never beyond the edges. */
function place(tip: HTMLElement, over: DOMRect): void {
  const box = tip.getBoundingClientRect();
  const left = Math.min(over.left, innerWidth - box.width - GAP_PX);
  const below = over.bottom + GAP_PX;
  const top = below + box.height <= innerHeight ? below : over.top - GAP_PX - box.height;
  tip.style.left = `${Math.max(GAP_PX, left)}px`;
  tip.style.top = `${Math.max(GAP_PX, top)}px`;
}
