/** Wires the page, in one straight line: token, API, link, store, views. */
import { ApiRefusal, createApi, renewToken } from './api';
import { setAttribute } from './dom';
import { isoDay } from './format';
import { createLink } from './link';
import { loadPreferences, savePreferences } from './preferences';
import { asOfMs, initialState, type CurveId, type State } from './state';
import { createStore } from './store';
import { TokenKeeper, tokenFromFragment } from './token';
import { wordsIn } from './words';
import { createAsk } from './views/ask';
import { createBoard } from './views/board';
import { createPanel } from './views/panel';
import { installTip } from './views/tip';
import './styles/type.css';
import './styles/base.css';
import './styles/board.css';
import './styles/curve.css';
import './styles/narrow.css';
import './styles/map.css';
import './styles/panel.css';

const TOKEN_KEY = 'truc.token';
const CURVES: readonly CurveId[] = ['feedback.received', 'dossier.received'];
const TICK_MS = 1_000;
/** How often today's curve is asked for, in milliseconds; the counters above it are pushed. */
const CURVE_MS = 15_000;
/** Pause before names are asked for again after a failure, in milliseconds. */
const NAMES_RETRY_MS = 5_000;
const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

const { token: given, rest } = tokenFromFragment(location.hash);
if (given !== null) {
  history.replaceState(null, '', location.pathname + location.search + rest);
}

const ask = createAsk();
const keeper = new TokenKeeper(
  {
    shelf: {
      read: () => localStorage.getItem(TOKEN_KEY),
      write: (token) => {
        localStorage.setItem(TOKEN_KEY, token);
      },
      clear: () => {
        localStorage.removeItem(TOKEN_KEY);
      },
    },
    renew: renewToken,
    ask: ask.ask,
    nowMs: Date.now,
    later: (run, delayMs) => {
      setTimeout(run, delayMs);
    },
  },
  given,
);

const store = createStore(initialState(loadPreferences(), Date.now()));
const api = createApi(keeper);
const link = createLink(keeper, store.send);
const board = createBoard(store.send);
const panel = createPanel(api, store.send);

document.getElementById('app')?.append(board.element, panel.element, ask.element);
installTip(board.element, store.state);

store.watch((state) => {
  setAttribute(document.documentElement, 'lang', state.language);
  setAttribute(document.documentElement, 'data-theme', state.theme);
  const province = state.screen?.province;
  const name = state.language === 'vi' ? province?.name : province?.nameEn;
  document.title = [wordsIn(state.language).product, name].filter(Boolean).join(' · ');
  ask.render(state);
  board.render(state);
  panel.render(state);
  savePreferences(state);
});

/** Names, catalogue and kind of clock: once for each time the link came up, until they are here. */
let namesWanted = false;
async function loadNames(): Promise<void> {
  if (namesWanted) {
    return;
  }
  namesWanted = true;
  try {
    store.send({ type: 'screen', screen: await api.screen() });
    store.send({ type: 'catalogue', catalogue: await api.catalogue() });
  } catch (error) {
    if (error instanceof ApiRefusal && error.status === 403) {
      store.send({ type: 'forbidden' });
    }
    setTimeout(() => void loadNames(), NAMES_RETRY_MS);
  } finally {
    namesWanted = false;
  }
}

async function loadCurves(state: State): Promise<void> {
  const instant = asOfMs(state);
  if (instant === null || state.link.type !== 'online') {
    return;
  }
  const [before, day, after] = [
    isoDay(instant - WEEK_MS),
    isoDay(instant),
    isoDay(instant + DAY_MS),
  ];
  for (const id of CURVES) {
    try {
      const points = await api.series(id, before, after);
      const todayFrom = Date.parse(`${day}T00:00:00+07:00`);
      store.send({
        type: 'curve',
        id,
        curve: {
          day,
          today: points.filter(({ time }) => Date.parse(time) >= todayFrom),
          before: points.filter(({ time }) => Date.parse(time) < todayFrom - WEEK_MS + DAY_MS),
        },
      });
    } catch {
      // The next round asks again; until then the curve stands as it was, under its own hour.
    }
  }
}

let wasOnline = false;
store.watch((state) => {
  const online = state.link.type === 'online';
  if (online && !wasOnline) {
    void loadNames();
    void loadCurves(state);
  }
  wasOnline = online;
});
setInterval(() => void loadCurves(store.state()), CURVE_MS);
setInterval(() => {
  store.send({ type: 'tick', atMs: Date.now(), lastFrameMs: link.lastFrameMs() });
}, TICK_MS);
link.start();
