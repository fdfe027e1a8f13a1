import { isChaos } from '../../../triage/finding/chaos-causes.ts';
import { canIgnore } from '../../../triage/remedies/dead-hooks.ts';
import { INJECT, listKeys } from '../../keymap/key.ts';
import type { ConsoleState } from '../../store/state.ts';
import { column, type Layout, pane, row } from '../../widgets/layout.ts';
import type { ScreenFolder } from '../screen.ts';
import { detailLines, gateLines, rootLines } from './lines.ts';
import { revertInjection } from './revert-injection.ts';
import { chosenEntry, chosenFix, type Entry, triageEntries } from './view.ts';

/** From this width on the detail stands beside the list. */
const WIDE = 150;
const DETAIL_STEP = 5;

const noFinding = (state: ConsoleState): string | undefined =>
  chosenEntry(state) ? undefined : 'there is nothing to open';

const toFix = ({ root }: Entry) => ({ finding: root.finding, follows: root.follows.map(({ finding }) => finding) });

/** Why no webhook can be kept from blocking for a while. */
function ignoreLock(state: ConsoleState): string | undefined {
  const chosen = chosenEntry(state);
  if (chosen === undefined) return 'there is no finding';
  const { finding, follows } = toFix(chosen);
  return [finding, ...follows].some(canIgnore)
    ? undefined
    : 'no webhook that blocks is at fault here: neither this finding nor what follows from it is about one';
}

/** What is broken, since when, why, and how to fix it. */
export const triage: ScreenFolder<'triage'> = {
  id: 'triage',
  title: 'TRIAGE',
  digit: '5',
  hint: 3,
  isOfCluster: () => true,
  keys: listKeys([
    { id: 'fix', keys: ['x'], says: 'fix it', hint: 1, locked: noFinding },
    { id: 'object', keys: ['enter', 'right', 'l'], says: 'open the object', hint: 1, locked: noFinding },
    {
      id: 'copy',
      keys: ['y'],
      says: 'copy the fix',
      hint: 1,
      locked: state => (chosenFix(state) === undefined ? 'this finding has no command to copy' : undefined),
    },
    { id: 'ignore', keys: ['I'], says: 'keep a dead webhook from blocking, 15m', locked: ignoreLock },
    { ...INJECT, locked: noFinding },
    { id: 'look', keys: ['c'], says: 'look again', hint: 2 },
    { id: 'detail-up', keys: ['['], says: 'detail: scroll up' },
    { id: 'detail-down', keys: [']'], says: 'detail: scroll down', hint: 3 },
  ]),
  body(state, view, { columns, rows }): Layout {
    const gates = gateLines(state, view, columns);
    const rest = Math.max(0, rows - gates.length);
    const strip = pane(columns, gates.length, gates);
    if (columns >= WIDE) {
      const left = Math.floor((columns - 2) * 0.5);
      const right = columns - 2 - left;
      return column(
        strip,
        row(
          pane(left, rest, rootLines(state, view, left, rest)),
          pane(right, rest, detailLines(state, view, right, rest)),
        ),
      );
    }
    const list = Math.max(3, Math.min(triageEntries(state).length + 1, Math.floor(rest * 0.35)));
    return column(
      strip,
      pane(columns, list, rootLines(state, view, columns, list)),
      pane(columns, rest - list, detailLines(state, view, columns, rest - list)),
    );
  },
  subject: state => chosenEntry(state)?.root.finding.object,
  enter: ({ triaging }) => triaging.look(),
  commands: ({ context, triaging, objects, fixing }) => ({
    fix: () => {
      const chosen = chosenEntry(context.store.getState());
      if (chosen === undefined) return;
      const what = toFix(chosen);
      if (isChaos(what.finding)) revertInjection(context, what.finding);
      else fixing.ask(what);
    },
    ignore: () => {
      const chosen = chosenEntry(context.store.getState());
      if (chosen) fixing.ask(toFix(chosen), 'ignore');
    },
    object: () => {
      const chosen = chosenEntry(context.store.getState());
      if (chosen) objects.open(chosen.root.finding.object);
    },
    copy: triaging.copyFix,
    look: triaging.look,
    'detail-up': times => triaging.scroll(-DETAIL_STEP * times),
    'detail-down': times => triaging.scroll(DETAIL_STEP * times),
  }),
  lists: {
    roots: {
      ids: state => triageEntries(state).map(({ key }) => key),
      chosen: state => chosenEntry(state)?.key,
      moveTo: ({ context: { store } }, key) =>
        store.setState(({ cursor, triage: now }) => ({
          cursor: { ...cursor, triage: key },
          triage: { ...now, top: 0 },
        })),
    },
  },
};
