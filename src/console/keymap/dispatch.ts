import { ASCII, UNICODE } from '../../text/glyphs.ts';
import { messageOf } from '../../text/message-of.ts';
import { sanitise } from '../../text/sanitise.ts';
import { close, forward, notify, open } from '../app/context.ts';
import { frame } from '../app/frame/frame.ts';
import { keyName } from '../screens/help/lines.ts';
import { SCREENS, type ScreenId } from '../screens/registry.ts';
import { goTo, moveOn, type Parts, pickOn, screenKeys } from '../screens/screen.ts';
import { screenOf } from '../store/state.ts';
import { lineAt } from '../widgets/layout.ts';
import type { Item } from '../widgets/line.ts';
import type { Press } from './input.ts';
import { type Commands, MOVING } from './key.ts';
import { isTyping, keyFor, keysOn, screenFolder } from './keys.ts';
import type { Mouse } from './mouse.ts';
import { remappedKey } from './remap.ts';

export interface Dispatch {
  press(press: Press): void;
  /** Runs a command of the present screen. One that changes the cluster runs only where a person has just confirmed it. */
  act(id: string, isConfirmed: boolean): void;
  /** Replaces the text that is being typed. */
  write(text: string): void;
  pick(item: Item): void;
  /** A click selects and the wheel scrolls; nothing is ever opened or written by the mouse. */
  mouse(mouse: Mouse): void;
  paste(text: string): void;
}

