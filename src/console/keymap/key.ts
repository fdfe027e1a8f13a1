import { noDay } from '../screens/gameday/view.ts';
import type { Now } from '../store/select.ts';
import type { ConsoleState } from '../store/state.ts';

/** One row of a screen's key table. Help, the key line and the dispatcher are made from it. */
export interface Key {
  /** The name of the command. It is looked up among the screen's own commands first, then among the shared ones. */
  id: string;
  /** What the person presses; the first is shown, the others are alternatives. */
  keys: readonly string[];
  says: string;
  /** Changes the cluster: takes one single key press and nothing pasted. */
  danger?: true;
  /** Shown on the key line, smaller is further left; without it only the help shows the key. */
  hint?: number;
  /** It works while a text is typed, and then has precedence over another key with the same press. The key line shows it only then. */
  inText?: true;
  /** Why the key does nothing now; the key stays visible and shows this reason. */
  locked?: (state: ConsoleState, now: Now) => string | undefined;
}

/** The functions of the commands. `times` is more than one if a key was held down on a slow line. */
export type Commands = Readonly<Record<string, (times: number) => unknown>>;

/** Opens the emergency screen, from every other screen. */
export const EMERGENCY: Key = { id: 'mayday', keys: ['!'], says: 'MAYDAY, everywhere' };
export const HELP: Key = { id: 'help', keys: ['?'], says: 'keys', hint: 8 };
export const BACK: Key = { id: 'back', keys: ['esc', 'left', 'h'], says: 'back', hint: 7 };
export const QUIT: Key = { id: 'quit', keys: ['q'], says: 'quit', hint: 9 };

/** Lists what can be injected into the object under the cursor. */
export const INJECT: Key = { id: 'inject', keys: ['i'], says: 'inject' };

/** The menu of all actions, from every screen with keys of its own; where `a` arms, the capital letter opens it. */
export const ACTIONS: Key = { id: 'actions', keys: ['a', 'A'], says: 'every action here, or why it is not possible' };

/** From every screen with keys of its own. */
export const PALETTE: Key = { id: 'palette', keys: [':'], says: 'go to', hint: 6 };

/** For screens with a list or a text that is longer than the window. */
export const MOVING: readonly Key[] = [
  { id: 'up', keys: ['up', 'k', 'ctrl-p'], says: 'up' },
  { id: 'down', keys: ['down', 'j', 'ctrl-n'], says: 'down' },
  { id: 'page-up', keys: ['pageup', 'ctrl-b'], says: 'page up' },
  { id: 'page-down', keys: ['pagedown', 'ctrl-f'], says: 'page down' },
  { id: 'first', keys: ['home', 'g'], says: 'first' },
  { id: 'last', keys: ['end', 'G'], says: 'last' },
];

/** For screens that show the verdict stream. */
export const STREAM: readonly Key[] = [
  { id: 'older', keys: ['['], says: 'older verdict lines' },
  { id: 'newer', keys: [']'], says: 'newer verdict lines' },
];

/** The key table of a screen with a list or a long text: its own keys, then those that all such screens have, around them. */
export const listKeys = (own: readonly Key[], after: readonly Key[] = []): readonly Key[] => [
  EMERGENCY,
  ...own,
  ...MOVING,
  ...after,
  HELP,
  BACK,
  QUIT,
];

/** The key table of a list in which letters are typed as text: `enter` chooses a row. */
export const choiceKeys = (choosing: Pick<Key, 'says' | 'locked'>, more: readonly Key[] = []): readonly Key[] => [
  EMERGENCY,
  { id: 'choose', keys: ['enter'], hint: 1, ...choosing },
  { id: 'up', keys: ['up', 'ctrl-p'], says: 'up' },
  { id: 'down', keys: ['down', 'ctrl-n', 'tab'], says: 'down', hint: 2 },
  ...more,
  { ...BACK, keys: ['esc'] },
];

const noChange = ({ kubeconfigChange }: ConsoleState): string | undefined =>
  kubeconfigChange === '' ? 'the kubeconfig has not changed' : undefined;

const noTour = ({ tour }: ConsoleState): string | undefined => (tour === undefined ? 'there is no tour' : undefined);

/** From every screen that is no question. */
export const ROUND: readonly Key[] = [
  {
    id: 'forward',
    keys: ['>'],
    says: 'forward, after back',
    locked: ({ ahead }) => (ahead.length > 0 ? undefined : 'there is no screen to go forward to'),
  },
  { id: 'save', keys: ['s', 'ctrl-s'], says: 'save the whole text of this screen' },
  { id: 'editor', keys: ['E'], says: 'open it in $EDITOR' },
  { id: 'pager', keys: ['P'], says: 'open it in $PAGER' },
  { id: 'mouse', keys: ['m'], says: 'mouse on or off' },
  { id: 'note', keys: ['n'], says: 'day: note', locked: noDay },
  { id: 'seen', keys: ['d'], says: 'day: I see it', locked: noDay },
  { id: 'end-tour', keys: ['T'], says: 'end the tour', locked: noTour },
  { id: 'acknowledge', keys: ['K'], says: 'acknowledge the changed kubeconfig', locked: noChange },
];

/** On every screen. */
export const EVERYWHERE: readonly Key[] = [
  { id: 'interrupt', keys: ['ctrl-c'], says: 'quit; twice: revert' },
  { id: 'suspend', keys: ['ctrl-z'], says: 'suspend to the shell' },
  { id: 'repaint', keys: ['ctrl-l'], says: 'redraw the screen' },
];
