import { ASCII, UNICODE } from '../../text/glyphs.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { ConsoleDeps } from '../deps.ts';
import { createDispatch } from '../keymap/dispatch.ts';
import { keyConflicts } from '../keymap/keys.ts';
import { createCatalogue } from '../screens/experiments/catalogue.ts';
import { createBrowsing } from '../screens/health/browsing.ts';
import { createEmergency } from '../screens/mayday/emergency.ts';
import { createMending } from '../screens/mend/mending.ts';
import { createObjectLooking } from '../screens/object/looking.ts';
import { SCREENS } from '../screens/registry.ts';
import { createTriaging } from '../screens/triage/looking.ts';
import { isCounting, ownLive, ownUnderWay } from '../store/select.ts';
import { type ConsoleStore, createConsoleStore } from '../store/state.ts';
import { COLOUR, MONO } from '../widgets/theme.ts';
import { clipboardSequence } from './clipboard.ts';
import { connectAll } from './connect.ts';
import type { Context } from './context.ts';
import type { Drawn } from './draw.tsx';
import { paintFirstFrame } from './first-frame.ts';
import { createPainter } from './painter.ts';
import { createQuit, type End, residueWords } from './quit.ts';
import { createRuns, type Runs } from './runs.ts';
import { createSuspend } from './suspend.ts';

/** Clocks show whole seconds; twice as often is enough to never skip one. Where none is on the screen every other tick will do. */
const TICK_MS = 500;
/** How long a hang-up or a crash waits for what our runs wrote to be put back. */
const LAST_CHANCE_MS = 60_000;

const ABORTED = 6;
const RESIDUE = 7;
const INTERNAL = 1;

/**
 * The full-screen console, from the first frame to the exit code. The first frame needs nothing but the settings, not even
 * Ink, which loads while the connection is made; the catalogue and the engine come after that. Whatever ends it, the
 * terminal is given back first and what has to be said is written after that.
 */
export async function startConsole(deps: ConsoleDeps): Promise<number> {
  const conflicts = keyConflicts(SCREENS);
  if (conflicts.length > 0) throw new Error(conflicts[0]);
  const { terminal, settings } = deps;
  const store = createConsoleStore(settings, sizeOf(terminal.stdout));
  const ended = new AbortController();
  const context: Context = {
    deps,
    store,
    session: undefined,
    ended: ended.signal,
    copy: text => void terminal.stdout.write(clipboardSequence(text, process.env)),
    now: () => ({ monotonic: deps.clock.monotonic(), server: context.session?.serverNow() ?? deps.clock.now() }),
  };
  const ending = Promise.withResolvers<End>();
  const finish = (end: End): void => ending.resolve(end);

  const runs = createRuns(context);
  const emergency = createEmergency(context, runs);
  const catalogue = createCatalogue(context);
  const triaging = createTriaging(context);
  const suspend = createSuspend(context, process, text => terminal.stdout.write(text));
  const dispatch = createDispatch({
    context,
    catalogue,
    emergency,
    runs,
    triaging,
    objects: createObjectLooking(context),
    mending: createMending(context, triaging.look),
    browsing: createBrowsing(context),
    quit: createQuit(context, runs, finish),
    suspend: suspend.ask,
    repaint: () => void suspend.repaint(),
  });
  const look = {
    theme: settings.color ? COLOUR : MONO,
    glyphs: settings.ascii ? ASCII : UNICODE,
    isAscii: settings.ascii,
  };
  const painter = createPainter(store, look, context.now);

  const crash = (error: unknown): void => {
    deps.log(error instanceof Error ? (error.stack ?? error.message) : String(error));
    void lastWords(store, runs.stop, INTERNAL, [
      `internal error: ${error instanceof Error ? error.message : String(error)}; this is a fault of mayday itself`,
    ]).then(finish);
    leave();
  };
  const hangUp = (): void => {
    void lastWords(store, runs.stop, ABORTED, []).then(finish);
    leave();
  };
  const resized = (): void => store.setState(sizeOf(terminal.stdout));
  // Before Ink's own listener, so that it lays out rows that already have the new size.
  terminal.stdout.prependListener('resize', resized);

  const firstFrame = paintFirstFrame(terminal, painter.rows());
  let screen: Drawn | undefined;
  const leave = (): void => (screen ? screen.unmount() : firstFrame.leave());
  const quiet = listenToTheProcess({ hangUp, crash, stop: () => void suspend.now(), broken: terminal.stdout });
  let beats = 0;
  const heart = setInterval(() => {
    beats += 1;
    if (beats % 2 === 0 || isCounting(store.getState())) painter.tick();
  }, TICK_MS);

  connectAll(context, { catalogue, emergency, triaging }, finish).catch(crash);
  // The frame that is there goes to the terminal before loading Ink takes the thread.
  await new Promise<void>(resolve => setImmediate(resolve));
  const drawing = import('./draw.tsx').then(({ draw }) => {
    if (firstFrame.isLeft()) return;
    const { press, paste } = dispatch;
    screen = draw(terminal, { painted: painter, press, paste, ready: suspend.own, failed: crash });
  });
  drawing.catch(crash);

  const end = await ending.promise;
  clearInterval(heart);
  painter.stop();
  ended.abort();
  terminal.stdout.off('resize', resized);
  leave();
  await screen?.waitUntilExit().catch(() => undefined);
  await context.session?.close().catch(() => undefined);
  quiet();
  for (const word of end.words) terminal.stderr.write(`mayday: ${sanitise(word)}\n`);
  return end.exitCode;
}

function sizeOf(stdout: { columns?: number; rows?: number }): { columns: number; rows: number } {
  return { columns: stdout.columns || 80, rows: stdout.rows || 24 };
}

/** With the screen gone: puts back what our runs wrote, as long as that takes within reason, and words the outcome. */
async function lastWords(store: ConsoleStore, stop: Runs['stop'], exitCode: number, words: string[]): Promise<End> {
  const state = store.getState();
  if (ownUnderWay(state).length === 0) return { exitCode, words };
  const live = ownLive(state).length;
  const left = await Promise.race([
    stop().then(stopped => stopped.residue),
    new Promise<number>(resolve => setTimeout(resolve, LAST_CHANCE_MS, Math.max(live, 1))),
  ]);
  if (left > 0) return { exitCode: RESIDUE, words: [...words, ...residueWords(left)] };
  return { exitCode, words: [...words, 'stopped; everything this console wrote is back, read again'] };
}

interface Happenings {
  hangUp(): void;
  crash(error: unknown): void;
  stop(): void;
  broken: NodeJS.WritableStream;
}

/** Signals and errors that end the console; returns the way to stop listening. */
function listenToTheProcess({ hangUp, crash, stop, broken }: Happenings): () => void {
  const signals = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'] as const;
  for (const signal of signals) process.on(signal, hangUp);
  process.on('SIGTSTP', stop);
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  broken.on('error', hangUp);
  return () => {
    for (const signal of signals) process.off(signal, hangUp);
    process.off('SIGTSTP', stop);
    process.off('uncaughtException', crash);
    process.off('unhandledRejection', crash);
    broken.off('error', hangUp);
  };
}
