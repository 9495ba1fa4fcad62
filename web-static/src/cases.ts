/** Order and words of case lists. Pure. */
import type { CaseLine } from './contract';
import { formatDuration, parseInstant } from './format';
import type { Words, Language } from './words';

/** The most pressing first: by due time, those without one last, ties by code. */
export function byDue(cases: readonly CaseLine[]): readonly CaseLine[] {
  return [...cases].sort((a, b) => {
    const dueA = parseInstant(a.dueAt) ?? Infinity;
    const dueB = parseInstant(b.dueAt) ?? Infinity;
    return dueA === dueB ? (a.code < b.code ? -1 : 1) : dueA - dueB;
  });
}

/** How a case stands against its due time. */
export interface Standing {
  readonly late: boolean;
  readonly text: string;
}

/** In words, `2 giờ 5 phút` late or left at `nowMs` of domain time; null without a due time. */
export function standing(
  dueAt: string | null,
  nowMs: number,
  words: Words,
  language: Language,
): Standing | null {
  const due = parseInstant(dueAt);
  if (due === null) {
    return null;
  }
  const late = nowMs > due;
  const length = formatDuration(Math.abs(nowMs - due), language);
  return { late, text: `${late ? words.lateBy : words.left} ${length}` };
}
