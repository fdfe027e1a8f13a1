import { formFields } from '../../../suggest/form.ts';
import { BACK, EMERGENCY } from '../../keymap/key.ts';
import type { ConsoleState } from '../../store/state.ts';
import { onePane, type ScreenFolder } from '../screen.ts';
import { draftLines } from './lines.ts';

/** Why there is no plan of what is filled in. */
function planLock({ inject: { form } }: ConsoleState): string | undefined {
  if (!form) return 'nothing is filled in';
  if (form.isReading) return 'still counting the pods in reach';
  if (form.judged === undefined) return 'still reading it';
  const [problem] = [...Object.values(form.judged.problems), ...form.judged.others];
  return form.judged.loaded ? undefined : (problem ?? 'it is not a valid experiment yet');
}

/** The form of an experiment that was made from an object. */
export const draft: ScreenFolder<'draft'> = {
  id: 'draft',
  isOfCluster: () => true,
  keys: [
    EMERGENCY,
    { id: 'plan', keys: ['enter'], says: 'show the plan', hint: 1, locked: planLock },
    { id: 'down', keys: ['down', 'tab', 'ctrl-n'], says: 'next field', hint: 2 },
    { id: 'up', keys: ['up', 'ctrl-p'], says: 'field before' },
    { id: 'clear', keys: ['ctrl-u'], says: 'empty the field', hint: 3 },
    { ...BACK, keys: ['esc'] },
  ],
  body: onePane(draftLines),
  commands: ({ injecting }) => ({ plan: injecting.plan, clear: () => injecting.setField(() => '') }),
  lists: {
    fields: {
      ids: ({ inject: { form } }) => (form ? formFields(form.draft).map(({ key }) => key) : []),
      chosen: ({ inject: { form } }) => form?.field,
      moveTo: ({ injecting }, key) => injecting.putField(key),
    },
  },
  typing: () => true,
  type: ({ injecting }, text) => injecting.setField(value => value + text),
  erase: ({ injecting }) => injecting.setField(value => [...value].slice(0, -1).join('')),
};
