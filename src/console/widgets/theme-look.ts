/** Colours that a terminal is asked for: one of its sixteen, or an RGB value that it draws as given. */
export type Colour = { is: 'named'; index: number } | { is: 'rgb'; rgb: readonly [number, number, number] };

/** How one tone looks. */
export interface Look {
  front?: Colour;
  back?: Colour;
  /** SGR parameters of weight and style. */
  styles: readonly string[];
}

const NAMES = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];
const STYLES: Readonly<Record<string, string>> = { bold: '1', dim: '2', underline: '4', inverse: '7' };

/** What a look may be written in, for a message. */
export const LOOK_WORDS =
  'words such as bold, dim, underline, inverse, red, bright-blue, #rrggbb (a second colour is the background)';

function colourOf(word: string): Colour | undefined {
  const [, r, g, b] = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(word) ?? [];
  if (r !== undefined && g !== undefined && b !== undefined)
    return { is: 'rgb', rgb: [Number.parseInt(r, 16), Number.parseInt(g, 16), Number.parseInt(b, 16)] };
  const [, bright, name = ''] = /^(bright-)?([a-z]+)$/.exec(word) ?? [];
  const index = NAMES.indexOf(name);
  return index < 0 ? undefined : { is: 'named', index: index + (bright === undefined ? 0 : 8) };
}

/** Reads a look from its words; returns the first unknown word, if any. */
export function readLook(text: string): Look | { odd: string } {
  const colours: Colour[] = [];
  const styles: string[] = [];
  for (const word of text.toLowerCase().split(/\s+/).filter(Boolean)) {
    const style = Object.hasOwn(STYLES, word) ? STYLES[word] : undefined;
    const colour = colourOf(word);
    if (style !== undefined) styles.push(style);
    else if (colour !== undefined && colours.length < 2) colours.push(colour);
    else return { odd: word };
  }
  const [front, back] = colours;
  return { styles, ...(front && { front }), ...(back && { back }) };
}

/** A look as SGR parameters. A terminal that has 256 colours gets the nearest of them. */
export const sgrOf = ({ front, back, styles }: Look, isTrueColour: boolean): string =>
  [...styles, front && colourSgr(front, 30, isTrueColour), back && colourSgr(back, 40, isTrueColour)]
    .filter(Boolean)
    .join(';');

function colourSgr(colour: Colour, base: number, isTrueColour: boolean): string {
  if (colour.is === 'named') return String(colour.index < 8 ? base + colour.index : base + 60 + colour.index - 8);
  const { rgb } = colour;
  if (isTrueColour) return `${base + 8};2;${rgb.join(';')}`;
  const [r, g, b] = rgb.map(value => Math.round((value / 255) * 5)) as [number, number, number];
  return `${base + 8};5;${16 + 36 * r + 6 * g + b}`;
}

/** The contrast of two colours, from 1 to 21, as in WCAG 2; undefined where the terminal decides one of them. */
export function contrast(front: Colour | undefined, back: Colour | undefined): number | undefined {
  if (front?.is !== 'rgb' || back?.is !== 'rgb') return undefined;
  const [light = 0, dark = 0] = [luminance(front.rgb), luminance(back.rgb)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(rgb: readonly [number, number, number]): number {
  const [r = 0, g = 0, b = 0] = rgb.map(value => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
