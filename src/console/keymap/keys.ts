import {
  armLock,
  askLock,
  fireLock,
  injectLock,
  isTyping,
  type Now,
  revertAllLock,
  revertOneLock,
} from '../store/select.ts';
import type { ConsoleState, Screen } from '../store/state.ts';

export type Command =
  | 'mayday'
  | 'revert-all'
  | 'help'
  | 'back'
  | 'quit'
  | 'interrupt'
  | 'suspend'
  | 'repaint'
  | 'up'
  | 'down'
  | 'page-up'
  | 'page-down'
  | 'first'
  | 'last'
  | 'older'
  | 'newer'
  | 'experiments'
  | 'open'
  | 'arm'
  | 'fire'
  | 'recheck'
  | 'revert-one'
  | 'confirm-revert-one'
  | 'ask'
  | 'rescan'
  | 'quit-revert'
  | 'quit-leave';

/** One row of the key table. Help, the key line and the dispatcher are made from it. */
export interface Key {
  id: Command;
  /** What the person presses; the first is shown, the others are alternatives. */
  keys: readonly string[];
  says: string;
  on: readonly Screen[] | 'everywhere';
  /** Changes the cluster: takes one single key press and nothing pasted. */
  danger?: true;
  /** Shown on the key line, smaller is further left; without it only the help shows the key. */
  hint?: number;
  /** Why the key does nothing now; it stays visible and answers with this. */
  locked?: (state: ConsoleState, now: Now) => string | undefined;
}

const LISTS: readonly Screen[] = ['deck', 'experiments', 'mayday', 'plan', 'help'];

export const KEYS: readonly Key[] = [
  {
    id: 'mayday',
    keys: ['!'],
    says: 'MAYDAY, everywhere',
    on: ['deck', 'experiments', 'plan', 'help', 'quit', 'revert-one'],
  },
  {
    id: 'revert-all',
    keys: ['!', 'y'],
    says: 'REVERT ALL',
    on: ['mayday'],
    danger: true,
    hint: 1,
    locked: revertAllLock,
  },
  { id: 'rescan', keys: ['s'], says: 'scan again', on: ['mayday'], hint: 3 },
  { id: 'ask', keys: ['w'], says: 'what needs your word', on: ['mayday'], hint: 2, locked: askLock },

  { id: 'experiments', keys: ['e'], says: 'experiments', on: ['deck'], hint: 1 },
  { id: 'revert-one', keys: ['r'], says: 'revert this one', on: ['deck'], hint: 2, locked: revertOneLock },
  {
    id: 'confirm-revert-one',
    keys: ['y'],
    says: 'revert it',
    on: ['revert-one'],
    danger: true,
    hint: 1,
    locked: revertOneLock,
  },

  { id: 'open', keys: ['enter', 'right', 'l'], says: 'open the plan', on: ['experiments'], hint: 1 },
  { id: 'arm', keys: ['a', 'enter'], says: 'arm', on: ['plan'], hint: 1, locked: armLock },
  { id: 'arm', keys: ['a'], says: 'arm', on: ['experiments'], hint: 2, locked: armLock },
  { id: 'fire', keys: ['f'], says: 'FIRE', on: ['plan'], danger: true, hint: 2, locked: fireLock },
  { id: 'recheck', keys: ['c'], says: 'check again', on: ['plan'], hint: 3, locked: injectLock },

  { id: 'quit-revert', keys: ['r'], says: 'revert them, then quit', on: ['quit'], danger: true, hint: 1 },
  { id: 'quit-leave', keys: ['l'], says: 'leave them in and quit', on: ['quit'], danger: true, hint: 2 },

  { id: 'up', keys: ['up', 'k', 'ctrl-p'], says: 'up', on: LISTS },
  { id: 'down', keys: ['down', 'j', 'ctrl-n'], says: 'down', on: LISTS },
  { id: 'page-up', keys: ['pageup', 'ctrl-b'], says: 'page up', on: LISTS },
  { id: 'page-down', keys: ['pagedown', 'ctrl-f'], says: 'page down', on: LISTS },
  { id: 'first', keys: ['home', 'g'], says: 'first', on: LISTS },
  { id: 'last', keys: ['end', 'G'], says: 'last', on: LISTS },
  { id: 'older', keys: ['['], says: 'older verdict lines', on: ['deck', 'experiments', 'plan'] },
  { id: 'newer', keys: [']'], says: 'newer verdict lines', on: ['deck', 'experiments', 'plan'] },

  {
    id: 'help',
    keys: ['?'],
    says: 'keys',
    on: ['deck', 'experiments', 'plan', 'mayday', 'quit', 'revert-one'],
    hint: 8,
  },
  {
    id: 'back',
    keys: ['esc', 'left', 'h'],
    says: 'back',
    on: ['experiments', 'plan', 'mayday', 'help', 'quit', 'revert-one'],
    hint: 7,
  },
  { id: 'quit', keys: ['q'], says: 'quit', on: ['deck', 'experiments', 'plan', 'mayday', 'help'], hint: 9 },
  { id: 'interrupt', keys: ['ctrl-c'], says: 'quit; twice: revert', on: 'everywhere' },
  { id: 'suspend', keys: ['ctrl-z'], says: 'suspend to the shell', on: 'everywhere' },
  { id: 'repaint', keys: ['ctrl-l'], says: 'draw the screen anew', on: 'everywhere' },
];

const ALL_SCREENS: readonly Screen[] = ['deck', 'experiments', 'plan', 'mayday', 'help', 'quit', 'revert-one'];

/** Two meanings for one key on one screen are a mistake in the table; found at start, told as one line. */
export function keyConflicts(keys: readonly Key[]): string[] {
  const conflicts: string[] = [];
  for (const screen of ALL_SCREENS) {
    const taken = new Map<string, Command>();
    for (const key of keysOn(keys, screen)) {
      for (const press of key.keys) {
        const other = taken.get(press);
        if (other !== undefined)
          conflicts.push(`expected one meaning for "${press}" on ${screen}, found ${other} and ${key.id}`);
        taken.set(press, key.id);
      }
    }
  }
  return conflicts;
}

export function keysOn(keys: readonly Key[], screen: Screen): Key[] {
  return keys.filter(key => key.on === 'everywhere' || key.on.includes(screen));
}

/** The key a press means on this screen. While a name is typed, letters belong to the name. */
export function keyFor(state: ConsoleState, screen: Screen, press: string): Key | undefined {
  if (isTyping(state, screen) && press.length === 1 && press !== '!') return undefined;
  return keysOn(KEYS, screen).find(key => key.keys.includes(press));
}
