import { type Context, close, notify, open } from '../app/context.ts';
import type { Ending } from '../app/quit.ts';
import type { Runs } from '../app/runs.ts';
import type { Catalogue } from '../screens/experiments/catalogue.ts';
import type { Mayday } from '../screens/mayday/emergency.ts';
import { askedHeight } from '../screens/mayday/lines.ts';
import { chosen, chosenFault, faultEntries, isTyping } from '../store/select.ts';
import { type ConsoleState, type Screen, screenOf } from '../store/state.ts';
import type { Press } from './input.ts';
import { type Command, keyFor } from './keys.ts';

export interface Parts {
  catalogue: Catalogue;
  mayday: Mayday;
  runs: Runs;
  ending: Ending;
  suspend(): void;
  repaint(): void;
}

export interface Dispatch {
  press(press: Press): void;
  paste(text: string): void;
}

const PAGE = 10;

/**
 * Turns presses into commands by the key table. A key that changes the cluster acts only after the turn in which it came is
 * over and nothing else came with it: what arrives in one burst was not typed by a person.
 */
export function createDispatch(context: Context, parts: Parts): Dispatch {
  const { store } = context;
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
    if (state.ending === 'reverting' && !(press.is === 'key' && press.name === 'ctrl-c')) return;
    if (isTyping(state, screenOf(state)) && typeInto(press)) return;
    if (press.is === 'text')
      return notify(context, `${[...press.text].length} characters at once: ignored, keys count one by one`, 'warn');
    // A burst of the emergency key opens the screen; reverting takes a press of its own.
    const isBurst = press.times > 1;
    const key = keyFor(state, screenOf(state), press.name);
    if (!key || (isBurst && key.danger)) return;
    const locked = key.locked?.(state, context.now());
    if (locked !== undefined) return notify(context, `${press.name}: ${locked}`, 'warn');
    const act = () => void commands[key.id](press.times);
    if (key.danger) pending = act;
    else act();
  }

  const typedInto = () => (screenOf(store.getState()) === 'mayday' ? parts.mayday : parts.catalogue);

  function typeInto(press: Press): boolean {
    const into = typedInto();
    if (press.is === 'text') {
      into.type(press.text);
      return true;
    }
    if (press.name === 'backspace' || press.name === 'delete') {
      into.erase();
      return true;
    }
    if ([...press.name].length === 1 && press.name !== '!') {
      into.type(press.name.repeat(press.times));
      return true;
    }
    return false;
  }

  const show = (screen: Screen) => () => open(context, screen);
  const by = (steps: number) => (times: number) => move(steps * times);
  const commands: Record<Command, (times: number) => unknown> = {
    up: by(-1),
    down: by(1),
    'page-up': by(-PAGE),
    'page-down': by(PAGE),
    first: by(Number.NEGATIVE_INFINITY),
    last: by(Number.POSITIVE_INFINITY),
    older: times => scroll(times),
    newer: times => scroll(-times),
    mayday: () => {
      parts.catalogue.disarm();
      parts.mayday.open();
    },
    'revert-all': parts.mayday.revertAll,
    rescan: parts.mayday.rescan,
    ask: parts.mayday.ask,
    experiments: () => {
      open(context, 'experiments');
      parts.catalogue.look();
    },
    open: () => {
      open(context, 'plan');
      parts.catalogue.look();
    },
    arm: parts.catalogue.arm,
    fire: parts.runs.fire,
    recheck: parts.catalogue.recheck,
    'revert-one': show('revert-one'),
    'confirm-revert-one': parts.mayday.revertOne,
    help: show('help'),
    back: () => {
      if (screenOf(store.getState()) === 'plan') parts.catalogue.disarm();
      if (screenOf(store.getState()) === 'mayday' && parts.mayday.putOff()) return;
      close(context);
    },
    quit: parts.ending.ask,
    interrupt: parts.ending.interrupt,
    'quit-revert': parts.ending.revertAndEnd,
    'quit-leave': parts.ending.leave,
    suspend: parts.suspend,
    repaint: parts.repaint,
  };

  function scroll(by: number) {
    const state = store.getState();
    store.setState({ streamBack: Math.max(0, Math.min(state.stream.length, state.streamBack + by * 5)) });
  }

  function move(by: number) {
    const state = store.getState();
    switch (screenOf(state)) {
      case 'mayday':
        return parts.mayday.scroll(Number.isFinite(by) ? by : by > 0 ? listLength(state) : -state.mayday.top);
      case 'experiments':
      case 'plan': {
        const paths = (state.catalogue ?? []).map(entry => entry.path);
        store.setState({ cursor: { ...state.cursor, experiments: stepped(paths, chosen(state)?.path, by) } });
        return parts.catalogue.look();
      }
      case 'deck': {
        const keys = faultEntries(state, context.now()).map(entry => entry.key);
        return store.setState({
          cursor: { ...state.cursor, faults: stepped(keys, chosenFault(state, context.now())?.key, by) },
        });
      }
    }
  }

  return {
    press,
    paste(text) {
      const state = store.getState();
      countTurn();
      if (isTyping(state, screenOf(state))) typedInto().type(text.trim());
      else notify(context, 'pasted text is ignored: keys count one by one', 'warn');
    },
  };
}

/** The key `by` steps from the current one, stopping at both ends. */
function stepped(keys: readonly string[], current: string | undefined, by: number): string | undefined {
  const at = Math.max(0, current === undefined ? 0 : keys.indexOf(current));
  return keys[Math.max(0, Math.min(keys.length - 1, at + by))];
}

/** As far as a list of the MAYDAY screen can be scrolled: whoever draws it stops at its last row. */
const listLength = ({ mayday, columns }: ConsoleState): number =>
  mayday.asked ? askedHeight(mayday.asked, columns) : mayday.findings.length;
