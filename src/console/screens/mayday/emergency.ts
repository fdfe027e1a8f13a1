import { type Context, notify, open } from '../../app/context.ts';
import type { Runs } from '../../app/runs.ts';
import { paneOf } from '../../store/pane.ts';
import { answerLock, isOutOfReach, revertAllLock } from '../../store/select.ts';
import { createAsking } from './asking.ts';
import { countLeftovers, recountLeftovers } from './leftovers.ts';
import { liftLatch } from './lift-latch.ts';
import { revertChosen } from './revert-chosen.ts';
import { createReverting } from './reverting.ts';
import { createScanning } from './scanning.ts';
import { createSequence } from './sequence.ts';

export interface Emergency {
  /** Opens the emergency screen; the scan is under way before it is drawn. */
  open(): void;
  rescan(): void;
  revertAll(): Promise<void>;
  revertOne(): Promise<void>;
  /** Lets injections through again. */
  liftLatch(): Promise<void>;
  scroll(by: number): void;
  /** Shows in full what needs a person's decision. */
  ask(): Promise<void>;
  type(text: string): void;
  erase(): void;
  /** Takes a queued revert back, or leaves the question open; false where there is neither. */
  putOff(): boolean;
  /** Counts existing injections, for the banner at the start. */
  countLeftovers(): Promise<void>;
  /** Counts them once more, after somebody else put something back. */
  recountLeftovers(): Promise<void>;
  /** The number that remains, once the second scan has ended; set too when that scan failed. */
  remaining(): number | undefined;
}

/** `afterRevert` is called after the second scan of a revert, because other screens still show the state before it. */
export function createEmergency(context: Context, runs: Runs, afterRevert: () => void): Emergency {
  const { store } = context;
  const pane = paneOf(store, 'mayday');
  const { view, update } = pane;
  const scanning = createScanning(context, pane);
  const asking = createAsking(context, pane);
  const reverting = createReverting(context, runs, pane);
  const { rescan, revert, answer, queue, unqueue } = createSequence(context, pane, {
    scanning,
    reverting,
    asking,
    afterRevert,
  });

  return {
    ask: asking.ask,
    type: asking.type,
    erase: asking.erase,
    putOff: () => unqueue() || asking.putOff(),
    open() {
      open(context, 'mayday');
      rescan();
    },
    rescan,
    async revertAll() {
      const state = store.getState();
      const { asked } = state.mayday;
      const why = asked ? answerLock(state) : revertAllLock(state);
      if (why !== undefined) return notify(context, asked ? `!: ${why}` : why, 'warn');
      if (asked) return answer();
      await (isOutOfReach(state) ? queue() : revert('all'));
    },
    revertOne: () => revertChosen(context, runs, { scan: scanning.scan, revert }),
    liftLatch: () => liftLatch(context),
    scroll: by => update(({ top }) => ({ top: Math.max(0, top + by) })),
    recountLeftovers: () => recountLeftovers(context),
    countLeftovers: () => countLeftovers(context),
    remaining: () => view().end?.remaining,
  };
}
