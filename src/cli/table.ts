export type Cell = string | number | null;

const gap = 2;
/** A column of texts is not made narrower than this; then the line is cut. */
const narrowest = 6;

/**
 * The lines of a table that lines up and fits `width` columns, the headings first: numbers to the right, texts to the
 * left, missing as a dash. Where it is too wide, the widest texts are cut with an ellipsis; numbers never are, unless
 * nothing else is left to cut.
 */
export function layOut(headings: readonly string[], rows: readonly (readonly Cell[])[], width: number): string[] {
  const texts = rows.map((row) => row.map((cell) => (cell === null ? '–' : oneLine(String(cell)))));
  const isNumber = headings.map((_, column) => rows.every((row) => typeof row[column] !== 'string'));
  const wanted = headings.map((heading, column) =>
    Math.max(lengthOf(heading), ...texts.map((row) => lengthOf(row[column] ?? ''))),
  );
  const widths = narrowed(wanted, isNumber, width);
  const line = (cells: readonly string[]) =>
    clip(
      cells
        .map((text, column) => {
          const room = widths[column] ?? 0;
          const shown = clip(text, room);
          const space = ' '.repeat(room - lengthOf(shown));
          return isNumber[column] ? space + shown : shown + space;
        })
        .join(' '.repeat(gap))
        .trimEnd(),
      width,
    );
  return [headings, ...texts].map(line);
}

/** Takes from the widest column of texts, one by one, until the line fits. */
function narrowed(wanted: readonly number[], isNumber: readonly boolean[], width: number): number[] {
  const widths = [...wanted];
  const total = () => widths.reduce((sum, one) => sum + one, 0) + gap * (widths.length - 1);
  while (total() > width) {
    const texts = widths.map((one, column) => (isNumber[column] || one <= narrowest ? 0 : one));
    const widest = texts.indexOf(Math.max(...texts));
    if ((texts[widest] ?? 0) === 0) break;
    widths[widest] = Math.max(narrowest, (widths[widest] ?? 0) - Math.min(total() - width, 1));
  }
  return widths;
}

function clip(text: string, room: number): string {
  const letters = [...text];
  return letters.length <= room ? text : `${letters.slice(0, Math.max(0, room - 1)).join('')}…`;
}

function lengthOf(text: string): number {
  return [...text].length;
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}
