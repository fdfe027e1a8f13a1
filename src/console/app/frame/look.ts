import { ASCII, type Glyphs, UNICODE } from '../../../text/glyphs.ts';
import type { ConsoleSettings } from '../../deps.ts';
import { COLOUR, MONO, THEMES, type Theme } from '../../widgets/theme.ts';

/** How the screen is drawn. */
export interface Look {
  theme: Theme;
  glyphs: Glyphs;
  isAscii: boolean;
}

/** The theme of this name, among those of the program and of the user; without colour there is but one. */
export const themeOf = ({ color, themes = [] }: ConsoleSettings, name: string): Theme =>
  color ? ([...THEMES, ...themes].find(one => one.name === name)?.theme ?? COLOUR) : MONO;

/** The look that the settings ask for. */
export const lookOf = (settings: ConsoleSettings): Look => ({
  theme: themeOf(settings, settings.theme ?? 'terminal'),
  glyphs: settings.ascii ? ASCII : UNICODE,
  isAscii: settings.ascii,
});
