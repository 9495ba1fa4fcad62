/** The province as hexagons, one for each commune, coloured by overdue feedback. */
import { CLASS } from '../classes';
import { h, s, setAttribute, setText } from '../dom';
import { formatNumber } from '../format';
import {
  CELL_POINTS,
  cellCentre,
  neighbour,
  stepLabel,
  stepOf,
  STEPS,
  viewBox,
  worst,
} from '../hex';
import type { Area } from '../contract';
import type { CaseQuery, State } from '../state';
import { wordsIn } from '../words';
import type { Send, View } from './view';

const WORST_MAX = 5;

interface Cell {
  readonly area: Area;
  readonly group: SVGGElement;
  readonly count: SVGTextElement;
}

export function createHexMap(send: Send): View {
  const title = h('h2', { class: CLASS.cardTitle, id: 'title-map' });
  const plot = s('svg', { class: CLASS.mapPlot, role: 'group', 'aria-labelledby': title.id });
  const name = h('p', { class: CLASS.mapName, 'aria-hidden': 'true' });
  const legend = h('ul', { class: CLASS.legend });
  const worstTitle = h('h3', { class: CLASS.countsTitle });
  const worstList = h('ol', { class: CLASS.worst });
  const element = h(
    'section',
    { class: `${CLASS.card} ${CLASS.map}`, 'aria-labelledby': title.id },
    h('div', { class: CLASS.cardHead }, title),
    plot,
    name,
    h('div', { class: CLASS.mapSide }, worstTitle, worstList, legend),
  );
  legend.append(
    ...STEPS.map((_, step) =>
      h(
        'li',
        { class: CLASS.legendItem },
        h('span', {
          class: `${CLASS.legendSwatch} ${CLASS.hexStep}${step}`,
          'aria-hidden': 'true',
        }),
        stepLabel(step),
      ),
    ),
  );

  let areas: readonly Area[] = [];
  let cells: readonly Cell[] = [];
  let state: State | undefined;

  const query = (area: string): CaseQuery => ({ kind: 'feedback', state: 'overdue', area });
  const open = (area: Area): void => {
    send({ type: 'panel', panel: { type: 'list', query: query(area.code) } });
  };
  const show = (cell: Cell | null): void => {
    setText(name, cell === null ? '' : (cell.group.getAttribute('aria-label') ?? ''));
  };
  const focus = (area: Area): void => {
    for (const cell of cells) {
      const chosen = cell.area === area;
      cell.group.setAttribute('tabindex', chosen ? '0' : '-1');
      if (chosen) {
        cell.group.focus();
      }
    }
  };

  const draw = (next: readonly Area[]): void => {
    areas = next.filter((area) => area.hexRow >= 0 && area.hexCol >= 0);
    plot.setAttribute('viewBox', areas.length === 0 ? '0 0 1 1' : viewBox(areas));
    cells = areas.map((area, index) => {
      const centre = cellCentre(area);
      const count = s('text', { y: 3.4 });
      const group = s(
        'g',
        {
          class: CLASS.hex,
          role: 'button',
          tabindex: index === 0 ? 0 : -1,
          transform: `translate(${centre.x.toFixed(2)} ${centre.y.toFixed(2)})`,
          'data-area': area.code,
        },
        s('polygon', { points: CELL_POINTS }),
        count,
      );
      const cell: Cell = { area, group, count };
      group.addEventListener('mouseenter', () => {
        show(cell);
      });
      group.addEventListener('mouseleave', () => {
        show(null);
      });
      group.addEventListener('focus', () => {
        show(cell);
      });
      group.addEventListener('click', () => {
        open(area);
      });
      group.addEventListener('keydown', (event) => {
        if (event.key === 'Enter' || event.key === ' ') {
          event.preventDefault();
          open(area);
        } else if (event.key.startsWith('Arrow')) {
          event.preventDefault();
          focus(neighbour(areas, area, event.key));
        }
      });
      return cell;
    });
    plot.replaceChildren(...cells.map((cell) => cell.group));
  };

  const paintCells = (current: State): void => {
    const words = wordsIn(current.language);
    const counts = current.map?.values ?? {};
    for (const { area, group, count } of cells) {
      const overdue = counts[area.code] ?? 0;
      setText(count, overdue > 0 ? String(overdue) : '');
      setAttribute(group, 'class', `${CLASS.hex} ${CLASS.hexStep}${stepOf(overdue)}`);
      const label = `${area.name}: ${formatNumber(overdue, current.language)} ${words.overdue.toLowerCase()}`;
      setAttribute(group, 'aria-label', current.map === null ? area.name : label);
    }
  };

  const paintWorst = (current: State): void => {
    const words = wordsIn(current.language);
    const top = worst(areas, current.map?.values ?? {}, WORST_MAX);
    setText(worstTitle, top.length === 0 && current.map !== null ? words.allClear : words.worst);
    worstList.replaceChildren(
      ...top.map(({ area, count }) => {
        const button = h(
          'button',
          { type: 'button', class: CLASS.worstItem },
          h('b', {}, formatNumber(count, current.language)),
          area.name,
        );
        button.addEventListener('click', () => {
          open(area);
        });
        return h('li', {}, button);
      }),
    );
  };

  return {
    element,
    render: (next) => {
      const words = wordsIn(next.language);
      setText(title, words.map);
      const areasChanged = next.screen !== state?.screen;
      if (areasChanged) {
        draw(next.screen?.areas ?? []);
      }
      if (areasChanged || next.map !== state?.map || next.language !== state.language) {
        paintCells(next);
        paintWorst(next);
      }
      state = next;
    },
  };
}
