/** The little of a view library this page needs. */

type Attributes = Readonly<Record<string, string | number | boolean>>;
type Child = Node | string;

const SVG = 'http://www.w3.org/2000/svg';

/** An element with attributes and children; `false` leaves an attribute out, `true` sets it empty. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  setAll(element, attributes);
  element.append(...children);
  return element;
}

/** The same for SVG. */
export function s<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, tag);
  setAll(element, attributes);
  element.append(...children);
  return element;
}

function setAll(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
}

/** Writes only what changed, so that a still board costs nothing and selections survive. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

export function setAttribute(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) {
    element.setAttribute(name, value);
  }
}

/** An icon of one path in a 24 × 24 box, for the eye only. */
export function icon(path: string): SVGSVGElement {
  return s(
    'svg',
    { viewBox: '0 0 24 24', 'aria-hidden': 'true', class: 'icon', focusable: 'false' },
    s('path', { d: path }),
  );
}

export const ICON = {
  alarm: 'M12 3 1.8 20.5h20.4L12 3zm-1.2 6.5h2.4v5.6h-2.4zm0 7.2h2.4v2.3h-2.4z',
  check: 'M9.6 17.6 4 12l1.9-1.9 3.7 3.7 8.5-8.5L20 7.2z',
  clock: 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm1.1 10.6-4.4 2.7-1.1-1.9 3.3-2V6h2.2z',
  theme: 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm0 2.4a7.6 7.6 0 0 1 0 15.2z',
  close: 'm18.4 7-1.4-1.4-5 5-5-5L5.6 7l5 5-5 5L7 18.4l5-5 5 5 1.4-1.4-5-5z',
  back: 'M14.8 5.2 8 12l6.8 6.8 1.6-1.6-5.2-5.2 5.2-5.2z',
  reload:
    'M12 4a8 8 0 1 0 7.7 10h-2.3A5.8 5.8 0 1 1 12 6.2c1.6 0 3 .7 4.1 1.7L13 11h7V4l-2.3 2.3A8 8 0 0 0 12 4z',
} as const;
