import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ConsoleSettings } from '../../console/deps.ts';
import { keysOn } from '../../console/keymap/keys.ts';
import { readRemap } from '../../console/keymap/remap.ts';
import { SCREENS } from '../../console/screens/registry.ts';
import { type NamedTheme, THEMES } from '../../console/widgets/theme.ts';
import { readRegular } from '../../host/disk/regular.ts';
import { themesFolder } from '../../runtime/paths.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { sanitise } from '../../text/sanitise.ts';

/** Themes and keys that the user configured; `problems` has a line for each setting that is not used. */
export type ConsoleLook = Required<Pick<ConsoleSettings, 'keys' | 'theme' | 'themes' | 'problems'>>;

/** Reads themes and keys. An error in them does not keep the console from opening: it is shown there. */
export async function consoleLook({ config, paths, options }: Runtime): Promise<ConsoleLook> {
  const own = await ownThemes(themesFolder(options.config ?? paths.config));
  const { remap, problems } = readRemap(SCREENS, config.keys, keysOn);
  const names = [...THEMES, ...own.themes].map(({ name }) => name);
  const isKnown = names.includes(config.theme);
  const unknown = own.problems.some(text => text.startsWith(`theme ${config.theme}:`))
    ? []
    : [`theme: expected one of ${names.join(', ')}, found ${config.theme}: terminal is used`];
  return {
    keys: remap,
    theme: isKnown ? config.theme : 'terminal',
    themes: own.themes,
    problems: [...own.problems, ...(isKnown ? [] : unknown), ...problems].map(text => sanitise(text, 300)),
  };
}

async function ownThemes(folder: string): Promise<{ themes: NamedTheme[]; problems: string[] }> {
  const files = listed(folder);
  if (files.length === 0) return { themes: [], problems: [] };
  const { readTheme } = await import('../../console/widgets/theme-file.ts');
  const isTrueColour = /truecolor|24bit/.test(process.env.COLORTERM ?? '');
  const themes: NamedTheme[] = [];
  const problems: string[] = [];
  for (const file of files) {
    const name = sanitise(basename(file, '.yaml'), 60);
    const reading = readRegular(join(folder, file), MOST_BYTES);
    if (reading.is !== 'text') {
      problems.push(`theme ${name}: cannot be read: ${reading.is === 'refused' ? reading.why : 'it is gone'}`);
      continue;
    }
    const read = readTheme(name, reading.text, isTrueColour);
    if (!read.ok) problems.push(read.message);
    else if (THEMES.some(one => one.name === name))
      problems.push(`theme ${name}: one that comes with mayday has this name: rename the file`);
    else themes.push(read.theme);
  }
  return { themes, problems };
}

const MOST_BYTES = 64 * 1024;

function listed(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter(file => file.endsWith('.yaml'))
      .sort()
      .slice(0, 50);
  } catch {
    // Without the folder there are no themes of the user.
    return [];
  }
}
