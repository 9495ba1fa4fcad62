import type { Message, State } from '../state';

/** A part of the page: an element, and how to paint a state into it. */
export interface View {
  readonly element: HTMLElement;
  readonly render: (state: State) => void;
}

export type Send = (message: Message) => void;
