import type { StoreApi } from 'zustand/vanilla';
import type { LiveView } from '../../health/view/live.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { ConsoleDeps } from '../deps.ts';
import type { Session } from '../session/session.ts';
import type { Now } from '../store/select.ts';
import type { ConsoleState, Screen } from '../store/state.ts';
import type { Tone } from '../widgets/line.ts';

/** What every part of the console works on. `session` is set once connected. */
export interface Context {
  readonly deps: ConsoleDeps;
  readonly store: StoreApi<ConsoleState>;
  session: Session | undefined;
  /** The objects that the health board shows, kept up to date; triage reads them too. */
  live?: LiveView;
  /** Reads again at once the places where injections were found that no watch follows. Called after a revert. */
  lookAgain?: () => void;
  /** Aborts when the console ends. Background work stops then; reverting does not. */
  readonly ended: AbortSignal;
  now(): Now;
  /** Puts text on the clipboard of the terminal. */
  copy(text: string): void;
}

const NOTICE_MS = 6_000;

/** Shows a text on the notice row for a while. Text from any source is sanitised here. */
export function notify(context: Context, text: string, tone: Tone = 'plain', forMs = NOTICE_MS): void {
  context.store.setState({ notice: { text: sanitise(text, 300), tone, until: context.now().monotonic + forMs } });
}

/**
 * Adds lines to the verdict stream. The oldest are dropped beyond the cap, and the scroll position stays where it was.
 */
export function stream(
  context: Context,
  lines: readonly { at: number; text: string; tone: Tone; run?: string }[],
): void {
  if (lines.length === 0) return;
  context.store.setState(state => {
    const first = (state.stream[state.stream.length - 1]?.key ?? 0) + 1;
    const added = lines.map((line, i) => ({ ...line, text: sanitise(line.text, 400), key: first + i }));
    return {
      stream: [...state.stream, ...added].slice(-STREAM_CAP),
      streamBack: state.streamBack === 0 ? 0 : state.streamBack + added.length,
    };
  });
}

const STREAM_CAP = 1_000;

/** Opens a screen over the current one; a screen already in the stack is gone back to. */
export function open(context: Context, screen: Screen): void {
  context.store.setState(({ screens }) => {
    const at = screens.indexOf(screen);
    return { screens: at >= 0 ? screens.slice(0, at + 1) : [...screens, screen], ahead: [] };
  });
}

/** Back to what lay under the current screen. */
export function close(context: Context): void {
  context.store.setState(({ screens, ahead }) => {
    const left = screens.at(-1);
    return screens.length > 1 && left !== undefined
      ? { screens: screens.slice(0, -1), ahead: [...ahead, left] }
      : { screens };
  });
}

/** Opens again the screen that was last left with `esc`. */
export function forward(context: Context): void {
  context.store.setState(({ screens, ahead }) => {
    const next = ahead.at(-1);
    return next === undefined ? { ahead } : { screens: [...screens, next], ahead: ahead.slice(0, -1) };
  });
}