const PAGE = 10;
const STREAM_STEP = 5;
/** No text that is typed here is longer. */
const LONGEST = 200;
/** Keys that move the cursor say nothing where there is none to move. */
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
  let inTurn = 0;
  let pending: (() => void) | undefined;

  function countTurn(): void {
    inTurn++;
    if (inTurn > 1) return;
    setImmediate(() => {
      const act = inTurn === 1 ? pending : undefined;
      if (inTurn > 1 && pending) notify(context, 'several keys at once: ignored, press the key by itself', 'warn');
      inTurn = 0;
      pending = undefined;
      act?.();
    });
  }

  function press(press: Press) {
    countTurn();
    const state = store.getState();
    const id = screenOf(state);
    if (state.quitting === 'reverting' && !(press.is === 'key' && press.name === 'ctrl-c')) return;
    if (isTyping(state, id) && typeInto(press)) return;
    if (press.is === 'text')
      return notify(context, `${[...press.text].length} characters at once: ignored, keys count one by one`, 'warn');
    // Several emergency keys at once open the screen; reverting needs a single press.
    const isBurst = press.times > 1;
    const key = keyFor(state, id, press.name);
    if (!key) return idle(id, press.name);
    if (isBurst && key.danger) return;
    const locked = key.locked?.(state, context.now());
    if (locked !== undefined) return notify(context, `${press.name}: ${locked}`, 'warn');
    const command = screenFolder(id).commands?.(parts)[key.id] ?? shared[key.id];
    const act = () => attempt(key.says, () => command?.(press.times));
    if (key.danger) pending = act;
    else act();
  }

  /** A key that is for other screens is not dead without a word. */
  function idle(id: ScreenId, press: string): void {
    const { keys, ascii } = store.getState().settings;
    // The key of the screen that is open leads nowhere else.
    const own = screenKeys([screenFolder(id)]).flatMap(key => remappedKey(key, id, keys ?? {}).keys);
    if (MOVES.has(press) || own.includes(press)) return;
    const help = keysOn(screenFolder(id), keys).find(one => one.id === 'help');
    const where = help ? `${keyName(help.keys[0] ?? '', ascii)} lists the keys` : 'the last row names the keys';
    notify(context, `${keyName(press, ascii)} does nothing here: ${where}`, 'warn');
  }

  /** A command that throws is told; the screen and its keys stay, MAYDAY first of all. */
  function attempt(says: string, command: () => unknown): void {
    const failed = (error: unknown): void => {
      context.deps.log(error instanceof Error ? (error.stack ?? error.message) : String(error));
      notify(
        context,
        `${says}: an error in mayday itself: ${sanitise(messageOf(error), 200)}; ! is MAYDAY`,
        'bad',
        60_000,
      );
    };
    try {
      void Promise.resolve(command()).catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  /** Runs a command of the present screen without its key. Commands that change the cluster need their key, or a person's yes. */
  function run(id: string, isConfirmed = false): void {
    const screen = screenFolder(screenOf(store.getState()));
    const key = keysOn(screen, store.getState().settings.keys).find(one => one.id === id);
    if (key?.danger && !isConfirmed) return;
    const locked = key?.locked?.(store.getState(), context.now());
    if (locked !== undefined) notify(context, locked, 'warn');
    else attempt(key?.says ?? id, () => (screen.commands?.(parts)[id] ?? shared[id])?.(1));
  }

  function typeInto(press: Press): boolean {
    const screen = screenFolder(screenOf(store.getState()));
    if (press.is === 'text') {
      screen.type?.(parts, press.text);
      return true;
    }
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

  function mouse(event: Mouse): void {
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

  return {
    press,
    mouse,
    act: run,
    pick: item => pickOn(screenFolder(screenOf(store.getState())), parts, item),
    write(text) {
      const screen = screenFolder(screenOf(store.getState()));
      for (let i = 0; i < LONGEST; i++) screen.erase?.(parts);
      screen.type?.(parts, text);
    },
    paste(text) {
      const state = store.getState();
      countTurn();
      if (isTyping(state, screenOf(state))) screenFolder(screenOf(state)).type?.(parts, text.trim());
      else notify(context, 'pasted text is ignored: keys count one by one', 'warn');
    },
  };
}

/** Goes to a screen with a digit. Home ends the way back; an armed plan is left disarmed. */
function leadTo(parts: Parts, id: ScreenId): void {
  parts.catalogue.disarm();
  open(parts.context, id);
  screenFolder(id).enter?.(parts);
}

/** What keys do that mean the same on every screen that has them. */
function sharedCommands(parts: Parts): Commands {
  const { context, quit } = parts;
  const { store } = context;
  const here = () => screenFolder(screenOf(store.getState()));
  const by = (steps: number) => (times: number) => moveOn(here(), parts, steps * times);
  const scrollStream = (rows: number) => {
    const { stream, streamBack } = store.getState();
    store.setState({ streamBack: Math.max(0, Math.min(stream.length, streamBack + rows * STREAM_STEP)) });
  };
  const opened = SCREENS.map(({ id }) => [goTo(id), () => leadTo(parts, id)] as const);
  return {
    ...Object.fromEntries(opened),
    up: by(-1),
    down: by(1),
    'page-up': by(-PAGE),
    'page-down': by(PAGE),
    first: by(Number.NEGATIVE_INFINITY),
    last: by(Number.POSITIVE_INFINITY),
    older: times => scrollStream(times),
    newer: times => scrollStream(-times),
    mayday: () => {
      parts.catalogue.disarm();
      parts.emergency.open();
    },
    help: () => open(context, 'help'),
    palette: () => {
      store.setState({ palette: { text: '', at: 0 } });
      void parts.clusters.learn();
      open(context, 'palette');
    },
    actions: () => {
      store.setState({ actionAt: 0 });
      open(context, 'actions');
    },
    inject: () => {
      const on = here().subject?.(store.getState(), context.now());
      if (on) parts.injecting.ask(on);
      else notify(context, 'there is no object to inject into', 'warn');
    },
    back: () => {
      if (here().leave?.(parts) === true) return;
      if (store.getState().screens.length > 1) close(context);
      else parts.clusters.back();
    },
    forward: () => {
      // A question is not opened again by going forward.
      const { ahead } = store.getState();
      store.setState({ ahead: ahead.filter(id => screenFolder(id).title !== undefined) });
      forward(context);
    },
    note: parts.leading.openNote,
    seen: parts.leading.seen,
    'end-tour': parts.tour.end,
    acknowledge: parts.kubeconfig.acknowledge,
    save: parts.keeping.save,
    editor: () => parts.keeping.open('editor'),
    pager: () => parts.keeping.open('pager'),
    mouse: () => {
      const isMouseOn = !store.getState().shell.isMouseOn;
      parts.clusters.updateShell({ isMouseOn });
      const words = 'mouse on: a click selects, the wheel scrolls, nothing fires; shift-drag selects text';
      notify(context, isMouseOn ? words : 'mouse off', 'plain');
    },
    quit: quit.ask,
    interrupt: quit.interrupt,
    suspend: parts.suspend,
    repaint: parts.repaint,
  };
}
