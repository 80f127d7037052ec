const size = { width: 720, height: 360, left: 56, right: 150, top: 40, bottom: 44 } as const;
/** Distinguishable without colour vision (Okabe & Ito 2008). */
export const colours = ['#0072b2', '#d55e00', '#595959', '#009e73'] as const;

/** Where a value stands in the picture, in its units from the left and the top. */
export interface Plane {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly xs: readonly number[];
  readonly low: number;
  readonly high: number;
}

/** The plane that shows the given abscissas, ascending, and all of the finite values, with a margin. */
export function planeOf(xs: readonly number[], values: readonly number[]): Plane {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = 0.05 * (high - low || 1);
  const [from, to] = [xs[0] ?? 0, xs.at(-1) ?? 1];
  const across = size.width - size.left - size.right;
  const down = size.height - size.top - size.bottom;
  return {
    xs,
    low: low - margin,
    high: high + margin,
    x: (value) => size.left + (across * (value - from)) / (to - from || 1),
    y: (value) => size.top + (down * (high + margin - value)) / (high - low + 2 * margin),
  };
}

/** Grid and labels: five values, and every abscissa unless told which, with what to write there. */
export function axes(
  plane: Plane,
  label: (value: number) => string,
  below: readonly (readonly [x: number, label: string])[] = plane.xs.map((x) => [x, String(x)]),
): string[] {
  const ticks = Array.from({ length: 5 }, (_, index) => plane.low + ((plane.high - plane.low) * index) / 4);
  const right = size.width - size.right;
  return [
    ...ticks.map((value) => {
      const y = n(plane.y(value));
      const line = `<line x1="${size.left}" x2="${right}" y1="${y}" y2="${y}" stroke="#e0e0e0"/>`;
      return `${line}<text x="${size.left - 6}" y="${y}" text-anchor="end" dominant-baseline="middle">${label(value)}</text>`;
    }),
    ...below.map(
      ([x, text]) =>
        `<text x="${n(plane.x(x))}" y="${size.height - size.bottom + 18}" text-anchor="middle">${escaped(text)}</text>`,
    ),
  ];
}

/** A dashed line across: what a value should be. */
export function rule(plane: Plane, value: number): string {
  const y = n(plane.y(value));
  return `<line x1="${size.left}" x2="${size.width - size.right}" y1="${y}" y2="${y}" stroke="#000000" stroke-dasharray="4 3"/>`;
}

/** A missing value breaks the line; it is never drawn through. */
export function curve(plane: Plane, values: readonly (number | null)[], colour: string): string {
  let pen = 'M';
  let path = '';
  for (const [index, value] of values.entries()) {
    if (value === null) {
      pen = 'M';
      continue;
    }
    path += `${pen}${n(plane.x(plane.xs[index] ?? 0))} ${n(plane.y(value))}`;
    pen = 'L';
  }
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`;
}

/** The space between two lines; where either is missing there is none. */
export function area(
  plane: Plane,
  lower: readonly (number | null)[],
  upper: readonly (number | null)[],
  colour: string,
): string {
  const points = (values: readonly (number | null)[]) =>
    values.flatMap((value, index) =>
      value === null ? [] : [`${n(plane.x(plane.xs[index] ?? 0))},${n(plane.y(value))}`],
    );
  const outline = [...points(upper), ...points(lower).reverse()].join(' ');
  return `<polygon points="${outline}" fill="${colour}" fill-opacity="0.15"/>`;
}

/** Names of the lines, to the right of the plane. */
export function legend(lines: readonly { readonly name: string; readonly colour: string }[]): string[] {
  const x = size.width - size.right + 12;
  return lines.map(({ name, colour }, index) => {
    const y = size.top + 10 + 20 * index;
    const line = `<line x1="${x}" x2="${x + 18}" y1="${y}" y2="${y}" stroke="${colour}" stroke-width="2"/>`;
    return `${line}<text x="${x + 24}" y="${y}" dominant-baseline="middle">${escaped(name)}</text>`;
  });
}

/** The parts as one SVG file of 720 by 360 units under a caption. */
export function svg(title: string, parts: readonly string[]): string {
  const open = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" role="img" font-family="sans-serif" font-size="12">`;
  const heading = `<title>${escaped(title)}</title><rect width="100%" height="100%" fill="#ffffff"/>`;
  const caption = `<text x="${size.left}" y="22" font-size="14">${escaped(title)}</text>`;
  return `${open}${heading}${caption}${parts.join('')}</svg>\n`;
}

/** The colour of the line with this number. */
export function colourOf(index: number): string {
  return colours[index % colours.length] ?? colours[0];
}

/** A coordinate as text, to a tenth of a unit. */
export function n(value: number): string {
  return value.toFixed(1);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
