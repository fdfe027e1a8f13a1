import { listKeys } from '../../keymap/key.ts';
import { pressFor } from '../../keymap/remap.ts';
import type { ConsoleState } from '../../store/state.ts';
import { column, type Layout, pane, row } from '../../widgets/layout.ts';
import type { ScreenFolder } from '../screen.ts';
import { agendaLines, conditionLines } from './agenda-lines.ts';
import { askLines, headLines, noteLines, plansLines } from './lines.ts';

/** From this width on, the conditions are beside the agenda. */
const WIDE = 120;

const step =
  (...steps: string[]) =>
  ({ day: { asking } }: ConsoleState): string | undefined =>
    asking?.is === 'outcome' && steps.includes(asking.step) ? undefined : 'this is not being asked now';
const before = ({ day: { asking } }: ConsoleState): string | undefined =>
  asking?.is === 'next' ? undefined : 'possible only before a scenario';
const underWay = ({ day }: ConsoleState): string | undefined =>
  day.phase === 'under way' ? undefined : 'no game-day is under way';

/** Leads a game-day from its plan to its end. */
export const gameday: ScreenFolder<'gameday'> = {
  id: 'gameday',
  title: 'GAME-DAY',
  digit: '8',
  keys: listKeys([
    { id: 'next', keys: ['enter'], says: 'go on to the next step', hint: 1 },
    {
      id: 'inject',
      keys: ['i'],
      says: 'inject what is armed',
      danger: true,
      hint: 1,
      locked: ({ day: { asking }, settings }, { monotonic }) =>
        asking?.is === 'next' && (asking.armedUntil ?? 0) > monotonic
          ? undefined
          : `nothing is armed: ${pressFor(settings.keys, 'gameday', 'next', 'enter')} arms`,
    },
    { id: 'stop', keys: ['x'], says: 'stop the day, revert', danger: true, hint: 2, locked: underWay },
    {
      id: 'unlatch',
      keys: ['o'],
      says: 'owner: let the day continue',
      hint: 4,
      locked: ({ day }) => (day.latched === undefined ? 'nothing has stopped the day' : undefined),
    },
    { id: 'again', keys: ['c'], says: 'repeat the safety check', hint: 5, locked: before },
    {
      id: 'answer-for',
      keys: ['v'],
      says: 'owner: answer for what failed',
      locked: ({ day: { asking, facts } }) =>
        asking?.is !== 'next' || asking.ok
          ? 'nothing failed in the safety check'
          : facts?.by.role === 'owner'
            ? undefined
            : 'only the owner may answer for it',
    },
    { id: 'skip', keys: ['s'], says: 'skip this scenario', hint: 5, locked: before },
    { id: 'passed', keys: ['p'], says: 'outcome: passed', locked: step('outcome') },
    { id: 'failed', keys: ['f'], says: 'outcome: failed', locked: step('outcome') },
    { id: 'unsure', keys: ['u'], says: 'outcome: unsure', locked: step('outcome') },
    { id: 'yes', keys: ['y'], says: 'detected by people; mitigated', locked: step('detected', 'mitigated') },
    { id: 'monitoring', keys: ['m'], says: 'detected by monitoring', locked: step('detected') },
    { id: 'no', keys: ['N'], says: 'not detected; not mitigated', locked: step('detected', 'mitigated') },
  ]),
  isOfCluster: ({ day }) => day.phase === 'under way',
  body(state, view, { columns, rows }): Layout {
    const { phase } = state.day;
    if (phase === 'none' || phase === 'failed' || phase === 'opening')
      return pane(columns, rows, plansLines(state, view, columns));
    const head = headLines(state, view, columns);
    const ask = askLines(state, view, columns);
    const rest = Math.max(0, rows - head.length - ask.length);
    const top = pane(columns, head.length, head);
    const question = pane(columns, ask.length, ask);
    if (columns >= WIDE) {
      const left = Math.floor((columns - 2) * 0.55);
      const right = columns - 2 - left;
      const agenda = agendaLines(state, view, left);
      const half = Math.min(rest, agenda.length);
      return column(
        top,
        question,
        row(
          column(pane(left, half, agenda), pane(left, rest - half, noteLines(state, view, left, rest - half))),
          pane(right, rest, conditionLines(state, view, right)),
        ),
      );
    }
    const agenda = Math.min(state.day.scenarios.length + 1, Math.max(3, Math.floor(rest * 0.4)));
    return column(
      top,
      question,
      pane(columns, agenda, agendaLines(state, view, columns, agenda)),
      pane(columns, rest - agenda, [...conditionLines(state, view, columns), ...noteLines(state, view, columns, 4)]),
    );
  },
  enter: ({ leading }) => void leading.learn(),
  lists: {
    plans: {
      ids: ({ day: { plans } }) => plans,
      chosen: ({ day: { plans, at } }) => plans[at],
      moveTo: ({ leading }, path) => leading.put(path),
    },
  },
  commands: ({ leading }) => ({
    next: leading.next,
    inject: leading.inject,
    stop: leading.stop,
    unlatch: leading.unlatch,
    again: leading.checkAgain,
    'answer-for': leading.answerFor,
    skip: leading.skip,
    passed: () => leading.outcome('passed'),
    failed: () => leading.outcome('failed'),
    unsure: () => leading.outcome('unsure'),
    yes: () => leading.answer(true),
    monitoring: () => leading.answer(true, 'monitoring'),
    no: () => leading.answer(false),
  }),
};
