import type { ConsoleState, ConsoleStore } from './state.ts';

/** The members of the state that are objects of their own: what one screen shows. */
type PaneKey = {
  [K in keyof ConsoleState]: ConsoleState[K] extends readonly unknown[] | ReadonlyMap<string, unknown>
    ? never
    : ConsoleState[K] extends object
      ? K
      : never;
}[keyof ConsoleState];

/** What one screen shows, and how it is changed. */
export interface Pane<View> {
  view(): View;
  /** Changes these members, given as they become or as a function of what they were. */
  update(changes: Partial<View> | ((before: View) => Partial<View>)): void;
}

/** The pane that is this member of the state. */
export const paneOf = <K extends PaneKey>(store: ConsoleStore, key: K): Pane<ConsoleState[K]> => ({
  view: () => store.getState()[key],
  update: changes =>
    store.setState(state => {
      const before = state[key];
      return { [key]: { ...before, ...(typeof changes === 'function' ? changes(before) : changes) } };
    }),
});
