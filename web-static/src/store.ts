/** Holds the state; tells the views, a moment later and once, when it changed. */
import { reduce, type Message, type State } from './state';

/** How long changes are gathered before the views are painted, in milliseconds. */
const GATHER_MS = 50;

export interface Store {
  readonly state: () => State;
  readonly send: (message: Message) => void;
  /** Calls `listener` after changes, gathered; a timer and not a frame, so hidden pages keep up. */
  readonly watch: (listener: (state: State) => void) => void;
}

export function createStore(initial: State): Store {
  let state = initial;
  let scheduled = false;
  const listeners: ((state: State) => void)[] = [];

  const paint = (): void => {
    scheduled = false;
    for (const listener of listeners) {
      listener(state);
    }
  };

  return {
    state: () => state,
    send: (message) => {
      const next = reduce(state, message);
      if (next !== state) {
        state = next;
        if (!scheduled) {
          scheduled = true;
          setTimeout(paint, GATHER_MS);
        }
      }
    },
    watch: (listener) => {
      listeners.push(listener);
      listener(state);
    },
  };
}
