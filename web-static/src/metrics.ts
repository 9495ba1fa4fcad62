/** Which numbers stand where on the board. */
import type { CaseKind } from './contract';
import type { Words } from './words';

type WordKey = keyof Words;

/** A number of this moment; its click lists the cases behind it. */
export interface NowNumber {
  readonly id: string;
  readonly state: string;
  readonly word: WordKey;
}

/** A count over the chosen period; `{id}.{period}` is its catalogue id. */
export interface PeriodCount {
  readonly id: string;
  readonly word: WordKey;
}

/** A measure of quality, a ratio or a length of time; the first of a section is its headline. */
export interface Share {
  readonly id: string;
  readonly word: WordKey;
  readonly unit: 'ratio' | 'minutes';
}

export interface Section {
  readonly kind: CaseKind;
  readonly title: WordKey;
  readonly overdue: NowNumber;
  readonly nows: readonly NowNumber[];
  readonly shares: readonly Share[];
  readonly counts: readonly PeriodCount[];
}

export const SECTIONS: readonly Section[] = [
  {
    kind: 'feedback',
    title: 'feedback',
    overdue: { id: 'feedback.overdue', state: 'overdue', word: 'overdue' },
    nows: [
      { id: 'feedback.neardue', state: 'neardue', word: 'neardue' },
      { id: 'feedback.unaccepted', state: 'unaccepted', word: 'unaccepted' },
      { id: 'feedback.open', state: 'open', word: 'feedbackOpen' },
      { id: 'feedback.nodue', state: 'nodue', word: 'nodue' },
    ],
    shares: [
      { id: 'feedback.ontimerate.month', word: 'onTimeRate', unit: 'ratio' },
      { id: 'feedback.answertime.p90.month', word: 'answerTime', unit: 'minutes' },
      { id: 'feedback.satisfaction.month', word: 'satisfaction', unit: 'ratio' },
    ],
    counts: [
      { id: 'feedback.received', word: 'feedbackReceived' },
      { id: 'feedback.accepted', word: 'feedbackAccepted' },
      { id: 'feedback.answered.ontime', word: 'answeredOntime' },
      { id: 'feedback.answered.late', word: 'answeredLate' },
      { id: 'feedback.reopened', word: 'reopened' },
      { id: 'feedback.refused', word: 'refused' },
    ],
  },
  {
    kind: 'dossier',
    title: 'dossier',
    overdue: { id: 'dossier.overdue', state: 'overdue', word: 'overdue' },
    nows: [
      { id: 'dossier.neardue', state: 'neardue', word: 'neardue' },
      { id: 'dossier.waiting', state: 'waiting', word: 'waiting' },
      { id: 'dossier.open', state: 'open', word: 'dossierOpen' },
      { id: 'dossier.paused', state: 'paused', word: 'paused' },
      { id: 'dossier.nodue', state: 'nodue', word: 'nodue' },
    ],
    shares: [
      { id: 'dossier.ontime.d2.month', word: 'onTimeRate', unit: 'ratio' },
      { id: 'dossier.ontime.d3', word: 'inTime', unit: 'ratio' },
      { id: 'dossier.satisfaction.month', word: 'satisfaction', unit: 'ratio' },
    ],
    counts: [
      { id: 'dossier.received', word: 'dossierReceived' },
      { id: 'dossier.received.online', word: 'online' },
      { id: 'dossier.received.desk', word: 'desk' },
      { id: 'dossier.finished.early', word: 'early' },
      { id: 'dossier.finished.ontime', word: 'ontime' },
      { id: 'dossier.finished.late', word: 'late' },
    ],
  },
];

export const PORTAL_COUNTS: readonly PeriodCount[] = [
  { id: 'portal.visits', word: 'visits' },
  { id: 'portal.pageviews', word: 'pageviews' },
  { id: 'portal.visitors', word: 'visitors' },
];
