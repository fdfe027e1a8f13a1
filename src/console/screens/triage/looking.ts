import { messageOf } from '../../../text/message-of.ts';
import { sanitise } from '../../../text/sanitise.ts';
import { type Context, notify } from '../../app/context.ts';
import { paneOf } from '../../store/pane.ts';
import { chosenFix } from './view.ts';

/** Looks for what is broken, for the triage screen. */
export interface Triaging {
  /** Begins a new look, unless one is under way. */
  look(): void;
  /** Looks now, and again while what was just written takes effect: not everything that a rule reads is followed. */
  lookAfterWrite(): void;
  /** Looks again by itself whenever the cluster has changed, until the console ends: the board counts what is found. */
  follow(): void;
  scroll(by: number): void;
  /** Puts the command of the chosen fix on the clipboard of the terminal. */
  copyFix(): void;
}

/** Pauses between looks after a write, milliseconds: controllers take seconds to act on it. */
const SETTLING_MS = [2_000, 5_000, 10_000];

export function createTriaging(context: Context): Triaging {
  const { store } = context;
  const { view, update } = paneOf(store, 'triage');

  async function look(): Promise<void> {
    const { session } = context;
    if (view().phase === 'looking') return;
    if (!session) return update({ phase: 'failed', message: 'not connected yet' });
    update({ phase: 'looking', gates: [], message: '' });
    try {
      const result = await session.triage(
        gate => update({ gates: [...view().gates, gate] }),
        context.ended,
        context.live,
      );
      update({ phase: 'done', result, gates: result.gates, at: context.now().server });
    } catch (error) {
      update({ phase: 'failed', message: sanitise(messageOf(error), 200) });
    }
  }

  async function lookAfterWrite(): Promise<void> {
    await look();
    for (const pause of SETTLING_MS) {
      await context.deps.clock.sleep(pause, context.ended);
      await look();
    }
  }

  async function follow(): Promise<void> {
    const { session, live } = context;
    if (!session || !live) return;
    try {
      await session.followTriage(
        live,
        result => {
          // A look that a person started shows its gates one by one; its result follows at once.
          if (view().phase === 'looking') return;
          update({ phase: 'done', result, gates: result.gates, at: context.now().server, message: '' });
        },
        context.ended,
      );
    } catch (error) {
      if (context.ended.aborted) return;
      update({ phase: 'failed', message: sanitise(messageOf(error), 200) });
    }
  }

  return {
    look: () => void look(),
    lookAfterWrite: () => void lookAfterWrite().catch(() => undefined),
    follow: () => void follow(),
    scroll: by => update({ top: Math.max(0, view().top + by) }),
    copyFix() {
      const command = chosenFix(store.getState());
      if (command === undefined) return notify(context, 'this finding has no command to copy', 'warn');
      context.copy(command);
      notify(context, `copied: ${command}`, 'ok');
    },
  };
}
