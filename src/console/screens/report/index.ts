import { listKeys } from '../../keymap/key.ts';
import type { ConsoleState } from '../../store/state.ts';
import type { Line } from '../../widgets/line.ts';
import { rule } from '../../widgets/rule.ts';
import type { View } from '../../widgets/view.ts';
import type { Opened } from '../reports/view.ts';
import { onePane, type ScreenFolder, type Size } from '../screen.ts';
import { reportText } from './lines.ts';

const unread = ({ reports: { opened } }: ConsoleState): string | undefined =>
  opened?.is === 'report' || opened?.is === 'comparison' ? undefined : 'it is not read yet';

/** Rows of the console beside the text: the header, the heading and the key line. */
const OTHER_ROWS = 4;

/** One past run, suite or game-day in full, or two compared. */
export const report: ScreenFolder<'report'> = {
  id: 'report',
  title: 'REPORT',
  keys: listKeys([
    { id: 'markdown', keys: ['w'], says: 'write Markdown', hint: 1, locked: unread },
    { id: 'html', keys: ['W'], says: 'write HTML', hint: 2, locked: unread },
    { id: 'on-timeline', keys: ['t'], says: 'timeline', hint: 3, locked: unread },
  ]),
  body: onePane(lines),
  commands: ({ reporting }) => ({
    markdown: () => reporting.write('md'),
    html: () => reporting.write('html'),
    'on-timeline': reporting.toTimeline,
  }),
  move({ context, reporting }, by) {
    const { reports, columns, rows } = context.store.getState();
    const last = Math.max(0, reportText(reports.opened, columns).length - (rows - OTHER_ROWS));
    reporting.scrollTo(Math.max(0, Math.min(last, Math.min(reports.top, last) + by)));
  },
};

function lines({ reports: { opened, top } }: ConsoleState, view: View, { columns, rows }: Size): Line[] {
  const all = reportText(opened, columns);
  const room = Math.max(0, rows - 1);
  const from = Math.max(0, Math.min(top, all.length - room));
  const below = all.length - from - room;
  const more = below > 0 ? `${below} more rows` : from > 0 ? 'the end' : '';
  return [rule(titleOf(opened), columns, view, more, true), ...all.slice(from, from + room)];
}

function titleOf(opened: Opened | undefined): string {
  if (opened?.is === 'comparison') return 'COMPARED';
  const what = opened === undefined ? '' : opened.is === 'report' ? opened.report.title : opened.what;
  return what === '' ? 'REPORT' : `REPORT ${what.slice(0, 40)}`;
}
