/** Asks the person for a token: the last resort, once on a machine. */
import { CLASS } from '../classes';
import { h, setText } from '../dom';
import type { State } from '../state';
import { wordsIn } from '../words';

export interface Ask {
  readonly element: HTMLElement;
  readonly render: (state: State) => void;
  /** Resolves with what the person entered; `wrong` says that the last entry did not work. */
  readonly ask: (wrong: boolean) => Promise<string>;
}

export function createAsk(): Ask {
  const title = h('h2', { id: 'title-ask' });
  const hint = h('label', { for: 'ask-token' });
  const wrongNote = h('p', { class: CLASS.askWrong, role: 'alert', hidden: true });
  const input = h('input', {
    id: 'ask-token',
    type: 'password',
    autocomplete: 'off',
    spellcheck: 'false',
    required: true,
  });
  const submit = h('button', { type: 'submit', class: CLASS.button });
  const form = h('form', { method: 'dialog' }, title, hint, input, wrongNote, submit);
  const element = h(
    'dialog',
    { class: CLASS.ask, 'aria-labelledby': title.id, 'data-ask': true },
    form,
  );
  let answer: ((token: string) => void) | null = null;

  element.addEventListener('cancel', (event) => {
    event.preventDefault();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const token = input.value.trim();
    if (token !== '' && answer !== null) {
      answer(token);
      answer = null;
      input.value = '';
      element.close();
    }
  });

  return {
    element,
    render: (state) => {
      const words = wordsIn(state.language);
      setText(title, words.tokenTitle);
      setText(hint, words.tokenHint);
      setText(wrongNote, words.tokenWrong);
      setText(submit, words.tokenOk);
    },
    ask: (wrong) =>
      new Promise((resolve) => {
        wrongNote.hidden = !wrong;
        answer = resolve;
        element.showModal();
        input.focus();
      }),
  };
}
