// What a terminal would show after some output, and a picture of it. Knows what our commands write: text, colours, bold
// and dim, carriage return, cursor up, and erasing a line or what is below.

const cell = { width: 8.4, height: 18 };
const margin = 16;
const inks = ['#5c6370', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#dcdfe4'];

// A control sequence, the end of a line, or one glyph.
const control = String.fromCharCode(27);
const pieces = new RegExp(`${control}\\[([?]?)([\\d;]*)([A-Za-z])|\\r|\\n|[^${control}\\r\\n]`, 'gu');

/** Rows of cells `{ glyph, ink, isBold, isDim }`; a row holds no more than was written to it. */
export function screenOf(output) {
  const rows = [[]];
  let [row, column] = [0, 0];
  let style = {};
  for (const [part, , codes, command] of output.matchAll(pieces)) {
    if (part === '\n') {
      row += 1;
      rows[row] ??= [];
    } else if (part === '\r') column = 0;
    else if (command === 'm') style = styled(style, codes);
    else if (command === 'K') rows[row].length = Math.min(rows[row].length, column);
    else if (command === 'A') row = Math.max(0, row - Number(codes || 1));
    else if (command === 'J') rows.length = row + 1;
    else if (command === 'G') column = Number(codes || 1) - 1;
    else if (command === undefined) {
      for (let gap = rows[row].length; gap < column; gap += 1) rows[row][gap] = { glyph: ' ' };
      rows[row][column] = { glyph: part, ...style };
      column += 1;
    }
  }
  return rows;
}

function styled(style, codes) {
  let now = style;
  for (const code of (codes || '0').split(';').map(Number)) {
    if (code === 0) now = {};
    else if (code === 1) now = { ...now, isBold: true };
    else if (code === 2) now = { ...now, isDim: true };
    else if (code === 22) now = { ...now, isBold: false, isDim: false };
    else if (code === 39) now = { ...now, ink: undefined };
    else if (code >= 30 && code <= 37) now = { ...now, ink: code - 30 };
    else if (code >= 90 && code <= 97) now = { ...now, ink: code - 90 };
  }
  return now;
}

/** The screen as SVG. Each run of one style is stretched to its cells, so that columns meet in any font. */
export function pictureOf(rows, title) {
  const columns = Math.max(...rows.map((row) => row.length));
  const [width, height] = [columns * cell.width + 2 * margin, rows.length * cell.height + 2 * margin];
  const texts = rows.flatMap((row, line) =>
    runsOf(row).map(({ text, at, ink, isBold, isDim }) => {
      const x = (margin + at * cell.width).toFixed(1);
      const y = (margin + (line + 0.75) * cell.height).toFixed(1);
      const length = ([...text].length * cell.width).toFixed(1);
      const look = `${ink === undefined ? '' : ` fill="${inks[ink]}"`}${isBold ? ' font-weight="700"' : ''}${isDim ? ' opacity="0.6"' : ''}`;
      return `<text x="${x}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs"${look}>${escaped(text)}</text>`;
    }),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width.toFixed(0)} ${height.toFixed(0)}" width="${width.toFixed(0)}" role="img" aria-label="${escaped(title)}">`,
    '<rect width="100%" height="100%" rx="10" fill="#1e2127"/>',
    `<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14" fill="#dcdfe4">`,
    ...texts,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

/** Neighbouring cells of one style and one kind of glyph: a font that lacks one kind has it from another, of other widths. */
function runsOf(row) {
  const runs = [];
  for (const [at, found] of row.entries()) {
    const { glyph, ink, isBold = false, isDim = false } = found ?? { glyph: ' ' };
    if (glyph === ' ' && row[at + 1]?.glyph === ' ') continue;
    const key = [ink, isBold, isDim, /[\u2500-\u28ff]/u.test(glyph)].join();
    const last = runs.at(-1);
    if (last !== undefined && last.key === key && last.end === at) {
      last.text += glyph;
      last.end = at + 1;
    } else runs.push({ key, text: glyph, at, end: at + 1, ink, isBold, isDim });
  }
  return runs.filter(({ text }) => text.trim() !== '');
}

function escaped(text) {
  // Blanks that are kept, whoever draws it.
  return text.replaceAll(' ', '\u00a0').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
