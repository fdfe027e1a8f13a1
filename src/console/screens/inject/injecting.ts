import type { ObjectRef } from '../../../k8s/object.ts';
import type { Draft } from '../../../suggest/draft.ts';
import { formFields, withField } from '../../../suggest/form.ts';
import { sanitise } from '../../../text/sanitise.ts';
import { askSession } from '../../app/ask-session.ts';
import { type Context, notify, open } from '../../app/context.ts';
import { createLatest } from '../../app/latest.ts';
import type { Catalogue } from '../experiments/catalogue.ts';
import { chosenSuggestion, type FormView, type InjectView, NOTHING_TO_INJECT } from './view.ts';

/** Makes an experiment from an object, which is then armed and fired like any other. */
export interface Injecting {
  /** Lists the faults for an object. */
  ask(ref: ObjectRef): void;
  again(): void;
  filter(text: string): void;
  /** Puts the cursor on the fault of this type. */
  put(type: string): void;
  /** Opens the form of the fault under the cursor. */
  choose(): void;
  /** Puts the cursor on the field of this key. */
  putField(key: string): void;
  setField(change: (value: string) => string): void;
  /** Opens the plan of what was filled in. */
  plan(): void;
}

const LONGEST_FILTER = 40;
const LONGEST_VALUE = 4_096;

export function createInjecting(context: Context, catalogue: Pick<Catalogue, 'look' | 'recheck'>): Injecting {
  const { store } = context;
  const reading = createLatest(context.ended);
  const view = () => store.getState().inject;
  const update = (changes: Partial<InjectView>): void =>
    store.setState(({ inject }) => ({ inject: { ...inject, ...changes } }));
  const updateForm = (changes: Partial<FormView>): void =>
    store.setState(({ inject }) => ({
      inject: { ...inject, form: inject.form && { ...inject.form, ...changes } },
    }));

  async function read(ref: ObjectRef): Promise<void> {
    const signal = reading.begin();
    update({ ...NOTHING_TO_INJECT, ref });
    const read = await askSession(context, session => session.suggest(ref, signal));
    if (signal.aborted) return;
    update(read.phase === 'ready' ? { phase: 'ready', suggested: read.value } : read);
  }

  /** Asks how `validate` sees the draft; an answer about an older draft is dropped. */
  async function judge(draft: Draft): Promise<void> {
    const judged = await context.session?.validateDraft(draft, pathOf(draft));
    if (judged && view().form?.draft === draft) updateForm({ judged });
  }

  function change(draft: Draft): void {
    updateForm({ draft });
    void judge(draft);
  }

  /** The pod limit is set to the number of pods in reach, unless a person has changed it in the meantime. */
  async function fillReach(draft: Draft): Promise<void> {
    const signal = reading.begin();
    const filled = await context.session?.withReach(draft, signal).catch(() => draft);
    const form = view().form;
    if (signal.aborted || !form || form.draft.type !== draft.type) return;
    updateForm({ isReading: false });
    if (filled && form.draft.maxPods === draft.maxPods && filled.maxPods !== draft.maxPods)
      change({ ...form.draft, maxPods: filled.maxPods });
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
      const { draft } = chosen;
      update({ form: { draft, judged: undefined, field: formFields(draft)[0]?.key, isReading: true } });
      open(context, 'draft');
      void judge(draft);
      void fillReach(draft);
    },
    putField: key => updateForm({ field: key }),
    setField(changeValue) {
      const { form } = view();
      const field = form && formFields(form.draft).find(({ key }) => key === form.field);
      if (!form || !field) return;
      change(withField(form.draft, field.key, changeValue(field.value).slice(0, LONGEST_VALUE)));
    },
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

/** An experiment that is no file is named like this until it is written. */
const pathOf = (draft: Draft): string => `(not a file) ${sanitise(draft.name, 80)}`;

const chooseLockText = (chosen: ReturnType<typeof chosenSuggestion>): string =>
  chosen === undefined ? 'no fault of that name' : chosen.fits ? 'not read yet' : `${chosen.type}: ${chosen.reason}`;
