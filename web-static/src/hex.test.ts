import { describe, expect, it } from 'vitest';
import areas from '../test/areas.json';
import { cellCentre, neighbour, stepLabel, stepOf, STEPS, viewBox, worst } from './hex';

const cell = (hexRow: number, hexCol: number) => ({
  code: `${hexRow}-${hexCol}`,
  name: `${hexRow}-${hexCol}`,
  kind: 'xa',
  hexRow,
  hexCol,
});

describe('the map', () => {
  it('shifts even rows right by half a cell', () => {
    const width = cellCentre(cell(1, 1)).x - cellCentre(cell(1, 0)).x;
    expect(cellCentre(cell(0, 0)).x - cellCentre(cell(1, 0)).x).toBeCloseTo(width / 2);
  });

  it('has 124 cells of which none covers another', () => {
    const centres = areas.map(cellCentre);
    expect(areas).toHaveLength(124);
    expect(new Set(centres.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`)).size).toBe(124);
  });

  it('is framed by its cells', () => {
    const [x, y, width, height] = viewBox([cell(1, 0), cell(1, 1)])
      .split(' ')
      .map(Number);
    expect([x, y, width, height]).toEqual([0, 15, 34.6, 20]);
  });
});

describe('steps', () => {
  it('cover every count, each with its words', () => {
    expect([0, 1, 2, 3, 5, 6, 9, 10, 999].map(stepOf)).toEqual([0, 1, 1, 2, 2, 3, 3, 4, 4]);
    expect(STEPS.map((_, step) => stepLabel(step))).toEqual(['0', '1–2', '3–5', '6–9', '≥ 10']);
  });
});

describe('the worst', () => {
  it('come first, calm ones never, ties by name', () => {
    const list = [cell(0, 3), cell(0, 1), cell(0, 2), cell(0, 0)];
    const counts = { '0-1': 2, '0-2': 5, '0-3': 2, '0-0': 0 };
    expect(worst(list, counts, 5).map(({ area }) => area.code)).toEqual(['0-2', '0-1', '0-3']);
    expect(worst(list, counts, 1)).toHaveLength(1);
    expect(worst(list, {}, 5)).toEqual([]);
  });
});

describe('arrow keys', () => {
  const grid = [cell(1, 0), cell(1, 1), cell(3, 1), cell(1, 4)];
  const at = (code: string) => {
    const found = grid.find((area) => area.code === code);
    if (found === undefined) {
      throw new Error(code);
    }
    return found;
  };

  it('go to the nearest cell that way and stop at the edge', () => {
    expect(neighbour(grid, at('1-0'), 'ArrowRight').code).toBe('1-1');
    expect(neighbour(grid, at('1-1'), 'ArrowRight').code).toBe('1-4');
    expect(neighbour(grid, at('1-1'), 'ArrowDown').code).toBe('3-1');
    expect(neighbour(grid, at('1-0'), 'ArrowUp').code).toBe('1-0');
    expect(neighbour(grid, at('1-0'), 'Home').code).toBe('1-0');
  });
});
