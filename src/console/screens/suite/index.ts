import { BACK, EMERGENCY, HELP, QUIT } from '../../keymap/key.ts';
import { pressFor } from '../../keymap/remap.ts';
import { isTyping } from '../../store/arming.ts';
import { pane } from '../../widgets/layout.ts';
import type { ScreenFolder } from '../screen.ts';
import { suiteLines } from './lines.ts';
import { isSuiteRunning, suiteArmLock, suiteFireLock, suiteStopLock } from './view.ts';

/** The marked experiments as a suite: its order, arming, and each run as it goes. */
export const suite: ScreenFolder<'suite'> = {
  id: 'suite',
  title: 'SUITE',
  keys: [
    EMERGENCY,
    { id: 'arm', keys: ['a', 'enter'], says: 'arm', hint: 1, locked: suiteArmLock },
    {
      id: 'fire',
      keys: ['f'],
      says: 'FIRE',
      danger: true,
      hint: 2,
      locked: (state, now) => suiteFireLock(state, now, pressFor(state.settings.keys, 'suite', 'arm', 'a')),
    },
    { id: 'stop', keys: ['x'], says: 'stop and revert', hint: 3, locked: suiteStopLock },
    HELP,
    BACK,
    QUIT,
  ],
  isOfCluster: isSuiteRunning,
  body: (state, view, { columns, rows }) => pane(columns, rows, suiteLines(state, view, columns, rows)),
  commands: ({ suites }) => ({ arm: suites.arm, fire: suites.fire, stop: suites.stop }),
  leave({ suites }) {
    suites.disarm();
    return false;
  },
  typing: state => isTyping(state.suite.arming),
  type: ({ suites }, text) => suites.type(text),
  erase: ({ suites }) => suites.erase(),
};
