import type { ViewKind } from '../../../health/view/kinds.ts';
import { counted } from '../../../text/counted.ts';
import type { Key } from '../../keymap/key.ts';
import { remappedKey } from '../../keymap/remap.ts';
import type { ConsoleState, Screen } from '../../store/state.ts';
import { THEMES } from '../../widgets/theme.ts';
import { keyName } from '../help/lines.ts';
import type { ScreenFolder } from '../screen.ts';

/** One thing that the palette leads to. */
export type PaletteEntry = { text: string; about: string } & (
  | { is: 'screen'; id: Screen }
  | { is: 'kind'; kind: ViewKind }
  | { is: 'experiment'; path: string }
  | { is: 'action'; key: Key }
  | { is: 'context'; name: string }
  | { is: 'theme'; name: string }
);

/**
 * Everything that can be opened by name: screens, kinds, contexts, experiments, and the commands of the screen under
 * the palette. Commands that change the cluster are left out: they need their key.
 */
export function paletteEntries(
  state: ConsoleState,
  screens: readonly ScreenFolder[],
  under: ScreenFolder,
): PaletteEntry[] {
  return [
    ...screens.flatMap((screen): PaletteEntry[] =>
      screen.digit === undefined
        ? []
        : [
            {
              is: 'screen',
              id: screen.id as Screen,
              text: (screen.title ?? screen.id).toLowerCase(),
              about: `screen ${screen.digit}`,
            },
          ],
    ),
    ...under.keys
      .map(key => remappedKey(key, under.id, state.settings.keys ?? {}))
      .flatMap((key): PaletteEntry[] =>
        key.danger === true || MOVES.has(key.id)
          ? []
          : [{ is: 'action', key, text: key.says, about: `key ${keyName(key.keys[0] ?? '', state.settings.ascii)}` }],
      ),
    ...state.shell.contexts.map(
      ({ name, server }): PaletteEntry => ({
        is: 'context',
        name,
        text: `ctx ${name}`,
        about: server.replace(/^https?:\/\//, ''),
      }),
    ),
    ...[...THEMES, ...(state.settings.themes ?? [])].map(
      ({ name, about }): PaletteEntry => ({ is: 'theme', name, text: `theme ${name}`, about }),
    ),
    ...state.tables.kinds.map(
      ({ kind, count }): PaletteEntry => ({ is: 'kind', kind, text: kind, about: counted(count, 'object') }),
    ),
    ...(state.catalogue ?? []).map(
      ({ path, loaded }): PaletteEntry => ({
        is: 'experiment',
        path,
        text: loaded?.experiment.metadata.name ?? path,
        about: 'experiment',
      }),
    ),
  ];
}

const MOVES = new Set([
  'up',
  'down',
  'page-up',
  'page-down',
  'first',
  'last',
  'palette',
  'back',
  'detail-up',
  'detail-down',
]);

/** How well the letters of `wanted` are found in `text`, in their order: the smaller the better; undefined where they are not. */
export function fuzzyScore(text: string, wanted: string): number | undefined {
  const [hay, needle] = [text.toLowerCase(), wanted.toLowerCase().replaceAll(' ', '')];
  if (needle === '') return 0;
  const whole = hay.indexOf(needle);
  if (whole >= 0) return whole === 0 ? 0 : /[^a-z0-9]/.test(hay[whole - 1] ?? '') ? 1 : 2 + whole / 1_000;
  let score = 10;
  let at = -1;
  for (const letter of needle) {
    const next = hay.indexOf(letter, at + 1);
    if (next < 0) return undefined;
    score += next - at - 1;
    at = next;
  }
  return score;
}

/** The entries that match, the best first; the order of the list where they are alike. */
export function matching(entries: readonly PaletteEntry[], wanted: string): PaletteEntry[] {
  return entries
    .flatMap((entry, order) => {
      const score = fuzzyScore(entry.text, wanted);
      return score === undefined ? [] : [{ entry, order, score }];
    })
    .sort((a, b) => a.score - b.score || a.order - b.order)
    .map(({ entry }) => entry);
}
