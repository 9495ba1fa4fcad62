/** Geometry and steps of the hex map. Pure. */
import type { Area } from './contract';

/** Half the height of a cell, in map units. */
export const CELL_RADIUS = 10;
const CELL_WIDTH = Math.sqrt(3) * CELL_RADIUS;
const ROW_HEIGHT = 1.5 * CELL_RADIUS;
/** Share of the radius that is drawn; the rest is the gap. */
const DRAWN = 0.94;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The middle of a cell: pointed tops, even rows shifted right by half a cell. */
export function cellCentre(area: Pick<Area, 'hexRow' | 'hexCol'>): Point {
  const shift = area.hexRow % 2 === 0 ? 0.5 : 0;
  return {
    x: (area.hexCol + shift + 0.5) * CELL_WIDTH,
    y: area.hexRow * ROW_HEIGHT + CELL_RADIUS,
  };
}

/** The corners of a cell around the origin, as an SVG points list. */
export const CELL_POINTS = Array.from({ length: 6 }, (_, corner) => {
  const angle = (Math.PI / 3) * corner - Math.PI / 2;
  const radius = CELL_RADIUS * DRAWN;
  return `${(radius * Math.cos(angle)).toFixed(2)},${(radius * Math.sin(angle)).toFixed(2)}`;
}).join(' ');

/** The box around all cells: `minX minY width height`. */
export function viewBox(areas: readonly Area[]): string {
  const centres = areas.map(cellCentre);
  const left = Math.min(...centres.map((centre) => centre.x)) - CELL_WIDTH / 2;
  const right = Math.max(...centres.map((centre) => centre.x)) + CELL_WIDTH / 2;
  const top = Math.min(...centres.map((centre) => centre.y)) - CELL_RADIUS;
  const bottom = Math.max(...centres.map((centre) => centre.y)) + CELL_RADIUS;
  return [left, top, right - left, bottom - top].map((edge) => edge.toFixed(1)).join(' ');
}

/** Lower bounds of the colour steps. */
export const STEPS = [0, 1, 3, 6, 10] as const;

/** Which colour step a count falls into. */
export function stepOf(count: number): number {
  return STEPS.findLastIndex((from) => count >= from);
}

/** The words of a step: `0`, `1–2`, `≥ 10`. */
export function stepLabel(step: number): string {
  const from = STEPS[step] ?? 0;
  const next = STEPS[step + 1];
  if (next === undefined) {
    return `≥ ${from}`;
  }
  return next - 1 === from ? String(from) : `${from}–${next - 1}`;
}

/** The areas with the highest counts above 0, worst first, ties by name. */
export function worst(
  areas: readonly Area[],
  counts: Readonly<Record<string, number>>,
  most: number,
): readonly { readonly area: Area; readonly count: number }[] {
  return areas
    .map((area) => ({ area, count: counts[area.code] ?? 0 }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || a.area.name.localeCompare(b.area.name, 'vi'))
    .slice(0, most);
}

/** The nearest cell in the direction of an arrow key; the cell itself at the edge. */
export function neighbour(areas: readonly Area[], from: Area, key: string): Area {
  const direction = DIRECTIONS[key];
  if (direction === undefined) {
    return from;
  }
  const origin = cellCentre(from);
  let best = from;
  let bestCost = Infinity;
  for (const area of areas) {
    const centre = cellCentre(area);
    const along = (centre.x - origin.x) * direction.x + (centre.y - origin.y) * direction.y;
    const across = Math.abs(
      (centre.x - origin.x) * direction.y - (centre.y - origin.y) * direction.x,
    );
    const cost = along + 3 * across;
    if (along > 1 && cost < bestCost) {
      best = area;
      bestCost = cost;
    }
  }
  return best;
}

const DIRECTIONS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};
