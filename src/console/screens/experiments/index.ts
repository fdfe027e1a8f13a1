import { open } from '../../app/context.ts';
import { listKeys, STREAM } from '../../keymap/key.ts';
import { armLock, chosen } from '../../store/select.ts';
import { deckBody } from '../deck/deck.ts';
import type { ScreenFolder } from '../screen.ts';
import { markLock, suiteLock } from '../suite/view.ts';
import { experimentList } from './list-of.ts';

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
      { id: 'suite', keys: ['S'], says: 'suite of marked ones', hint: 3, locked: suiteLock },
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
  lists: { experiments: experimentList },
};
