import { describe, expect, it } from 'vitest';
import {
  decodeBoardPart,
  decodeCasePage,
  decodeCaseStory,
  decodeCatalogue,
  decodeFeedItem,
  decodeMapPart,
  decodeScreen,
  decodeSeries,
  UnreadableAnswer,
} from './contract';

describe('a board', () => {
  it('keeps counts, ratios and nulls apart', () => {
    const part = decodeBoardPart({
      scope: 'province',
      asOf: '2026-11-23T08:15:02.120+07:00',
      position: '184211',
      values: {
        'feedback.open': 312,
        'dossier.ontime.d2.month': { value: 0.9986, num: 7151, den: 7161 },
        'feedback.satisfaction.month': { value: null, num: 0, den: 0 },
        'portal.visits.today': null,
      },
      missing: { 'portal.visits.today': 'no-feed' },
    });
    expect(part.values).toEqual({
      'feedback.open': 312,
      'dossier.ontime.d2.month': { value: 0.9986, num: 7151, den: 7161 },
      'feedback.satisfaction.month': { value: null, num: 0, den: 0 },
      'portal.visits.today': null,
    });
    expect(part.missing).toEqual({ 'portal.visits.today': 'no-feed' });
  });

  it('without missing is whole', () => {
    expect(decodeBoardPart({ asOf: '2026-11-23T08:15:02+07:00', values: {} }).missing).toEqual({});
  });

  it.each([[null], ['text'], [[]], [{}], [{ asOf: 5, values: [] }]])('is not %j', (raw) => {
    expect(() => decodeBoardPart(raw)).toThrow(UnreadableAnswer);
  });
});

describe('the rest of the contract', () => {
  it('a map leaves out what is no number', () => {
    const raw = { asOf: 'now', metric: 'feedback.overdue', values: { '02215': 3, '02212': null } };
    expect(decodeMapPart(raw).values).toEqual({ '02215': 3 });
  });

  it('a feed item may lack its agency; a status may be a number', () => {
    const item = decodeFeedItem({
      position: 7,
      time: '2026-11-23T08:15:02+07:00',
      kind: 'dossier',
      code: 'H60-1',
      status: 9,
      agency: null,
    });
    expect(item).toMatchObject({ position: '7', status: '9', agency: null, area: null });
    expect(() => decodeFeedItem({ ...item, kind: 'score' })).toThrow(UnreadableAnswer);
  });

  it('a screen falls back to ids where names are missing', () => {
    const screen = decodeScreen({
      agencies: [{ id: 'H60.05' }],
      indicators: [
        { id: 'x', unit: 'km' },
        { id: 'y', unit: 'dự án', unitEn: 'projects' },
      ],
    });
    expect(screen.agencies).toEqual([{ id: 'H60.05', name: 'H60.05', nameEn: 'H60.05' }]);
    expect(screen.indicators[0]).toMatchObject({ id: 'x', unit: 'km', unitEn: 'km' });
    expect(screen.indicators[1]).toMatchObject({ id: 'y', unit: 'dự án', unitEn: 'projects' });
    expect(screen).toMatchObject({ simulated: false, speed: 1, areas: [] });
  });

  it('a catalogue may be bare or wrapped', () => {
    const entry = { id: 'feedback.open', name: 'Đang xử lý', nameEn: 'Open' };
    expect(decodeCatalogue([entry]).get('feedback.open')?.nameEn).toBe('Open');
    expect(decodeCatalogue({ metrics: [entry] }).get('feedback.open')?.name).toBe('Đang xử lý');
  });

  it('a catalogue with one definition has it in English', () => {
    const definition = (entry: object) => decodeCatalogue([{ id: 'x', ...entry }]).get('x');
    expect(definition({ definition: 'open and past due' })).toMatchObject({
      definition: '',
      definitionEn: 'open and past due',
    });
    expect(definition({ definition: 'quá hạn', definitionEn: 'overdue' })).toMatchObject({
      definition: 'quá hạn',
      definitionEn: 'overdue',
    });
  });

  it('a series keeps gaps as gaps', () => {
    const raw = {
      points: [
        ['2026-11-23T08:00:00+07:00', 4],
        ['2026-11-23T09:00:00+07:00', null],
      ],
    };
    expect(decodeSeries(raw).map(({ value }) => value)).toEqual([4, null]);
  });

  it('a case page ends with next null', () => {
    const page = decodeCasePage({ cases: [{ kind: 'feedback', code: 'PA-1' }], next: null });
    expect(page.next).toBeNull();
    expect(page.cases[0]).toMatchObject({ code: 'PA-1', dueAt: null, agency: null });
  });

  it('a history stands beside its case', () => {
    const story = decodeCaseStory({
      case: { kind: 'dossier', code: 'H60-1', status: 4 },
      history: [
        { time: 't1', source: '/a', status: 2, changes: { agency: 'H60.05' } },
        { time: 't2', source: '/a', status: 4, changes: {} },
      ],
    });
    expect(story.line).toMatchObject({ code: 'H60-1', status: '4' });
    expect(story.history.map(({ status, agency }) => [status, agency])).toEqual([
      ['2', 'H60.05'],
      ['4', null],
    ]);
  });

  it('a history reads its facts flat or with data', () => {
    const story = decodeCaseStory({
      kind: 'feedback',
      code: 'PA-1',
      status: 'accepted',
      history: [
        { time: 't1', type: 'vn.ioc.feedback.status', source: '/a', status: 'received' },
        { time: 't2', type: 'vn.ioc.feedback.status', source: '/a', data: { status: 'accepted' } },
        { time: 't3', type: 'vn.ioc.feedback.rated', source: '/a', data: { score: 5 } },
      ],
    });
    expect(story.history.map(({ status }) => status)).toEqual(['received', 'accepted', null]);
  });
});
