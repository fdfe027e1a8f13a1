import { listKeys, STREAM } from '../../keymap/key.ts';
import { armLock, fireLock, injectLock, isNameTyped } from '../../store/select.ts';
import { deckBody } from '../deck/deck.ts';
import { experimentList } from '../experiments/list-of.ts';
import { saveLock } from '../save/saving.ts';
import type { ScreenFolder } from '../screen.ts';

/** What the chosen experiment would do, and the way to arm and fire it. */
export const plan: ScreenFolder<'plan'> = {
  id: 'plan',
  title: 'PLAN',
  isOfCluster: () => true,
  keys: listKeys(
    [
      { id: 'arm', keys: ['a', 'enter'], says: 'arm', hint: 1, locked: armLock },
      { id: 'fire', keys: ['f'], says: 'FIRE', danger: true, hint: 2, locked: fireLock },
      { id: 'write-file', keys: ['w'], says: 'write as a file', hint: 3, locked: saveLock },
      { id: 'recheck', keys: ['c'], says: 'check again', hint: 3, locked: injectLock },
    ],
    STREAM,
  ),
  body: deckBody,
  commands: ({ catalogue, runs, saving }) => ({
    arm: catalogue.arm,
    fire: runs.fire,
    'write-file': saving.ask,
    recheck: catalogue.recheck,
  }),
  lists: { experiments: experimentList },
  leave({ catalogue }) {
    catalogue.disarm();
    return false;
  },
  typing: isNameTyped,
  type: ({ catalogue }, text) => catalogue.type(text),
  erase: ({ catalogue }) => catalogue.erase(),
};
