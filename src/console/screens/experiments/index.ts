import { open } from '../../app/context.ts';
import { listKeys, STREAM } from '../../keymap/key.ts';
import { armLock, chosen } from '../../store/select.ts';
import { stepped } from '../../widgets/list.ts';
import { deckBody } from '../deck/deck.ts';
import type { Parts, ScreenFolder } from '../screen.ts';
import { markLock, suiteLock } from '../suite/view.ts';

/** Moves the cursor through the catalogue and asks what the experiment under it would do. */
export function chooseExperiment({ context, catalogue }: Parts, by: number): void {
  const { store } = context;
  const state = store.getState();
  const paths = (state.catalogue ?? []).map(entry => entry.path);
  store.setState({ cursor: { ...state.cursor, experiments: stepped(paths, chosen(state)?.path, by) } });
  catalogue.look();
}

/** The picker. */
export const experiments: ScreenFolder<'experiments'> = {
  id: 'experiments',
  title: 'EXPERIMENTS',
  digit: '3',
  keys: listKeys(
    [
      { id: 'open', keys: ['enter', 'right', 'l'], says: 'open the plan', hint: 1 },
      { id: 'arm', keys: ['a'], says: 'arm', hint: 2, locked: armLock },
      { id: 'mark', keys: [' '], says: 'mark', hint: 3, locked: state => markLock(state, chosen(state)) },
      { id: 'suite', keys: ['S'], says: 'suite of the marked', hint: 3, locked: suiteLock },
    ],
    STREAM,
  ),
  body: deckBody,
  enter: ({ catalogue }) => catalogue.look(),
  commands: ({ context, catalogue, suites }) => ({
    open: () => {
      open(context, 'plan');
      catalogue.look();
    },
    arm: catalogue.arm,
    mark: suites.mark,
    suite: suites.open,
  }),
  move: chooseExperiment,
};
