import { listKeys } from '../../keymap/key.ts';
import type { ConsoleState } from '../../store/state.ts';
import { onePane, type ScreenFolder } from '../screen.ts';
import { reportsLines } from './lines.ts';
import { chosenPast, markedPair, pastKey } from './view.ts';

const none = (state: ConsoleState): string | undefined => (chosenPast(state) ? undefined : 'nothing is listed');
const noPair = (state: ConsoleState): string | undefined =>
  markedPair(state) ? undefined : 'mark two with space, then compare them';

/** What was run on this machine before. */
export const reports: ScreenFolder<'reports'> = {
  id: 'reports',
  title: 'REPORTS',
  digit: '7',
  keys: listKeys([
    { id: 'report', keys: ['enter', 'right', 'l'], says: 'open', hint: 1, locked: none },
    { id: 'mark', keys: [' '], says: 'mark', hint: 1, locked: none },
    { id: 'compare', keys: ['='], says: 'compare', hint: 1, locked: noPair },
    { id: 'on-timeline', keys: ['t'], says: 'timeline', hint: 1, locked: none },
    { id: 'markdown', keys: ['w'], says: 'write Markdown', hint: 2, locked: none },
    { id: 'html', keys: ['W'], says: 'write HTML', locked: none },
    { id: 'look', keys: ['c'], says: 'read again', hint: 6 },
  ]),
  body: onePane(reportsLines),
  enter: ({ reporting }) => reporting.look(),
  commands: ({ reporting }) => ({
    report: reporting.openChosen,
    mark: reporting.mark,
    compare: reporting.compareMarked,
    'on-timeline': reporting.toTimeline,
    markdown: () => reporting.write('md'),
    html: () => reporting.write('html'),
    look: reporting.look,
  }),
  lists: {
    reports: {
      ids: ({ reports: { runs } }) => runs.map(pastKey),
      chosen(state) {
        const now = chosenPast(state);
        return now && pastKey(now);
      },
      moveTo: ({ context: { store } }, cursor) =>
        store.setState(({ reports: now }) => ({ reports: { ...now, cursor } })),
    },
  },
};
