import { messageOf } from '../../../text/message-of.ts';
import { sanitise } from '../../../text/sanitise.ts';
import type { Context } from '../../app/context.ts';
import { paneOf } from '../../store/pane.ts';

/** Looks at the whole cluster for faults, whoever left them. */
export interface FaultsLooking {
  /** Begins a new look, unless one is under way. */
  look(): void;
  scroll(by: number): void;
}

export function createFaultsLooking(context: Context): FaultsLooking {
  const { store } = context;
  const { view, update } = paneOf(store, 'look');
  const failed = (message: string): void => update({ phase: 'failed', message: sanitise(message, 200) });

  async function look(): Promise<void> {
    const { session } = context;
    if (view().phase === 'looking') return;
    if (!session) return failed('not connected yet');
    update({ phase: 'looking', message: '' });
    try {
      const [end, dead] = await Promise.all([
        session.scan(() => undefined, context.ended),
        session.unfinished().catch(() => undefined),
      ]);
      if (!end.ok) return failed(end.message);
      const { findings: found, orders = [], blind } = end;
      update({ phase: 'done', found, orders, blind, dead, at: context.now().server });
    } catch (error) {
      failed(messageOf(error));
    }
  }

  return {
    look: () => void look(),
    scroll: by => store.setState(({ faultTop }) => ({ faultTop: Math.max(0, Math.min(10_000, faultTop + by)) })),
  };
}
