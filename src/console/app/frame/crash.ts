import { pressFor } from '../../keymap/remap.ts';
import { ownLive } from '../../store/select.ts';
import type { ConsoleState } from '../../store/state.ts';
import { type Line, line, sized, span } from '../../widgets/line.ts';
import type { View } from '../../widgets/view.ts';

/** Shown when a screen could not be drawn: plain words, and the two keys that still work. */
export function crashLines(state: ConsoleState, view: View, reason: string): Line[] {
  return sized(
    [
      line(span(`${view.glyphs.states.fail} mayday could not draw this screen: ${reason}`, 'bad')),
      line('This is a fault of mayday itself; the log file has the details.'),
      line(),
      line(`faults of this console in the cluster: ${ownLive(state).length}`),
      line(),
      line(span('!', 'key'), span(' MAYDAY', 'bad'), ': find and revert every fault'),
      line(
        span('esc', 'key'),
        ' back to the deck   ',
        span(pressFor(state.settings.keys, 'deck', 'quit', 'q'), 'key'),
        ' quit',
      ),
    ],
    view.rows,
  );
}
