import { ASCII, UNICODE } from '../../text/glyphs.ts';
import { type Context, notify } from '../app/context.ts';
import { frame } from '../app/frame/frame.ts';
import { keyName } from '../screens/help/lines.ts';
import { SCREENS, type ScreenId } from '../screens/registry.ts';
import { moveOn, type Parts, pickOn, screenKeys } from '../screens/screen.ts';
import { screenOf } from '../store/state.ts';
import { lineAt } from '../widgets/layout.ts';
import type { Item } from '../widgets/line.ts';
import { attempt } from './attempt.ts';
import { fieldText } from './field-text.ts';
import type { Press } from './input.ts';
import { MOVING } from './key.ts';
import { isTyping, keyFor, keysOn, screenFolder } from './keys.ts';
import type { Mouse } from './mouse.ts';
import { remappedKey } from './remap.ts';
import { sharedCommands } from './shared-commands.ts';
import { createTurn } from './turn.ts';

export interface Dispatch {
  press(press: Press): void;
  /** Runs a command of the present screen. A command that changes the cluster needs `isConfirmed`: a person has just agreed to it. */
  act(id: string, isConfirmed: boolean): void;
  /** Replaces the text that is being typed. */
  write(text: string): void;
  pick(item: Item): void;
  /** A click selects and the wheel scrolls; nothing is ever opened or written by the mouse. */
  mouse(mouse: Mouse): void;
  paste(text: string): void;
}

/** The longest text that can be typed. */
const LONGEST = 200;
/** Keys that move the cursor give no notice on a screen without a cursor. */
const MOVES = new Set(MOVING.flatMap(({ keys }) => keys));
/** Rows by a notch of the wheel. */
const WHEEL = 3;

/**
 * Turns presses into commands by the key tables. A key that changes the cluster acts only after the turn in which it came is
 * over and nothing else came with it: what arrives in one burst was not typed by a person.
 */
export function createDispatch(given: Omit<Parts, 'screens' | 'run'>): Dispatch {
  const { context } = given;
  const { store } = context;
  const parts: Parts = { ...given, screens: SCREENS, run };
  const shared = sharedCommands(parts);
  const turn = createTurn(() => notify(context, 'several keys at once are ignored: press one key at a time', 'warn'));

  function press(press: Press) {
    turn.count();
    const state = store.getState();
    const id = screenOf(state);
    if (state.quitting === 'reverting' && !(press.is === 'key' && press.name === 'ctrl-c')) return;
    if (isTyping(state, id) && typeInto(parts, press)) return;
    if (press.is === 'text')
      return notify(
        context,
        `${[...press.text].length} characters at once are ignored: press one key at a time`,
        'warn',
      );
    // Several emergency keys at once open the screen; reverting needs a single press.
    const isBurst = press.times > 1;
    const key = keyFor(state, id, press.name);
    if (!key) return idle(context, id, press.name);
    if (isBurst && key.danger) return;
    const locked = key.locked?.(state, context.now());
    if (locked !== undefined) return notify(context, `${keyName(press.name, state.settings.ascii)}: ${locked}`, 'warn');
    const command = screenFolder(id).commands?.(parts)[key.id] ?? shared[key.id];
    const act = () => attempt(context, key.says, () => command?.(press.times));
    if (key.danger) turn.alone(act);
    else act();
  }

  /** Runs a command of the present screen without its key. Commands that change the cluster need their key, or a person's yes. */
  function run(id: string, isConfirmed = false): void {
    const screen = screenFolder(screenOf(store.getState()));
    const key = keysOn(screen, store.getState().settings.keys).find(one => one.id === id);
    if (key?.danger && !isConfirmed) return;
    const locked = key?.locked?.(store.getState(), context.now());
    if (locked !== undefined) notify(context, locked, 'warn');
    else attempt(context, key?.says ?? id, () => (screen.commands?.(parts)[id] ?? shared[id])?.(1));
  }

  return {
    press,
    mouse: event => mouse(parts, event),
    act: run,
    pick: item => pickOn(screenFolder(screenOf(store.getState())), parts, item),
    write(text) {
      const screen = screenFolder(screenOf(store.getState()));
      for (let i = 0; i < LONGEST; i++) screen.erase?.(parts);
      screen.type?.(parts, text);
    },
    paste(text) {
      const state = store.getState();
      turn.count();
      if (!isTyping(state, screenOf(state)) || !typePasted(parts, text.trim()))
        notify(context, 'pasted text is ignored: press one key at a time', 'warn');
    },
  };
}

/** A key that is for other screens is not dead without a word. */
function idle(context: Context, id: ScreenId, press: string): void {
  const { keys, ascii } = context.store.getState().settings;
  // The key of the screen that is open leads nowhere else.
  const own = screenKeys([screenFolder(id)]).flatMap(key => remappedKey(key, id, keys ?? {}).keys);
  if (MOVES.has(press) || own.includes(press)) return;
  const help = keysOn(screenFolder(id), keys).find(one => one.id === 'help');
  const where = help ? `${keyName(help.keys[0] ?? '', ascii)} lists the keys` : 'the last row names the keys';
  notify(context, `${keyName(press, ascii)} does nothing here: ${where}`, 'warn');
}

/** Whether text that came in one piece belongs to what is being typed. */
function typePasted(parts: Parts, text: string): boolean {
  const screen = screenFolder(screenOf(parts.context.store.getState()));
  if (screen.isPasteIgnored === true) return false;
  screen.type?.(parts, fieldText(text));
  return true;
}

/** Whether a press was text for what is being typed. */
function typeInto(parts: Parts, press: Press): boolean {
  const screen = screenFolder(screenOf(parts.context.store.getState()));
  if (press.is === 'text') return typePasted(parts, press.text);
  if (press.name === 'backspace' || press.name === 'delete') {
    screen.erase?.(parts);
    return true;
  }
  if ([...press.name].length === 1 && press.name !== '!') {
    screen.type?.(parts, press.name.repeat(press.times));
    return true;
  }
  return false;
}

function mouse(parts: Parts, event: Mouse): void {
  const { context } = parts;
  const { store } = context;
  const { columns, rows, screens } = store.getState();
  if (!store.getState().shell.isMouseOn || store.getState().quitting !== 'no') return;
  if (event.is === 'wheel') {
    moveOn(screenFolder(screenOf(store.getState())), parts, event.by * WHEEL);
    return;
  }
  const view = { columns, rows, now: context.now(), glyphs: store.getState().settings.ascii ? ASCII : UNICODE };
  const item = screens.length > 0 ? lineAt(frame(store.getState(), view), event.x, event.y)?.item : undefined;
  if (item) pickOn(screenFolder(screenOf(store.getState())), parts, item);
}
