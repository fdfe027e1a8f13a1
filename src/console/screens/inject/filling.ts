import type { Draft } from '../../../suggest/draft.ts';
import { formFields, withField } from '../../../suggest/form.ts';
import { sanitise } from '../../../text/sanitise.ts';
import { type Context, open } from '../../app/context.ts';
import type { Latest } from '../../app/latest.ts';
import type { Pane } from '../../store/pane.ts';
import type { FormView, InjectView } from './view.ts';

/** Fills in the form of one fault. */
export interface Filling {
  /** Opens the form of this draft. */
  begin(draft: Draft): void;
  /** Puts the cursor on the field of this key. */
  putField(key: string): void;
  setField(change: (value: string) => string): void;
}

const LONGEST_VALUE = 4_096;

/** No form is open yet. `reading` is what the screen reads of the cluster: the form ends it, and is ended by it. */
export function createFilling(context: Context, { view, update }: Pane<InjectView>, reading: Latest): Filling {
  const updateForm = (changes: Partial<FormView>): void =>
    update(({ form }) => ({ form: form && { ...form, ...changes } }));

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
    begin(draft) {
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
  };
}

/** The name of an experiment that has not been written to a file. */
const pathOf = (draft: Draft): string => `(not a file) ${sanitise(draft.name, 80)}`;
