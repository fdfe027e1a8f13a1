import { asciiText } from '../../text/glyphs.ts';
import type { Clean } from '../../text/sanitise.ts';
import type { Line, Tone } from './line.ts';

/** How tones look, as SGR parameters. */
export type Theme = Readonly<Record<Tone | 'selected', string>>;

/** A theme as a person chooses it. */
export interface NamedTheme {
  name: string;
  about: string;
  theme: Theme;
}

/** The terminal's own sixteen colours, so that light and dark palettes both work. */
export const COLOUR: Theme = {
  plain: '',
  dim: '2',
  title: '1',
  ok: '32',
  bad: '1;31',
  warn: '33',
  chaos: '35',
  accent: '36',
  key: '1;36',
  alarm: '1;7;31',
  selected: '7',
};

/**
 * Distinguishes by blue and yellow and by weight, for people who cannot tell red from green; nothing depends on red or
 * green. Uses the terminal's sixteen colours too.
 */
const COLOUR_BLIND: Theme = {
  plain: '',
  dim: '2',
  title: '1',
  ok: '36',
  bad: '1;4;93',
  warn: '33',
  chaos: '1;95',
  accent: '94',
  key: '1;94',
  alarm: '1;7;93',
  selected: '7',
};

/** Without colour: weight and inverse only. Words and glyphs carry the state in every theme. */
export const MONO: Theme = {
  plain: '',
  dim: '',
  title: '1',
  ok: '',
  bad: '1',
  warn: '',
  chaos: '',
  accent: '',
  key: '1',
  alarm: '1;7',
  selected: '7',
};

/** The themes that come with the program; the first is used unless another is chosen. */
export const THEMES: readonly NamedTheme[] = [
  { name: 'terminal', about: 'the sixteen colours of the terminal', theme: COLOUR },
  { name: 'colour-blind', about: 'never red and green alone', theme: COLOUR_BLIND },
  { name: 'mono', about: 'only bold, dim and inverse', theme: MONO },
];

/** Nothing that reaches the terminal may move its cursor, wherever it comes from. */
const CONTROLS = /[\p{Cc}\p{Bidi_Control}]/gu;

/** A line as the terminal takes it. Every span resets what it set, so no cell can leak its look into the next. */
export function paint(from: Line, theme: Theme, isAscii = false): string {
  let text = '';
  for (const piece of from.spans) {
    const isSelected = from.selected === true || piece.selected === true;
    const look = [theme[piece.tone], isSelected ? theme.selected : ''].filter(Boolean).join(';');
    const safe = piece.text.replace(CONTROLS, '') as Clean;
    const words = isAscii ? asciiText(safe) : safe;
    text += look === '' ? words : `\u001b[${look}m${words}\u001b[0m`;
  }
  return text;
}
