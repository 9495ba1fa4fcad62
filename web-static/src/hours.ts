/** The hours of a day as bars and steps. Pure. */
import type { SeriesPoint } from './contract';
import { hourOfDay, parseInstant } from './format';

export const HOURS = 24;
/** Plot units: ten to the hour, a hundred from the floor to the busiest hour. */
export const WIDTH = HOURS * 10;
export const HEIGHT = 100;

/** Counts for each hour of the day; hours without a point are 0. */
export function byHour(points: readonly SeriesPoint[]): readonly number[] {
  const hours = new Array<number>(HOURS).fill(0);
  for (const point of points) {
    const instant = parseInstant(point.time);
    if (instant !== null && point.value !== null) {
      const hour = hourOfDay(instant);
      hours[hour] = (hours[hour] ?? 0) + point.value;
    }
  }
  return hours;
}

/** A line of steps through the tops of the hours. */
export function stepPath(hours: readonly number[], highest: number): string {
  return hours
    .map((count, hour) => {
      const y = (HEIGHT - (count / highest) * HEIGHT).toFixed(2);
      return `${hour === 0 ? 'M' : 'L'}${hour * 10} ${y}L${(hour + 1) * 10} ${y}`;
    })
    .join('');
}
