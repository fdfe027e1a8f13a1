import { close, forward, notify, open } from '../app/context.ts';
import { SCREENS, type ScreenId } from '../screens/registry.ts';
import { goTo, moveOn, type Parts } from '../screens/screen.ts';
import { screenOf } from '../store/state.ts';
import type { Commands } from './key.ts';
import { screenFolder } from './keys.ts';

const PAGE = 10;
const STREAM_STEP = 5;

/** Goes to a screen by its digit. Going to the home screen clears the way back. An armed plan is disarmed. */
function leadTo(parts: Parts, id: ScreenId): void {
  parts.catalogue.disarm();
  open(parts.context, id);
  screenFolder(id).enter?.(parts);
}

/** The commands that do the same on every screen that has their keys. */
export function sharedCommands(parts: Parts): Commands {
  const { quit } = parts;
  const opened = SCREENS.map(({ id }) => [goTo(id), () => leadTo(parts, id)] as const);
  return {
    ...Object.fromEntries(opened),
    ...movingCommands(parts),
    ...openingCommands(parts),
    note: parts.leading.openNote,
    seen: parts.leading.seen,
    'end-tour': parts.tour.end,
    acknowledge: parts.kubeconfig.acknowledge,
    save: parts.keeping.save,
    editor: () => parts.keeping.open('editor'),
    pager: () => parts.keeping.open('pager'),
    mouse: () => toggleMouse(parts),
    quit: quit.ask,
    interrupt: quit.interrupt,
    suspend: parts.suspend,
    repaint: parts.repaint,
  };
}

const here = ({ context }: Parts) => screenFolder(screenOf(context.store.getState()));

/** What moves the cursor, or the verdict stream. */
function movingCommands(parts: Parts): Commands {
  const { store } = parts.context;
  const by = (steps: number) => (times: number) => moveOn(here(parts), parts, steps * times);
  const scrollStream = (rows: number) => {
    const { stream, streamBack } = store.getState();
    store.setState({ streamBack: Math.max(0, Math.min(stream.length, streamBack + rows * STREAM_STEP)) });
  };
  return {
    up: by(-1),
    down: by(1),
    'page-up': by(-PAGE),
    'page-down': by(PAGE),
    first: by(Number.NEGATIVE_INFINITY),
    last: by(Number.POSITIVE_INFINITY),
    older: times => scrollStream(times),
    newer: times => scrollStream(-times),
  };
}

/** What opens a screen, or leaves one. */
function openingCommands(parts: Parts): Commands {
  const { context } = parts;
  const { store } = context;
  return {
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
      const on = here(parts).subject?.(store.getState(), context.now());
      if (on) parts.injecting.ask(on);
      else notify(context, 'there is no object to inject into', 'warn');
    },
    back: () => {
      if (here(parts).leave?.(parts) === true) return;
      if (store.getState().screens.length > 1) close(context);
      else parts.clusters.back();
    },
    forward: () => {
      // A question is not opened again by going forward.
      const { ahead } = store.getState();
      store.setState({ ahead: ahead.filter(id => screenFolder(id).title !== undefined) });
      forward(context);
    },
  };
}

function toggleMouse({ context, clusters }: Parts): void {
  const isMouseOn = !context.store.getState().shell.isMouseOn;
  clusters.updateShell({ isMouseOn });
  const words = 'mouse on: a click selects, the wheel scrolls, nothing is changed; shift-drag selects text';
  notify(context, isMouseOn ? words : 'mouse off', 'plain');
}
