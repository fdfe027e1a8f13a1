import { open } from '../../app/context.ts';
import { INJECT, listKeys } from '../../keymap/key.ts';
import { chosenFault, faultTarget, type Now, revertOneLock } from '../../store/select.ts';
import type { ConsoleState } from '../../store/state.ts';
import { onePane, type ScreenFolder } from '../screen.ts';
import { faultsLines } from './lines.ts';
import { faultList } from './list.ts';

const noFault = (state: ConsoleState, now: Now): string | undefined =>
  chosenFault(state, now) ? undefined : 'there is no fault here';

/**
 * The end of a fault stands in its undo record, and everybody who ends it (guardian, reaper, another console) reads it there.
 * A record is written once, together with the fault, and is never overwritten.
 */
const noExtension = (state: ConsoleState, now: Now): string =>
  noFault(state, now) ??
  'the TTL is in the undo record, which is never rewritten: revert it and inject it again with a longer TTL';

/** Every fault in the cluster, whoever injected it. */
export const faults: ScreenFolder<'faults'> = {
  id: 'faults',
  title: 'FAULTS',
  digit: '4',
  isOfCluster: () => true,
  keys: listKeys([
    { id: 'fault', keys: ['enter', 'right', 'l'], says: 'in full', hint: 1, locked: noFault },
    { id: 'revert-one', keys: ['r'], says: 'revert this one', hint: 2, locked: revertOneLock },
    { id: 'object', keys: ['o'], says: 'open the object', hint: 3, locked: noFault },
    { id: 'extend', keys: ['+'], says: 'extend its TTL', locked: noExtension },
    { id: 'look', keys: ['c'], says: 'look again', hint: 4 },
    { ...INJECT, locked: noFault },
  ]),
  body: onePane(faultsLines),
  subject: (state, now) => faultTarget(chosenFault(state, now)),
  enter: ({ faultsLooking }) => faultsLooking.look(),
  commands: ({ context, faultsLooking, objects }) => ({
    fault: () => {
      context.store.setState({ faultTop: 0 });
      open(context, 'fault');
    },
    'revert-one': () => open(context, 'revert-one'),
    object: () => {
      const on = faultTarget(chosenFault(context.store.getState(), context.now()));
      if (on) objects.open(on);
    },
    look: faultsLooking.look,
  }),
  lists: { faults: faultList },
};
