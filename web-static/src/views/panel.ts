/** The side panel: the cases behind a number, and the history of one case. */
import { ApiRefusal, type Api } from '../api';
import { byDue, standing } from '../cases';
import { CLASS } from '../classes';
import { h, icon, ICON, setAttribute, setText } from '../dom';
import { formatClock, formatMoment, formatNumber, parseInstant } from '../format';
import { SECTIONS } from '../metrics';
import { agencyName, areaName, asOfMs, type CaseQuery, type Panel, type State } from '../state';
import { statusWords, wordsIn, type Words } from '../words';
import type { CaseLine, CaseStory, HistoryLine } from '../contract';
import type { Send, View } from './view';

type Content =
  | { readonly type: 'nothing' }
  | { readonly type: 'loading' }
  | { readonly type: 'failed' }
  | { readonly type: 'list'; readonly cases: readonly CaseLine[]; readonly next: string | null }
  | { readonly type: 'story'; readonly story: CaseStory };

export function createPanel(api: Api, send: Send): View {
  const title = h('h2', { class: CLASS.panelTitle, id: 'title-panel' });
  const note = h('p', { class: CLASS.panelNote });
  const back = h('button', { type: 'button', class: CLASS.iconButton }, icon(ICON.back));
  const reload = h('button', { type: 'button', class: CLASS.iconButton }, icon(ICON.reload));
  const close = h('button', { type: 'button', class: CLASS.iconButton }, icon(ICON.close));
  const body = h('div', { class: CLASS.panelBody, tabindex: -1 });
  const element = h(
    'dialog',
    { class: CLASS.panel, 'aria-labelledby': title.id, 'data-panel': true },
    h('div', { class: CLASS.panelHead }, back, title, reload, close),
    note,
    body,
  );

  let panel: Panel = { type: 'closed' };
  let content: Content = { type: 'nothing' };
  let state: State | undefined;
  let loading = 0;

  const paint = (): void => {
    if (state === undefined || panel.type === 'closed') {
      return;
    }
    const words = wordsIn(state.language);
    back.hidden = panel.type !== 'case' || panel.from === null;
    for (const [button, label] of [
      [back, words.back],
      [reload, words.reload],
      [close, words.close],
    ] as const) {
      setAttribute(button, 'aria-label', label);
      setAttribute(button, 'title', label);
    }
    setText(title, panelTitle(panel, state, words));
    setText(note, noteText(content, state, words));
    body.replaceChildren(...contentElements(panel, content, state, words));
  };

  const contentElements = (
    shown: Panel,
    { type, ...rest }: Content,
    current: State,
    words: Words,
  ): HTMLElement[] => {
    const held = { type, ...rest } as Content;
    switch (held.type) {
      case 'nothing':
        return [];
      case 'loading':
        return [h('p', {}, words.fetching)];
      case 'failed':
        return [h('p', {}, words.loadFailed)];
      case 'list':
        return listElements(held.cases, held.next, shown, current, words);
      case 'story':
        return storyElements(held.story, current, words);
    }
  };

  const listElements = (
    cases: readonly CaseLine[],
    next: string | null,
    shown: Panel,
    current: State,
    words: Words,
  ): HTMLElement[] => {
    if (cases.length === 0) {
      return [h('p', {}, words.noCases)];
    }
    const query = shown.type === 'list' ? shown.query : null;
    const rows = byDue(cases).map((line) => caseRow(line, query, current, words, send));
    const head = [words.code, words.agency, words.status, words.due];
    const table = h(
      'table',
      { class: CLASS.cases },
      h('thead', {}, h('tr', {}, ...head.map((text) => h('th', { scope: 'col' }, text)))),
      h('tbody', {}, ...rows),
    );
    if (next === null) {
      return [table];
    }
    const more = h('button', { type: 'button', class: CLASS.button }, words.more);
    more.addEventListener('click', () => {
      more.disabled = true;
      load(next, cases);
    });
    return [table, more];
  };

  const load = (cursor: string | null, before: readonly CaseLine[]): void => {
    const wanted = panel;
    loading += 1;
    const mine = loading;
    const show = (next: Content): void => {
      if (mine === loading) {
        content = next;
        paint();
      }
    };
    if (before.length === 0) {
      show({ type: 'loading' });
    }
    fetchContent(api, wanted, cursor, before).then(show, (error: unknown) => {
      show({ type: 'failed' });
      if (!(error instanceof ApiRefusal) && !(error instanceof Error)) {
        throw error;
      }
    });
  };

  close.addEventListener('click', () => {
    send({ type: 'panel', panel: { type: 'closed' } });
  });
  element.addEventListener('cancel', (event) => {
    event.preventDefault();
    send({ type: 'panel', panel: { type: 'closed' } });
  });
  element.addEventListener('click', (event) => {
    if (event.target === element) {
      send({ type: 'panel', panel: { type: 'closed' } });
    }
  });
  back.addEventListener('click', () => {
    if (panel.type === 'case' && panel.from !== null) {
      send({ type: 'panel', panel: { type: 'list', query: panel.from } });
    }
  });
  reload.addEventListener('click', () => {
    load(null, []);
  });

  return {
    element,
    render: (next) => {
      const changed = next.panel !== panel;
      const reworded = next.language !== state?.language || next.screen !== state.screen;
      state = next;
      if (!changed) {
        if (reworded) {
          paint();
        }
        return;
      }
      panel = next.panel;
      if (panel.type === 'closed') {
        loading += 1;
        content = { type: 'nothing' };
        element.close();
        body.replaceChildren();
        return;
      }
      if (!element.open) {
        element.showModal();
      }
      load(null, []);
      body.scrollTop = 0;
    },
  };
}

