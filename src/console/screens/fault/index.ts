import { open } from '../../app/context.ts';
import { INJECT, listKeys } from '../../keymap/key.ts';
import { chosenFault, faultTarget, type Now, revertOneLock } from '../../store/select.ts';
import type { ConsoleState } from '../../store/state.ts';
import { onePane, type ScreenFolder } from '../screen.ts';
import { faultDetail } from './lines.ts';

const gone = (state: ConsoleState, now: Now): string | undefined =>
  chosenFault(state, now) ? undefined : 'this fault is gone';

/** One fault in full. */
export const fault: ScreenFolder<'fault'> = {
  id: 'fault',
  title: 'FAULT',
  isOfCluster: () => true,
  keys: listKeys([
    { id: 'revert-one', keys: ['r'], says: 'revert it', hint: 1, locked: revertOneLock },
    { id: 'object', keys: ['o', 'enter'], says: 'open the object', hint: 2, locked: gone },
    { id: 'look', keys: ['c'], says: 'look again', hint: 3 },
    { ...INJECT, locked: gone },
  ]),
  body: onePane(faultDetail),
  subject: (state, now) => faultTarget(chosenFault(state, now)),
  commands: ({ context, faultsLooking, objects }) => ({
    'revert-one': () => open(context, 'revert-one'),
    object: () => {
      const on = faultTarget(chosenFault(context.store.getState(), context.now()));
      if (on) objects.open(on);
    },
    look: faultsLooking.look,
  }),
  move: ({ faultsLooking }, by) => faultsLooking.scroll(by),
};
