import type { FoundInjection } from '../../../injection/found-injection.ts';
import { type Context, notify } from '../../app/context.ts';
import type { Pane } from '../../store/pane.ts';
import type { MaydayView } from '../../store/state.ts';
import type { Asking } from './asking.ts';
import type { Answer } from './question.ts';
import type { Reverting } from './reverting.ts';
import type { Scanning } from './scanning.ts';

/** What follows what on the emergency screen: scan, revert, second scan, questions, and a new attempt once the cluster answers. */
export interface Sequence {
  /** Scans until the cluster answers, and then starts the revert that waits for that. */
  scan(): Promise<void>;
  /** The same, unless a revert is under way. */
  rescan(): void;
  /** Reverts, and asks about what a person must decide. */
  revert(what: readonly FoundInjection[] | 'all'): Promise<void>;
  /** Acts on what was typed. */
  answer(): Promise<void>;
  /** Keeps a person's wish to revert everything until the cluster answers. */
  queue(): Promise<void>;
  /** Takes the wish back; false where there is none. */
  unqueue(): boolean;
}

interface Steps {
  scanning: Scanning;
  reverting: Reverting;
  asking: Asking;
  /** Called after the second scan of a revert. */
  afterRevert(): void;
}

/** Puts the steps in their order. */
export function createSequence(
  context: Context,
  { view, update }: Pane<MaydayView>,
  { scanning, reverting, asking, afterRevert }: Steps,
): Sequence {
  /** `isRetry`: a person did not ask for it just now. */
  async function revert(
    what: readonly FoundInjection[] | 'all',
    { answer, isRetry = false }: { answer?: Answer; isRetry?: boolean } = {},
  ): Promise<void> {
    if (reverting.isUnderWay || !context.session) return;
    scanning.stop();
    if (await reverting.revert(what, answer)) afterRevert();
    await (answer === undefined ? asking.ask() : asking.askChoices(answer));
    if (view().phase !== 'unreachable') return;
    // Whatever stopped the revert, scan again, so that the screen is right when the cluster answers again.
    if (what === 'all' && !isRetry) update({ isQueued: true });
    void scan();
  }

  async function scan(): Promise<void> {
    await scanning.scan();
    if (view().phase !== 'found' || !view().isQueued) return;
    update({ isQueued: false });
    notify(context, 'the cluster answers: reverting everything, as asked', 'warn');
    await revert('all', { isRetry: true });
  }

  return {
    scan,
    rescan() {
      if (!reverting.isUnderWay) void scan();
    },
    revert: what => revert(what),
    async answer() {
      const { findings, receipts } = view();
      const answer = await asking.answer();
      // What was left out, and what failed before, is tried with them: how many remain is about all of it.
      const rest = findings.filter(({ id, state }) => state !== 'foreign' && receipts.get(id)?.verified !== true);
      if (answer) await revert(rest, { answer });
    },
    async queue() {
      update({ isQueued: true });
      await scan();
    },
    unqueue() {
      if (!view().isQueued) return false;
      update({ isQueued: false });
      notify(context, 'taken back: nothing is reverted', 'warn');
      return true;
    },
  };
}
