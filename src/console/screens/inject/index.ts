import { choiceKeys } from '../../keymap/key.ts';
import type { ConsoleState } from '../../store/state.ts';
import { onePane, type ScreenFolder } from '../screen.ts';
import { injectLines } from './lines.ts';
import { chosenSuggestion, shownSuggestions } from './view.ts';

/** Why no form can be opened for the fault under the cursor. */
function chooseLock(state: ConsoleState): string | undefined {
  if (state.inject.phase !== 'ready') return 'the object is not read yet';
  const chosen = chosenSuggestion(state);
  if (!chosen) return 'no fault of that name';
  return chosen.fits ? undefined : `${chosen.type}: ${chosen.reason}`;
}

/** The faults that fit an object, and why the others do not. */
export const inject: ScreenFolder<'inject'> = {
  id: 'inject',
  isOfCluster: () => true,
  keys: choiceKeys({ says: 'fill it in', locked: chooseLock }, [
    { id: 'page-up', keys: ['pageup', 'ctrl-b'], says: 'page up' },
    { id: 'page-down', keys: ['pagedown', 'ctrl-f'], says: 'page down' },
    { id: 'again', keys: ['ctrl-r'], says: 'read the object again', hint: 3 },
  ]),
  body: onePane(injectLines),
  commands: ({ injecting }) => ({ choose: injecting.choose, again: injecting.again }),
  lists: {
    suggestions: {
      ids: state => shownSuggestions(state).map(({ type }) => type),
      chosen: state => chosenSuggestion(state)?.type,
      moveTo: ({ injecting }, type) => injecting.put(type),
    },
  },
  typing: () => true,
  type: ({ injecting, context: { store } }, text) => injecting.filter(store.getState().inject.filter + text),
  erase: ({ injecting, context: { store } }) =>
    injecting.filter([...store.getState().inject.filter].slice(0, -1).join('')),
};
