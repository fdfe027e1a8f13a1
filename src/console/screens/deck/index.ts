import { notify, open } from '../../app/context.ts';
import { EMERGENCY, HELP, INJECT, MOVING, QUIT, STREAM } from '../../keymap/key.ts';
import { pressFor } from '../../keymap/remap.ts';
import { chosenFault, faultEntries, faultTarget, type Now, revertOneLock } from '../../store/select.ts';
import type { ConsoleState } from '../../store/state.ts';
import { experimentList } from '../experiments/list-of.ts';
import { faultList } from '../faults/list.ts';
import { goTo, type ScreenFolder } from '../screen.ts';
import { deckBody } from './deck.ts';

const noFault = (state: ConsoleState, now: Now): string | undefined =>
  chosenFault(state, now) ? undefined : 'there is no fault to open';

const noneBefore = ({ shell, health }: ConsoleState): string | undefined =>
  shell.before !== undefined && health.lastReceivedAt === undefined ? undefined : 'this is home';

const tourLock = ({ link }: ConsoleState): string | undefined =>
  link.state === 'connected' && link.isSandbox
    ? undefined
    : 'the tour injects a fault: start `mayday tour` for the sandbox';

/** Home: health, live faults with both clocks, and the verdict stream. */
export const deck: ScreenFolder<'deck'> = {
  id: 'deck',
  title: 'DECK',
  digit: '1',
  isOfCluster: () => true,
  keys: [
    EMERGENCY,
    { id: 'experiments', keys: ['e'], says: 'experiments', hint: 1 },
    { ...INJECT, hint: 2 },
    { id: 'revert-one', keys: ['r'], says: 'revert this one', hint: 2, locked: revertOneLock },
    { id: 'object', keys: ['enter'], says: 'open the object', locked: noFault },
    { id: 'tour', keys: ['t'], says: 'guided tour, on the sandbox', locked: tourLock },
    ...MOVING,
    ...STREAM,
    HELP,
    { id: 'back', keys: ['esc'], says: 'back to the context before', locked: noneBefore },
    QUIT,
  ],
  body: deckBody,
  subject: (state, now) => faultTarget(chosenFault(state, now)),
  commands: ({ context, catalogue, objects, injecting, tour, run }) => ({
    tour: tour.begin,
    object: () => {
      const on = faultTarget(chosenFault(context.store.getState(), context.now()));
      if (on) objects.open(on);
    },
    inject: () => {
      const on = faultTarget(chosenFault(context.store.getState(), context.now()));
      if (on) return injecting.ask(on);
      run(goTo('health'));
      notify(
        context,
        `choose an object, then press ${pressFor(context.store.getState().settings.keys, 'health', 'inject', 'i')}`,
      );
    },
    experiments: () => {
      open(context, 'experiments');
      catalogue.look();
    },
    'revert-one': () => open(context, 'revert-one'),
  }),
  lists: {
    faults: { ...faultList, ids: (state, now) => faultEntries(state, now).map(({ key }) => key) },
    experiments: experimentList,
  },
};
