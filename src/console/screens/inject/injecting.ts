import type { ObjectRef } from '../../../k8s/object.ts';
import { askSession } from '../../app/ask-session.ts';
import { type Context, notify, open } from '../../app/context.ts';
import { createLatest } from '../../app/latest.ts';
import { paneOf } from '../../store/pane.ts';
import type { Catalogue } from '../experiments/catalogue.ts';
import { createFilling, type Filling } from './filling.ts';
import { chosenSuggestion, NOTHING_TO_INJECT } from './view.ts';

/** Makes an experiment from an object, which is then armed and fired like any other. */
export interface Injecting extends Pick<Filling, 'putField' | 'setField'> {
  /** Lists the faults for an object. */
  ask(ref: ObjectRef): void;
  again(): void;
  filter(text: string): void;
  /** Puts the cursor on the fault of this type. */
  put(type: string): void;
  /** Opens the form of the fault under the cursor. */
  choose(): void;
  /** Opens the plan of what was filled in. */
  plan(): void;
}

const LONGEST_FILTER = 40;

/** Nothing is to be injected yet. */
export function createInjecting(context: Context, catalogue: Pick<Catalogue, 'look' | 'recheck'>): Injecting {
  const { store } = context;
  const pane = paneOf(store, 'inject');
  const { view, update } = pane;
  const reading = createLatest(context.ended);
  const { begin, putField, setField } = createFilling(context, pane, reading);

  async function read(ref: ObjectRef): Promise<void> {
    const signal = reading.begin();
    update({ ...NOTHING_TO_INJECT, ref });
    const read = await askSession(context, session => session.suggest(ref, signal));
    if (signal.aborted) return;
    update(read.phase === 'ready' ? { phase: 'ready', suggested: read.value } : read);
  }

  return {
    ask(ref) {
      open(context, 'inject');
      void read(ref);
    },
    again() {
      const { ref } = view();
      if (ref) void read(ref);
    },
    filter: text => update({ filter: text.slice(0, LONGEST_FILTER), cursor: undefined }),
    put: type => update({ cursor: type }),
    choose() {
      const chosen = chosenSuggestion(store.getState());
      if (!chosen?.draft) return notify(context, chooseLockText(chosen), 'warn');
      begin(chosen.draft);
    },
    putField,
    setField,
    plan() {
      const { form } = view();
      if (!form?.judged?.loaded) return;
      const { loaded, text } = form.judged;
      const entry = { path: loaded.path, loaded, text };
      const state = store.getState();
      const others = (state.catalogue ?? []).filter(({ path }) => path !== entry.path);
      const checks = new Map(state.checks);
      checks.delete(entry.path);
      store.setState({
        catalogue: [entry, ...others],
        checks,
        cursor: { ...state.cursor, experiments: entry.path },
      });
      open(context, 'plan');
      catalogue.recheck();
    },
  };
}

const chooseLockText = (chosen: ReturnType<typeof chosenSuggestion>): string =>
  chosen === undefined ? 'no fault of that name' : chosen.fits ? 'not read yet' : `${chosen.type}: ${chosen.reason}`;
