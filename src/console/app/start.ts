import type { Clock } from '../../host/clock.ts';
import { ASCII, UNICODE } from '../../text/glyphs.ts';
import { messageOf, unexpectedErrorText } from '../../text/message-of.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { ConsoleDeps } from '../deps.ts';
import type { Press } from '../keymap/input.ts';
import { keyConflict } from '../keymap/keys.ts';
import { SCREENS } from '../screens/registry.ts';
import { isCounting } from '../store/select.ts';
import type { ShellView } from '../store/shell.ts';
import { COLOUR, MONO, THEMES, type Theme } from '../widgets/theme.ts';
import type { Cluster } from './cluster.ts';
import { type Clusters, createClusters } from './clusters.ts';
import { notify } from './context.ts';
import type { Drawn } from './frame/draw.tsx';
import { paintFirstFrame } from './frame/first-frame.ts';
import { createPainter, type Painter } from './frame/painter.ts';
import { noteProblems } from './problems.ts';
import { ABORTED, handleProcessEvents, INTERNAL, revertOwnRuns } from './process-end.ts';
import { createQuit, type End } from './quit.ts';
import { clipboardSequence } from './terminal/clipboard.ts';
import { createMouseReports } from './terminal/mouse.ts';
import { createQuietInput } from './terminal/quiet-input.ts';
import { createSuspend } from './terminal/suspend.ts';

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
  const { terminal, settings } = deps;
  const ending = Promise.withResolvers<End>();
  const finish = (end: End): void => ending.resolve(end);
  const themeOf = ({ theme }: Pick<ShellView, 'theme'>): Theme =>
    settings.color
      ? ([...THEMES, ...(settings.themes ?? [])].find(({ name }) => name === theme)?.theme ?? COLOUR)
      : MONO;
  const look = {
    theme: themeOf({ theme: settings.theme ?? 'terminal' }),
    glyphs: settings.ascii ? ASCII : UNICODE,
    isAscii: settings.ascii,
  };
  let painter: Painter | undefined;
  const clusters: Clusters = createClusters(
    {
      deps,
      shared: all => ({
        deps,
        copy: text => void terminal.stdout.write(clipboardSequence(text, process.env)),
        clusters: all,
        quit: createQuit(all, finish),
        suspend: () => suspend.ask(),
        repaint: () => void suspend.repaint(),
        lend: work => suspend.lend(work),
      }),
      shown: ({ context }) => painter?.show(context),
      told: (shell, before) => {
        painter?.theme(themeOf(shell));
        if (shell.isMouseOn !== before.isMouseOn) shell.isMouseOn ? mouse.on() : mouse.off();
      },
      failed: ({ message, exitCode }) => finish({ exitCode, words: [message] }),
      crash: error => crash(error),
    },
    () => sizeOf(terminal.stdout),
  );
  const isMouseOn = (): boolean => clusters.current().store.getState().shell.isMouseOn;
  const mouse = createMouseReports(
    terminal.stdin,
    text => terminal.stdout.write(text),
    event => clusters.current().dispatch.mouse(event),
  );
  const reports = { on: () => isMouseOn() && mouse.on(), off: mouse.off };
  const suspend = createSuspend(
    clusters,
    process,
    text => terminal.stdout.write(text),
    reports,
    createQuietInput(terminal.stdin),
  );
  painter = createPainter(clusters.current().context, look);

  function crash(error: unknown): void {
    deps.log(error instanceof Error ? (error.stack ?? error.message) : String(error));
    void revertOwnRuns(clusters, deps.clock, INTERNAL, [unexpectedErrorText(error)]).then(finish);
    leave();
  }
  /** The screen goes on as bare rows of text. It says why, and MAYDAY works from there. */
  function broke(error: Error): void {
    deps.log(error.stack ?? error.message);
    notify(
      clusters.current().context,
      `mayday could not draw this screen: ${messageOf(error)}; keys work, ! is MAYDAY, esc goes back`,
      'bad',
      60_000,
    );
  }
  const hangUp = (): void => {
    void revertOwnRuns(clusters, deps.clock, ABORTED, []).then(finish);
    leave();
  };
  const resized = (): void => clusters.current().store.setState(sizeOf(terminal.stdout));
  // Before Ink's own listener, so that it lays out rows that already have the new size.
  terminal.stdout.prependListener('resize', resized);

  const firstFrame = paintFirstFrame(terminal, painter.rows());
  let screen: Drawn | undefined;
  const leave = (): void => {
    mouse.off();
    if (screen) screen.unmount();
    else firstFrame.leave();
  };
  const quiet = handleProcessEvents({
    hangUp,
    interrupt: () => suspend.isLent() || hangUp(),
    crash,
    stop: () => void suspend.now(),
    broken: terminal.stdout,
  });
  const ended = new AbortController();
  const isCountingNow = (): boolean => isCounting(clusters.current().store.getState());
  void tickUntilEnd(deps.clock, ended.signal, isCountingNow, painter.tick);

  noteProblems(clusters.current().context, settings.problems ?? []);
  clusters.begin();
  // The frame that is there goes to the terminal before loading Ink takes the thread.
  await new Promise<void>(resolve => setImmediate(resolve));
  if (terminal.isInkLoaded !== true) await firstRequestIsSent(clusters.current(), deps.clock);
  const drawing = import('./frame/draw.tsx').then(({ draw }) => {
    if (firstFrame.isLeft()) return;
    const press = (pressed: Press): void => clusters.current().dispatch.press(pressed);
    const paste = (text: string): void => clusters.current().dispatch.paste(text);
    firstFrame.again(painter.rows());
    screen = draw(terminal, { painted: painter, press, paste, ready: suspend.own, broke, failed: crash });
  });
  drawing.catch(crash);

  const end = await ending.promise;
  ended.abort();
  painter.stop();
  terminal.stdout.off('resize', resized);
  leave();
  await screen?.waitUntilExit().catch(() => undefined);
  await clusters.close();
  quiet();
  for (const word of end.words) terminal.stderr.write(`mayday: ${sanitise(word)}\n`);
  return end.exitCode;
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

function sizeOf(stdout: { columns?: number; rows?: number }): { columns: number; rows: number } {
  return { columns: stdout.columns || 80, rows: stdout.rows || 24 };
}