async function fetchContent(
  api: Api,
  panel: Panel,
  cursor: string | null,
  before: readonly CaseLine[],
): Promise<Content> {
  switch (panel.type) {
    case 'closed':
      return { type: 'nothing' };
    case 'list': {
      const page = await api.cases(panel.query, cursor);
      return { type: 'list', cases: [...before, ...page.cases], next: page.next };
    }
    case 'case':
      return { type: 'story', story: await api.story(panel.kind, panel.code) };
  }
}

function panelTitle(panel: Panel, state: State, words: Words): string {
  switch (panel.type) {
    case 'closed':
      return '';
    case 'list':
      return listTitle(panel.query, state, words);
    case 'case':
      return `${words[panel.kind]} · ${panel.code}`;
  }
}

function listTitle(query: CaseQuery, state: State, words: Words): string {
  const section = SECTIONS.find(({ kind }) => kind === query.kind);
  const number = [section?.overdue, ...(section?.nows ?? [])].find(
    (candidate) => candidate?.state === query.state,
  );
  const area = areaName(state.screen, query.area);
  const parts = [words[query.kind], number === undefined ? query.state : words[number.word], area];
  return parts.filter((part) => part !== null).join(' · ');
}

function noteText(content: Content, state: State, words: Words): string {
  if (content.type !== 'list') {
    return '';
  }
  const count = formatNumber(content.cases.length, state.language);
  const more = content.next === null ? '' : '+';
  const instant = asOfMs(state);
  const at = instant === null ? '' : ` · ${words.listAt} ${formatClock(instant)}`;
  return `${count}${more} ${words.listed}${at}`;
}

function caseRow(
  line: CaseLine,
  from: CaseQuery | null,
  state: State,
  words: Words,
  send: Send,
): HTMLElement {
  const code = h('button', { type: 'button', class: CLASS.caseCode }, line.code);
  code.addEventListener('click', () => {
    const { kind } = line;
    send({ type: 'panel', panel: { type: 'case', kind, code: line.code, from } });
  });
  const agency = agencyName(state.screen, line.agency, state.language) ?? '—';
  const area = areaName(state.screen, line.area);
  return h(
    'tr',
    { 'data-case': line.code },
    h('th', { scope: 'row' }, code),
    h('td', {}, agency, ...(area === null ? [] : [h('small', {}, area)])),
    h('td', {}, statusWords(line.kind, line.status, state.language)),
    h('td', {}, ...dueElements(line, state, words)),
  );
}

function dueElements(line: CaseLine, state: State, words: Words): (HTMLElement | string)[] {
  const due = parseInstant(line.dueAt);
  if (due === null) {
    return [words.nodue];
  }
  const computed = line.dueBy === 'computed' ? ` (${words.computed})` : '';
  const stands = standing(line.dueAt, asOfMs(state) ?? state.nowMs, words, state.language);
  const elements: (HTMLElement | string)[] = [formatMoment(due) + computed];
  if (stands !== null && !isOver(line)) {
    elements.push(h('small', { class: stands.late ? CLASS.late : '' }, stands.text));
  }
  return elements;
}

const OVER: Readonly<Record<CaseLine['kind'], ReadonlySet<string>>> = {
  dossier: new Set(['3', '7', '8', '9', '10']),
  feedback: new Set(['answered', 'published', 'closed', 'refused', 'withdrawn', 'duplicate']),
};

/** A finished case is neither late nor has time left. */
function isOver(line: CaseLine): boolean {
  return OVER[line.kind].has(line.status);
}

function storyElements({ line, history }: CaseStory, state: State, words: Words): HTMLElement[] {
  const received = parseInstant(line.receivedAt);
  const facts: readonly (readonly [string, readonly (HTMLElement | string)[]])[] = [
    [words.status, [statusWords(line.kind, line.status, state.language)]],
    [words.agency, [agencyName(state.screen, line.agency, state.language) ?? '—']],
    [words.area, [areaName(state.screen, line.area) ?? '—']],
    [words.received, [received === null ? '—' : formatMoment(received)]],
    [words.due, dueElements(line, state, words)],
  ];
  return [
    h(
      'dl',
      { class: CLASS.facts },
      ...facts.map(([term, values]) => h('div', {}, h('dt', {}, term), h('dd', {}, ...values))),
    ),
    h('h3', { class: CLASS.countsTitle }, words.history),
    h('ol', { class: CLASS.story }, ...history.map((fact) => historyRow(fact, line, state, words))),
  ];
}

function historyRow(fact: HistoryLine, line: CaseLine, state: State, words: Words): HTMLElement {
  const instant = parseInstant(fact.time);
  const what =
    fact.status === null
      ? fact.type.endsWith('.rated')
        ? words.rating
        : words.change
      : statusWords(line.kind, fact.status, state.language);
  const due = parseInstant(fact.dueAt);
  const details = [
    agencyName(state.screen, fact.agency, state.language),
    due === null ? null : `${words.due} ${formatMoment(due)}`,
    fact.source === '' ? null : `${words.source} ${fact.source}`,
  ].filter((detail) => detail !== null);
  return h(
    'li',
    {},
    h(
      'time',
      { class: CLASS.storyTime },
      instant === null ? fact.time : `${formatClock(instant)} ${formatMoment(instant).slice(6)}`,
    ),
    h('b', {}, what),
    h('small', {}, details.join(' · ')),
  );
}
