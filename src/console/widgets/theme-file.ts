import { parse } from 'yaml';
import { z } from 'zod';
import { messageOf } from '../../text/message-of.ts';
import { type Clean, sanitise } from '../../text/sanitise.ts';
import { type NamedTheme, THEMES, type Theme } from './theme.ts';
import { type Colour, contrast, LOOK_WORDS, type Look, readLook, sgrOf } from './theme-look.ts';

const look = z.string().optional();

/** A theme file: colours that are left out are those of `base`. */
const THEME = z.strictObject({
  /** What the theme begins with. */
  base: z.enum(['terminal', 'colour-blind', 'mono']).default('terminal'),
  /** The background of the terminal, so that the contrast of RGB colours can be checked. */
  background: z.string().optional(),
  tones: z.strictObject({
    plain: look,
    dim: look,
    title: look,
    ok: look,
    bad: look,
    warn: look,
    chaos: look,
    accent: look,
    key: look,
    alarm: look,
    selected: look,
  }),
});

/** The contrast that text needs (WCAG 2, AA). Dim text may have less. */
const LEAST = 4.5;
const LEAST_DIM = 3;

export type ThemeReading = { ok: true; theme: NamedTheme } | { ok: false; message: Clean };

/** Reads the text of a theme file. What is wrong with it comes back as one line: expected, found, what to do. */
export function readTheme(name: string, text: string, isTrueColour: boolean): ThemeReading {
  const wrong = (why: string): ThemeReading => ({ ok: false, message: sanitise(`theme ${name}: ${why}`, 300) });
  let document: unknown;
  try {
    document = parse(text) ?? {};
  } catch (error) {
    const [first = ''] = messageOf(error).split('\n');
    return wrong(`expected YAML, found something else (${first}): correct that line`);
  }
  const read = THEME.safeParse(document);
  if (!read.success) {
    const [issue] = read.error.issues;
    const at = issue?.path.map(String).join('.') ?? '';
    return wrong(`${at === '' ? '' : `${at}: `}${issue?.message ?? 'not a theme'}: see docs/configuration.md`);
  }
  const made = themeFrom(read.data, isTrueColour);
  return typeof made === 'string' ? wrong(made) : { ok: true, theme: { name, about: 'of yours', theme: made } };
}

function themeFrom({ base, background, tones }: z.infer<typeof THEME>, isTrueColour: boolean): Theme | string {
  const behind = background === undefined ? undefined : readLook(background);
  if (behind !== undefined && ('odd' in behind || behind.front?.is !== 'rgb'))
    return `background: expected a colour such as #1d1f21, found "${background}"`;
  const theme: Record<string, string> = { ...THEMES.find(one => one.name === base)?.theme };
  for (const [tone, words] of Object.entries(tones)) {
    if (words === undefined) continue;
    const made = readLook(words);
    if ('odd' in made) return `tones.${tone}: expected ${LOOK_WORDS}, found "${made.odd}"`;
    const unread = contrastProblem(tone, made, behind?.front);
    if (unread !== undefined) return unread;
    theme[tone] = sgrOf(made, isTrueColour);
  }
  return theme as Theme;
}

/** Why words in this look could not be read. */
function contrastProblem(
  tone: string,
  { front, back, styles }: Look,
  background: Colour | undefined,
): string | undefined {
  if (front?.is !== 'rgb' && back?.is !== 'rgb') return undefined;
  const under = back ?? background;
  if (under === undefined)
    return `tones.${tone}: an RGB colour needs a background to check its contrast: add background: '#rrggbb'`;
  const ratio = contrast(front, under);
  if (ratio === undefined) return `tones.${tone}: expected both colours as #rrggbb, or both by name`;
  const least = tone === 'dim' || styles.includes('2') ? LEAST_DIM : LEAST;
  return ratio >= least
    ? undefined
    : `tones.${tone}: expected a contrast of at least ${least}, found ${ratio.toFixed(1)}: choose colours further apart`;
}
