import { BACK, HELP, MOVING, QUIT } from '../../keymap/key.ts';
import { answerLock, askLock, liftLatchLock, revertAllLock } from '../../store/select.ts';
import type { ConsoleState } from '../../store/state.ts';
import { pane } from '../../widgets/layout.ts';
import type { ScreenFolder } from '../screen.ts';
import { maydayLines } from './lines.ts';
import { questionHeight } from './question-lines.ts';

/** The emergency screen. */
export const mayday: ScreenFolder<'mayday'> = {
  id: 'mayday',
  title: 'MAYDAY',
  keys: [
    { id: 'revert-all', keys: ['!', 'y'], says: 'REVERT ALL', danger: true, hint: 1, locked: revertAllLock },
    // Enter alone restores nothing: the key is locked until the words are typed in full.
    { id: 'answer', keys: ['enter'], says: 'confirm what was typed', hint: 0, inText: true, locked: answerLock },
    { id: 'ask', keys: ['w'], says: 'open questions', hint: 2, locked: askLock },
    { id: 'rescan', keys: ['s'], says: 'scan again', hint: 3 },
    { id: 'lift-latch', keys: ['L'], says: 'lift the latch', danger: true, hint: 2, locked: liftLatchLock },
    ...MOVING,
    HELP,
    BACK,
    QUIT,
  ],
  body: (state, view, { columns, rows }) => pane(columns, rows, maydayLines(state, view, rows)),
  commands: ({ emergency }) => ({
    'revert-all': emergency.revertAll,
    answer: emergency.revertAll,
    rescan: emergency.rescan,
    ask: emergency.ask,
    'lift-latch': emergency.liftLatch,
  }),
  move({ context, emergency }, by) {
    const state = context.store.getState();
    emergency.scroll(Number.isFinite(by) ? by : by > 0 ? listLength(state) : -state.mayday.top);
  },
  leave: ({ emergency }) => emergency.putOff(),
  typing: ({ mayday: { asked } }) => asked !== undefined,
  type: ({ emergency }, text) => emergency.type(text),
  erase: ({ emergency }) => emergency.erase(),
};

/** Scrolls to the end: drawing stops at the last row. */
const listLength = ({ mayday: { asked, findings }, columns }: ConsoleState): number =>
  asked ? questionHeight(asked, columns) : findings.length;
