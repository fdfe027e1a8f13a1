import { BACK, EMERGENCY, HELP, MOVING, QUIT } from '../../keymap/key.ts';
import type { ConsoleState } from '../../store/state.ts';
import { onePane, type Parts, type ScreenFolder } from '../screen.ts';
import { chosenLane, chosenMark, lanesOf } from './lanes.ts';
import { timelineLines } from './lines.ts';

const none = (state: ConsoleState): string | undefined => (chosenLane(state) ? undefined : 'there is no fault here');

/** One lane a fault: what happened when, counted from its injection. */
export const timeline: ScreenFolder<'timeline'> = {
  id: 'timeline',
  title: 'TIMELINE',
  digit: '6',
  keys: [
    EMERGENCY,
    { id: 'earlier', keys: ['left', 'h'], says: 'earlier moment', hint: 1, locked: none },
    { id: 'later', keys: ['right', 'l'], says: 'later', hint: 2, locked: none },
    ...MOVING,
    HELP,
    { ...BACK, keys: ['esc'] },
    QUIT,
  ],
  // Past runs are of their records.
  isOfCluster: ({ runs }) => runs.length > 0,
  body: onePane(timelineLines),
  commands: ({ context }) => ({
    earlier: times => scrub(context, -times),
    later: times => scrub(context, times),
  }),
  lists: {
    lanes: {
      ids: state => lanesOf(state).map(({ key }) => key),
      chosen: state => chosenLane(state)?.key,
      moveTo({ context: { store } }, lane) {
        const state = store.getState();
        if (lane !== state.timeline.lane) store.setState({ timeline: { ...state.timeline, lane, at: undefined } });
      },
    },
  },
};

function scrub({ store }: Parts['context'], by: number): void {
  const state = store.getState();
  const lane = chosenLane(state);
  if (!lane) return;
  const last = lane.marks.length - 1;
  const at = Math.max(0, Math.min(last, chosenMark(state, lane) + by));
  // On the last moment it follows what comes.
  store.setState({ timeline: { ...state.timeline, lane: lane.key, at: at === last ? undefined : at } });
}
