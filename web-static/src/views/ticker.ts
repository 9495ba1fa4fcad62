/** The newest events, newest first. Codes, states and places only: never a word of a citizen's. */
import { CLASS } from '../classes';
import { h, setText } from '../dom';
import { formatClock, parseInstant } from '../format';
import { agencyName, areaName, type FeedLine, type State } from '../state';
import { statusWords, wordsIn } from '../words';
import type { FeedItem } from '../contract';
import type { Send, View } from './view';

/** Lines drawn; more would not fit any wall. */
const LINES_DRAWN_MAX = 24;

export function createTicker(send: Send): View {
  const title = h('h2', { class: CLASS.cardTitle, id: 'title-ticker' });
  const empty = h('p', { class: CLASS.quiet });
  const list = h('ol', { class: CLASS.ticker });
  const element = h(
    'section',
    { class: CLASS.card, 'aria-labelledby': title.id, 'data-ticker': true },
    h('div', { class: CLASS.cardHead }, title),
    empty,
    list,
  );

  const event = (item: FeedItem, state: State, fresh: boolean): HTMLElement => {
    const instant = parseInstant(item.time);
    const place =
      areaName(state.screen, item.area) ?? agencyName(state.screen, item.agency, state.language);
    const button = h(
      'button',
      { type: 'button', class: CLASS.tickerRow, 'data-kind': item.kind },
      h('time', { class: CLASS.tickerTime }, instant === null ? '' : formatClock(instant)),
      h('span', { class: CLASS.tickerStatus }, statusWords(item.kind, item.status, state.language)),
      h('span', { class: CLASS.tickerCode }, item.code),
      h('span', { class: CLASS.tickerPlace }, place ?? ''),
    );
    button.addEventListener('click', () => {
      const { kind, code } = item;
      send({ type: 'panel', panel: { type: 'case', kind, code, from: null } });
    });
    return h('li', { class: fresh ? CLASS.fresh : '' }, button);
  };

  let painted: State | undefined;
  return {
    element,
    render: (state) => {
      const words = wordsIn(state.language);
      setText(title, words.ticker);
      setText(empty, words.tickerEmpty);
      empty.hidden = state.feed.length > 0;
      if (
        painted?.feed === state.feed &&
        painted.language === state.language &&
        painted.screen === state.screen
      ) {
        return;
      }
      const before = painted === undefined || painted.feed.length === 0 ? state.feed : painted.feed;
      const known = new Set<FeedLine>(before);
      list.replaceChildren(
        ...state.feed.slice(0, LINES_DRAWN_MAX).map((line) => {
          switch (line.type) {
            case 'event':
              return event(line.item, state, !known.has(line));
            case 'gap':
              return h('li', { class: CLASS.tickerGap }, words.tickerGap);
          }
        }),
      );
      painted = state;
    },
  };
}
