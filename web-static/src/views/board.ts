/** The province's live board: where everything stands. */
import { CLASS } from '../classes';
import { h } from '../dom';
import { SECTIONS } from '../metrics';
import { freshness } from '../state';
import { createCurves } from './curve';
import { createBanner, createHeader } from './header';
import { createHexMap } from './hexmap';
import { createSection } from './section';
import { createIndicators, createPortal } from './strip';
import { createTicker } from './ticker';
import type { Send, View } from './view';

export function createBoard(send: Send): View {
  const header = createHeader(send);
  const banner = createBanner();
  const cards: readonly (readonly [string, View])[] = [
    ...SECTIONS.map((section): readonly [string, View] => [
      section.kind,
      createSection(section, send),
    ]),
    ['map', createHexMap(send)],
    ['curves', createCurves()],
    ['ticker', createTicker(send)],
    ['portal', createPortal()],
    ['indicators', createIndicators()],
  ];
  for (const [place, { element }] of cards) {
    element.dataset['place'] = place;
  }
  const main = h('main', {}, ...cards.map(([, { element }]) => element));
  const element = h('div', { class: CLASS.board }, header.element, banner.element, main);
  return {
    element,
    render: (state) => {
      element.classList.toggle(CLASS.stale, freshness(state).type === 'stale');
      header.render(state);
      banner.render(state);
      for (const [, card] of cards) {
        card.render(state);
      }
    },
  };
}
