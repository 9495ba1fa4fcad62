/** A believable day, the same on every run: cases by a seeded generator, slow numbers as given. */
import areas from './areas.json';
import { FakeBoard, startOfDay, zoned, type Fact } from './fakeBoard';
import { AGENCIES } from './fakeServer';

const HOUR_MS = 3_600_000;

/** A small generator of numbers in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const FEEDBACK = ['received', 'accepted', 'assigned', 'in-progress', 'answered', 'published'];
const DOSSIER = ['1', '2', '4', '4', '5', '6', '9', '10', '10'];

/** Cases of the scene's day and the day before. */
export function sceneFacts(now: number, seed = 20_261_123): Fact[] {
  const random = seeded(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const facts: Fact[] = [];
  const day = startOfDay(now);

  for (let n = 0; n < 620; n++) {
    const dossier = n % 4 !== 0;
    const hour = 6.5 + 11 * (0.5 + (random() + random() - 1) / 2);
    const daysAgo = random() < 0.5 ? 1 : 0;
    const received = Math.min(
      now - 60_000 * (n % 50),
      day - daysAgo * 24 * HOUR_MS + hour * HOUR_MS,
    );
    const status = pick(dossier ? DOSSIER : FEEDBACK);
    const near = random();
    const dueAt = now + (near < 0.09 ? -1 - 60 * random() : 5 + 200 * random()) * HOUR_MS;
    const code = dossier
      ? `H60.${130 + (n % 40)}-261123-${String(n).padStart(4, '0')}`
      : `PA-2026-${String(10_000 + n)}`;
    facts.push({
      type: dossier ? 'vn.ioc.dossier.status' : 'vn.ioc.feedback.status',
      source: dossier ? '/onestop/tuyen-quang' : '/hotline/1022',
      id: `scene-${n}`,
      subject: code,
      time: zoned(received),
      data: {
        status,
        agency: pick(AGENCIES).id,
        area: near < 0.09 && random() < 0.35 ? '02215' : pick(areas).code,
        receivedAt: zoned(received),
        ...(random() < 0.97 ? { dueAt: zoned(dueAt) } : {}),
      },
    });
  }
  return facts.sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
}

export function scene(): FakeBoard {
  const board = new FakeBoard();
  board.post(sceneFacts(Date.now()));
  give(board);
  return board;
}

function give(board: FakeBoard): void {
  const given = {
    'feedback.received.week': 212,
    'feedback.received.month': 1_204,
    'feedback.accepted.today': 49,
    'feedback.accepted.week': 230,
    'feedback.accepted.month': 1_260,
    'feedback.answered.ontime.today': 38,
    'feedback.answered.ontime.week': 190,
    'feedback.answered.ontime.month': 1_122,
    'feedback.answered.late.today': 2,
    'feedback.answered.late.week': 6,
    'feedback.answered.late.month': 31,
    'feedback.reopened.today': 1,
    'feedback.reopened.week': 4,
    'feedback.reopened.month': 17,
    'feedback.refused.today': 0,
    'feedback.refused.week': 3,
    'feedback.refused.month': 12,
    'dossier.open': 12_140,
    'dossier.waiting': 320,
    'feedback.answertime.p90.month': 1_615,
    'dossier.received.week': 2_940,
    'dossier.received.month': 11_381,
    'dossier.received.online.today': 402,
    'dossier.received.online.month': 9_870,
    'dossier.received.desk.today': 61,
    'dossier.received.desk.month': 1_511,
    'dossier.finished.early.today': 311,
    'dossier.finished.early.month': 6_020,
    'dossier.finished.ontime.today': 84,
    'dossier.finished.ontime.month': 1_131,
    'dossier.finished.late.today': 1,
    'dossier.finished.late.month': 10,
    'portal.visits.today': 18_402,
    'portal.pageviews.today': 61_277,
    'indicator.projects.value': 75,
    'indicator.capital.value': 31_000,
    'indicator.capital.ratio': 0.623,
  };
  for (const [id, value] of Object.entries(given)) {
    board.given.set(id, value);
  }
  board.given.set('portal.visitors.today', null);
  board.given.set('feedback.ontimerate.month', { value: 0.9731, num: 1_122, den: 1_153 });
  board.given.set('feedback.satisfaction.month', { value: 0.9124, num: 406, den: 445 });
  board.given.set('dossier.ontime.d2.month', { value: 0.9986, num: 7_151, den: 7_161 });
  board.given.set('dossier.ontime.d3', { value: 0.9791, num: 282, den: 288 });
  board.given.set('dossier.satisfaction.month', { value: null, num: 0, den: 0 });
}
