import { type Context, close, notify, open } from '../../app/context.ts';
import { paneOf } from '../../store/pane.ts';
import { chosen } from '../../store/select.ts';
import type { ConsoleState } from '../../store/state.ts';
import { NOTHING_TO_SAVE } from './view.ts';

/** Writes an experiment that was made here as a file. */
export interface Saving {
  /** Asks where to. */
  ask(): void;
  type(text: string): void;
  erase(): void;
  write(replace: boolean): void;
  /** Back to the path; false where it is being typed already. */
  back(): boolean;
}

const LONGEST = 1_024;

/** Why the experiment under the cursor cannot be written. */
export function saveLock(state: ConsoleState): string | undefined {
  const entry = chosen(state);
  if (!entry?.loaded) return 'there is no experiment to write';
  return entry.text === undefined ? `it is a file already: ${entry.path}` : undefined;
}

export function createSaving(context: Context): Saving {
  const { store } = context;
  const { view, update } = paneOf(store, 'save');

  async function write(replace: boolean): Promise<void> {
    const { entry: name, path } = view();
    const entry = store.getState().catalogue?.find(one => one.path === name);
    if (!entry?.loaded || entry.text === undefined) return update({ phase: 'failed', message: 'it is gone' });
    update({ phase: 'writing', message: '' });
    const saved = await context.deps.save(path, entry.text, replace);
    if (saved.is === 'failed') return update({ phase: 'failed', message: saved.why });
    if (saved.is === 'taken') return update({ phase: 'taken', message: '' });
    const written = { path: saved.path, loaded: { ...entry.loaded, path: saved.path } };
    store.setState(({ catalogue = [], cursor, checks }) => {
      const known = checks.get(name);
      return {
        catalogue: [written, ...(catalogue ?? []).filter(one => one.path !== name && one.path !== saved.path)],
        cursor: cursor.experiments === name ? { ...cursor, experiments: saved.path } : cursor,
        checks: known === undefined ? checks : new Map(checks).set(saved.path, known),
      };
    });
    if (store.getState().screens.at(-1) === 'save') close(context);
    notify(context, `written: ${saved.path}`, 'ok');
  }

  return {
    ask() {
      const state = store.getState();
      const entry = chosen(state);
      const why = saveLock(state);
      if (!entry?.loaded || why !== undefined) return notify(context, why ?? 'there is no experiment to write', 'warn');
      const path = `${entry.loaded.experiment.metadata.name}.yaml`;
      store.setState({ save: { ...NOTHING_TO_SAVE, entry: entry.path, path } });
      open(context, 'save');
    },
    type: text => update({ path: (view().path + text).slice(0, LONGEST), phase: 'asking', message: '' }),
    erase: () => update({ path: [...view().path].slice(0, -1).join(''), phase: 'asking', message: '' }),
    write: replace => void write(replace),
    back() {
      const isOver = view().phase !== 'taken';
      update({ phase: 'asking', message: '' });
      return !isOver;
    },
  };
}
