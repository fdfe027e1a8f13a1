import { pressFor } from '../keymap/remap.ts';
import type { ConsoleState, RunView, Screen } from '../store/state.ts';

/** One step of the tour: what to do next and why, and how the console can tell that it was done. */
interface Step {
  says(state: ConsoleState): string;
  isDone(state: ConsoleState): boolean;
}

/** Its fault does harm until it is reverted: the controller cannot repair it by itself. */
const TOUR_EXPERIMENT = 'kserve-llm-controller-isolation';

const screenOf = ({ screens }: ConsoleState): Screen => screens.at(-1) ?? 'deck';
const isOn = (state: ConsoleState, ...ids: Screen[]): boolean => ids.includes(screenOf(state));
const key = (state: ConsoleState, screen: string, id: string, usual: string): string =>
  pressFor(state.settings.keys, screen, id, usual);
const mayday = (state: ConsoleState): string => key(state, 'deck', 'mayday', '!');
const newest = ({ runs }: ConsoleState): RunView | undefined => runs.at(-1);
const isInjected = (state: ConsoleState): boolean => newest(state)?.injectedAt !== undefined;

/** Whether a scan or a revert of everything ended with nothing left. */
const isClean = ({ mayday: { phase, end, findings, orders, unmarked, blind } }: ConsoleState): boolean =>
  (phase === 'done' && end?.remaining === 0) ||
  (phase === 'found' && findings.length + orders.length + unmarked.length + blind.length === 0);

const hasEnded = (state: ConsoleState): boolean =>
  newest(state)?.isReverted === true || newest(state)?.endedAt !== undefined;

const toPicker = (state: ConsoleState): string =>
  isOn(state, 'deck') ? key(state, 'deck', 'experiments', 'e') : key(state, 'deck', 'go-to-experiments', '3');

const opens = (state: ConsoleState): string => key(state, 'experiments', 'open', 'enter');

const STEPS: readonly Step[] = [
  {
    says: state =>
      `BREAK: This is a cluster in memory: nothing real can break. ${toPicker(state)} lists the experiments.`,
    isDone: state => isOn(state, 'experiments', 'plan') || isInjected(state),
  },
  {
    says: state =>
      isOn(state, 'experiments')
        ? `BREAK: The cursor is on one that cuts a controller off from the network. ${opens(state)} opens its plan.`
        : `BREAK: ${toPicker(state)} goes back to the experiments; ${opens(state)} there opens a plan.`,
    isDone: state => isOn(state, 'plan') || isInjected(state),
  },
  {
    says: state =>
      isOn(state, 'plan')
        ? `BREAK: The plan says what is written, what undoes it, and who is in reach. ${key(state, 'plan', 'arm', 'a')} arms; nothing is written yet.`
        : `BREAK: ${toPicker(state)}, then ${opens(state)}, goes back to the plan.`,
    isDone: state => state.armed !== undefined || isInjected(state),
  },
  {
    says: state =>
      isOn(state, 'plan')
        ? `BREAK: ${key(state, 'plan', 'fire', 'f')} fires, within ten seconds of arming. Too late? ${key(state, 'plan', 'arm', 'a')} arms again.`
        : `BREAK: Leaving disarms. ${toPicker(state)}, then ${opens(state)}, goes back to the plan.`,
    isDone: state => state.runs.length > 0,
  },
  {
    says: state =>
      isInjected(state)
        ? 'SEE: Injected. FAULTS says "effect proven" as soon as the harm is seen in the cluster, not before.'
        : 'SEE: The steady state is checked before anything is written. Watch the lines under VERDICTS.',
    isDone: state => newest(state)?.effect === 'proven' || newest(state)?.endedAt !== undefined,
  },
  {
    says: state =>
      hasEnded(state)
        ? `SEE: Its time was over, and mayday reverted it. ${mayday(state)} proves that nothing remains.`
        : `SEE: FAULTS counts down to the automatic revert; HEALTH shows the harm. ${key(state, 'deck', 'go-to-triage', '5')} says why.`,
    isDone: state => isOn(state, 'triage', 'mayday'),
  },
  {
    says: state =>
      !isOn(state, 'triage')
        ? `UNDERSTAND: ${key(state, 'deck', 'go-to-triage', '5')} says why it is broken. ${mayday(state)} opens MAYDAY.`
        : hasEnded(state)
          ? `UNDERSTAND: The fault's time was over, and mayday reverted it. ${mayday(state)} proves that nothing remains.`
          : state.triage.phase === 'looking'
            ? 'UNDERSTAND: Triage asks one question after the other, from the nodes to the webhooks.'
            : `UNDERSTAND: What is broken, the evidence, and its cause: your fault. ${mayday(state)} opens MAYDAY, from every screen.`,
    isDone: state => isOn(state, 'mayday'),
  },
  {
    says: state =>
      !isOn(state, 'mayday')
        ? `REVERT: ${mayday(state)} opens MAYDAY, which finds and reverts every injection.`
        : state.mayday.phase === 'found' || state.mayday.phase === 'done'
          ? `REVERT: ${mayday(state)} again reverts everything, whoever injected it, and reads each object again.`
          : 'REVERT: The whole cluster is searched for injections, whoever left them.',
    isDone: isClean,
  },
  {
    says: state =>
      isOn(state, 'mayday')
        ? `REVERT: REMAIN 0 was read after the last write. The latch blocks new injections: ${key(state, 'mayday', 'lift-latch', 'L')} lifts it.`
        : `REVERT: The latch is on: nobody can inject. ${mayday(state)}, then ${key(state, 'mayday', 'lift-latch', 'L')}, lifts it.`,
    isDone: state => state.mayday.end?.latched !== true && !isOn(state, 'quit'),
  },
  {
    says: state =>
      `DONE: nothing remains, verified. ${key(state, 'deck', 'go-to-gameday', '8')} leads a game-day, ${key(state, 'deck', 'help', '?')} lists keys; on your cluster: mayday --read-only`,
    isDone: () => false,
  },
];

/** Where the guided tour is; undefined where there is none. */
export type TourView = { at: number } | undefined;

/** How many steps the tour has. */
export const TOUR_STEPS = STEPS.length;

/** The step that a tour at this one has reached: it goes on past every step that was done, and never back. */
export function reached(at: number, state: ConsoleState): number {
  let next = at;
  while (next < STEPS.length - 1 && STEPS[next]?.isDone(state) === true) next++;
  return next;
}

/** What the guide says at the present step. */
export const tourText = (at: number, state: ConsoleState): string => STEPS[at]?.says(state) ?? '';

/** The cursors, with that of the picker on the experiment that the tour is about until the person moves it. */
export function aimed({ cursor, catalogue }: ConsoleState): ConsoleState['cursor'] {
  if (cursor.experiments !== undefined) return cursor;
  const path = catalogue?.find(({ loaded }) => loaded?.experiment.metadata.name === TOUR_EXPERIMENT)?.path;
  return path === undefined ? cursor : { ...cursor, experiments: path };
}
