import type { Clock } from '../../host/clock.ts';
import { messageOf } from '../../text/message-of.ts';
import type { ConsoleDeps } from '../deps.ts';
import { keyConflict } from '../keymap/keys.ts';
import { SCREENS } from '../screens/registry.ts';
import { isCounting } from '../store/select.ts';
import { plainRows } from '../widgets/plain-rows.ts';
import type { Cluster } from './cluster.ts';
import { notify } from './context.ts';
import { createEnding, sayLast } from './ending.ts';
import { openFullScreen } from './frame/full-screen.ts';
import { createRepaint } from './frame/repaint.ts';
import { noteProblems } from './problems.ts';
import { handleProcessEvents } from './process-end.ts';
import { createStage, sizeOf } from './stage.ts';

/**
 * Clocks show whole seconds; ticking twice as often never skips one. Where no clock is on the screen, every other tick
 * is enough.
 */
const TICK_MS = 500;

/**
 * Loading Ink blocks the thread and would delay the first request. So Ink waits until that request is sent, but at most this long,
 * milliseconds.
 */
const INK_MS = 100;
/** The time to connect to a nearby server once the cluster is known, milliseconds. */
const HANDSHAKE_MS = 15;

/**
 * The full-screen console, from the first frame to the exit code. The first frame needs nothing but the settings, not even
 * Ink, which loads while the connection is made; the catalogue and the engine come after that. Whatever ends it, the
 * terminal is given back first and what has to be said is written after that.
 */
export async function startConsole(deps: ConsoleDeps): Promise<number> {
  const conflict = keyConflict(SCREENS);
  if (conflict !== undefined) throw new Error(conflict);
  const { terminal, settings, clock } = deps;
  const ending = createEnding(deps, { all: () => clusters.all() }, () => leave());
  const { clusters, painter, mouse, suspend } = createStage(deps, ending, () => repaint.now());
  const resized = (): void => {
    clusters.current().store.setState(sizeOf(terminal.stdout));
    repaint.resized();
  };
  // Before Ink's own listener, so that it lays out rows that already have the new size.
  terminal.stdout.prependListener('resize', resized);

  const screen = openFullScreen(terminal, painter);
  const leave = (): void => {
    mouse.off();
    screen.leave();
  };
  const quiet = handleProcessEvents({
    hangUp: ending.hangUp,
    crash: ending.crash,
    interrupt: () => suspend.isLent() || ending.hangUp(),
    stop: () => void suspend.now(),
    broken: terminal.stdout,
  });
  const ended = new AbortController();
  const { picture } = painter;
  const repaint = createRepaint(terminal, clock, ended.signal, {
    drawn: screen.drawn,
    isAway: suspend.isAway,
    rows: () => plainRows(picture()),
  });
  void tickUntilEnd(clock, ended.signal, () => isCounting(clusters.current().store.getState()), painter.tick);

  noteProblems(clusters.current().context, settings.problems ?? []);
  clusters.begin();
  // The frame that is there goes to the terminal before loading Ink takes the thread.
  await new Promise<void>(resolve => setImmediate(resolve));
  if (terminal.isInkLoaded !== true) await firstRequestIsSent(clusters.current(), clock);
  const drawing = screen.drawWithInk({
    press: pressed => clusters.current().dispatch.press(pressed),
    paste: text => clusters.current().dispatch.paste(text),
    ready: suspend.own,
    broke: error => sayNotDrawn(clusters.current(), error),
    failed: ending.crash,
  });
  drawing.catch(ending.crash);

  const end = await ending.given;
  ended.abort();
  painter.stop();
  terminal.stdout.off('resize', resized);
  leave();
  await screen.untilWritten();
  await clusters.close();
  quiet();
  return sayLast(terminal, end);
}

/** The screen goes on as bare rows of text. It says why, and MAYDAY works from there. */
function sayNotDrawn({ context }: Cluster, error: Error): void {
  context.deps.log(error.stack ?? error.message);
  const why = `mayday could not draw this screen: ${messageOf(error)}; keys work, ! is MAYDAY, esc goes back`;
  notify(context, why, 'bad', 60_000);
}

/** Waits until the first request to the cluster is probably sent. It does not wait long if connecting is slow. */
async function firstRequestIsSent({ store }: Cluster, clock: Clock): Promise<void> {
  const connected = new Promise<void>(resolve => {
    const unsubscribe = store.subscribe(({ link }) => {
      if (link.state !== 'connected') return;
      unsubscribe();
      resolve();
    });
  });
  await Promise.race([connected.then(() => clock.sleep(HANDSHAKE_MS)), clock.sleep(INK_MS)]);
}

/** Draws what only time has changed, until the console ends. */
async function tickUntilEnd(clock: Clock, ended: AbortSignal, isDue: () => boolean, tick: () => void): Promise<void> {
  for (let ticks = 1; !ended.aborted; ticks += 1) {
    await clock.sleep(TICK_MS, ended).catch(() => undefined);
    if (ticks % 2 === 0 || isDue()) tick();
  }
}
