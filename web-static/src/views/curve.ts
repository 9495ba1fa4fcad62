/** Today by the hour against the same weekday a week before, one small plot for each topic. */
import { CLASS } from '../classes';
import { h, s, setAttribute, setText } from '../dom';
import { hourOfDay, isoDay } from '../format';
import { byHour, HEIGHT, HOURS, stepPath, WIDTH } from '../hours';
import { asOfMs, allValues, type Curve, type CurveId, type State } from '../state';
import { wordsIn, type Words } from '../words';
import { paintValue } from './section';
import type { View } from './view';

const TICKS = [0, 6, 12, 18, 24] as const;

function createCurve(id: CurveId, word: keyof Words): View {
  const label = h('span', { class: CLASS.label });
  const total = h('span', { class: CLASS.number, 'data-value-of': `${id}.today` });
  const peak = h('span', { class: CLASS.quiet });
  const bars = Array.from({ length: HOURS }, (_, hour) =>
    s('rect', { class: CLASS.bar, x: hour * 10 + 1.5, width: 7, y: HEIGHT, height: 0 }),
  );
  const before = s('path', { class: CLASS.before, 'vector-effect': 'non-scaling-stroke' });
  const plot = s(
    'svg',
    {
      class: CLASS.curvePlot,
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      preserveAspectRatio: 'none',
      role: 'img',
    },
    ...bars,
    before,
  );
  const element = h(
    'div',
    { class: CLASS.curve, 'data-curve': id },
    h('div', { class: CLASS.curveHead, 'data-metric': `${id}.today` }, label, total, peak),
    plot,
    h(
      'div',
      { class: CLASS.curveHours, 'aria-hidden': 'true' },
      ...TICKS.map((tick) => h('span', {}, `${tick}h`)),
    ),
  );

  let painted: Curve | undefined;
  let paintedHour = -1;
  return {
    element,
    render: (state) => {
      const words = wordsIn(state.language);
      const instant = asOfMs(state);
      const curve = state.curves[id];
      setText(label, words[word]);
      paintValue(total, allValues(state)[`${id}.today`], state);
      const today = byHour(curve?.today ?? []);
      const highest = Math.max(1, ...today, ...byHour(curve?.before ?? []));
      setText(peak, curve === undefined ? '' : `${words.peak} ${highest}`);
      setAttribute(plot, 'aria-label', `${words[word]}, ${words.curve}: ${today.join(' ')}`);
      const currentHour =
        instant !== null && curve?.day === isoDay(instant) ? hourOfDay(instant) : -1;
      if (curve === painted && currentHour === paintedHour) {
        return;
      }
      painted = curve;
      paintedHour = currentHour;
      bars.forEach((bar, hour) => {
        const height = ((today[hour] ?? 0) / highest) * HEIGHT;
        setAttribute(bar, 'y', (HEIGHT - height).toFixed(2));
        setAttribute(bar, 'height', height.toFixed(2));
        bar.classList.toggle(CLASS.barNow, hour === currentHour);
      });
      const past = curve?.before ?? [];
      setAttribute(before, 'd', past.length === 0 ? '' : stepPath(byHour(past), highest));
    },
  };
}

export function createCurves(): View {
  const title = h('h2', { class: CLASS.cardTitle, id: 'title-curve' });
  const today = h('span');
  const before = h('span');
  const curves = [
    createCurve('feedback.received', 'curveFeedback'),
    createCurve('dossier.received', 'curveDossier'),
  ];
  const swatch = (kind: string): HTMLElement =>
    h('span', { class: CLASS.swatch, 'data-kind': kind, 'aria-hidden': 'true' });
  const element = h(
    'section',
    { class: `${CLASS.card} ${CLASS.curves}`, 'aria-labelledby': title.id },
    h(
      'div',
      { class: CLASS.cardHead },
      title,
      h(
        'span',
        { class: CLASS.legendLine },
        h('span', {}, swatch('today'), today),
        h('span', {}, swatch('before'), before),
      ),
    ),
    ...curves.map((curve) => curve.element),
  );
  return {
    element,
    render: (state: State) => {
      const words = wordsIn(state.language);
      setText(title, words.curve);
      setText(today, words.today);
      setText(before, words.weekBefore);
      for (const curve of curves) {
        curve.render(state);
      }
    },
  };
}
