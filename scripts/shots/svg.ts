import type { IBuffer, IBufferCell } from '@xterm/headless';

const CELL = { width: 8.4, height: 17 };
const FONT = 'ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,monospace';
const [BACK, FORE] = ['#16181d', '#d6d9e0'];
/** The terminal's sixteen colours. */
const COLOURS = [
  ...['#3b4048', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#d6d9e0'],
  ...['#7f848e', '#ff7b86', '#b5e890', '#ffd98a', '#82c7ff', '#e29bf5', '#74dbe8', '#ffffff'],
];

interface Look {
  fore: string;
  back: string;
  isBold: boolean;
  isDim: boolean;
}

function lookOf(cell: IBufferCell): Look {
  const rgb = (value: number): string => `#${value.toString(16).padStart(6, '0')}`;
  const fore = cell.isFgRGB()
    ? rgb(cell.getFgColor())
    : cell.isFgPalette()
      ? (COLOURS[cell.getFgColor()] ?? FORE)
      : FORE;
  const back = cell.isBgRGB()
    ? rgb(cell.getBgColor())
    : cell.isBgPalette()
      ? (COLOURS[cell.getBgColor()] ?? BACK)
      : BACK;
  const [isBold, isDim] = [cell.isBold() !== 0, cell.isDim() !== 0];
  return cell.isInverse() ? { fore: back, back: fore, isBold, isDim } : { fore, back, isBold, isDim };
}

/** Spaces as no-break spaces: a browser would drop plain ones at the ends of a text and stretch what is left over its length. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll(' ', '\u00a0');
const number = (value: number): string => String(Math.round(value * 10) / 10);

/** The cells of a terminal as a picture: one text element for each run of cells that look the same. */
export function svgOf(buffer: IBuffer, { columns, rows }: { columns: number; rows: number }, title: string): string {
  const [width, height] = [number(columns * CELL.width + 16), number(rows * CELL.height + 16)];
  const parts: string[] = [];
  for (let y = 0; y < rows; y++) for (const run of runsOf(buffer, y, columns)) parts.push(drawn(run, y));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="${FONT}" font-size="14">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" rx="6" fill="${BACK}"/>`,
    `<g fill="${FORE}">`,
    ...parts.filter(part => part !== ''),
    '</g></svg>\n',
  ].join('\n');
}

interface Run {
  x: number;
  cells: number;
  text: string;
  look: Look;
}

function runsOf(buffer: IBuffer, y: number, columns: number): Run[] {
  const row = buffer.getLine(buffer.viewportY + y);
  const runs: Run[] = [];
  for (let x = 0; x < columns; x++) {
    const cell = row?.getCell(x);
    if (cell === undefined || cell.getWidth() === 0) continue;
    const look = lookOf(cell);
    const last = runs.at(-1);
    const text = cell.getChars() || ' ';
    if (last !== undefined && JSON.stringify(last.look) === JSON.stringify(look)) {
      last.text += text;
      last.cells += cell.getWidth();
    } else runs.push({ x, cells: cell.getWidth(), text, look });
  }
  return runs;
}

function drawn({ x, cells, text, look }: Run, y: number): string {
  const [left, top] = [8 + x * CELL.width, 8 + y * CELL.height];
  const back =
    look.back === BACK
      ? ''
      : `<rect x="${number(left)}" y="${number(top)}" width="${number(cells * CELL.width)}" height="${CELL.height}" fill="${look.back}"/>`;
  if (text.trim() === '') return back;
  const style = `${look.fore === FORE ? '' : ` fill="${look.fore}"`}${look.isBold ? ' font-weight="bold"' : ''}${look.isDim ? ' opacity=".65"' : ''}`;
  const place = `x="${number(left)}" y="${number(top + 13)}" textLength="${number(cells * CELL.width)}"`;
  return `${back}<text ${place}${style}>${escaped(text)}</text>`;
}
